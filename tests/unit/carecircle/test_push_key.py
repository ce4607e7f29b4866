"""Push keys: made well, derived right, and kept for as long as the installation lives."""

import json
from pathlib import Path

import pytest

from carecircle.push_key import new_private_key, public_key_of
from carecircle.up.installation import Installation, Trial
from carecircle.up.secrets_file import load_secrets
from carecircle_alerts.notify.web_push import PushKey

# RFC 8291, appendix A: the application server's key pair of the example.
PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"


def test_the_public_key_is_the_one_of_the_standards_example() -> None:
    assert public_key_of(PRIVATE) == PUBLIC
    assert PushKey.of(PRIVATE).public == PUBLIC


def test_every_new_key_is_usable_and_another() -> None:
    keys = {new_private_key() for _ in range(50)}
    assert len(keys) == 50
    assert all(len(public_key_of(key)) == 87 for key in keys)


@pytest.mark.parametrize("text", ["", "short", "A" * 43, "_" * 43])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        public_key_of(text)


def test_an_older_installation_gets_a_key_once_and_both_sides_know_it(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    first = load_secrets(file, has_database=False)
    older = {name: value for name, value in json.loads(file.read_text()).items() if name != "web_push_key"}
    file.write_text(json.dumps(older))
    upgraded = load_secrets(file, has_database=True)
    assert upgraded.link_secret == first.link_secret
    assert load_secrets(file, has_database=True) == upgraded
    ports = dict.fromkeys(("console", "world", "world-smtp"), 1)
    installation = Installation(tmp_path, ports, upgraded, "postgresql://a:b@127.0.0.1/c", "mqtt://127.0.0.1:1")
    told = {plan.name: plan.environment for plan in installation.processes(Trial())}
    for sender in ("alerts", "lifeline"):
        assert told[sender]["CARECIRCLE_WEB_PUSH_KEY"] == upgraded.web_push_key
    assert told["console"]["CARECIRCLE_WEB_PUSH_PUBLIC_KEY"] == public_key_of(upgraded.web_push_key)
    assert "CARECIRCLE_WEB_PUSH_KEY" not in told["console"]
