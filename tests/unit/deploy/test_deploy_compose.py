"""docker-compose.yml held against the settings classes, the Dockerfile and what containers should not be allowed."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr

from carecircle.cli import ServiceCommands, carecircle
from carecircle.db.command import MigrateSettings
from carecircle.db.seed_command import SeedSettings
from carecircle.deployment.command import BrokerAccountsSettings, InitSettings
from carecircle.runtime.mosquitto import configuration
from carecircle.settings import ProcessSettings
from carecircle_alerts.coverage.settings import CoverageSettings
from carecircle_alerts.settings import AlertsSettings, LifelineSettings
from carecircle_console.settings import ConsoleSettings
from carecircle_ingest.service import IngestSettings
from carecircle_sim.homes_command import HomesSettings
from carecircle_sim.world_command import WorldSettings
from carecircle_upkeep.settings import UpkeepSettings
from tests.unit.deploy.compose_file import COMPOSE, ROOT, Service, services, shares

SETTINGS: dict[str, type[ProcessSettings]] = {
    "init": InitSettings,
    "migrate": MigrateSettings,
    "broker-accounts": BrokerAccountsSettings,
    "seed-demo": SeedSettings,
    "ingest": IngestSettings,
    "upkeep": UpkeepSettings,
    "coverage": CoverageSettings,
    "alerts": AlertsSettings,
    "lifeline": LifelineSettings,
    "console": ConsoleSettings,
    "homes": HomesSettings,
    "world": WorldSettings,
}
ALL = [pytest.param(service, id=service.name) for service in services()]
OURS = [pytest.param(service, id=service.name) for service in services() if service.is_ours]
LONG_RUNNING = [pytest.param(service, id=service.name) for service in services() if not service.is_one_shot]
SENSITIVE = re.compile(r"password|secret|token|key(?!ring)", re.IGNORECASE)
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_every_service_of_ours_has_its_settings_class() -> None:
    assert {service.name for service in services() if service.is_ours} == set(SETTINGS)


@pytest.mark.parametrize("service", OURS)
def test_a_process_is_given_what_it_needs_and_nothing_unknown(service: Service) -> None:
    fields = {f"CARECIRCLE_{name}".upper(): field for name, field in SETTINGS[service.name].model_fields.items()}
    needed = {name for name, field in fields.items() if field.is_required()}
    given = service.settings_given()
    assert needed <= given
    assert given <= set(fields)


@pytest.mark.parametrize("service", OURS)
def test_the_values_given_are_values_that_the_settings_take(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in service.environment.items():
        if value is not None:
            monkeypatch.setenv(name, _interpolated(value))
    for name, text in _share_of(service).items():
        if name.startswith("carecircle_"):
            monkeypatch.setenv(name.upper(), text)
    SETTINGS[service.name]()


@pytest.mark.parametrize("service", OURS)
def test_every_secret_comes_as_a_file_and_none_stands_in_the_environment(service: Service) -> None:
    for name, field in SETTINGS[service.name].model_fields.items():
        if field.annotation in {SecretStr, SecretStr | None}:
            assert service.environment.get(f"CARECIRCLE_{name}".upper()) is None, name


@pytest.mark.parametrize("service", OURS)
def test_the_command_exists(service: Service) -> None:
    name = service.entry["command"][0]
    assert isinstance(carecircle, ServiceCommands)
    with carecircle.make_context("carecircle", [name], resilient_parsing=True) as context:
        command = carecircle.get_command(context, name)
        assert command is not None
        command.make_context(name, list(service.entry["command"][1:]), parent=context, resilient_parsing=True)


@pytest.mark.parametrize("service", ALL)
def test_no_secret_stands_in_the_file(service: Service) -> None:
    for name, value in service.environment.items():
        if SENSITIVE.search(name) and value is not None:
            is_switch = value in {"true", "false"}
            assert is_switch or value.startswith(("/run/secrets/", "/secrets")) or name.endswith("INITDB_ARGS"), name
    assert not re.search(r"://[^/\s${}]+:[^/\s${}@]+@", yaml.safe_dump(dict(service.entry))), (
        "an address with a password"
    )


@pytest.mark.parametrize("service", ALL)
def test_only_the_services_own_secrets_are_mounted(service: Service) -> None:
    secret_volumes = {source for source in service.mounts.values() if source.startswith("secrets-")}
    if service.name == "init":
        assert {source.removeprefix("secrets-") for source in secret_volumes} == set(shares())
        assert {target.rpartition("/")[2] for target in service.mounts} == {
            source.removeprefix("secrets-") for source in service.mounts.values()
        }
    else:
        assert secret_volumes == {f"secrets-{service.name}"}
        assert f"secrets-{service.name}:/run/secrets:ro" in service.entry["volumes"]


@pytest.mark.parametrize("service", ALL)
def test_files_named_in_run_secrets_are_there_and_belong_to_the_containers_user(service: Service) -> None:
    if service.name == "init":
        return
    share = shares()[service.name]
    assert service.entry["user"].split(":")[0] == str(share.uid)
    named = re.findall(r"/run/secrets/(\S+)", yaml.safe_dump(dict(service.entry)))
    assert set(named) <= set(share.files)
    used_elsewhere = {
        "broker": (ROOT / "deploy/mosquitto/mosquitto.conf").read_text(),
        "grafana": (ROOT / "dashboards/grafana/provisioning/datasources/carecircle.yaml").read_text(),
    }.get(service.name, "")
    more = re.findall(r"/run/secrets/([\w.]+)", used_elsewhere)
    assert set(more) <= set(share.files)
    assert {name for name in share.files if not name.startswith("carecircle_")} == set(named) | set(more)


@pytest.mark.parametrize("service", ALL)
def test_images_are_pinned(service: Service) -> None:
    assert re.fullmatch(r"[a-z0-9/-]+:\d+\.\d+\.\d+(-pg17)?", service.entry["image"])


@pytest.mark.parametrize("service", ALL)
def test_containers_are_locked_down(service: Service) -> None:
    entry = service.entry
    assert entry["read_only"] is True
    assert entry["cap_drop"] == ["ALL"]
    assert entry["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in entry
    assert not any("docker.sock" in source for source in service.mounts.values())
    assert entry["logging"]["options"]["max-size"]
    user = entry["user"].split(":")[0]
    if service.name == "init":
        assert (user, entry["cap_add"], entry["network_mode"]) == ("0", ["CHOWN"], "none")
    else:
        assert int(user) > 0
        assert "cap_add" not in entry


@pytest.mark.parametrize("service", LONG_RUNNING)
def test_what_runs_on_has_a_health_check(service: Service) -> None:
    check = service.entry["healthcheck"]
    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)


def test_only_three_doors_are_published_and_on_this_machine_alone() -> None:
    published = {service.name: service.entry["ports"] for service in services() if "ports" in service.entry}
    assert set(published) == {"console", "grafana", "broker"}
    for (port,) in published.values():
        assert re.fullmatch(r"\$\{CARECIRCLE_[A-Z]+_LISTEN:-127\.0\.0\.1:\d+\}:\d+", port)


def test_only_who_needs_it_reaches_beyond_the_inner_networks() -> None:
    networks = COMPOSE["networks"]
    assert networks["data"] == networks["devices"] == {"internal": True}
    outside = {service.name for service in services() if "outside" in service.entry.get("networks", [])}
    assert outside == {"alerts", "broker", "console", "grafana", "lifeline"}
    at_the_database = {service.name for service in services() if "data" in service.entry.get("networks", [])}
    assert not at_the_database & {"broker", "homes", "world"}


def test_the_simulated_part_runs_in_the_demo_only() -> None:
    demo = {service.name for service in services() if service.entry.get("profiles") == ["demo"]}
    assert demo == {"seed-demo", "homes", "world"}


def test_what_a_service_waits_for_exists_and_can_come_true() -> None:
    by_name = {service.name: service for service in services()}
    for service in by_name.values():
        for name, wait in service.entry.get("depends_on", {}).items():
            other = by_name[name]
            expected = "service_completed_successfully" if other.is_one_shot else "service_healthy"
            assert wait["condition"] == expected, (service.name, name)
            if other.entry.get("profiles", []) != service.entry.get("profiles", other.entry.get("profiles", [])):
                assert wait.get("required") is False or "profiles" not in other.entry, (service.name, name)


def test_volumes_are_declared_and_used() -> None:
    used = {source for service in services() for source in service.mounts.values() if not source.startswith("./")}
    assert used == set(COMPOSE["volumes"])


def test_mounted_files_exist() -> None:
    for service in services():
        for source in service.mounts.values():
            if source.startswith("./"):
                assert (ROOT / source).exists(), source


def test_our_image_is_built_from_the_server_target_and_carries_our_version() -> None:
    build = COMPOSE["x-server"]["build"]
    assert build["target"] in re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.MULTILINE)
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert COMPOSE["x-server"]["image"].endswith(f":{version.group(1)}")


@pytest.mark.parametrize("target", ["gateway", "server"])
def test_an_image_ends_as_another_user_than_root(target: str) -> None:
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]
    by_name = {match.group(2): (match.group(1), stage) for stage in stages if (match := _stage_line(stage))}
    users: list[str] = []
    name = target
    while name in by_name:
        parent, stage = by_name[name]
        users = re.findall(r"^USER (\S+)", stage, re.MULTILINE) + users
        name = parent
    assert users[-1] == "10001:10001"
    assert "USER root" not in by_name["base"][1]


def test_the_dockerfile_pins_what_it_installs() -> None:
    assert re.search(r"^ARG PYTHON_IMAGE=python:\d+\.\d+\.\d+-slim-\w+$", DOCKERFILE, re.MULTILINE)
    installs = re.findall(r"pip install ([^\\\n]+)", DOCKERFILE)
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
    assert not re.search(r"https?://", DOCKERFILE)


def test_the_build_is_sent_everything_that_the_wheel_needs_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert all((ROOT / path).exists() for path in let_in)
    packages = re.search(r"^packages = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL)
    assert packages is not None
    needed = set(re.findall(r'"(.+)"', packages.group(1))) | {"dashboards/grafana", "LICENSE", "README.md"}
    assert needed <= let_in


def test_the_broker_is_configured_as_the_private_one_apart_from_paths_and_listeners() -> None:
    ours = (ROOT / "deploy/mosquitto/mosquitto.conf").read_text().splitlines()
    private = configuration(Path("/mosquitto"), 1883).splitlines()
    assert _behaviour(ours) == _behaviour(private)


def _behaviour(lines: list[str]) -> set[str]:
    places = ("listener", "certfile", "keyfile", "tls_version", "password_file", "acl_file", "persistence_location")
    return {line for line in lines if line and not line.startswith(("#", *places))}


def _stage_line(stage: str) -> re.Match[str] | None:
    return re.match(r"(\S+) AS (\w+)$", stage, re.MULTILINE)


def _share_of(service: Service) -> dict[str, str]:
    return dict(shares()[service.name].files) if service.name in shares() else {}


def _interpolated(value: str) -> str:
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
