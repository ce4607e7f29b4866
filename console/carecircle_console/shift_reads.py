"""Shift reads: who watches, and handovers with the names that the reader may see, each read on record (I/O)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import DictRow

from carecircle.clock import Clock
from carecircle.errors import NotFound
from carecircle_alerts.shift_desk import LONGEST, Left
from carecircle_console.access import AccessLog, Purpose
from carecircle_console.scope import Viewer
from carecircle_console.shift_views import (
    Handover,
    HandoverBrief,
    LeftAside,
    LeftOpen,
    LeftSilent,
    OnShift,
    ShiftView,
    Summary,
)
from carecircle_console.store import Store

_WAITS_FOR = timedelta(hours=24)
_MOST = 60
_NOBODY = {"resident_name": "", "address": ""}


class ShiftReads:
    """An area of None, as people outside of the centre have, sees nothing."""

    def __init__(self, store: Store, access: AccessLog, clock: Clock) -> None:
        self._store = store
        self._access = access
        self._clock = clock

    async def view(self, viewer: Viewer) -> ShiftView:
        """Who watches, and the handover that waits for somebody else to take it."""
        now = self._clock.now()
        rows = await self._store.fetch("shifts_on", area=viewer.area_code, now=now, since=now - LONGEST)
        on_shift = tuple(OnShift.model_validate(row) for row in rows)
        waiting = await self._handovers(viewer, since=now - _WAITS_FOR, most=1)
        return ShiftView(
            mine=next((one for one in on_shift if one.account_id == viewer.account_id), None),
            on_shift=on_shift,
            waiting=_brief(waiting[0], viewer) if waiting else None,
        )

    async def listed(self, viewer: Viewer) -> list[HandoverBrief]:
        """The latest handovers of the area."""
        return [_brief(row, viewer) for row in await self._handovers(viewer, most=_MOST)]

    async def one(self, handover_id: int, viewer: Viewer) -> Handover:
        """One handover with all that was left; raises `NotFound` also for another area's."""
        rows = await self._handovers(viewer, number=handover_id, most=1)
        if not rows:
            raise NotFound("没有这份交班记录")
        return Handover(brief=_brief(rows[0], viewer), summary=await self._summary(rows[0]["summary"], viewer))

    async def draft(self, left: Left, viewer: Viewer) -> Summary:
        """What would be left now, with names."""
        return await self._summary(left.stored().obj, viewer)

    async def _handovers(
        self,
        viewer: Viewer,
        *,
        most: int,
        number: int | None = None,
        since: datetime | None = None,
    ) -> Sequence[DictRow]:
        return await self._store.fetch("handovers", area=viewer.area_code, id=number, since=since, most=most)

    async def _summary(self, said: Mapping[str, Any], viewer: Viewer) -> Summary:
        lists = (said["open"], said["aside"], said["silent"])
        beds = sorted({row["bed"] for rows in lists for row in rows})
        found = await self._store.fetch("beds_by_id", beds=beds, area=viewer.area_code)
        await self._access.record(((viewer.account_id, row["resident_id"]) for row in found), Purpose.HANDOVER)
        who = {row["id"]: {"resident_name": row["resident_name"], "address": row["address"]} for row in found}
        ids = [row["id"] for row in said["aside"]]
        shelves = await self._store.fetch("shelves_by_id", shelves=ids, area=viewer.area_code)
        why = {row["id"]: {"reason": row["reason"], "by_name": row["by_name"]} for row in shelves}

        def of(row: Mapping[str, Any], **more: object) -> dict[str, object]:
            rest = {name: value for name, value in row.items() if name != "bed"}
            return {**rest, "bed_id": row["bed"], **who.get(row["bed"], _NOBODY), **more}

        nothing = {"reason": "", "by_name": ""}
        return Summary(
            at=said["at"],
            open_count=said["counts"]["open"],
            aside_count=said["counts"]["aside"],
            silent_count=said["counts"]["silent"],
            open=tuple(LeftOpen.model_validate(of(row)) for row in said["open"]),
            aside=tuple(
                LeftAside.model_validate(
                    of({"bed": row["bed"], "kind": row["kind"], "until": row["until"]}, **why.get(row["id"], nothing))
                )
                for row in said["aside"]
            ),
            silent=tuple(LeftSilent.model_validate(of(row)) for row in said["silent"]),
        )


def _brief(row: DictRow, viewer: Viewer) -> HandoverBrief:
    names = ("id", "area_name", "from_name", "written_at", "notes", "to_name", "taken_at")
    return HandoverBrief.model_validate(
        {name: row[name] for name in names} | {"is_own": row["from_account_id"] == viewer.account_id}
    )
