"""The token that opens Grafana: who, of which area, for an hour, and never more than a viewer."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from carecircle.deployment.certificates import ensure_certificates
from carecircle.errors import Misconfigured, Unavailable
from carecircle_console.grafana import AUDIENCE, ISSUER, LASTS, sign_in_url
from carecircle_console.scope import Role, Viewer

NOW = datetime.now(UTC).replace(microsecond=0)
VIEWER = Viewer(
    account_id=7, login="auditor", name="某审计员", role=Role.AUDITOR, area_code="6301", area_name="西宁市",
    responder_id=None, family_member_id=None,
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the keys that an installation makes for itself."""
    folder = tmp_path_factory.mktemp("installation")
    ensure_certificates(folder, ["localhost"])
    return folder


def opened(folder: Path, now: datetime = NOW) -> str:
    url = sign_in_url(VIEWER, "http://grafana.test:3000/", folder / "grafana_jwt.key", now)
    assert url.startswith("http://grafana.test:3000/?auth_token=")
    return url.partition("=")[2]


def test_grafanas_public_key_reads_it_and_finds_what_it_expects(folder: Path) -> None:
    public = (folder / "grafana_jwt.pub").read_text()
    claims = jwt.decode(opened(folder), public, algorithms=["ES256"], audience=AUDIENCE, issuer=ISSUER)
    assert claims["sub"] == "auditor"
    assert claims["role"] == "Viewer"
    assert claims["orgs"] == ["area-6301"]
    assert claims["exp"] - claims["iat"] == LASTS.total_seconds() == 3600


def test_after_an_hour_and_with_another_key_it_is_worth_nothing(folder: Path, tmp_path: Path) -> None:
    public = (folder / "grafana_jwt.pub").read_text()
    old = opened(folder, NOW - LASTS - timedelta(minutes=1))
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(old, public, algorithms=["ES256"], audience=AUDIENCE)
    ensure_certificates(tmp_path, ["localhost"])
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(opened(tmp_path), public, algorithms=["ES256"], audience=AUDIENCE)


def test_the_keys_are_made_once(folder: Path) -> None:
    before = (folder / "grafana_jwt.key").read_text()
    again = ensure_certificates(folder, ["localhost"])
    assert again.grafana_key == before
    told = subprocess.run(
        ["openssl", "pkey", "-in", str(folder / "grafana_jwt.key"), "-pubout"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert again.grafana_public == told.stdout


def test_without_a_grafana_or_its_key_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        sign_in_url(VIEWER, None, tmp_path / "key", NOW)
    with pytest.raises(Misconfigured, match="GRAFANA_JWT_KEY_FILE"):
        sign_in_url(VIEWER, "http://grafana.test", tmp_path / "none", NOW)
