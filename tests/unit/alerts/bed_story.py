"""A bed's story for tests of rules: messages at times, and what was said about them."""

from dataclasses import dataclass, field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.rules.settings import DEFAULTS, STANDARD, RuleSet
from carecircle_alerts.watch.hold import Change
from carecircle_alerts.watch.mind import LATENESS_S, Mind, new_mind, settle, take
from carecircle_alerts.watch.seen import Said, Seen, Value

NOON = 1_795_060_800.0 - 1_795_060_800.0 % 86_400 + 4 * 3600
"""Noon in Xining."""
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def rules_with(**changes: dict[str, object]) -> RuleSet:
    """The defaults with some settings of some rules changed."""
    return RuleSet.of({name: one.model_copy(update=changes.get(name, {})) for name, one in DEFAULTS.items()})


@dataclass
class Story:
    """Time goes on with what is told; `said` is everything that the rules have said so far."""

    at: float = NOON
    altitude_m: int = 2260
    rules: RuleSet = STANDARD
    said: list[Signal] = field(default_factory=list)
    seq: int = 0

    def __post_init__(self) -> None:
        self.mind: Mind = new_mind(self.at - MINUTE, self.altitude_m)

    def wait(self, seconds: float) -> None:
        self.at += seconds
        self.settle()

    def settle(self) -> None:
        self.said += settle(self.mind, self.at - LATENESS_S, self.rules)

    def read(self, device: str = "mat", /, quality: float | None = 0.9, **readings: Value) -> None:
        self._take(Seen(self.at, self.at, device, self._key(), readings=readings, quality=quality))

    def event(self, name: str, device: str = "button", **detail: object) -> None:
        self._take(Seen(self.at, self.at, device, self._key(), event=name, detail=detail))

    def status(self, device: str = "hub", *, online: bool = True, **said: object) -> None:
        self._take(Seen(self.at, self.at, device, self._key(), said=Said(online, **said)))  # type: ignore[arg-type]

    def every(self, seconds: float, count: int, device: str = "mat", /, **readings: Value) -> None:
        """The same reading again and again."""
        for _ in range(count):
            self.wait(seconds)
            self.read(device, **readings)

    def sleep(self, minutes: int = 30, /, **readings: Value) -> None:
        """In bed and still."""
        self.every(MINUTE, minutes, "mat", in_bed=True, movement=0.05, **readings)

    def raised(self, kind: Kind, device: str | None = None) -> list[Signal]:
        self.wait(LATENESS_S)
        return [one for one in self._of(kind, Change.RAISED) if device in {None, one.device}]

    def cleared(self, kind: Kind) -> list[Signal]:
        self.wait(LATENESS_S)
        return self._of(kind, Change.CLEARED)

    def _of(self, kind: Kind, change: Change) -> list[Signal]:
        return [one for one in self.said if one.kind is kind and one.change is change]

    def _key(self) -> tuple[int, int]:
        self.seq += 1
        return 1, self.seq

    def _take(self, seen: Seen) -> None:
        take(self.mind, seen)
        self.settle()
