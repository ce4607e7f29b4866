"""kill -9 of the engine that holds a test press: the next one makes a call of it, and somebody is told, once."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from carecircle.runtime.install import Runtime
from tests.chaos.lifeline.stage import Platform


@pytest.fixture
def platform(runtime: Runtime, tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(runtime, tmp_path)
    yield platform
    platform.stop()
    shutil.rmtree(tmp_path / "postgres")


def open_test(platform: Platform, bed: str) -> UUID:
    """A test of this bed that waits for its press; its household has been asked to press and its home is ready."""
    test = uuid4()
    platform.scene.run(
        "insert into bed_test (id, bed_id, state, planned_at, opens_at, closes_at, home_told_at, ready_at, invited_at, "
        "recipient_kind, recipient_id) values "
        "(%s, %s, 'OPEN', now(), now(), now() + interval '10 minutes', now(), now(), now(), 'family_member', %s)",
        test, bed, f"family-{bed}",
    )  # fmt: skip
    return test


def test_a_press_that_is_held_when_its_engine_dies_is_a_call_of_the_next_engine(platform: Platform) -> None:
    platform.bed("bed-1")
    platform.start("alerts")
    test = open_test(platform, "bed-1")
    at_ms = int(time.time() * 1000)
    press = {"boot": 1, "seq": 1, "at": at_ms, "event": "press_test", "code": 101, "detail": {"test": str(test)}}
    platform.press("bed-1", json.dumps(press).encode())
    state = "select state from bed_test where id = %s"
    platform.until(lambda: platform.scene.value(state, test) == "PRESSED", "the press is held")
    platform.kill("alerts")
    # As much later as a minute is: the engine was away while the household's time ran out.
    platform.scene.run(
        "update bed_test set confirm_by = now() - interval '10 seconds', received_at = received_at - interval '70 s', "
        "pressed_at = pressed_at - interval '70 s' where id = %s",
        test,
    )
    assert platform.incidents("bed-1") == [], "nobody has made a call of it yet"
    platform.start("alerts")
    platform.until(lambda: platform.scene.value(state, test) == "REAL", "the next engine makes a call of it")
    platform.until(lambda: any(one.kind == "offer" for one in platform.receiver.taken()), "a helper is told")
    ((incident, _state),) = platform.incidents("bed-1")
    assert platform.scene.value("select incident_id from bed_test where id = %s", test) == incident
    assert platform.scene.rows("select bed_id, device, boot, seq from signal") == [("bed-1", "button", 1, 1)]
    assert {one.incident for one in platform.receiver.taken() if one.kind == "offer"} == {str(incident)}
    assert platform.receiver.told_twice(0.0) == 0
