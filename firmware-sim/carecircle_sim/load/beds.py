"""The beds of a load: what each says next, at the cost of a few bytes of memory a bed (pure)."""

from array import array
from collections.abc import Iterator
from random import Random

from carecircle.topics import Kind, Topic

COUNTIES = ("630102", "630103", "630104", "630105", "630106", "630121", "630123", "630203")
"""Xining's counties, among which the beds are spread."""


class Beds:
    """`count` beds whose mats report one after another; bodies differ, and change by small steps.

    Messages keep to the contract (`tests/contract` holds them to it). Times are Unix milliseconds.
    """

    def __init__(self, count: int, *, boot: int, seed: int) -> None:
        rng = Random(seed)  # noqa: S311 - reproducible, nothing secret
        self.count = count
        self._boot = boot
        self._rng = rng
        self._seq = array("I", bytes(4 * count))
        self._heart = array("B", (rng.randint(52, 90) for _ in range(count)))
        self._breath = array("B", (rng.randint(12, 20) for _ in range(count)))
        self._spo2 = array("B", (rng.randint(84, 96) for _ in range(count)))

    @staticmethod
    def name(number: int) -> str:
        """The bed's id."""
        return f"{COUNTIES[number % len(COUNTIES)]}-load-{number:06d}"

    @staticmethod
    def topic(number: int) -> str:
        """Where its mat publishes."""
        return str(Topic(COUNTIES[number % len(COUNTIES)], Beds.name(number), "mat", Kind.TELEMETRY))

    def message(self, number: int, at_ms: int) -> bytes:
        """What the mat of this bed says now."""
        self._seq[number] += 1
        heart = self._heart[number] = min(120, max(45, self._heart[number] + self._rng.choice((-1, 0, 0, 1))))
        return (
            b'{"boot":%d,"seq":%d,"at":%d,"readings":{"heart_rate":%d,"respiratory_rate":%d,"spo2":%d,"in_bed":true}}'
            % (self._boot, self._seq[number], at_ms, heart, self._breath[number], self._spo2[number])
        )

    def rounds(self) -> Iterator[int]:
        """Bed after bed for ever, in an order of their own, so that neighbours do not speak together."""
        step = _coprime_step(self.count)
        number = 0
        while True:
            yield number
            number = (number + step) % self.count


def _coprime_step(count: int) -> int:
    """A step that meets every bed before it comes round: prime, and no divisor of the count."""
    return next(prime for prime in (48_271, 69_621, 39_373, 1) if prime == 1 or count % prime)
