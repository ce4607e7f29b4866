"""Forms: the JSON that people's commands bring along (pure)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from carecircle_alerts.incident import OutcomeCode
from carecircle_console.wire import Wire

Text = Annotated[str, Field(max_length=2000)]


class SignIn(Wire):
    """Login and password; after 401 `code_needed` the same again with a code of the app, or a recovery code."""

    login: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=256)]
    code: Annotated[str, Field(max_length=32)] = ""


class Dispatch(Wire):
    """Whom to send; a reason where the desk goes against the order."""

    responder_id: Annotated[str, Field(max_length=64)]
    reason: Text = ""


class Sending(Wire):
    """Who has said yes on the phone, and that they have."""

    responder_id: Annotated[str, Field(max_length=64)]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class Verifying(Wire):
    """What calling back has shown."""

    verification: Literal["confirmed", "denied", "no_answer"]
    note: Text = ""


class Merging(Wire):
    """Into which open incident of the same bed, and why."""

    into: UUID
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class Because(Wire):
    """A reason, where there is one."""

    reason: Text = ""


class NoteText(Wire):
    """Something to write into the timeline."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


class Closing(Wire):
    """How it ended."""

    outcome_code: OutcomeCode
    note: Text = ""


class HandOver(Wire):
    """What the helper found and did."""

    note: Text = ""


class Duty(Wire):
    """On duty or off."""

    on_duty: bool


class PairingCodeText(Wire):
    """A code, as somebody has typed it."""

    code: Annotated[str, Field(min_length=1, max_length=64)]


class HomeLogin(Wire):
    """The account of a home."""

    user: Annotated[str, Field(max_length=128)]
    password: Annotated[str, Field(max_length=256)]


class BrokerLogin(Wire):
    """Who wants to log in at the broker."""

    username: Annotated[str, Field(max_length=128)]
    password: Annotated[str, Field(max_length=256)]


class BrokerQuestion(Wire):
    """What an account wants to do at the broker: `publish` or `subscribe`."""

    username: Annotated[str, Field(max_length=128)]
    action: Annotated[str, Field(max_length=16)]
    topic: Annotated[str, Field(max_length=1024)]
