"""Confirmations: what the engine says of a call reaches the lifeline whole, and nobody else can say it."""

import pytest

from carecircle.committed import Committed, committed_message, parse_committed
from carecircle.topics import EVERYTHING, Kind, Topic

TOPIC = Topic("630102", "bed-1", "button", Kind.EVENT)


@pytest.mark.parametrize("name", ["3/1842", "0f1e2d3c4b5a6978"])
def test_what_is_said_is_what_is_read(name: str) -> None:
    assert parse_committed(*committed_message(TOPIC, name)) == Committed("bed-1", "button", name)


def test_a_home_cannot_say_it_below_its_own_bed() -> None:
    topic, _body = committed_message(TOPIC, "3/1842")
    assert not topic.startswith(EVERYTHING.removesuffix("#"))


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("care/v1/630102/bed-1/button/event", b'{"call":"3/1"}'),
        ("care/committed/v1/630102/bed-1", b'{"call":"3/1"}'),
        ("care/committed/v1/63/bed-1/button", b'{"call":"3/1"}'),
        ("care/committed/v1/630102/bed-1/button", b"\xff"),
        ("care/committed/v1/630102/bed-1/button", b'{"call":3}'),
        ("care/committed/v1/630102/bed-1/button", b'["call"]'),
        ("care/committed/v1/630102/bed-1/button", b"{}"),
    ],
)
def test_anything_else_confirms_nothing(topic: str, payload: bytes) -> None:
    assert parse_committed(topic, payload) is None
