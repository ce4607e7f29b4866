"""Vocabulary: the words in which the catalogue says whose a row is, what is shown of it, and what becomes of it (pure).

A condition in `Table.of` is SQL about the row `t` and holds for `select`, `update … t` and `delete from … t` alike. It
may use `%(person)s` (the id as text), `%(beds)s` (text[], the resident's beds that the asker may see), `%(accounts)s`
(bigint[], the person's accounts) and `%(area)s` (null for oneself). Null and empty lists match nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString


class Person(StrEnum):
    """Whose something can be. An account of a relative or responder goes with them; ACCOUNT is one of the centre's."""

    RESIDENT = "resident"
    RELATIVE = "family_member"
    RESPONDER = "responder"
    ACCOUNT = "account"


class Show(StrEnum):
    """What an export does with a column."""

    SHOWN = "shown"
    MASKED = "masked"
    """Free text: telephone and identity numbers and the names of others are covered."""
    OTHERS = "others"
    """Left out: somebody else's."""
    SECRET = "secret"  # noqa: S105 (a word, no secret)
    """Left out: opens an account or a channel to whoever has it."""
    TECHNICAL = "technical"
    """Left out: says nothing about the person, or repeats what is shown elsewhere."""


class Rows(StrEnum):
    """What erasure does with a person's rows of a table."""

    DELETED = "deleted"
    KEPT = "kept"
    """Stays for a reason and a time; columns that are EMPTIED, SCRUBBED or NAME lose what they hold all the same."""
    ANONYMOUS = "anonymous"
    """Stays as statistics: with the person gone, it leads to nobody."""
    NOT_PERSONAL = "not_personal"


class Erase(StrEnum):
    """What erasure does with a column of a row that stays."""

    STAYS = "stays"
    EMPTIED = "emptied"
    """Null, or the type's empty value; where a check wants words, `已删除`."""
    SCRUBBED = "scrubbed"
    """Free text or a document: names, numbers and addresses of the person are taken out, the rest stays."""
    NAME = "name"
    """The name of whoever acted, in plain text: becomes `已删除` where it is the erased person's."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text for people, Chinese first."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something stays, and until when."""

    why: Words
    until: Words


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of rows; a reason exactly where they are KEPT."""

    rows: Rows
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `to` are those in whose export it stands; in the others' exports it is left out as somebody else's.

    `shown_as` is SQL about the row `t` that stands for it, where the value itself would say too much. `coded` names the
    words of its codes (or of those in a list): a group of the pages' texts, without which nobody could read it.
    """

    name: str
    show: Show
    erase: Erase = Erase.STAYS
    to: frozenset[Person] = frozenset(Person)
    shown_as: LiteralString | None = None
    coded: str | None = None

    def shown_to(self, person: Person) -> Show:
        """What this person's export does with it."""
        return self.show if person in self.to else Show.OTHERS


@dataclass(frozen=True, slots=True)
class Table:
    """One table: whose its rows are and how (`of`), what erasure does with those of each, and how they are exported.

    `fates` has everybody who is in `of`. `order` is SQL about the row `t`; `is_long`: may run to millions of rows.
    `remark` is said to whoever gets a copy.
    """

    name: str
    title: Words
    of: Mapping[Person, LiteralString]
    fates: Mapping[Person, Fate]
    columns: tuple[Column, ...]
    order: LiteralString = ""
    is_long: bool = False
    remark: Words | None = None

    def exported(self, person: Person) -> tuple[Column, ...]:
        """The columns that this person's export has of it; empty where no row of it is theirs."""
        if person not in self.of:
            return ()
        return tuple(column for column in self.columns if column.shown_to(person) in {Show.SHOWN, Show.MASKED})

    def withheld(self, person: Person) -> Mapping[Show, tuple[str, ...]]:
        """What this person's export leaves out of it, by reason."""
        left: dict[Show, tuple[str, ...]] = {}
        for column in self.columns if person in self.of else ():
            show = column.shown_to(person)
            if show not in {Show.SHOWN, Show.MASKED}:
                left[show] = (*left.get(show, ()), column.name)
        return left


def columns(
    names: str,
    show: Show = Show.SHOWN,
    *,
    erase: Erase = Erase.STAYS,
    to: Iterable[Person] = tuple(Person),
    shown_as: LiteralString | None = None,
) -> tuple[Column, ...]:
    """Columns that are treated alike; `names` are parted by spaces; `state:offer` has codes (`Column.coded`)."""
    parted = (name.partition(":") for name in names.split())
    return tuple(Column(name, show, erase, frozenset(to), shown_as, coded or None) for name, _, coded in parted)


def technical(names: str, *, erase: Erase = Erase.STAYS) -> tuple[Column, ...]:
    """Columns that no export shows, because they say nothing about a person."""
    return columns(names, Show.TECHNICAL, erase=erase)


def others(names: str, *, erase: Erase = Erase.STAYS) -> tuple[Column, ...]:
    """Columns that no export shows, because they are about somebody else."""
    return columns(names, Show.OTHERS, erase=erase)


def secret(names: str, *, erase: Erase = Erase.STAYS) -> tuple[Column, ...]:
    """Columns that no export shows, because whoever has them gets in."""
    return columns(names, Show.SECRET, erase=erase)


def impersonal(name: str, zh: str, en: str, names: str) -> Table:
    """A table that says nothing about any person."""
    return Table(name, Words(zh, en), {}, dict.fromkeys(Person, NOT_PERSONAL), technical(names))


def by(kinds: Mapping[Person, Fate] | Fate) -> Mapping[Person, Fate]:
    """One fate for all, or one for each."""
    return dict.fromkeys(Person, kinds) if isinstance(kinds, Fate) else kinds


DELETED = Fate(Rows.DELETED)
ANONYMOUS = Fate(Rows.ANONYMOUS)
NOT_PERSONAL = Fate(Rows.NOT_PERSONAL)

# All of these need legal sign-off.
EVIDENCE = Fate(
    Rows.KEPT,
    Reason(
        Words(
            "求助和处置经过的证据（个人信息保护法第四十七条第二款；民法典第一百八十八条诉讼时效）",
            "evidence of a call for help and its answer (PIPL art. 47; limitation of claims, Civil Code art. 188)",
        ),
        Words("事件结束后 3 年", "3 years after the incident"),
    ),
)
ON_RECORD = Fate(
    Rows.KEPT,
    Reason(
        Words(
            "个人信息处理记录（个人信息保护法第五十四条至第五十六条）",
            "records of handling personal information (PIPL art. 54 to 56)",
        ),
        Words("记录之日起 3 年", "3 years after it was written"),
    ),
)
PROOF_OF_CONSENT = Fate(
    Rows.KEPT,
    Reason(
        Words(
            "证明处理曾取得同意，举证责任在处理者（个人信息保护法第十四条、第六十九条）",
            "proof that there was consent, which is ours to bring (PIPL art. 14, 69)",
        ),
        Words("删除之日起 3 年", "3 years after erasure"),
    ),
)
SECURITY_LOG = Fate(
    Rows.KEPT,
    Reason(
        Words("网络运行安全日志（网络安全法第二十一条）", "security log (Cybersecurity Law art. 21)"),
        Words("记录之日起 6 个月", "6 months after it was written"),
    ),
)
PLACEHOLDER = Fate(
    Rows.KEPT,
    Reason(
        Words(
            "只留下编号，使上述证据和记录仍然成立；不含任何姓名、号码、住址",
            "only an id, so that evidence and records hold together; no name, number or address",
        ),
        Words("与引用它的证据和记录同期", "as long as the evidence and records that name the id"),
    ),
)
