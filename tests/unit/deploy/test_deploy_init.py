"""`carecircle init-secrets`: made once, handed out one by one, readable by nobody else."""

import os
import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from carecircle.deployment.certificates import ensure_certificates
from carecircle.deployment.command import init_secrets
from carecircle.deployment.shares import MOSQUITTO_UID
from carecircle.errors import Misconfigured
from carecircle.push_key import public_key_of
from tests.unit.deploy.compose_file import shares


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As Docker mounts the volumes: one empty folder for each."""
    for name in (*shares(), "installation", "broker-files"):
        (tmp_path / name).mkdir()
    return tmp_path


def run_init(folder: Path, names: str = "broker,localhost") -> Result:
    environment = {"CARECIRCLE_SECRETS_FOLDER": str(folder), "CARECIRCLE_BROKER_NAMES": names}
    before = os.umask(0o022)
    try:
        return CliRunner(env=environment).invoke(init_secrets)
    finally:
        os.umask(before)


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def openssl(*arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True).stdout


def test_each_service_finds_its_own_files_which_only_it_can_read(folder: Path) -> None:
    result = run_init(folder)
    assert result.exit_code == 0, result.output
    for name, share in shares().items():
        assert {path.name for path in (folder / name).iterdir()} == set(share.files), name
        for path in (folder / name).iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o400, path
            if os.geteuid() == 0:
                assert (path.stat().st_uid, path.stat().st_gid) == (share.uid, share.uid), path
    for path in (folder / "installation").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    if os.geteuid() == 0:
        assert (folder / "broker-files").stat().st_uid == MOSQUITTO_UID


def test_a_second_start_changes_nothing(folder: Path) -> None:
    run_init(folder)
    first = contents(folder)
    assert run_init(folder).exit_code == 0
    assert contents(folder) == first


def test_no_secret_is_printed_and_no_two_installations_share_one(folder: Path) -> None:
    printed = run_init(folder).output
    for path, text in contents(folder).items():
        if not path.endswith((".crt", ".names")) and text:
            assert text not in printed, path
    first, second = shares(), shares()
    for name in first:
        for file, text in first[name].files.items():
            if file.endswith(("password", "secret", "url")) and "://broker" not in text:
                assert text != second[name].files[file], (name, file)


def test_passwords_agree_between_the_services_that_share_them(folder: Path) -> None:
    run_init(folder)

    def read(path: str) -> str:
        return (folder / path).read_text()

    assert f":{read('database/postgres_password')}@" in read("migrate/carecircle_admin_database_url")
    assert f":{read('migrate/carecircle_ingest_password')}@" in read("ingest/carecircle_database_url")
    assert f":{read('migrate/carecircle_desk_password')}@" in read("console/carecircle_desk_database_url")
    assert f":{read('broker-accounts/carecircle_broker_alerts_password')}@" in read("alerts/carecircle_mqtt_url")
    assert read("grafana/grafana_database_password") == read("migrate/carecircle_grafana_password")
    assert read("alerts/carecircle_link_secret") == read("console/carecircle_link_secret")
    assert read("world/carecircle_webhook_secret") == read("alerts/carecircle_webhook_secret")
    assert read("alerts/carecircle_web_push_key") == read("lifeline/carecircle_web_push_key")
    assert public_key_of(read("alerts/carecircle_web_push_key")) == read("console/carecircle_web_push_public_key")
    assert read("homes/carecircle_home_secret") == read("broker-accounts/carecircle_home_secret")


def test_lost_secrets_of_a_used_installation_are_not_replaced_silently(folder: Path) -> None:
    run_init(folder)
    before = contents(folder)
    (folder / "installation/secrets.json").unlink()
    result = run_init(folder)
    assert isinstance(result.exception, Misconfigured)
    assert "restore" in str(result.exception)
    del before["installation/secrets.json"]
    assert contents(folder) == before


def test_the_brokers_certificate_is_signed_for_its_names(folder: Path) -> None:
    run_init(folder, "broker,localhost,192.0.2.7")
    authority, broker = folder / "ingest/broker_ca.crt", folder / "broker/broker.crt"
    for check in (["-verify_hostname", "broker"], ["-verify_ip", "192.0.2.7"]):
        assert ": OK" in openssl("verify", "-purpose", "sslserver", *check, "-CAfile", str(authority), str(broker))
    with pytest.raises(subprocess.CalledProcessError):
        openssl("verify", "-verify_hostname", "elsewhere.example", "-CAfile", str(authority), str(broker))


def test_other_names_bring_another_certificate_from_the_same_authority(folder: Path) -> None:
    run_init(folder)
    authority, broker = (folder / "ingest/broker_ca.crt").read_text(), (folder / "broker/broker.crt").read_text()
    run_init(folder, "broker,care.example")
    assert (folder / "ingest/broker_ca.crt").read_text() == authority
    assert (folder / "broker/broker.crt").read_text() != broker


def test_a_certificate_near_its_end_is_renewed(tmp_path: Path) -> None:
    first = ensure_certificates(tmp_path, ["broker"])
    assert ensure_certificates(tmp_path, ["broker"]) == first
    openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "99"),
        *("-subj", "/CN=old", "-keyout", str(tmp_path / "broker.key"), "-out", str(tmp_path / "broker.crt")),
    )
    renewed = ensure_certificates(tmp_path, ["broker"])
    assert "CN=old" not in openssl("x509", "-noout", "-subject", "-in", str(tmp_path / "broker.crt")).replace(" ", "")
    assert renewed.authority == first.authority


def test_a_name_that_is_none_is_refused_with_its_setting(folder: Path) -> None:
    result = run_init(folder, "broker,DNS:evil\n")
    assert isinstance(result.exception, Misconfigured)
    assert "CARECIRCLE_BROKER_NAMES" in str(result.exception)
