"""`carecircle gateway pair` and `rotate`: a box gets its account by a code, and a new one from time to time (I/O)."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from carecircle.errors import CareCircleError, Misconfigured, Unavailable
from carecircle.mqtt import Broker, Session
from carecircle_gateway.account import Account, ask_platform, read_answer, read_settings, write_account

_FILE = click.Path(dir_okay=False, path_type=Path)
_TRY_S = 60.0
"""A broker whose accounts are files reads them within the minute."""
_DEFAULT_FILE = Path("/etc/carecircle/account.env")


@click.command("pair")
@click.argument("code")
@click.option("--platform", required=True, help="Address of the console, https://…")
@click.option("--account", type=_FILE, default=_DEFAULT_FILE, show_default=True, help="File for the account.")
def pair_command(code: str, platform: str, account: Path) -> None:
    """Get this home's account for CODE, which an administrator has made for its bed."""
    try:
        account.parent.mkdir(parents=True, exist_ok=True)
        given = read_answer(ask_platform(platform, "/api/homes/pair", {"code": code}))
        write_account(account, given)
    except OSError as error:
        raise click.ClickException(f"{account}：{error.strerror}") from error
    except CareCircleError as error:
        raise click.ClickException(f"配对失败：{error}") from error
    click.echo(f"配对成功：床位 {given.bed_id}。启动网关：carecircle gateway --account {account}")


@click.command("rotate")
@click.option("--platform", required=True, help="Address of the console, https://…")
@click.option("--account", type=_FILE, default=_DEFAULT_FILE, show_default=True, help="File of the account.")
@click.option("--within", type=click.FloatRange(1), default=_TRY_S, show_default=True, help="Seconds for the broker.")
def rotate_command(platform: str, account: Path, within: float) -> None:
    """Change this home's password: the old one ends only after the new one has worked.

    It may be interrupted at any point, and simply be run again.
    """
    try:
        _rotate(platform, account, within)
    except CareCircleError as error:
        raise click.ClickException(f"更换密码失败，原密码继续有效：{error}") from error
    click.echo("密码已更换。")


def _rotate(platform: str, file: Path, within_s: float) -> None:
    present = Broker.parse(_setting(file, "CARECIRCLE_MQTT_URL"))
    login = {"user": present.username or "", "password": present.password or ""}
    to_come = read_answer(ask_platform(platform, "/api/homes/rotate", login))
    with TemporaryDirectory() as folder:
        trial = Path(folder) / file.name
        write_account(trial, to_come)  # as the box will find it, its authority included, which may be a new one too
        _try(to_come, read_settings(trial).get("CARECIRCLE_MQTT_CA_FILE"), within_s)
    write_account(file, to_come)  # before the old one ends: whoever stops here still has a valid one
    ask_platform(platform, "/api/homes/rotated", {"user": to_come.user, "password": to_come.password})


def _setting(file: Path, name: str) -> str:
    settings = read_settings(file)
    if name not in settings:
        raise Misconfigured(f"{file} has no {name}")
    return settings[name]


def _try(account: Account, authority: str | None, within_s: float) -> None:
    """Log in once with it, under a name of its own, so that the running box is not disturbed."""
    broker = Broker.parse(account.broker_url, Path(authority) if authority else None)
    session = Session(broker, client_id=f"home-{account.bed_id}-trial", window=0)
    session.start()
    try:
        if not session.wait_connected(within_s):
            raise Unavailable("the broker does not take the new password yet")
    finally:
        session.stop()
