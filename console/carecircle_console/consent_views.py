"""Views: the JSON of the consent ledger and of the words that people agree to (pure)."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from carecircle_alerts.register.consent import How, Purpose, SubjectKind
from carecircle_console.wire import Time, Wire

Note = Annotated[str, Field(max_length=500)]
Wording = Annotated[str, Field(min_length=1, max_length=5000)]


class ConsentText(Wire):
    """What people agree to, word for word."""

    purpose: Purpose
    version: int
    language: str
    wording: str
    published_at: Time
    by_name: str


class ConsentEntry(Wire):
    """One entry of the ledger: somebody agreed (`given`) or withdrew, `since` when, to which version of the words.

    `is_current` marks what counts for its purpose; `about` is the relative that a resident's consent is about.
    """

    id: int
    at: Time
    subject_kind: SubjectKind
    subject_id: str
    purpose: Purpose
    about: str
    about_name: str | None
    given: bool
    since: Time
    text_version: int | None
    how: How
    by_name: str
    note: str
    is_current: bool


class ConsentSaid(Wire):
    """What somebody told the centre. Without `since` now; without `text_version` to the words of now."""

    subject_kind: SubjectKind
    subject_id: Annotated[str, Field(min_length=1, max_length=64)]
    purpose: Purpose
    about: Annotated[str, Field(max_length=64)] = ""
    given: bool
    how: Literal["in_person", "paper", "phone", "guardian"]
    since: AwareDatetime | None = None
    text_version: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    note: Note = ""


class OwnConsentSaid(Wire):
    """What somebody says of themselves, on their own phone, to the version of the words that they were shown."""

    purpose: Purpose
    given: bool
    text_version: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    note: Note = ""


class WordsToPublish(Wire):
    """New words for a purpose, Chinese at least."""

    zh_cn: Wording
    en: Wording | None = None
    bo: Wording | None = None


class WordsPublished(Wire):
    """The version of the new words."""

    version: int
