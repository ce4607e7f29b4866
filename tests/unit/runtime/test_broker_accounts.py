"""The broker's files: nobody has more rights than their own, and nobody else can read the passwords."""

import base64
import hashlib
import stat
from pathlib import Path

from carecircle.runtime.broker_accounts import Home, access_list, password_line, write_accounts


def test_a_home_gets_its_own_bed_and_its_own_commands() -> None:
    text = access_list([], [Home("630102", "bed-1", "secret")])
    assert text == ("user bed-1\ntopic write care/v1/630102/bed-1/#\ntopic read care/v1/630102/bed-1/+/command\n")
    assert "secret" not in text


def test_services_write_commands_the_engine_what_it_committed_and_strangers_nothing_at_all() -> None:
    text = access_list(["ingest", "alerts", "lifeline", "stranger"], [])
    assert [line for line in text.splitlines() if "write" in line] == [
        "topic write care/v1/+/+/+/command",
        "topic write care/v1/+/+/+/command",
        "topic write care/committed/v1/+/+/+",
    ]
    assert text.rstrip().endswith("user stranger")


def test_a_password_is_kept_as_a_salted_hash() -> None:
    user, _, rest = password_line("bed-1", "secret", b"salt-of-12-b").strip().partition(":")
    empty, scheme, rounds, salt, digest = rest.split("$")
    assert (user, empty, scheme, base64.b64decode(salt)) == ("bed-1", "", "7", b"salt-of-12-b")
    expected = hashlib.pbkdf2_hmac("sha512", b"secret", b"salt-of-12-b", int(rounds))
    assert base64.b64decode(digest) == expected
    assert password_line("bed-1", "secret") != password_line("bed-1", "secret")


def test_files_are_private_and_replaced_at_once(tmp_path: Path) -> None:
    write_accounts(tmp_path, {"ingest": "one"}, [])
    write_accounts(tmp_path, {"ingest": "two", "alerts": "three"}, [Home("630102", "bed-1", "four")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["access", "passwords"]
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    accounts = [line.partition(":")[0] for line in (tmp_path / "passwords").read_text().splitlines()]
    assert accounts == ["ingest", "alerts", "bed-1"]
