"""Visits: what shows that somebody is there, and pictures without what cameras write into them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.travel import Place
from carecircle_alerts.travel.straight_line import air_distance_m
from carecircle_alerts.visits.bed_code import bed_code, is_bed_code
from carecircle_alerts.visits.jpeg import without_metadata
from carecircle_alerts.visits.presence import Position, Presence, Proof, TooFar, judge_position

BED = Place(36.62, 101.78)
SECRET = "a secret of the tests"


def metres_north(metres: float) -> Place:
    return Place(BED.lat + metres / 111_195, BED.lon)


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "found"),
    [
        (0, 5, Presence), (149, 0, Presence), (151, 0, TooFar), (240, 95, Presence), (260, 100, TooFar),
        (900, 5000, TooFar),
    ],
)  # fmt: skip
def test_a_phone_near_the_bed_is_proof_and_a_vague_one_is_none(metres: float, accuracy_m: float, found: type) -> None:
    judged = judge_position(Position(metres_north(metres), accuracy_m), BED, insists=False)
    assert type(judged) is found
    assert abs((judged.distance_m or 0) - metres) <= 1
    assert isinstance(judged, TooFar) or judged.proof is Proof.GEOFENCE


@given(st.floats(-89, 89), st.floats(-180, 180), st.floats(0, 1e5))
def test_who_insists_is_believed_and_never_taken_for_proven_from_afar(
    lat: float, lon: float, accuracy_m: float
) -> None:
    judged = judge_position(Position(Place(lat, lon), accuracy_m), BED, insists=True)
    assert isinstance(judged, Presence)
    assert (judged.proof is Proof.GEOFENCE) == (
        round(air_distance_m(Place(lat, lon), BED)) <= 150 + min(round(accuracy_m), 100)
    )
    assert ("本人说明" in judged.sentence) == (judged.proof is Proof.SAID)


def test_a_bed_without_a_position_speaks_for_nobody() -> None:
    judged = judge_position(Position(BED, 5), None, insists=False)
    assert judged == Presence(Proof.SAID, None, 5)


def test_a_label_is_its_beds_and_an_old_one_counts_no_more() -> None:
    code = bed_code(SECRET, "bed-1", 0)
    assert len(code) == 6
    assert code.isdigit()
    assert is_bed_code(SECRET, "bed-1", 0, f"{code[:3]} {code[3:]}")
    assert not is_bed_code(SECRET, "bed-2", 0, code)
    assert not is_bed_code(SECRET, "bed-1", 1, code)
    assert not is_bed_code("another secret", "bed-1", 0, code)
    assert not is_bed_code(SECRET, "bed-1", 0, "五六七八九十")
    assert len({bed_code(SECRET, f"bed-{n}", 0) for n in range(200)}) > 190


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


SCANNED = b"\x12\xff\x00\x34\xff\xd0\x56\xff\x00"
FRAME = segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")
TABLE = segment(0xDB, bytes(65))
SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + SCANNED
PLAIN = b"\xff\xd8" + TABLE + FRAME + SCAN + b"\xff\xd9"
GPS = segment(0xE1, b"Exif\0\0 GPS 36.62,101.78 Apple iPhone")
ADOBE = segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01")


def test_what_the_camera_wrote_is_gone_wherever_it_stands() -> None:
    comment, motion = segment(0xFE, b"taken by GPS"), b"ftypmp42 GPS of the video behind the picture"
    jpeg = b"\xff\xd8" + GPS + segment(0xE0, b"JFIF\0 GPS") + comment + TABLE + ADOBE + b"\xff\xff" + FRAME + GPS + SCAN
    jpeg += comment + SCAN + b"\xff\xd9" + motion
    bare = without_metadata(jpeg)
    assert b"GPS" not in bare
    assert bare == b"\xff\xd8" + TABLE + ADOBE + FRAME + SCAN + SCAN + b"\xff\xd9"
    assert without_metadata(bare) == bare
    assert without_metadata(PLAIN) == PLAIN


@pytest.mark.parametrize(
    "jpeg",
    [
        b"", b"\xff\xd8", b"GIF89a", b"\xff\xd8\xff\xd9", PLAIN[:-2], PLAIN[:-1], PLAIN[:40], b"\xff\xd8" + PLAIN,
        b"\xff\xd8" + b"\xff" * 50, b"\xff\xd8\xff\xe1\x00\x01", b"\xff\xd8" + FRAME + b"\xff\xd9", b"\x00" + PLAIN,
    ],
)  # fmt: skip
def test_what_is_no_whole_picture_is_refused(jpeg: bytes) -> None:
    with pytest.raises(ValueError, match=r"JPEG|marker|cut short"):
        without_metadata(jpeg)


@given(st.binary(max_size=200), st.integers(2, len(PLAIN)))
def test_no_bytes_bring_it_down_or_carry_a_segment_of_the_camera_through(noise: bytes, at: int) -> None:
    try:
        bare = without_metadata(PLAIN[:at] + noise + PLAIN[at:])
    except ValueError:
        return
    assert bare.startswith(b"\xff\xd8")
    assert bare.endswith(b"\xff\xd9")
    assert without_metadata(bare) == bare
