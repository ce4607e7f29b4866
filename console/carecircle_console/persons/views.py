"""Views: the JSON of exports of persons (pure)."""

from typing import Annotated, Literal

from pydantic import Field

from carecircle_console.wire import Time, Wire

Because = Annotated[str, Field(min_length=2, max_length=500, pattern=r"\S.*\S")]


class WhyExported(Wire):
    """Why an administrator takes out what is held of somebody, such as their written request."""

    reason: Because


class ExportTicket(Wire):
    """What was asked for. The file is at `/api/person-exports/{id}/archive.zip` until `expires_at`."""

    id: int
    expires_at: Time
    left_today: int


class PastExport(Wire):
    """One export that was asked for; `is_own`: by the person themselves."""

    at: Time
    by_name: str
    reason: str
    is_own: bool


class Exports(Wire):
    """Earlier exports of a person, newest first, and how often the asker may ask in these 24 hours."""

    past: tuple[PastExport, ...]
    left_today: int
    most_a_day: int


class ExportProgress(Wire):
    """How far it is: table `number` of `of`, called `title_zh`; `waiting` before the download has begun."""

    state: Literal["waiting", "running", "done", "broken"]
    number: int
    of: int
    title_zh: str
    title_en: str
    rows: int
    pictures: int
