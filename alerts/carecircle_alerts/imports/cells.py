"""Cells: what one of them says, as offices write it: full-width digits, Chinese dates, words for codes (pure).

What a spreadsheet program has made of a number or a date is not guessed back but refused, with the reason.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

# What Excel makes of a long number that it takes for a quantity.
_DAMAGED = re.compile(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+|\d+\.0+|#{3,}", re.ASCII)
_LIST = re.compile(r"[、，,;；/|\s]+")
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)
_YEAR = re.compile(r"(\d{4})\s*年?", re.ASCII)
_DAY = re.compile(
    r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*(?:[月./-]\s*(?:(\d{1,2})\s*日?)?)?(?:\s+0{1,2}:00(:00)?)?", re.ASCII
)
_PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
# Days since 1900 as Excel counts them, of 1902 to 2036.
_SERIAL = re.compile(r"\d{3,5}(\.0+)?", re.ASCII)
_MOST_SHOWN = 20


class Wrong(Exception):  # noqa: N818 - caught where the row is put together
    """A cell cannot be right; `facts` go into the sentence of a page in another language."""

    def __init__(self, code: str, message: str, **facts: str) -> None:
        super().__init__(message)
        self.code, self.facts = code, facts


def is_damaged(text: str) -> bool:
    """Whether a spreadsheet program has turned a number that is a name (a phone's, an area's) into a quantity."""
    return _DAMAGED.fullmatch(plain(text)) is not None


def plain(text: str) -> str:
    """Half-width signs for full-width ones, as digits, letters and marks of input methods often are."""
    return unicodedata.normalize("NFKC", text).strip()


def code_cell(text: str, what: str) -> str:
    """A number that is a name, such as a phone's or an area's."""
    said = plain(text).lstrip("'")
    if is_damaged(said):
        shown = text[:_MOST_SHOWN]
        sentence = f"{what}被表格软件改成了“{shown}”，请将该列设为“文本”格式后重新填写"
        raise Wrong("number_damaged", sentence, value=shown)
    return said


def choice_cell(text: str, what: str, choices: Mapping[str, str], also: Mapping[str, str]) -> str:
    """One of some codes, written as its word, as another usual word, or as itself."""
    if not text:
        raise Wrong("needed", f"请填写{what}")
    said = plain(text)
    by_word = {plain(word): code for code, word in choices.items()}
    code = by_word.get(said) or also.get(said) or said.lower()
    if code not in choices:
        shown, known = text[:_MOST_SHOWN], "、".join(choices.values())
        raise Wrong("choice_unknown", f"“{shown}”不是可选的{what}：{known}", value=shown, choices=known)
    return code


def list_cell(text: str) -> list[str]:
    """The parts of a cell that lists some."""
    return [one for one in _LIST.split(text) if one]


def number_cell(text: str, what: str, unit: str = "") -> float | None:
    """A quantity, with or without its unit; None for an empty cell."""
    said = plain(text)
    for end in (unit, "°"):
        said = said.removesuffix(end).strip() if end else said
    if not said:
        return None
    if not _NUMBER.fullmatch(said):
        shown = text[:_MOST_SHOWN]
        raise Wrong("number_malformed", f"{what}不是数字：“{shown}”", value=shown)
    return float(said.replace(",", ""))


def year_cell(text: str, what: str) -> int | None:
    """The year of a date: `1938年5月1日`, `1938-05-01`, `1938/5/1`, `19380501`, `1938`; None for an empty cell."""
    said = plain(text)
    if not said:
        return None
    shown = text[:_MOST_SHOWN]
    if match := _YEAR.fullmatch(said):
        return int(match[1])
    if match := _DAY.fullmatch(said) or _PLAIN_DAY.fullmatch(said):
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
        try:
            return date(year, month, day).year
        except ValueError as error:
            raise Wrong("date_impossible", f"{what}“{shown}”不是有效的日期", value=shown) from error
    if _SERIAL.fullmatch(said):
        sentence = f"{what}被表格软件改成了数字“{shown}”，请将该列设为“文本”格式后重新填写"
        raise Wrong("date_damaged", sentence, value=shown)
    raise Wrong("date_unclear", f"{what}“{shown}”无法识别，请写成1938-05-01或1938年5月1日", value=shown)
