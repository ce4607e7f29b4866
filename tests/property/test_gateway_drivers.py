"""Whatever bytes a local device publishes: the driver answers, and what comes of it keeps to the contract."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecircle.payloads import encode_payload, parse_payload
from carecircle.rejected import Rejected
from carecircle.topics import Topic, parse_topic
from carecircle_gateway.device_ids import GATEWAY, device_id
from carecircle_gateway.drivers.driver import DRIVERS, Driver
from carecircle_gateway.drivers.zigbee_fields import KNOWN_FIELDS
from carecircle_gateway.memory import DeviceMemory
from carecircle_gateway.normalise import normalise
from carecircle_gateway.presses import Arrival

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
_names = st.sampled_from(
    ["button", "bed/left", "床头 呼叫器", "gateway", "x/availability", "bridge/state", "bridge/devices"]
)
_states = st.dictionaries(st.sampled_from(sorted(KNOWN_FIELDS)) | st.text(max_size=12), _json, max_size=6)


@given(name=_names | st.text(max_size=80), payload=st.binary(max_size=200), retained=st.booleans())
def test_no_bytes_break_the_driver(name: str, payload: bytes, *, retained: bool) -> None:
    _follow(f"zigbee2mqtt/{name}", payload, retained=retained)


@given(name=_names, state=_states | _json, retained=st.booleans())
def test_no_json_breaks_the_driver(name: str, state: object, *, retained: bool) -> None:
    _follow(f"zigbee2mqtt/{name}", json.dumps(state).encode(), retained=retained)


@given(cut=st.integers(min_value=12, max_value=60))
def test_a_call_that_is_cut_off_after_its_word_is_still_a_call(cut: int) -> None:
    payload = b'{"action":"emergency","battery":80,"linkquality":144,"update":{}}'
    said = _follow("zigbee2mqtt/button", payload[: max(cut, 21)], retained=False)
    assert "sos" in said


@given(st.text(min_size=1, max_size=100))
def test_every_name_has_an_id_that_the_contract_allows(name: str) -> None:
    topic = f"care/v1/630102/bed-1/{device_id(name)}/event"
    assert isinstance(parse_topic(topic), Topic)
    assert device_id(name) == device_id(name) != GATEWAY


_BASES = {"mapped": str(Path(__file__).parents[1] / "unit/gateway/cases/mapped.toml")}
_WORDS = (
    "esphome homeassistant sensor binary_sensor event sos heart_rate state config status vendor application device up "
    "spBv1.0 DDATA x"
)
_LEVELS = st.sampled_from(_WORDS.split())


@pytest.mark.parametrize("family", sorted(DRIVERS))
@given(levels=st.lists(_LEVELS, min_size=1, max_size=6), said=st.lists(_json | st.binary(max_size=60), max_size=4))
def test_no_family_breaks_on_any_bytes_on_any_topic(family: str, levels: list[str], said: list[object]) -> None:
    driver = DRIVERS[family](_BASES.get(family, family))
    tail = "/".join(levels)
    topics = [tail, *(one.replace("+", "a").replace("#", tail) for one in driver.subscriptions)]
    for topic in topics:
        for one in said:
            payload = one if isinstance(one, bytes) else json.dumps(one).encode()
            _follow(topic, payload, retained=False, driver=driver)


@given(
    config=st.dictionaries(
        st.sampled_from(["stat_t", "val_tpl", "dev_cla", "unit_of_meas", "dev", "avty", "cmps", "~", "name", "pl_on"]),
        st.sampled_from(["home/x", "{{ value_json.a[0] }}", "temperature", "smoke", "°C", "sos"]) | _json,
    ),
    said=_json,
)
def test_no_announcement_breaks_discovery(config: object, said: object) -> None:
    driver = DRIVERS["homeassistant"]("homeassistant;home")
    for component in ("sensor", "binary_sensor", "device"):
        topic = f"homeassistant/{component}/x/config"
        _follow(topic, json.dumps(config).encode(), retained=True, driver=driver)
    _follow("home/x", json.dumps(said).encode(), retained=False, driver=driver)


def _follow(topic: str, payload: bytes, *, retained: bool, driver: Driver | None = None) -> list[str]:
    """Read and normalise, check every message against the contract, and return the events' names."""
    events: list[str] = []
    for sighting in (driver or DRIVERS["zigbee2mqtt"]("zigbee2mqtt")).read(topic, payload):
        outgoing, memory = normalise(sighting, Arrival(_NOW, retained), DeviceMemory())
        assert DeviceMemory.recall(memory.keep()) == memory
        for message in outgoing:
            body = encode_payload(message.payload)
            assert not isinstance(parse_payload(message.kind, body), Rejected), body
            events.append(getattr(message.payload, "event", ""))
    return events
