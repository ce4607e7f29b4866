"""Deploying against a Grafana that enforces the real one's rules; and against a real one where an address is given."""

import os
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner, Result

from carecircle_dashboards.boards import BOARDS
from carecircle_dashboards.command import dashboards
from tests.dashboards.fake_grafana import FakeGrafana, running_grafana
from tests.integration.dashboards.known_history import beds_in
from tests.servers import Database

UID = "carecircle-service-circle"
DATABASE = ("--database", "database:5432/carecircle")
PASSWORD = {"CARECIRCLE_GRAFANA_DATABASE_PASSWORD": "of the role"}


@pytest.fixture
def grafana() -> Iterator[FakeGrafana]:
    with running_grafana() as grafana:
        yield grafana


def deploy(grafana: FakeGrafana, *more: str, token: str = "right") -> Result:
    arguments = ["deploy", "--url", grafana.url, *DATABASE, *more]
    return CliRunner(env={**PASSWORD, "CARECIRCLE_GRAFANA_TOKEN": token}).invoke(dashboards, arguments)


def test_everything_is_pushed_once_and_then_left_alone(grafana: FakeGrafana) -> None:
    first = deploy(grafana)
    assert first.exit_code == 0, first.output
    assert first.output.splitlines()[-1] == f"{2 + len(BOARDS)} create, 0 update, 0 keep, 0 refuse"
    assert len(grafana.first.dashboards) == len(BOARDS) == 8
    assert {meta["folderUid"] for meta in grafana.first.meta.values()} == {"carecircle"}
    source = grafana.first.sources["carecircle-postgres"]
    assert source["secureJsonFields"] == {"password": True}
    assert source["jsonData"]["sslmode"] == "verify-full"
    done = len(grafana.log)
    again = deploy(grafana)
    assert again.output.splitlines()[-1] == f"0 create, 0 update, {2 + len(BOARDS)} keep, 0 refuse"
    assert len(grafana.log) == done, "nothing was sent"
    assert "of the role" not in first.output + again.output


def test_a_dry_run_tells_and_changes_nothing(grafana: FakeGrafana) -> None:
    told = deploy(grafana, "--dry-run")
    assert told.output.splitlines()[-1].endswith("keep, 0 refuse (dry run)")
    assert grafana.log == []
    assert grafana.first.dashboards == {}


def test_a_page_that_was_changed_by_hand_is_shown_and_set_right(grafana: FakeGrafana) -> None:
    deploy(grafana)
    grafana.first.dashboards[UID] |= {"title": "改过的", "version": 5}
    told = deploy(grafana, "--diff")
    assert told.output.splitlines()[-1] == f"0 create, 1 update, {1 + len(BOARDS)} keep, 0 refuse"
    assert '- "title": "改过的"' in told.output
    assert '+ "title": "十五分钟服务圈"' in told.output
    assert grafana.first.dashboards[UID]["title"] == "十五分钟服务圈"
    assert grafana.first.dashboards[UID]["version"] == 6


def test_what_comes_from_files_is_not_fought_over(grafana: FakeGrafana) -> None:
    deploy(grafana)
    grafana.first.meta[UID]["provisioned"] = True
    same = deploy(grafana)
    assert same.exit_code == 0, "the same page by another channel is in order"
    grafana.first.dashboards[UID] |= {"title": "旧版"}
    other = deploy(grafana)
    assert other.exit_code == 1
    assert "a page has one channel" in other.output
    assert grafana.first.dashboards[UID]["title"] == "旧版"


def test_a_change_between_the_look_and_the_save_is_not_overwritten(
    grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(grafana)
    grafana.first.dashboards[UID] |= {"title": "甲", "version": 5}
    save = FakeGrafana._save_dashboard

    def somebody_is_quicker(self: FakeGrafana, here: object, body: object) -> object:
        self.first.dashboards[UID]["version"] = 6
        return save(self, here, body)  # type: ignore[arg-type]

    monkeypatch.setattr(FakeGrafana, "_save_dashboard", somebody_is_quicker)
    late = deploy(grafana)
    assert late.exit_code == 1
    assert "changed it meanwhile" in late.output
    assert grafana.first.dashboards[UID]["title"] == "甲"


def test_the_password_is_set_anew_when_it_is_asked_for(grafana: FakeGrafana) -> None:
    deploy(grafana)
    assert deploy(grafana, "--set-password").output.splitlines()[-1].startswith("0 create, 1 update")
    grafana.first.sources["carecircle-postgres"] |= {"readOnly": True, "url": "elsewhere:5432"}
    told = deploy(grafana)
    assert told.exit_code == 1
    assert "provisioning files" in told.output


@pytest.mark.parametrize(("token", "says"), [("wrong", "does not know this token"), ("viewer", "has to be Admin")])
def test_a_token_that_may_not_is_told_so(grafana: FakeGrafana, token: str, says: str) -> None:
    told = deploy(grafana, token=token)
    assert told.exit_code == 1
    assert says in told.output
    assert grafana.first.dashboards == {}


def test_a_grafana_that_does_not_answer_is_named(grafana: FakeGrafana) -> None:
    grafana.is_down = True
    assert "does not answer" in deploy(grafana).output
    nobody = FakeGrafana(url="http://127.0.0.1:9")
    assert "does not answer" in deploy(nobody).output


def test_without_a_database_the_servers_own_source_has_to_be_there(grafana: FakeGrafana) -> None:
    arguments = ["deploy", "--url", grafana.url, "--token", "right"]
    told = CliRunner().invoke(dashboards, arguments)
    assert "no data source carecircle-postgres" in told.output
    deploy(grafana)
    assert CliRunner().invoke(dashboards, arguments).exit_code == 0


def institution(grafana: FakeGrafana, database: Database, role: str, *more: str) -> Result:
    arguments = ["institution", "--url", grafana.url, *DATABASE, "--name", "某院", "--role", role, *more]
    environment = {"CARECIRCLE_GRAFANA_ADMIN_PASSWORD": "secret", "CARECIRCLE_ADMIN_DATABASE_URL": database.admin_url}
    return CliRunner(env=environment).invoke(dashboards, arguments)


def test_an_institution_gets_a_role_an_organisation_and_its_own_source(grafana: FakeGrafana, filled: Database) -> None:
    role = f"grafana_{uuid4().hex[:12]}"
    try:
        assert institution(grafana, filled, role, "--area", "630102", "--dry-run").exit_code == 0
        assert list(grafana.names) == ["Main Org."]
        made = institution(grafana, filled, role, "--area", "630102")
        assert made.exit_code == 0, made.output
        own = grafana.organisations[grafana.names["某院"]]
        assert len(own.dashboards) == len(BOARDS)
        assert own.sources["carecircle-postgres"]["user"] == role
        assert grafana.first.dashboards == {}, "not in anybody else's"
        again = institution(grafana, filled, role, "--area", "630121", "--health")
        assert again.exit_code == 0
        assert "revoke  area 630102" in again.output
        with psycopg.connect(filled.admin_url) as admin:
            scope = admin.execute(
                "select area_prefix, health from grafana_scope where role_name = %s", [role]
            ).fetchall()
            assert scope == [("630121", True)]
            admin.execute(f"alter role {role} password 'known'".encode())
            admin.commit()
        with psycopg.connect(filled.server.url(role, "known", filled.name)) as own_login:
            seen = own_login.execute("select bed_id from read.bed order by 1").fetchall()
            assert seen == [(bed.id,) for bed in beds_in("630121")]
    finally:
        with psycopg.connect(filled.admin_url, autocommit=True) as admin:
            admin.execute(f"drop role if exists {role}".encode())


@pytest.mark.parametrize(
    ("role", "more", "says"),
    [
        ("carecircle_ingest", ("--area", "63"), "grafana_"),
        ("grafana_x", (), "answers for an area"),
        ("grafana_x", ("--area", "6"), "no division code"),
        ("grafana_x", ("--area", "99"), "no division 99"),
        ("grafana_x", ("--provider", "nobody"), "no provider nobody"),
    ],
)
def test_a_slip_makes_no_role(
    grafana: FakeGrafana, filled: Database, role: str, more: tuple[str, ...], says: str
) -> None:
    told = institution(grafana, filled, role, *more)
    assert told.exit_code == 1
    assert says in told.output
    with psycopg.connect(filled.admin_url) as admin:
        assert admin.execute("select 1 from pg_roles where rolname = 'grafana_x'").fetchone() is None


@pytest.mark.skipif(
    "CARECIRCLE_GRAFANA_URL" not in os.environ, reason="no CARECIRCLE_GRAFANA_URL: no real Grafana to try"
)
def test_a_real_grafana_takes_all_of_it_and_is_then_left_alone() -> None:
    url, token = os.environ["CARECIRCLE_GRAFANA_URL"], os.environ["CARECIRCLE_GRAFANA_TOKEN"]
    arguments = ["deploy", "--url", url, *DATABASE]
    runner = CliRunner(env={**PASSWORD, "CARECIRCLE_GRAFANA_TOKEN": token})
    first = runner.invoke(dashboards, arguments)
    assert first.exit_code == 0, first.output
    again = runner.invoke(dashboards, [*arguments, "--diff"])
    assert again.output.splitlines()[-1] == f"0 create, 0 update, {2 + len(BOARDS)} keep, 0 refuse", again.output
