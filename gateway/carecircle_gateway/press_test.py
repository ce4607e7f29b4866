"""The press test: for a few minutes the first press of each button says that it works, and calls nobody (pure).

Buttons that nobody presses for months are found broken on the day they are needed, so somebody tries them every week.
Doubt calls: a second press of the same button is a call, and so is a press that is late, guessed or out of the window.
A box that starts anew has no window open.

The platform may ask for a test as well. Then the press carries the test's number, and the platform, which knows the
window and asks the household, has the last word: it makes a call of every press that is not plainly that test.
"""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from carecircle.payloads import Event, PressTestOrder
from carecircle.topics import Kind
from carecircle_gateway.normalise import Outgoing, Urgency
from carecircle_gateway.outbox import Entry
from carecircle_gateway.sightings import Alarm

START_TOPIC = "carecircle/press-test/start"
RESULT_TOPIC = "carecircle/press-test/result"
LONGEST_S = 600
READY = "press_test_ready"
"""What the box answers to the platform's order: from now on the next press carries the number."""
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
        self._number: str | None = None

    def start(self, payload: bytes, now: float) -> bool:
        """Begin a test, or begin it anew; False for a payload that says nothing of the kind."""
        try:
            wanted = Start.model_validate_json(payload)
        except ValidationError:
            return False
        self._until, self._tried, self._number = now + wanted.seconds, set(), None
        return True

    def order(self, order: PressTestOrder, now: float, now_ms: int) -> Event | None:
        """Begin a test of the platform, or say again that it goes on; None for one whose window is over.

        Said twice it is begun once, so that a button that was tried stays tried. It never outlasts `LONGEST_S`.
        """
        left_s = min((order.until - now_ms) / 1000, LONGEST_S)
        if left_s <= 0:
            return None
        if self._number != order.test or now >= self._until:
            self._until, self._tried, self._number = now + left_s, set(), order.test
        return Event(boot=0, seq=0, at=now_ms, event=READY, detail={"test": order.test})

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
        number = {} if self._number is None else {"test": self._number}
        tried = event.model_copy(update={"event": _TOLD, "code": None, "detail": event.detail | number})
        return replace(message, urgency=Urgency.NOTICE, payload=tried)


def is_tried(entry: Entry) -> bool:
    """Whether this message says that a button was tried."""
    return entry.kind is Kind.EVENT and f'"event":"{_TOLD}"'.encode() in entry.payload
