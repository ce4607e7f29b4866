"""Garbage: one message for every class of bad input, in turn (pure)."""

from collections.abc import Callable

from bench.ingest_parts.messages import COUNTY

Spoil = Callable[[str, bytes], tuple[str, bytes]]

WAYS: dict[str, Spoil] = {
    "wrong_topic": lambda topic, payload: (topic.replace("/telemetry", "/telemetry/more"), payload),
    "unknown_kind": lambda topic, payload: (topic.replace("/telemetry", "/gossip"), payload),
    "empty": lambda topic, _payload: (topic, b""),
    "not_json": lambda topic, payload: (topic, payload[:-7]),
    "not_text": lambda topic, payload: (topic, payload.replace(b"heart", b"\xff\xfe\x00")),
    "not_a_number": lambda topic, payload: (topic, payload.replace(b"0.93", b"NaN")),
    "wrong_shape": lambda topic, payload: (topic, payload.replace(b'"seq":', b'"seq":"x","old":')),
    "out_of_range": lambda topic, payload: (topic, payload.replace(b'"quality":0.93', b'"quality":93')),
    "too_deep": lambda topic, payload: (topic, b"[" * 300 + payload),
    "too_large": lambda topic, payload: (topic, payload[:-1] + b',"more":"' + b"x" * 70_000 + b'"}'),
    "not_storable": lambda topic, payload: (topic, payload.replace(b'"movement":0', b'"movement":1e39,"x":0')),
    "unknown_bed": lambda topic, payload: (topic.replace("bench-", "nobody-"), payload),
    "wrong_county": lambda topic, payload: (topic.replace(COUNTY, "632323"), payload),
}


def spoilt(turn: int, topic: str, payload: bytes) -> tuple[str, bytes]:
    """The message, made bad in the way whose turn it is."""
    ways = list(WAYS.values())
    return ways[turn % len(ways)](topic, payload)
