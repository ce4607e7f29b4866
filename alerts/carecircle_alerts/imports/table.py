"""Table: rows as a CSV file that Excel opens in Chinese, calculates nothing of, and leaves numbers alone in (pure).

Cells that begin like a formula get an apostrophe (OWASP, CSV injection), long numbers a tab, which Excel takes for
text; `reading` takes both off again, so that a file may be exported, mended and imported.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

# Excel shows numbers of twelve digits as 6.30E+11 and rounds those of sixteen; phones have eleven.
_LONG_NUMBER = 11
FORMULA_SIGNS = tuple("=+-@\t\r\n＝＋－＠")


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet program calculates or rounds."""
    # Behind apostrophes too, so that taking one off again gives what was there.
    if text.lstrip("'").startswith(FORMULA_SIGNS):
        return "'" + text
    return "\t" + text if text.isdigit() and len(text) >= _LONG_NUMBER else text


def write_table(titles: Sequence[str], rows: Iterable[Mapping[str, str]], columns: Sequence[str]) -> bytes:
    """The file: UTF-8 with a byte order mark, without which Excel reads Chinese as something else."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(titles)
    writer.writerows([safe_cell(row[name]) for name in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")
