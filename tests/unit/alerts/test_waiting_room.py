"""Whatever the order of calls, words, repeats and pauses, told if and only if no word came in time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from carecircle.mqtt import Delivery
from carecircle.payloads import parse_payload
from carecircle.topics import Kind, Topic
from carecircle_alerts.called import Called, call_of
from carecircle_alerts.lifeline.acknowledging import Acknowledging
from carecircle_alerts.lifeline.waiting_room import Coming, WaitingRoom, name_of

LIMIT_S = 3.0
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def call(number: int, *, at_s: float = 0.0, bed: str = "bed-1") -> Called:
    """Call `number` of a button; negative ones are bytes that nobody can read."""
    topic = Topic("630102", bed, "button", Kind.EVENT)
    payload = b"\x80%d" % number if number < 0 else b'{"boot":1,"seq":%d,"at":0,"event":"sos"}' % number
    delivery = Delivery(str(topic), payload, False, START + timedelta(seconds=at_s), 1, 1)
    called = call_of(topic, parse_payload(Kind.EVENT, payload), delivery)
    assert called is not None
    return called


def room(places: int = 1000) -> WaitingRoom:
    return WaitingRoom(LIMIT_S, places)


# Steps of a story: a call or a repetition of it, a word, or time. Numbers are few, so that they meet.
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.integers(0, 5)),
        st.tuples(st.just("word"), st.integers(0, 5)),
        st.tuples(st.just("pause"), st.sampled_from([0.0, 0.5, 1.0, 2.9, 3.0, 3.1, 60.0])),
    ),
    max_size=60,
)


@given(_STEPS)
def test_told_if_and_only_if_no_word_came_in_time_and_never_twice(steps: list[tuple[str, float]]) -> None:
    waiting, now = room(), 0.0
    told = list[object]()
    deadline: dict[int, float] = {}
    word_at: dict[int, float] = {}
    expected: set[int] = set()

    def look() -> None:
        for number, until in list(deadline.items()):
            if until <= now:
                del deadline[number]
                expected.add(number)
        told.extend(one.incident_id for one in waiting.overdue(now))

    for what, value in steps:
        match what:
            case "pause":
                now += value
            case "call":
                number = int(value)
                found = waiting.comes(call(number), now)
                if number in expected:
                    assert found is Coming.TOLD
                elif number in word_at and now - word_at[number] <= 600:
                    assert found is Coming.COMMITTED
                else:
                    assert found is Coming.WAITS
                    deadline.setdefault(number, now + LIMIT_S)
            case _:
                number = int(value)
                waiting.committed(name_of(call(number)), now)
                word_at[number] = now
                deadline.pop(number, None)
        look()
        assert waiting.next_at == min(deadline.values(), default=None)
        assert waiting.waiting == len(deadline)
    assert sorted(map(str, told)) == sorted({str(call(number).incident_id) for number in expected})


def test_a_look_that_comes_late_tells_all_that_are_overdue_oldest_first() -> None:
    waiting = room()
    for number in range(3):
        waiting.comes(call(number), number * 0.1)
    assert [one.name for one in waiting.overdue(3.15)] == ["1/0", "1/1"]
    assert [one.name for one in waiting.overdue(100.0)] == ["1/2"]
    assert waiting.overdue(200.0) == []


def test_the_same_unreadable_bytes_a_minute_later_are_another_call() -> None:
    waiting = room()
    assert waiting.comes(call(-1), 0.0) is Coming.WAITS
    waiting.committed(name_of(call(-1)), 0.1)
    assert waiting.comes(call(-1, at_s=1), 1.0) is Coming.COMMITTED
    assert waiting.comes(call(-1, at_s=70), 70.0) is Coming.WAITS
    assert [one.received_at for one in waiting.overdue(73.0)] == [START + timedelta(seconds=70)]


def test_what_was_told_in_an_earlier_life_is_not_told_again() -> None:
    waiting = room()
    waiting.told_before(call(1).incident_id)
    assert waiting.comes(call(1), 0.0) is Coming.TOLD
    assert waiting.overdue(10.0) == []


def test_memory_is_bounded_and_what_is_forgotten_waits_anew() -> None:
    waiting = WaitingRoom(LIMIT_S, places=10, remembered=5)
    for number in range(10):
        waiting.comes(call(number), 0.0)
    assert waiting.room == 0
    for number in range(10):
        waiting.committed(name_of(call(number)), 1.0)
    assert waiting.room == 10
    assert len(waiting._committed) == 5
    assert waiting.comes(call(9), 1.5) is Coming.COMMITTED
    assert waiting.comes(call(0), 1.5) is Coming.WAITS


@given(st.lists(st.booleans(), max_size=40), st.randoms(use_true_random=False))
def test_acknowledged_in_the_order_of_delivery_and_only_what_is_done(done: list[bool], random: object) -> None:
    order = Acknowledging()
    deliveries = [Delivery("t", b"", False, START, 1, mid) for mid in range(1, len(done) + 1)]
    tickets = [order.add(delivery) for delivery in deliveries]
    acknowledged: list[Delivery] = []
    shuffled = list(zip(tickets, done, strict=True))
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for ticket, is_done in shuffled:
        ticket.done = is_done
        acknowledged += order.ready()
    first_open = done.index(False) if False in done else len(done)
    assert acknowledged == deliveries[:first_open]
    assert len(order) == len(done) - first_open
