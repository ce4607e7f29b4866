"""`carecircle drills`: start tests of people's contacts, and show what came of them (I/O)."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import click
from psycopg.rows import DictRow

from carecircle_alerts.command_connection import connect_for_command
from carecircle_alerts.drills.desk import shown, start_drill
from carecircle_alerts.drills.reach import Evidence, Reach
from carecircle_alerts.drills.words import EVIDENCE, REACH, STATES
from carecircle_alerts.notify.traits import traits_of
from carecircle_alerts.people.changes import By
from carecircle_alerts.people.hours import BEIJING


@click.group("drills")
def command() -> None:
    """Communication tests: start one, and show how everybody is reached."""


@command.command("run")
@click.option("--responder", required=True, help="whose contacts are tested")
@click.option("--by", "by_name", required=True, help="who asks for it; stands in the audit trail")
@click.option("--reason", default="", help="why")
@click.option("--json", "as_json", is_flag=True, help="for programs")
def run_drill(responder: str, by_name: str, reason: str, as_json: bool) -> None:  # noqa: FBT001 - click calls it
    """Test all contacts of one person; a running `carecircle alerts` sends them, by day and not to the busy."""
    first = asyncio.run(_start(responder, By("command", by_name, reason)))
    if as_json:
        click.echo(json.dumps({"responder": responder, "first_at": first.isoformat()}))
        return
    click.echo(f"已安排{responder}的通信演练，最早{_clock(first)}发送（夜间、执行任务中或被派单时顺延）")


@command.command()
@click.option("--responder", help="this person only")
@click.option("--area", default="", help="division code of an area")
@click.option("--json", "as_json", is_flag=True, help="for programs")
def show(responder: str | None, area: str, as_json: bool) -> None:  # noqa: FBT001 - click calls it
    """How people are reached, the worst first, with the last test of every contact."""
    now = datetime.now(UTC)
    people = asyncio.run(_shown(area, responder, now))
    if as_json:
        click.echo(json.dumps(people, ensure_ascii=False, default=datetime.isoformat))
        return
    for line in lines_of(people, now):
        click.echo(line)


def lines_of(people: list[DictRow], now: datetime) -> list[str]:
    """What a person reads."""
    lines = [] if people else ["没有登记的服务人员"]
    for one in people:
        age = f"，{_age(now - one['evidence_at'])}前" if one["evidence_at"] else ""
        lines.append(
            f"{one['id']}  {one['name']}  {REACH[Reach(one['state'])]}（{EVIDENCE[Evidence(one['evidence'])]}{age}）"
        )
        for contact in one["contacts"]:
            state = STATES.get(contact["state"] or "", "未测试")
            last = "，排在最后" if contact["tried_last"] else ""
            at = contact["settled_at"] or contact["sent_at"] or contact["due_at"]
            when = f"  {_clock(datetime.fromisoformat(at))}" if at else ""
            why = f"  {contact['reason']}" if contact["reason"] else ""
            lines.append(f"    {traits_of(contact['channel']).name}  {state}{last}{when}{why}")
    return lines


def _clock(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%m-%d %H:%M")


def _age(age: timedelta) -> str:
    return f"{age.days}天" if age.days else f"{int(age.total_seconds()) // 3600}小时"


async def _start(responder: str, by: By) -> datetime:
    async with await connect_for_command() as connection:
        return await start_drill(connection, responder, "", by, datetime.now(UTC))


async def _shown(area: str, responder: str | None, now: datetime) -> list[DictRow]:
    async with await connect_for_command() as connection:
        return await shown(connection, area, responder, now)
