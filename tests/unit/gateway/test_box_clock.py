"""The box's clock: right by itself, or by what the platform says."""

from datetime import UTC, datetime, timedelta

import pytest

from carecircle_gateway.box_clock import EARLIEST, BoxClock

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_1970 = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)


class _Machine:
    """A machine's two clocks, which go on together."""

    def __init__(self, own: datetime) -> None:
        self.own, self.seconds = own, 100.0

    def now(self) -> datetime:
        return self.own

    def monotonic(self) -> float:
        return self.seconds

    def forward(self, seconds: float) -> None:
        self.own += timedelta(seconds=seconds)
        self.seconds += seconds


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _box(own: datetime) -> tuple[_Machine, BoxClock]:
    machine = _Machine(own)
    return machine, BoxClock(machine, machine.monotonic)


def test_a_clock_that_can_be_right_is_believed_whatever_the_platform_says() -> None:
    _machine, clock = _box(NOW)
    clock.hear(_ms(NOW + timedelta(days=1)))
    assert (clock.now(), clock.off_ms) == (NOW, None)


def test_a_box_in_1970_takes_the_platforms_time_and_goes_on_with_it() -> None:
    machine, clock = _box(_1970)
    assert clock.now() == _1970
    clock.hear(_ms(NOW))
    machine.forward(90)
    assert clock.now() == NOW + timedelta(seconds=90)
    assert clock.off_ms == _ms(NOW) - _ms(_1970)
    assert clock.corrected(machine.own - timedelta(seconds=30)) == NOW + timedelta(seconds=60)


def test_commands_that_waited_do_not_turn_time_back() -> None:
    machine, clock = _box(_1970)
    clock.hear(_ms(NOW - timedelta(hours=5)))
    clock.hear(_ms(NOW))
    clock.hear(_ms(NOW - timedelta(hours=4)))
    machine.forward(1)
    assert clock.now() == NOW + timedelta(seconds=1)


def test_the_own_clock_is_believed_again_once_it_is_set() -> None:
    machine, clock = _box(_1970)
    clock.hear(_ms(NOW - timedelta(minutes=2)))
    machine.own = NOW
    assert (clock.now(), clock.off_ms) == (NOW, None)


@pytest.mark.parametrize("nonsense", [-(2**53), 2**53, 0])
def test_nonsense_is_not_believed(nonsense: int) -> None:
    _machine, clock = _box(EARLIEST - timedelta(seconds=1))
    clock.hear(nonsense)
    assert clock.now() < EARLIEST
