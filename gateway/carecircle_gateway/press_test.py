"""The press test: for a few minutes the first press of each button says that it works, and calls nobody (pure).

Buttons that nobody presses for months are found broken on the day they are needed, so somebody tries them every week.
Doubt calls: a second press of the same button is a call, and so is a press that is late, guessed or out of the window.
A box that starts anew has no window open.
"""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from carecircle.payloads import Event
from carecircle.topics import Kind
from carecircle_gateway.normalise import Outgoing, Urgency
from carecircle_gateway.outbox import Entry
from carecircle_gateway.sightings import Alarm

START_TOPIC = "carecircle/press-test/start"
RESULT_TOPIC = "carecircle/press-test/result"
LONGEST_S = 600
_TOLD = "press_test"
_DOUBTS = frozenset({"late", "unreadable"})


class Start(BaseModel):
    """What is published in the home to begin a test."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seconds: float = Field(gt=0, le=LONGEST_S)


class PressTest:
    """Whether a test goes on, and which buttons have been tried in it; times are seconds on a monotonic clock."""

    def __init__(self) -> None:
        self._until = 0.0
        self._tried: set[str] = set()

    def start(self, payload: bytes, now: float) -> bool:
        """Begin a test, or begin it anew; False for a payload that says nothing of the kind."""
        try:
            wanted = Start.model_validate_json(payload)
        except ValidationError:
            return False
        self._until, self._tried = now + wanted.seconds, set()
        return True

    def take(self, outgoing: Sequence[Outgoing], now: float) -> list[Outgoing]:
        """The same messages, in which the first press of a button during a test has become a test."""
        return [self._one(message) for message in outgoing] if now < self._until else list(outgoing)

    def _one(self, message: Outgoing) -> Outgoing:
        event = message.payload
        is_press = isinstance(event, Event) and event.event == Alarm.SOS and not _DOUBTS & event.detail.keys()
        if not is_press or message.device in self._tried:
            return message
        assert isinstance(event, Event)
        self._tried.add(message.device)
        tried = event.model_copy(update={"event": _TOLD, "code": None})
        return replace(message, urgency=Urgency.NOTICE, payload=tried)


def is_tried(entry: Entry) -> bool:
    """Whether this message says that a button was tried."""
    return entry.kind is Kind.EVENT and f'"event":"{_TOLD}"'.encode() in entry.payload
