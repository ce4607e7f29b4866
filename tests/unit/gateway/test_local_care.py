"""What a home does about a call by itself."""

from carecircle.topics import Kind
from carecircle_gateway.local_care import AGAIN_S, LocalCare, LocalStage
from carecircle_gateway.normalise import Urgency
from carecircle_gateway.outbox import Entry


def _entry(entry_id: int, urgency: Urgency = Urgency.ALARM) -> Entry:
    return Entry(entry_id, "button", 1, entry_id, Kind.EVENT, urgency, b"{}")


def test_a_call_is_answered_at_once_and_a_notice_is_not() -> None:
    care = LocalCare(30)
    assert care.heard([_entry(1)], 0.0) is LocalStage.PRESSED
    assert care.heard([_entry(2, Urgency.NOTICE)], 0.0) is None


def test_silence_is_told_again_and_again_until_the_receipt() -> None:
    care = LocalCare(30)
    care.heard([_entry(1)], 0.0)
    told = [now for now in range(200) if care.look([1], now) is LocalStage.UNANSWERED]
    assert told == [30, 30 + AGAIN_S, 30 + 2 * AGAIN_S]
    assert care.look([], 500) is None
    assert not care.is_waiting


def test_two_calls_are_told_together_and_old_ones_go_on_after_a_restart() -> None:
    care = LocalCare(30)
    care.goes_on([1, 2], 0.0)
    assert care.look([1, 2], 31) is LocalStage.UNANSWERED
    assert care.look([1, 2], 32) is None
