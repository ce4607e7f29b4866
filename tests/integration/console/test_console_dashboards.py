"""From the console to Grafana: who is sent on, and who is not."""

from pathlib import Path

import jwt

from carecircle.deployment.certificates import ensure_certificates
from tests.console_world import GRAFANA_URL, World, people, running
from tests.servers import Database

READERS = {"supervisor", "administrator", "auditor"}


def test_readers_of_figures_are_sent_on_signed_in_and_nobody_else_is(database: Database, tmp_path: Path) -> None:
    ensure_certificates(tmp_path, ["localhost"])
    public = (tmp_path / "grafana_jwt.pub").read_text()
    with running(database, people(database), grafana_jwt_key_file=tmp_path / "grafana_jwt.key") as world:
        assert world.client().get("/api/dashboards/open").status_code == 401
        for login in ("dispatcher", "family", "responder", *READERS):
            answer = world.signed_in(login).get("/api/dashboards/open")
            assert answer.status_code == (303 if login in READERS else 403), login
            if login in READERS:
                place, _, token = answer.headers["location"].partition("?auth_token=")
                assert place == f"{GRAFANA_URL}/"
                claims = jwt.decode(token, public, algorithms=["ES256"], audience="carecircle-grafana")
                assert claims["sub"] == login
                assert claims["orgs"] == ["area-630102"]
                assert answer.headers["cache-control"] == "no-store"
                assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_console_without_a_grafana_says_so(world: World) -> None:
    answer = world.signed_in("auditor").get("/api/dashboards/open")
    assert answer.status_code == 503
    assert "Grafana" in answer.text
