"""The verdict of a run, by plain SQL over what is stored and by what the people outside have got (I/O)."""

from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from tests.chaos.presses.plan import Plan

Key = tuple[str, str, int, int]

_OPEN = "i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')"
_STORED = "select bed_id, device, boot, seq from signal"
UNATTENDED = f"""
select i.id::text from incident i
where {_OPEN} and not exists (select from due d where d.incident_id = i.id and d.epoch = i.epoch)
    and not exists (
        select from console_session s where s.account_id = i.owner_account_id and s.expires_at > now()
    )
"""
_OTHERS = {
    "a press without an open or ended incident": """
        select s.bed_id from signal s left join incident i on i.id = s.incident_id where i.id is null""",
    "two helpers where one is wanted": f"""
        select i.id::text from incident i join assignment a on a.incident_id = i.id
            and a.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
        where {_OPEN} group by i.id, i.helpers_wanted having count(*) > i.helpers_wanted""",
    "ended without a named person": f"select id::text from incident i where not ({_OPEN}) and i.closed_by is null",
    "a state without its audit row": """
        select i.id::text from incident i
        where not exists (select from incident_event e where e.incident_id = i.id and e.step = lower(i.state))""",
    "a call for help out of nothing": "select id::text from incident where family = 'help' and kind <> 'sos'",
    "a family that was never told": """
        select i.id::text from incident i join bed b on b.id = i.bed_id
        where i.family = 'help' and i.opened_at < now() - interval '2 minutes'
            and exists (select from kinship k where k.resident_id = b.resident_id and k.consented_at is not null)
            and not exists (
                select from message m where m.incident_id = i.id and m.audience = 'family' and m.sent_at is not null
            )""",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `others`: sentences with examples, empty when the other promises hold."""

    lost: list[Key]
    unattended: list[str]
    doubled: int
    others: list[str]

    @property
    def is_clean(self) -> bool:
        """Whether every promise held."""
        return not (self.lost or self.unattended or self.doubled or self.others)


def rows(admin_url: str, statement: str) -> list[tuple[object, ...]]:
    """Ask the database; raises `psycopg.OperationalError` while it is away."""
    with psycopg.connect(admin_url, autocommit=True, connect_timeout=5) as connection:
        return connection.execute(statement.encode()).fetchall()


def missing(admin_url: str, pressed: set[Key]) -> list[Key]:
    """Presses that no incident knows."""
    stored = {
        (str(bed), str(device), int(str(boot)), int(str(seq))) for bed, device, boot, seq in rows(admin_url, _STORED)
    }
    return sorted(pressed - stored)


def judge(admin_url: str, inbox_url: str, pressed: set[Key], unattended: set[str]) -> Verdict:
    """Look at everything once it has come to rest; `unattended` were seen while the run went on."""
    others = []
    for sentence, statement in _OTHERS.items():
        if found := rows(admin_url, statement):
            others.append(f"{sentence}: {len(found)}, such as {found[0][0]}")
    left = unattended | {str(one) for (one,) in rows(admin_url, UNATTENDED)}
    counts = httpx.get(f"{inbox_url}/inbox.json", params={"after": 10**9}, timeout=10, trust_env=False).json()["counts"]
    return Verdict(missing(admin_url, pressed), sorted(left), counts.get("told_twice", 0), others)


def describe(plan: Plan, folder: Path) -> str:
    """What this run is, for a person who looks at its logs."""
    return f"{plan.presses} presses, {plan.kills} kills, seed {plan.seed}, logs in {folder}"
