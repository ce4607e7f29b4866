"""Grafana as compose starts it: nobody comes in without the console or a password; it asks nothing of others."""

import json
import re

import pytest

from carecircle_console.grafana import AUDIENCE, ISSUER
from carecircle_dashboards.maps import CIRCLES_FILE, TILES
from tests.unit.deploy.compose_file import ROOT, services

GRAFANA = next(service for service in services() if service.name == "grafana")
SET = {name: str(value) for name, value in GRAFANA.environment.items()}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GF_AUTH_ANONYMOUS_ENABLED", "false"),
        ("GF_PUBLIC_DASHBOARDS_ENABLED", "false"),
        ("GF_SNAPSHOTS_ENABLED", "false"),
        ("GF_SNAPSHOTS_EXTERNAL_ENABLED", "false"),
        ("GF_USERS_ALLOW_SIGN_UP", "false"),
        ("GF_USERS_ALLOW_ORG_CREATE", "false"),
        ("GF_SECURITY_CONTENT_SECURITY_POLICY", "true"),
        ("GF_SECURITY_COOKIE_SAMESITE", "strict"),
        ("GF_AUTH_JWT_ROLE_ATTRIBUTE_STRICT", "true"),
        ("GF_AUTH_JWT_ALLOW_ASSIGN_GRAFANA_ADMIN", "false"),
    ],
)
def test_defaults_that_keep_the_door_shut(name: str, value: str) -> None:
    assert SET[name] == value


def test_it_may_be_framed_by_the_console_alone_and_loads_nothing_from_elsewhere() -> None:
    policy = SET["GF_SECURITY_CONTENT_SECURITY_POLICY_TEMPLATE"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
    assert rules["frame-ancestors"] == "'self' ${CARECIRCLE_PUBLIC_URL:-http://127.0.0.1:8080}"
    for name in ("default-src", "img-src", "connect-src", "font-src", "style-src", "script-src"):
        assert not re.search(r"https?://|\*", rules[name]), name
    assert "$$NONCE" in rules["script-src"], "compose must leave the dollar to Grafana"


def test_it_expects_of_a_token_what_the_console_puts_into_it() -> None:
    assert json.loads(SET["GF_AUTH_JWT_EXPECT_CLAIMS"]) == {"iss": ISSUER, "aud": AUDIENCE}
    assert (SET["GF_AUTH_JWT_USERNAME_CLAIM"], SET["GF_AUTH_JWT_ROLE_ATTRIBUTE_PATH"]) == ("sub", "role")
    assert SET["GF_AUTH_JWT_ORG_ATTRIBUTE_PATH"] == "orgs"
    assert SET["GF_AUTH_JWT_ORG_MAPPING"].startswith("${CARECIRCLE_GRAFANA_ORGS:-area-63:1:Viewer")
    assert "*" not in SET["GF_AUTH_JWT_ORG_MAPPING"], "whose area has no organisation is not let in"


def test_what_maps_load_lies_where_grafana_serves_it() -> None:
    folder = ROOT / GRAFANA.mounts["/usr/share/grafana/public/carecircle"]
    for address in (CIRCLES_FILE, TILES):
        name = address.removeprefix("public/carecircle/").partition("?")[0]
        assert (folder / name).is_file(), name
    assert (folder / "tile.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((folder / "circles.geojson").read_text())["type"] == "FeatureCollection"
