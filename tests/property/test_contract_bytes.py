"""No bytes on any topic raise anything, in either reader."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from carecircle.mqtt import Delivery
from carecircle.payloads import Event, Readings, Status, Telemetry, encode_payload, parse_payload
from carecircle.quantities import QUANTITIES
from carecircle.rejected import Reason, Rejected
from carecircle.topics import Kind, Topic, parse_topic
from carecircle_alerts.rules.help_call import read_event
from carecircle_ingest.clocks import Clocks
from carecircle_ingest.decode import Table, decode
from carecircle_ingest.telemetry import Measured, read_telemetry, readings_in_order

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
COUNTY = "630102"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
FIELDS = st.sampled_from(["boot", "seq", "at", "readings", "quality", "event", "code", "detail", "online", "battery"])
NEARLY = st.dictionaries(FIELDS, JSON | st.integers(0, 10**13), max_size=8).map(lambda body: json.dumps(body).encode())
TOPICS = st.text() | st.sampled_from([f"care/v1/{COUNTY}/bed-1/mat/{kind.value}" for kind in Kind])


@given(TOPICS, st.binary() | NEARLY | JSON.map(lambda body: json.dumps(body).encode()))
def test_decode_gives_rows_or_a_reason(topic: str, payload: bytes) -> None:
    result = decode(Delivery(topic, payload, False, NOW, 1, 1), NOW_MS, {"bed-1": COUNTY}, Clocks())
    if isinstance(result, Rejected):
        assert result.detail
    elif result is not None:
        assert all(isinstance(table, Table) and len(values) == len(table.columns) for table, values in result.rows)


READINGS = st.dictionaries(st.sampled_from([*QUANTITIES, "newer"]), JSON | st.floats() | st.booleans(), max_size=4)
NUMBERS = st.integers(-2, 2**64) | st.floats() | st.booleans() | st.none() | st.text(max_size=2)
TELEMETRY = st.fixed_dictionaries(
    {
        "boot": NUMBERS | st.just(1),
        "seq": NUMBERS | st.just(1),
        "at": NUMBERS | st.just(1),
        "readings": READINGS | JSON,
    },
    optional={"quality": NUMBERS | st.floats(0, 1), "oldest": NUMBERS, "newer": JSON},
).map(lambda body: json.dumps(body).encode())
PIECES = st.sampled_from(
    [b"{", b"}", b'"x":', b"1", b",", b"01", b"-", b"NaN", b'"\\q"', b'"\xff"', b"\x00", b"[" * 9, b" "]
)


@given(TELEMETRY, st.integers(0, 200), st.binary(max_size=3) | PIECES, st.integers(0, 3))
def test_the_lean_reader_of_telemetry_and_the_contract_agree(body: bytes, at: int, piece: bytes, cut: int) -> None:
    for payload in (body, body[:at] + piece + body[at + cut :]):
        lean, model = read_telemetry(payload), parse_payload(Kind.TELEMETRY, payload)
        if isinstance(lean, Measured):
            assert isinstance(model, Telemetry)
            assert (lean.boot, lean.seq, lean.at, lean.quality, lean.oldest) == (
                model.boot, model.seq, model.at, model.quality, model.oldest
            )  # fmt: skip
            assert readings_in_order(lean.readings) == tuple(getattr(model.readings, name) for name in QUANTITIES)
        else:
            assert isinstance(model, Rejected) or lean.reason is Reason.NOT_STORABLE


@given(
    st.integers(0, 2**31 - 1),
    st.integers(0, 2**63 - 1),
    st.integers(-(2**53), 2**53),
    st.from_regex(r"[a-z0-9_]{1,64}", fullmatch=True),
)
def test_every_event_says_when_and_never_in_the_future(boot: int, seq: int, at: int, name: str) -> None:
    call = read_event(Event(boot=boot, seq=seq, at=at, event=name), NOW)
    assert call is None or call.pressed_at <= NOW


@given(
    st.builds(
        Readings,
        heart_rate=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        in_bed=st.none() | st.booleans(),
    )
)
def test_what_is_written_is_read_back(readings: Readings) -> None:
    telemetry = Telemetry(boot=1, seq=2, at=3, readings=readings)
    assert parse_payload(Kind.TELEMETRY, encode_payload(telemetry)) == telemetry


@given(st.from_regex(r"\d{6}", fullmatch=True), st.sampled_from(list(Kind)))
def test_a_topic_is_read_as_it_is_written(county: str, kind: Kind) -> None:
    if county.isascii():
        topic = Topic(county, "bed-1", "button_2", kind)
        assert parse_topic(str(topic)) == topic


def test_readings_and_quantities_name_the_same_things() -> None:
    assert list(Readings.model_fields) == list(QUANTITIES)


def test_newer_firmware_loses_no_help_call() -> None:
    body = b'{"boot":1,"seq":1,"at":1,"event":"sos","color":"red","detail":{"x":[1]}}'
    assert isinstance(parse_payload(Kind.EVENT, body), Event)
    assert isinstance(parse_payload(Kind.STATUS, b'{"boot":1,"seq":1,"at":1,"online":true,"mood":1}'), Status)


def test_a_reason_never_repeats_a_value() -> None:
    rejected = parse_payload(Kind.TELEMETRY, b'{"boot":1,"seq":1,"at":1,"readings":{"heart_rate":"secret-value-187"}}')
    assert isinstance(rejected, Rejected)
    assert "187" not in rejected.detail
