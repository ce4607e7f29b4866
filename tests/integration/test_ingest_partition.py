"""A province split over several readers: one reader a county, and nothing lost while counties change hands."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Self

import psycopg
import pytest

from carecircle.errors import Conflict
from carecircle.mqtt import Broker, Session
from carecircle.settings import load_settings
from carecircle_ingest.partition import Partition, coverage
from carecircle_ingest.service import IngestSettings
from tests.scene import COUNTY, Scene
from tests.servers import Database, TestBroker

OTHER = "630103"
PROGRAM = "from carecircle.cli import main; main()"


@contextmanager
def claimed(database: Database, name: str, *counties: str) -> Iterator[Partition]:
    partition = Partition(name, counties)
    with psycopg.connect(database.url("carecircle_ingest"), autocommit=True) as connection:
        partition.claim(connection)
        yield partition


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ((COUNTY,), (OTHER, COUNTY), f"north reads {COUNTY} since"),
        ((), (OTHER,), "north reads all counties since"),
        ((COUNTY,), (), f"north reads {COUNTY} since"),
    ],
    ids=["same county", "all and one", "one and all"],
)
def test_a_county_has_one_reader(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    first: tuple[str, ...],
    second: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.setattr("carecircle_ingest.partition.PATIENCE_S", 0.2)
    with claimed(database, "north", *first):
        for _ in range(2):  # the first refusal leaves no lock behind
            with pytest.raises(Conflict, match=said), claimed(database, "south", *second):
                pass
    with claimed(database, "south", *second):
        pass


def test_a_name_is_used_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carecircle_ingest.partition.PATIENCE_S", 0.2)
    with (
        claimed(database, "north", COUNTY),
        pytest.raises(Conflict, match="named north"),
        claimed(database, "north", OTHER),
    ):
        pass


def test_parts_of_different_counties_live_side_by_side_and_what_they_leave_is_seen(database: Database) -> None:
    scene = Scene(database)
    for bed in ("bed-1", "bed-2"):
        scene.bed(bed)
    with psycopg.connect(database.url("carecircle_ingest"), autocommit=True) as connection:
        with claimed(database, "north", COUNTY), claimed(database, "south", OTHER):
            assert [(one.code, one.beds, one.reader) for one in coverage(connection)] == [(COUNTY, 2, "north")]
        with claimed(database, "south", OTHER):
            assert [(one.code, one.reader) for one in coverage(connection)] == [(COUNTY, None)]


@pytest.mark.parametrize("text", ["63010", "630102,x", "care/v1/#"])
def test_what_is_no_division_code_stops_the_process(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CARECIRCLE_DATABASE_URL", "postgresql://nowhere")
    monkeypatch.setenv("CARECIRCLE_MQTT_URL", "mqtt://nowhere")
    monkeypatch.setenv("CARECIRCLE_INGEST_COUNTIES", f"{COUNTY}, {OTHER},{COUNTY}")
    assert load_settings(IngestSettings).ingest_counties == (COUNTY, OTHER)
    monkeypatch.setenv("CARECIRCLE_INGEST_COUNTIES", text)
    with pytest.raises(Exception, match="CARECIRCLE_INGEST_COUNTIES"):
        load_settings(IngestSettings)


class Ingest:
    """`carecircle ingest` of a part as its own process."""

    def __init__(self, database: Database, broker: TestBroker, name: str, counties: str = "") -> None:
        self._environment = {
            "CARECIRCLE_DATABASE_URL": database.url("carecircle_ingest"),
            "CARECIRCLE_MQTT_URL": broker.url("ingest"),
            "CARECIRCLE_MQTT_CLIENT_ID": name,
            "CARECIRCLE_INGEST_COUNTIES": counties,
        }
        self.process = subprocess.Popen([sys.executable, "-c", PROGRAM, "ingest"], env=self._environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def check(self) -> tuple[int, str]:
        command = [sys.executable, "-c", PROGRAM, "ingest", "--check"]
        done = subprocess.run(command, env=self._environment, capture_output=True, check=False)
        return done.returncode, done.stdout.decode()


class Homes:
    """A home in each of two counties that publish all the time; `told` counts what the broker has taken."""

    def __init__(self, broker: TestBroker) -> None:
        self.told = 0
        self._end = threading.Event()
        self._homes = {COUNTY: self._home(broker.url_home("bed-1")), OTHER: self._home(broker.add_home("bed-b", OTHER))}
        self._thread = threading.Thread(target=self._publish)
        self._thread.start()

    def _home(self, url: str) -> Session:
        home = Session(Broker.parse(url), client_id=url.rpartition("@")[0][-20:-1], window=0)
        home.start()
        assert home.wait_connected(10)
        return home

    def _publish(self) -> None:
        for seq in count():
            if self._end.wait(0.01):
                return
            body = {"boot": 1, "seq": seq, "at": int(time.time() * 1000), "readings": {"heart_rate": 70}}
            for county, home in self._homes.items():
                bed = "bed-1" if county == COUNTY else "bed-b"
                home.publish(f"care/v1/{county}/{bed}/mat/telemetry", json.dumps(body).encode(), on_sent=self._sent)

    def _sent(self) -> None:
        self.told += 1

    def stop(self) -> None:
        self._end.set()
        self._thread.join()
        time.sleep(0.5)
        for home in self._homes.values():
            home.stop()


def eventually(condition: Callable[[], bool], what: str, within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def test_a_province_is_split_while_messages_flow_and_its_readers_die(database: Database, broker: TestBroker) -> None:
    scene = Scene(database)
    scene.run("insert into area (code, name) values (%s, '城中区')", OTHER)
    for bed in ("bed-1", "bed-b"):
        scene.bed(bed)
    scene.run("update bed set county = %s, division_code = %s where id = 'bed-b'", OTHER, OTHER)

    def subscribed(name: str) -> object:
        return scene.value(
            "select string_agg(one, ' ') from ingest_partition, unnest(topics) one where name = %s", name
        )

    with ExitStack() as ends:
        whole = ends.enter_context(Ingest(database, broker, "one"))
        eventually(lambda: scene.rows("select 1 from ingest_partition where reading") != [], "nobody reads")
        homes = Homes(broker)
        ends.callback(homes.stop)
        eventually(lambda: homes.told > 50, "nothing flows")
        whole.kill()

        first = ends.enter_context(Ingest(database, broker, "one", COUNTY))
        stored = scene.value("select count(*) from vitals where bed = 'bed-b'")
        assert isinstance(stored, int)
        more = "select count(*) > %s + 50 from vitals where bed = 'bed-b'"
        eventually(lambda: scene.value(more, stored) is True, "what nobody else reads is read on")
        code, text = first.check()
        assert (code, text.splitlines()[-1]) == (1, f"无人读取的区县：{OTHER}")

        second = ends.enter_context(Ingest(database, broker, "two", OTHER))
        eventually(lambda: subscribed("one") == f"care/v1/{COUNTY}/#", "the first part does not let go")
        assert first.check()[0] == 0
        second.kill()
        assert "分区 two 未运行" in first.check()[1]
        ends.enter_context(Ingest(database, broker, "two", OTHER))
        eventually(lambda: first.check()[0] == 0, "the second part does not come back")
        homes.stop()
        eventually(lambda: scene.value("select count(*) from vitals") == homes.told, "something was lost")
