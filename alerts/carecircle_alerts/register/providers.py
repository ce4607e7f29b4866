"""Provider desk: administrators take stations, mutual-aid homes and call centres into the register (I/O).

`plan_provider` and `apply_provider` are one row each, in the transaction of the caller: a form is one row, a file many.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, Invalid, NotFound
from carecircle.faults import together
from carecircle_alerts.desk import Actor
from carecircle_alerts.people.changes import By
from carecircle_alerts.people.waking import wake_for_provider
from carecircle_alerts.register.checks import (
    Spot,
    far_fault,
    length_fault,
    phone_fault,
    plain_phone,
    position_fault,
)
from carecircle_alerts.register.home_form import Change
from carecircle_alerts.register.store import Connection, by_of, fetch, must_be_current, record, run

KINDS = ("station", "mutual_aid_home", "call_centre")
SKILLS = frozenset({"first_aid", "lifting", "nursing", "fire_safety", "repair"})
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_COUNTY = 6
# The log says of these only that they changed.
_NOT_TOLD = frozenset({"name", "phone", "lat", "lon"})
# What of it says who of its people may be sent.
_SENDS = frozenset({"lat", "lon", "out_at_once", "skills"})


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """All of what a provider is; a position in WGS-84 degrees."""

    provider_id: str
    name: str
    kind: str
    area_code: str
    lat: float
    lon: float
    phone: str | None = None
    out_at_once: int | None = None
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderChange:
    """What a row would do: make a provider, change it, or nothing. `told` is what the log says of it."""

    change: Change
    row: ProviderRow
    told: Mapping[str, object]


def provider_faults(row: ProviderRow) -> tuple[Invalid, ...]:
    """Everything that is wrong with a row by itself (pure)."""
    bad_id = Invalid("provider_id", "provider_id_malformed", "机构编号为1至64个字母、数字、下划线或横线")
    too_few = Invalid("out_at_once", "not_positive", "同时外出人数应大于0")
    found = [
        None if _ID.fullmatch(row.provider_id) else bad_id,
        length_fault("name", row.name, "机构名称", 64, 1),
        None if row.kind in KINDS else Invalid("kind", "not_one_of", "请选择机构类型"),
        phone_fault("phone", row.phone),
        position_fault(Spot(row.lat, row.lon)),
        None if row.out_at_once is None or row.out_at_once > 0 else too_few,
        None if SKILLS.issuperset(row.skills) else Invalid("skills", "not_one_of", "没有这项技能"),
    ]
    return tuple(fault for fault in found if fault is not None)


async def plan_provider(connection: Connection, row: ProviderRow, area: str) -> ProviderChange:
    """What a row would do; the provider is held until the transaction ends. Raises `Invalid`."""
    skills = tuple(sorted(set(row.skills)))
    row = replace(row, name=row.name.strip(), phone=plain_phone(row.phone), skills=skills)
    wrong = provider_faults(row)
    if wrong:
        raise together(wrong)
    held = await fetch(connection, "hold_provider", provider=row.provider_id)
    if held and not str(held[0]["area_code"]).startswith(area):
        raise Invalid("provider_id", "provider_taken", "机构编号已被使用")
    if not row.area_code.startswith(area):
        raise Invalid("area_code", "division_foreign", "这个区域不在您的管理范围内")
    if not await fetch(connection, "division_known", code=row.area_code):
        raise Invalid("area_code", "area_unknown", "没有这个区域")
    if len(row.area_code) >= _COUNTY:
        (known,) = await fetch(connection, "middle_of_county", county=row.area_code[:_COUNTY], bed="")
        far = far_fault(Spot(row.lat, row.lon), Spot(known["lat"], known["lon"]))
        if far is not None:
            raise far
    if not held:
        return ProviderChange("created", row, {})
    before = asdict(_as_row(held[0]))
    told = {
        name: ["", ""] if name in _NOT_TOLD else [before[name], value]
        for name, value in asdict(row).items()
        if before[name] != value
    }
    return ProviderChange("changed" if told else "same", row, told)


async def apply_provider(connection: Connection, change: ProviderChange, by: By, now: datetime) -> None:
    """Write it, with one row in the log, in the transaction in which it was planned."""
    if change.change == "same":
        return
    row = change.row
    query = "add_provider" if change.change == "created" else "change_provider"
    await run(connection, query, **asdict(row) | {"skills": list(row.skills)})
    await record(connection, "provider", row.provider_id, row.area_code, change.change, by, now, change.told)
    if _SENDS.intersection(change.told):
        await wake_for_provider(connection, row.provider_id, now)


class ProviderDesk:
    """Commands of administrators about providers. Raises `Conflict`, `Invalid` or `NotFound`."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def create(self, row: ProviderRow, area: str, reason: str, actor: Actor) -> str:
        """Take a provider into the register; its number, which is made where none was given."""
        row, by = replace(row, provider_id=row.provider_id.strip() or f"v-{secrets.token_hex(5)}"), by_of(actor, reason)
        async with self._pool.connection() as connection:
            if await fetch(connection, "hold_provider", provider=row.provider_id):
                raise Invalid("provider_id", "provider_taken", "机构编号已被使用")
            now = self._clock.now()
            await apply_provider(connection, await plan_provider(connection, row, area), by, now)
        return row.provider_id

    async def change(self, row: ProviderRow, version: int, area: str, reason: str, actor: Actor) -> None:
        """Change a provider; `version` is the one that the administrator saw."""
        by, now = by_of(actor, reason), self._clock.now()
        async with self._pool.connection() as connection:
            await _hold(connection, row.provider_id, area, version)
            await apply_provider(connection, await plan_provider(connection, row, area), by, now)

    async def end(self, provider: str, version: int, area: str, reason: str, actor: Actor) -> None:
        """Nobody is sent from there any more; refused while beds in service or people belong to it."""
        by, now = by_of(actor, reason), self._clock.now()
        async with self._pool.connection() as connection:
            held = await _hold(connection, provider, area, version)
            if held["ended_at"] is not None:
                raise Conflict("该机构已停用")
            (needed,) = await fetch(connection, "who_needs_provider", provider=provider)
            if needed["beds"] or needed["people"]:
                said = f"该机构仍有{needed['beds']}张床位和{needed['people']}位服务人员，请先转到其他机构"
                raise Conflict(said, code="provider_needed", beds=str(needed["beds"]), people=str(needed["people"]))
            await run(connection, "end_provider", provider=provider, at=now)
            await record(connection, "provider", provider, held["area_code"], "ended", by, now)

    async def resume(self, provider: str, version: int, area: str, reason: str, actor: Actor) -> None:
        """It was ended by mistake, or works again."""
        by, now = by_of(actor, reason), self._clock.now()
        async with self._pool.connection() as connection:
            held = await _hold(connection, provider, area, version)
            if held["ended_at"] is None:
                raise Conflict("该机构正在使用")
            await run(connection, "end_provider", provider=provider, at=None)
            await record(connection, "provider", provider, held["area_code"], "resumed", by, now)


async def _hold(connection: Connection, provider: str, area: str, version: int) -> DictRow:
    rows = await fetch(connection, "hold_provider", provider=provider)
    if not rows or not str(rows[0]["area_code"]).startswith(area):
        raise NotFound("没有这个服务机构，或不在您的可见范围内")
    await must_be_current(connection, "provider", provider, rows[0]["version"], version)
    return rows[0]


def _as_row(held: DictRow) -> ProviderRow:
    values = {field.name: held[field.name] for field in fields(ProviderRow)}
    return ProviderRow(**values | {"skills": tuple(sorted(held["skills"]))})
