"""Home book: files of beds with residents and relatives, written into the register and taken back (I/O).

A file is some ten statements, however many beds it has; only relatives of a bed that is there already, whose order and
ways are changed one by one, take more.
"""

import asyncio
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Literal

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from carecircle_alerts.imports import home_columns
from carecircle_alerts.imports.book import HasChanged, Written
from carecircle_alerts.imports.cells import plain
from carecircle_alerts.imports.homes import Datum, Held, Known, Positions, plan, row_of
from carecircle_alerts.imports.reading import Table
from carecircle_alerts.imports.report import Line
from carecircle_alerts.people.changes import By
from carecircle_alerts.people.waking import wake_for_beds
from carecircle_alerts.register.home_form import FINDS_PEOPLE, HomeRow, RelativeRow, differences
from carecircle_alerts.register.relatives import save_relatives
from carecircle_alerts.register.store import Connection, fetch, run

_STEP = 10
_COUNTY = 6


class HomeBook:
    """Beds at home."""

    id_column = "bed_id"
    names: Mapping[str, str] = home_columns.NAMES
    object_kind: Literal["responder", "bed"] = "bed"

    def template(self) -> list[str]:
        """All columns, with room for three relatives."""
        return home_columns.columns()

    async def hold(self, connection: Connection, ids: Sequence[str], area: str) -> None:
        """Keep beds and residents as they are; incidents may open all the same."""
        await run(connection, "hold_homes", ids=ids, area=area)

    async def lines(
        self, connection: Connection, table: Table, area: str, now: datetime, datum: Datum
    ) -> tuple[Line, ...]:
        """What each row would do."""
        ids = table.ids(self.id_column)
        codes = sorted({plain(row.cells.get("division_code", "")) for row in table.rows})
        homes = await _held(connection, ids, area)
        counties = sorted(
            {code[:_COUNTY] for code in codes} | {one.row.division_code[:_COUNTY] for one in homes.values()}
        )
        known = Known(
            homes=homes,
            taken=frozenset(row["id"] for row in await fetch(connection, "homes_elsewhere", ids=ids, area=area)),
            areas=frozenset(row["code"] for row in await fetch(connection, "areas_known", codes=codes, area=area)),
            providers=frozenset(row["id"] for row in await fetch(connection, "providers_in_service", area=area)),
            positions={
                row["county"]: Positions(row["lat"], row["lon"], row["count"])
                for row in await fetch(connection, "positions_of_counties", counties=counties)
            },
            area=area,
            year=now.year,
            datum=datum,
        )
        return await asyncio.to_thread(plan, table, known)

    async def write(self, connection: Connection, lines: Sequence[Line], by: By, now: datetime) -> list[Written]:
        """New beds together, those that are there together; then what stands there now, with the numbers given."""
        wanted = {line.object_id: row_of(line.after) for line in lines if line.after is not None}
        before = await _held(connection, list(wanted), "")
        new = {f"p-{secrets.token_hex(8)}": row for bed, row in wanted.items() if bed not in before}
        await _insert(connection, new)
        changed = {bed: row for bed, row in wanted.items() if bed in before}
        await _update(connection, {bed: (before[bed], row) for bed, row in changed.items()}, by, now)
        after = await _held(connection, list(wanted), "")
        return [
            Written(
                bed, row.division_code, _kept(before[bed]) if bed in before else None, _kept(after[bed]),
                differences(before[bed].row, after[bed].row) if bed in before else {},
            )
            for bed, row in wanted.items()
        ]  # fmt: skip

    async def take_back(
        self, connection: Connection, rows: Sequence[DictRow], area: str, by: By, now: datetime
    ) -> None:
        """Beds that were made go with all of theirs, the others are as before."""
        held = await _held(connection, [row["id"] for row in rows], area)
        if any(row["id"] not in held or _kept(held[row["id"]]) != row["after"] for row in rows):
            raise HasChanged
        made = [row["id"] for row in rows if row["before"] is None]
        if await fetch(connection, "homes_in_use", ids=made):
            raise HasChanged
        await _restore(connection, [row for row in rows if row["before"] is not None], held, by, now)
        residents = [held[bed].resident for bed in made]
        relatives = [one.id for bed in made for one in held[bed].row.relatives or ()]
        await run(connection, "end_kinships", residents=residents)
        await run(connection, "delete_relatives", ids=relatives)
        await run(connection, "delete_homes", ids=made)
        await run(connection, "delete_residents", ids=residents)
        await run(connection, "empty_residents", ids=residents)

    async def out(self, connection: Connection, area: str) -> tuple[list[str], list[dict[str, str]]]:
        """All beds in service of an area."""
        homes = [one.row for one in (await _held(connection, None, area)).values()]
        columns = home_columns.columns(max((len(home.relatives or ()) for home in homes), default=0))
        return columns, [home_columns.cells(home, columns) for home in homes]


async def _held(connection: Connection, ids: Sequence[str] | None, area: str) -> dict[str, Held]:
    rows = await fetch(connection, "homes_in_file", ids=ids, area=area)
    return {
        row["bed_id"]: Held(row_of(row), row["resident_id"], frozenset(row["told"]), row["has_ended"]) for row in rows
    }


def _kept(held: Held) -> dict[str, object]:
    """A bed as the journal of an import keeps it, and finds it again: as JSON gives it back."""
    values = asdict(held.row) | {"resident": held.resident, "told": sorted(held.told)}
    return dict(json.loads(json.dumps(values)))


async def _insert(connection: Connection, new: Mapping[str, HomeRow]) -> None:
    homes = [asdict(row) | {"resident_id": resident, "relatives": None} for resident, row in new.items()]
    relatives: list[dict[str, object]] = []
    ways: list[dict[str, object]] = []
    for resident, row in new.items():
        for place, one in enumerate(row.relatives or (), start=1):
            number = f"f-{secrets.token_hex(8)}"
            said: dict[str, object] = {
                "name": one.name,
                "phone": one.phone,
                "relation": one.relation,
                "place": place * _STEP,
            }
            relatives.append(said | {"id": number, "resident_id": resident})
            ways += [
                {"relative": number, "channel": way.channel, "address": way.address, "place": turn * _STEP}
                for turn, way in enumerate(one.ways or (), start=1)
            ]
    await run(connection, "insert_residents", homes=Jsonb(homes))
    await run(connection, "insert_beds", homes=Jsonb(homes))
    await run(connection, "insert_relatives", relatives=Jsonb(relatives))
    await run(connection, "insert_ways", ways=Jsonb(ways))


async def _update(connection: Connection, changed: Mapping[str, tuple[Held, HomeRow]], by: By, now: datetime) -> None:
    homes = [asdict(row) | {"resident_id": held.resident, "relatives": None} for held, row in changed.values()]
    await run(connection, "update_residents", homes=Jsonb(homes))
    await run(connection, "update_beds", homes=Jsonb(homes))
    moved = [row.bed_id for held, row in changed.values() if FINDS_PEOPLE.intersection(differences(held.row, row))]
    await wake_for_beds(connection, moved, now)
    # A resident with two beds has their relatives once.
    persons = {held.resident: (held, row) for held, row in changed.values()}
    await run(connection, "count_home_changes", residents=list(persons))
    for resident, (held, row) in persons.items():
        if row.relatives is not None and row.relatives != held.row.relatives:
            await save_relatives(connection, resident, row.relatives, held.row.relatives or (), by, now)


async def _restore(
    connection: Connection, rows: Iterable[DictRow], held: Mapping[str, Held], by: By, now: datetime
) -> None:
    """Beds, residents and relatives as they stood before; who was taken off is there again, who was added is gone."""
    back = {row["id"]: (held[row["id"]], row_of(row["before"])) for row in rows}
    gone, added = [], []
    for now_held, before in back.values():
        there = {one.id for one in now_held.row.relatives or ()}
        were = {one.id for one in before.relatives or ()}
        added += [one for one in there - were if one is not None]
        gone += [
            {"id": one.id, "resident_id": now_held.resident, "relation": one.relation, "place": 1}
            for one in before.relatives or ()
            if one.id not in there
        ]
    await run(connection, "restore_kinships", relatives=Jsonb(gone))
    again = {
        bed: (replace(now_held, row=replace(now_held.row, relatives=_with(now_held.row, before))), before)
        for bed, (now_held, before) in back.items()
    }
    await _update(connection, again, by, now)
    await run(connection, "delete_relatives", ids=sorted(set(added)))


def _with(row: HomeRow, before: HomeRow) -> tuple[RelativeRow, ...]:
    """Who is a relative once those who were taken off are there again."""
    there = {one.id for one in row.relatives or ()}
    return (*(row.relatives or ()), *(one for one in before.relatives or () if one.id not in there))
