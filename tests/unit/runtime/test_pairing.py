"""Pairing codes and the accounts of homes."""

import pytest

from carecircle.identity import home_password
from carecircle.pairing import (
    code_hash,
    home_user,
    is_home_password,
    may_publish,
    may_subscribe,
    new_code,
    parse_home_user,
)

SECRET = "a secret of the tests"


def test_codes_differ_and_have_no_signs_that_look_alike() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert not set("01IOYZ") & set("".join(codes))


def test_how_a_code_is_typed_does_not_count_and_the_secret_does() -> None:
    assert code_hash(SECRET, "7KQ4M-X2HPD") == code_hash(SECRET, " 7kq4m x2hpd") != code_hash(SECRET, "7KQ4MX2HPE")
    assert code_hash(SECRET, "7KQ4M-X2HPD") != code_hash("another", "7KQ4M-X2HPD")


@pytest.mark.parametrize("generation", [0, 1, 12])
def test_an_accounts_name_says_bed_and_generation(generation: int) -> None:
    assert parse_home_user(home_user("630102-u001", generation)) == ("630102-u001", generation)


@pytest.mark.parametrize(
    "user", ["", ".", "bed.", "bed.0", "bed.01", "bed.x", "bed.-1", "bed.1.2", "be d", "床", "bed.１"]
)
def test_what_is_no_homes_account(user: str) -> None:
    assert parse_home_user(user) is None
    assert not is_home_password(SECRET, user, home_password(SECRET, user))


def test_every_generation_has_its_own_password() -> None:
    passwords = {home_password(SECRET, bed, generation) for bed in ("a", "b") for generation in range(3)}
    assert len(passwords) == 6
    assert is_home_password(SECRET, "a.2", home_password(SECRET, "a", 2))
    assert not is_home_password(SECRET, "a.2", home_password(SECRET, "a", 1))
    assert not is_home_password(SECRET, "a", home_password(SECRET, "a", 2))


@pytest.mark.parametrize(
    ("topic", "publishes", "subscribes"),
    [
        ("care/v1/630102/bed-1/mat/telemetry", True, False),
        ("care/v1/630102/bed-1/+/command", False, True),
        ("care/v1/630102/bed-1/mat/command", True, True),
        ("care/v1/630102/bed-10/mat/telemetry", False, False),
        ("care/v1/630102/bed-1", False, False),
        ("care/v1/630104/bed-1/mat/telemetry", False, False),
        ("care/v1/#", False, False),
        ("care/v1/630102/bed-1/#", False, False),
        ("$share/g/care/v1/630102/bed-1/+/command", False, False),
        ("$SYS/broker", False, False),
    ],
)
def test_a_home_speaks_below_its_bed_and_hears_its_commands(topic: str, publishes: bool, subscribes: bool) -> None:  # noqa: FBT001
    assert may_publish("630102", "bed-1", topic) == publishes
    assert may_subscribe("630102", "bed-1", topic) == subscribes
