"""Responder book: files of people who could be sent, written into the register and taken back (I/O)."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from carecircle_alerts.imports import responders
from carecircle_alerts.imports.book import HasChanged, Written
from carecircle_alerts.imports.homes import Datum
from carecircle_alerts.imports.reading import Table
from carecircle_alerts.imports.report import Line
from carecircle_alerts.people.changes import By
from carecircle_alerts.people.waking import wake_around
from carecircle_alerts.register.store import Connection, fetch, run


class ResponderBook:
    """People who could be sent."""

    id_column = "id"
    names: Mapping[str, str] = responders.NAMES
    object_kind: Literal["responder", "bed"] = "responder"

    def template(self) -> list[str]:
        """All columns."""
        return list(self.names)

    async def hold(self, connection: Connection, ids: Sequence[str], area: str) -> None:
        """Keep them as they are."""
        await run(connection, "hold_responders", ids=ids, area=area)

    async def lines(
        self, connection: Connection, table: Table, area: str, _now: datetime, _datum: Datum
    ) -> tuple[Line, ...]:
        """What each row would do."""
        ids = table.ids(self.id_column)
        known = responders.Known(
            people={row["id"]: row for row in await fetch(connection, "responders_in_file", ids=ids, area=area)},
            taken=frozenset(row["id"] for row in await fetch(connection, "responders_elsewhere", ids=ids, area=area)),
            areas=frozenset(row["code"] for row in await fetch(connection, "areas_within", area=area)),
            providers=frozenset(row["id"] for row in await fetch(connection, "providers_within", area=area)),
        )
        return await asyncio.to_thread(responders.plan, table, known)

    async def write(self, connection: Connection, lines: Sequence[Line], _by: By, now: datetime) -> list[Written]:
        """A few statements, however many people."""
        new, other = ([one.after for one in lines if one.action == action] for action in ("create", "change"))
        await run(connection, "insert_responders", people=Jsonb(new))
        await run(connection, "update_responders", people=Jsonb(other))
        # By another skill, role, provider or area somebody may be the one who is looked for.
        await wake_around(connection, [str(one["id"]) for one in other if one is not None], now)
        return [
            Written(
                one.object_id, str(one.after["area_code"]), one.before, one.after,
                {name: ["", ""] for name in one.changed},
            )
            for one in lines
            if one.after is not None
        ]  # fmt: skip

    async def take_back(
        self, connection: Connection, rows: Sequence[DictRow], area: str, _by: By, now: datetime
    ) -> None:
        """Those who were made go, the others are as before."""
        ids = [row["id"] for row in rows]
        found = {row["id"]: row for row in await fetch(connection, "responders_in_file", ids=ids, area=area)}
        if any(found.get(row["id"]) != row["after"] for row in rows):
            raise HasChanged
        made = [row["id"] for row in rows if row["before"] is None]
        if await fetch(connection, "responders_in_use", ids=made):
            raise HasChanged
        before = [row["before"] for row in rows if row["before"] is not None]
        await run(connection, "update_responders", people=Jsonb(before))
        await wake_around(connection, [row["id"] for row in before], now)
        await run(connection, "delete_responders", ids=made)

    async def out(self, connection: Connection, area: str) -> tuple[list[str], list[dict[str, str]]]:
        """Everybody of an area."""
        return list(self.names), [
            responders.cells(row) for row in await fetch(connection, "responders_to_export", area=area)
        ]
