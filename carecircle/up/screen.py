"""What a person sees once `carecircle up` has started: one screen with everything to know (pure, but for sizes)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from carecircle.runtime.broker_accounts import Home
from carecircle.up.database import Account
from carecircle.up.installation import Installation

_ROLES = {
    "dispatcher": "调度员",
    "supervisor": "值班长",
    "responder": "响应员",
    "family": "家属",
    "administrator": "管理员",
    "auditor": "审计员",
}
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Started:
    """How the start went: seconds until the console answered, and sizes in bytes by what they are."""

    seconds: float
    sizes: dict[str, int]


def welcome(
    installation: Installation,
    accounts: Sequence[Account],
    home: Home | None,
    started: Started,
    mosquitto_pub: str,
    homes: int,
) -> str:
    """The one screen; `home` is the bed of the example press."""
    sizes = ", ".join(f"{size // _MEGABYTE} MB {what}" for what, size in started.sizes.items() if size)
    lines = [
        "",
        f"  护联 CareCircle 已启动，用时 {started.seconds:.1f} 秒（{sizes}）",
        "",
        f"  控制台 console      {installation.console_url}",
        f"  模拟手机和邮箱      {installation.world_url}   what families and responders are sent",
        "",
        f"  演示账号，密码都是  {installation.secrets.demo_password}",
        *(f"    {account.login:<14} {_ROLES.get(account.role, account.role)}　{account.name}" for account in accounts),
        "",
        f"  正在发生：西宁 {homes} 户模拟家庭在发送读数，偶尔有人按下呼叫按钮；模拟响应员会接单、出发、到达。",
    ]
    if home is not None:
        lines += ["", "  按一次呼叫按钮 press a button yourself:", "", *press_lines(installation, home, mosquitto_pub)]
    lines += [
        "",
        f"  日志 logs           {installation.state / 'log'}",
        "  停止 stop           Ctrl-C",
        "",
    ]
    return "\n".join(lines)


def press_lines(installation: Installation, home: Home, mosquitto_pub: str) -> list[str]:
    """The command that presses a call button with a client that is not ours; each run is a new press."""
    port = installation.broker_address.rpartition(":")[2]
    host = installation.broker_address.rpartition("@")[2].removeprefix("mqtt://").removeprefix("mqtts://")
    host = host.rpartition(":")[0]
    payload = """'{"boot":'$(date +%s)',"seq":1,"at":'$(date +%s000)',"event":"sos","code":101}'"""
    return [
        f"    {mosquitto_pub} -h {host} -p {port} -u {home.bed} -P {home.password} -q 1 \\",
        f"      -t care/v1/{home.county}/{home.bed}/button/event \\",
        f"      -m {payload}",
    ]


def folder_size(folder: Path) -> int:
    """Bytes below a folder; what vanishes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:
            continue
    return total
