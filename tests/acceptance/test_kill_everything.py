"""Promise 1, with real processes: whatever dies, a press becomes one incident with one helper.

Homes keep an event until the platform's receipt for it has come and repeat it until then, so even what a broker
accepted and lost in its own crash arrives.
"""

import contextlib
import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from carecircle.errors import Unavailable
from carecircle.up.installation import Trial
from carecircle.up.stack import Stack
from carecircle_sim.control import ask
from carecircle_sim.town import build_town

_PRESSES = 20
_PATIENCE_S = 120.0
_VICTIMS = (
    "alerts",
    "ingest",
    "console",
    "mosquitto",
    "postgres",
    "homes",
    "alerts",
    "mosquitto",
    "postgres",
    "console",
)
_TRIAL = Trial(
    homes=_PRESSES,
    homes_arguments=("--presses-per-hour", "0", "--rate", "50", "--repeat-after", "1"),
    world_arguments=(
        "--accept-probability",
        "1",
        "--accept-after",
        "0.2",
        "--time-scale",
        "600",
        "--play-demo-responder",
    ),
)


_ACCEPTED = "select count(distinct incident_id) from assignment where state <> 'STALLED'"
_STATES = "select state, count(*) from incident group by 1"
_CROWDED = "select incident_id from assignment where state <> 'STALLED' group by 1 having count(*) > 1"
_UNTOLD = """
select id from incident i
where not exists (select from message m where m.incident_id = i.id and m.audience = 'family' and m.sent_at is not null)
"""


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    for name in ("CARECIRCLE_DATABASE_URL", "CARECIRCLE_ADMIN_DATABASE_URL", "CARECIRCLE_MQTT_URL"):
        monkeypatch.delenv(name, raising=False)
    with Stack(tmp_path_factory.mktemp("s"), trial=_TRIAL) as running:
        yield running


def _rows(stack: Stack, statement: str) -> list[tuple[object, ...]]:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with psycopg.connect(stack.installation.admin_url, autocommit=True) as connection:
                return connection.execute(statement.encode()).fetchall()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "the database did not come back"
            time.sleep(0.2)


def _press(control: Path, bed: str) -> None:
    """Press until the home's own journal has it; a fleet that is being restarted cannot be pressed."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        with contextlib.suppress(Unavailable):
            ask(control, f"press {bed}")
            return
        assert time.monotonic() < deadline, "the fleet did not come back"
        time.sleep(0.05)


def _inbox(stack: Stack) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", stack.installation.ports["world"], timeout=10)
    try:
        connection.request("GET", "/inbox.json")
        inbox: dict[str, object] = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return inbox


def test_twenty_presses_survive_the_death_of_every_process(stack: Stack) -> None:
    beds = [home.bed_id for home in build_town().homes[:_PRESSES]]
    for number, bed in enumerate(beds):
        _press(stack.installation.control_socket, bed)
        if number % 2 == 0:
            stack.kill(_VICTIMS[number // 2])
        time.sleep(0.3)

    deadline = time.monotonic() + _PATIENCE_S
    while (found := _rows(stack, _ACCEPTED)) != [(_PRESSES,)]:
        assert time.monotonic() < deadline, f"accepted {found} of {_rows(stack, _STATES)}"
        time.sleep(0.5)

    assert _rows(stack, "select count(*), count(distinct bed_id) from incident where kind = 'sos'") == [
        (_PRESSES, _PRESSES)
    ]
    assert _rows(stack, "select kind, bed_id from incident where family = 'help' and kind <> 'sos'") == []
    assert _rows(stack, "select count(*) from signal") == [(_PRESSES,)]
    assert _rows(stack, "select kind, device, why from alarm where kind <> 'sos'") == []
    assert _rows(stack, _CROWDED) == []
    assert _rows(stack, _UNTOLD) == []
    counts = _inbox(stack)["counts"]
    assert isinstance(counts, dict)
    assert counts.get("told_twice", 0) == 0
