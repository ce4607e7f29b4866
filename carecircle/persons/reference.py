"""Reference: writes docs/privacy.md from the catalogue, so that no table is told in two places (I/O)."""

from pathlib import Path

from carecircle.persons.catalogue import CATALOGUE
from carecircle.persons.vocabulary import Fate, Person, Rows, Table

WRITTEN = Path("docs/privacy.md")
_HEAD = """# What is held of a person

Written by `python -m carecircle.persons.reference`; a test holds it to the catalogue (`carecircle/persons`),
and the catalogue to the database: a table or column that is not named there fails. Everything said here about
the law needs **legal sign-off**; the Personal Information Protection Law (PIPL, 个人信息保护法) is meant where
none is named.

## Rights, and how they are met
| right | article | how |
|---|---|---|
| to know and to agree | 13 to 17, 29 | the ledger of [consents](administration.md#consents) and its wordings |
| to access, copy, transfer | 45 | a copy of everything, below |
| to correct | 46 | number, contacts and consents on one's phone; the rest by an administrator |
| to erase | 47 | one asks, another confirms: [decision 16](decisions/0016-a-person-is-erased-by-two.md) |
| to know who looked | 55, 56 | every read of health data is on record, shown to relatives, and in the copy |

## A copy of everything
- **Who asks.** An administrator for a resident, relative or responder of the area, with a reason, on the page
  of the bed or the responder; at most 20 in 24 hours. A relative or responder for themselves on their phone
  (*My account*), at most 3. The same again within 30 minutes is the same copy and counts once. Make sure who is
  asking before you hand one over.
- **What it is.** One ZIP: a CSV a table (UTF-8, Chinese headings with units, made for Excel), JSON Lines beside
  all but the long series, the pictures of visits, `说明.txt` and `README.txt`, and `清单.json` with rows, sizes
  and checksums. All files are of one moment. Text that a spreadsheet would compute begins with an apostrophe;
  JSON Lines are exact. Codes have words before them, in the language of the page that asked: the pages' own,
  which their build writes to `pages/words.json`. A column of codes names its words (`Column.coded`), and a test
  fails for one without, or for a code that has no word in one of the languages.
- **What is not in it.** What is somebody else's: of helpers and staff the kind and not the name, of a
  resident's relatives the relation and not the number. In free text telephone and identity numbers, mailboxes
  and all names that the database knows about the case are covered; a nickname in a note may stay, so look
  before you hand it over. Never in it: hashes of passwords, sessions and codes, TOTP secrets, keys of push
  services and group robots, the label's code of a bed.
- **On record.** Asking and handing out stand in the audit log with reason and size; a resident's copy is also a
  read of their health data. Whoever is a relative or responder sees on their account page who has taken out
  their data and why.
- **Bounded.** Rows are streamed out of one read-only transaction; seen with a million readings: the console
  grew by 1 MB, 44,000 rows a second, others waited 31 ms instead of 8 (p95) on two busy cores (`python -m
  bench.person_export`). Two files at a time in one console, an hour at most; a reader who takes nothing for two
  minutes is left.

## Table by table
How long readings are kept while somebody is with us: `CARECIRCLE_KEEP_*` in [settings.md](settings.md). Here:
whose a table is, what a copy has of it, and what erasure does. ✎ marks columns that lose names and free text
where rows stay.

"""
_NAMES = {
    Person.RESIDENT: "resident",
    Person.RELATIVE: "relative",
    Person.RESPONDER: "responder",
    Person.ACCOUNT: "staff",
}
_DOES = {
    Rows.DELETED: "deleted",
    Rows.KEPT: "kept",
    Rows.ANONYMOUS: "kept, leads to nobody",
    Rows.NOT_PERSONAL: "not personal",
}


def reference() -> str:
    """The page."""
    mine = [table for table in CATALOGUE if table.of]
    parts = [_HEAD, "| table | whose | columns in a copy | when erased |\n|---|---|---|---|\n"]
    parts += [
        f"| {table.title.zh} `{table.name}` | {_whose(table)} | {_shown(table)} | {_erased(table)} |\n"
        for table in mine
    ]
    parts.append("\n## Kept, why and until when\n\n| why | until |\n|---|---|\n")
    reasons = {fate.reason: None for table in mine for fate in table.fates.values() if fate.reason}
    parts += [f"| {one.why.zh}: {one.why.en} | {one.until.zh}: {one.until.en} |\n" for one in reasons]
    parts.append("\n## Nobody's\n\nPlaces, settings, sums and the platform's own state: ")
    parts.append(", ".join(f"`{table.name}`" for table in CATALOGUE if not table.of) + ".\n")
    return "".join(parts)


def _whose(table: Table) -> str:
    return ", ".join(_NAMES[person] for person in table.of)


def _shown(table: Table) -> str:
    counts = {person: len(table.exported(person)) for person in table.of if person is not Person.ACCOUNT}
    if not any(counts.values()):
        return "no"
    whole = len(table.columns)
    return ", ".join(f"{_NAMES[person]} {count} of {whole}" for person, count in counts.items() if count)


def _erased(table: Table) -> str:
    fates = {person: table.fates[person] for person in table.of}
    said = {_fate(fate): None for fate in fates.values()}
    if len(said) == 1:
        return next(iter(said)) + _marked(table, fates)
    return "; ".join(f"{_NAMES[person]}: {_fate(fate)}" for person, fate in fates.items()) + _marked(table, fates)


def _fate(fate: Fate) -> str:
    return _DOES[fate.rows] + (f" ({fate.reason.until.en})" if fate.reason else "")


def _marked(table: Table, fates: dict[Person, Fate]) -> str:
    lost = [column.name for column in table.columns if column.erase != "stays"]
    stays = any(fate.rows is Rows.KEPT for fate in fates.values())
    return f" ✎ {', '.join(f'`{name}`' for name in lost)}" if lost and stays else ""


if __name__ == "__main__":
    WRITTEN.write_text(reference(), encoding="utf-8")
