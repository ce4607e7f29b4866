"""The session with a real broker: what is not acknowledged comes again, and stale acknowledgements hit nothing."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from carecircle.errors import Unavailable
from carecircle.mqtt import Broker, Delivery, Message, Session
from tests.scene import COUNTY
from tests.servers import TestBroker
from tests.wire import Seen, Way, Wire

BOTH = pytest.mark.parametrize("stock_client", [False, True], ids=["ours", "stock"])
TOPIC = f"care/v1/{COUNTY}/bed-1/button/event"


@contextmanager
def session(broker: TestBroker, account: str = "ingest", **options: object) -> Iterator[Session]:
    url = broker.url_home(account) if account.startswith("bed") else broker.url(account)
    one = Session(Broker.parse(url), client_id=str(options.pop("client_id", account)), **options)  # type: ignore[arg-type]
    one.start()
    try:
        assert one.wait_connected(10)
        if options.get("topics"):
            _wait_subscribed(one)
        yield one
    finally:
        one.stop()


def _wait_subscribed(one: Session) -> None:
    """What is published before the subscription stands goes to nobody; a refused one is not waited for long."""
    deadline = time.monotonic() + 1.0
    while not one.is_subscribed and time.monotonic() < deadline:
        time.sleep(0.01)


def take(reader: Session, count: int, within_s: float = 10) -> list[Delivery]:
    found: list[Delivery] = []
    deadline = time.monotonic() + within_s
    while len(found) < count and time.monotonic() < deadline:
        found += reader.take(count - len(found), 0.2)
    return found


def publish(home: Session, count: int, topic: str = TOPIC) -> None:
    done = threading.Semaphore(0)
    for number in range(count):
        home.publish(topic, str(number).encode(), on_sent=done.release)
    for _ in range(count):
        assert done.acquire(timeout=10)


def until(condition: Callable[[], bool], within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@BOTH
def test_what_is_not_acknowledged_is_delivered_again_and_what_is_is_not(broker: TestBroker, stock_client: bool) -> None:  # noqa: FBT001
    with (
        session(broker, topics=["care/v1/#"], stock_client=stock_client) as reader,
        session(broker, "bed-1", window=0) as home,
    ):
        publish(home, 10)
        first = take(reader, 10)
        assert [one.payload for one in first] == [str(n).encode() for n in range(10)]
        reader.acknowledge(first[:6])
        time.sleep(0.3)
    with session(broker, topics=["care/v1/#"], stock_client=stock_client) as reader:
        assert [one.payload for one in take(reader, 5, within_s=2)] == [b"6", b"7", b"8", b"9"]


def test_the_window_bounds_what_is_delivered_ahead(broker: TestBroker) -> None:
    with session(broker, topics=["care/v1/#"], window=5) as reader, session(broker, "bed-1", window=0) as home:
        publish(home, 20)
        assert len(take(reader, 20, within_s=1)) == 5


@BOTH
def test_a_stale_acknowledgement_deletes_no_new_message(broker: TestBroker, stock_client: bool) -> None:  # noqa: FBT001
    with (
        session(broker, topics=["care/v1/#"], stock_client=stock_client) as reader,
        session(broker, "bed-1", window=0) as home,
    ):
        publish(home, 5)
        old = take(reader, 5)
        broker.kill()
        for saved in (broker.server.folder / "saved").iterdir():
            saved.unlink()
        until(lambda: not reader.connected)
        broker.start()
        until(lambda: reader.is_subscribed and home.connected, within_s=20)
        reader.acknowledge(old)
        publish(home, 5)
        fresh = [one for one in take(reader, 10, within_s=3) if one.generation != old[0].generation]
        assert {one.payload for one in fresh} >= {str(n).encode() for n in range(5)}


def test_the_inbox_is_bounded_by_bytes_too(broker: TestBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carecircle.mqtt.session._MOST_WAITING_BYTES", 1 << 20)
    with session(broker, topics=["care/v1/#"], window=1000) as reader, session(broker, "bed-1", window=0) as home:
        for _ in range(40):
            home.publish(TOPIC, b"x" * 200_000)
        time.sleep(2)
        assert 5 <= reader.waiting < 20
        assert len(take(reader, 40)) == 40


@BOTH
def test_properties_long_topics_and_large_payloads_are_read_as_they_are(broker: TestBroker, stock_client: bool) -> None:  # noqa: FBT001
    program = [broker.server.runtime.program("mosquitto_pub"), "-V", "5", "-q", "1", "-r", "-L"]
    large = f"{broker.url_home('bed-1')}/{TOPIC}/{'t' * 300}"
    with session(broker, topics=["care/v1/#"], stock_client=stock_client) as reader:
        subprocess.run(
            [*program, large, "-D", "publish", "user-property", "k", "v", "-s"], input=b"x" * 40_000, check=True
        )
        with session(broker, "bed-1", window=0) as home:
            home.publish(TOPIC, b"")
        first, second = take(reader, 2)
        assert (len(first.topic), len(first.payload), first.retained) == (len(TOPIC) + 301, 40_000, False)
        assert (second.topic, second.payload) == (TOPIC, b"")
    with session(broker, client_id="new", topics=["care/v1/#"], stock_client=stock_client) as reader:
        assert [one.retained for one in take(reader, 1)] == [True]


def test_a_will_is_asked_for_before_every_connection(broker: TestBroker) -> None:
    asked: list[bytes] = []

    def will() -> Message:
        asked.append(b"will %d" % (len(asked) + 1))
        return Message(TOPIC, asked[-1])

    wire = Wire(broker.port)
    url = broker.url_home("bed-1").replace(f":{broker.port}", f":{wire.port}")
    with session(broker, topics=["care/v1/#"]) as reader:
        home = Session(Broker.parse(url), client_id="home", window=0, will=will)
        home.start()
        for number in (1, 2):
            until(lambda: home.connected, within_s=20)
            cut = b"cut %d" % number
            wire.cut_at(Seen(Way.TO_SERVER, cut), lambda: None)
            sent = threading.Event()
            home.publish(TOPIC, cut, on_sent=sent.set)  # never passes now, and is sent again on the next connection
            assert [one.payload for one in take(reader, 2)] == [b"will %d" % number, cut]
            assert sent.wait(10), "or it would be sent a third time"
        home.stop()
    wire.close()


def test_a_home_can_speak_only_for_its_own_bed(broker: TestBroker) -> None:
    told: list[str] = []
    with session(broker, topics=["care/v1/#"]) as reader, session(broker, "bed-1", window=0) as home:
        home.publish(f"care/v1/{COUNTY}/bed-2/button/event", b"stolen", on_sent=lambda: told.append("stolen"))
        home.publish("care/v1/630199/bed-1/button/event", b"elsewhere", on_sent=lambda: told.append("elsewhere"))
        home.publish(TOPIC, b"mine", on_sent=lambda: told.append("mine"))
        until(lambda: told == ["mine"])
        assert [one.payload for one in take(reader, 3, within_s=1)] == [b"mine"]


def test_nobody_gets_in_without_the_right_password(broker: TestBroker) -> None:
    url = broker.url("ingest").replace("test-ingest", "guess")
    for address in (url, f"mqtt://127.0.0.1:{broker.port}"):
        stranger = Session(Broker.parse(address), client_id="stranger", topics=["care/v1/#"])
        stranger.start()
        assert not stranger.wait_connected(1)
        stranger.stop()


def test_the_last_will_is_spoken_when_the_home_dies(broker: TestBroker) -> None:
    status = f"care/v1/{COUNTY}/bed-1/gateway/status"
    code = (
        "import sys, time; from carecircle.log import configure_logging; from carecircle.mqtt import *; "
        "configure_logging('json', 'home'); "
        "s = Session(Broker.parse(sys.argv[1]), client_id='home', window=0, will=Message(sys.argv[2], b'gone', True)); "
        "s.start(); assert s.wait_connected(10); print('up', flush=True); time.sleep(60)"
    )
    with session(broker, topics=["care/v1/#"]) as reader:
        home = subprocess.Popen([sys.executable, "-c", code, broker.url_home("bed-1"), status], stdout=subprocess.PIPE)
        assert home.stdout is not None
        assert home.stdout.readline() == b"up\n"
        home.kill()
        home.wait()
        home.stdout.close()
        (will,) = take(reader, 1)
        assert (will.topic, will.payload) == (status, b"gone")


def test_a_dead_network_thread_is_noticed(broker: TestBroker) -> None:
    with session(broker, topics=["care/v1/#"]) as reader:
        reader._client.loop_stop()
        with pytest.raises(Unavailable):
            reader.take(1, 0.1)


@BOTH
def test_a_callback_that_raises_ends_the_reader_with_its_reason(broker: TestBroker, stock_client: bool) -> None:  # noqa: FBT001
    armed = threading.Event()

    def on_wake() -> None:
        if armed.is_set():
            raise ZeroDivisionError

    options = {"topics": ["care/v1/#"], "on_wake": on_wake, "stock_client": stock_client}
    with session(broker, **options) as reader, session(broker, "bed-1", window=0) as home:  # type: ignore[arg-type]
        armed.set()
        home.publish(TOPIC, b"1")
        until(lambda: reader._client.failure is not None)
        assert len(reader.take(1, 0)) == 1
        with pytest.raises(Unavailable) as ended:
            until(lambda: bool(reader.take(1, 0.1)), within_s=20)  # the log draws the traceback first
        assert isinstance(ended.value.__cause__, ZeroDivisionError)
        armed.clear()


@BOTH
def test_a_stuck_network_thread_is_noticed(
    broker: TestBroker,
    stock_client: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("carecircle.mqtt.watchdog.STUCK_AFTER_S", 2.0)
    monkeypatch.setattr("carecircle.mqtt.session._GOODBYE_S", 0.2)
    armed, let_go = threading.Event(), threading.Event()
    options = {"topics": ["care/v1/#"], "stock_client": stock_client}
    on_wake = lambda: armed.is_set() and let_go.wait(30)  # noqa: E731
    with session(broker, on_wake=on_wake, **options) as reader, session(broker, "bed-1", window=0) as home:  # type: ignore[arg-type]
        quiet_until = time.monotonic() + 3
        while time.monotonic() < quiet_until:
            assert reader.take(1, 0.2) == []  # nothing to do is not stuck
        armed.set()
        home.publish(TOPIC, b"1")
        assert len(take(reader, 1)) == 1
        with pytest.raises(Unavailable, match="not moved"):
            until(lambda: bool(reader.take(1, 0.2)), within_s=8)
    let_go.set()


def test_a_thread_that_waits_for_its_reader_is_not_stuck(broker: TestBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carecircle.mqtt.watchdog.STUCK_AFTER_S", 1.5)
    monkeypatch.setattr("carecircle.mqtt.session._MOST_WAITING_BYTES", 1)
    with session(broker, topics=["care/v1/#"]) as reader, session(broker, "bed-1", window=0) as home:
        home.publish(TOPIC, b"1")
        until(lambda: reader.waiting == 1)
        home.publish(TOPIC, b"2")
        for _ in range(20):
            assert reader._watchdog.complaint(connected=True) is None
            time.sleep(0.15)
        assert [one.payload for one in take(reader, 2)] == [b"1", b"2"]


def test_what_a_session_says_itself_does_not_come_back(broker: TestBroker) -> None:
    command = f"care/v1/{COUNTY}/bed-1/button/command"
    with (
        session(broker, topics=["care/v1/#"], no_local=True) as ingest,
        session(broker, "alerts", topics=["care/v1/#"], no_local=True) as alerts,
    ):
        ingest.publish(command, b"from ingest")
        assert [one.payload for one in take(alerts, 1)] == [b"from ingest"]
        alerts.publish(command, b"from alerts")
        assert [one.payload for one in take(ingest, 2, within_s=1)] == [b"from alerts"]


@BOTH
def test_the_inbox_is_bounded_and_the_broker_waits(broker: TestBroker, stock_client: bool) -> None:  # noqa: FBT001
    with (
        session(broker, topics=["care/v1/#"], stock_client=stock_client, window=5) as reader,
        session(broker, "bed-1", window=0) as home,
    ):
        publish(home, 200)
        seen: list[bytes] = []
        while len(seen) < 200:
            batch = take(reader, 5)
            assert batch, f"stuck after {len(seen)}"
            seen += [one.payload for one in batch]
            reader.acknowledge(batch)
        assert seen == [str(n).encode() for n in range(200)]
