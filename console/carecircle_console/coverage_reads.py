"""Coverage reads: the latest figures, always within an area; questions that want computing go to a process (I/O)."""

import contextlib
import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from psycopg.rows import DictRow

from carecircle.clock import Clock
from carecircle.errors import NotFound, Unavailable
from carecircle_alerts.coverage.figures import CHINA, LEVELS, Counts, figures_of
from carecircle_alerts.coverage.questions import IsochroneAsked, WithoutAsked
from carecircle_alerts.travel import Place
from carecircle_alerts.travel.source import SourceDown
from carecircle_console.answers import Answers
from carecircle_console.coverage_views import (
    AreaCoverage,
    CoverageFigures,
    CoverageRun,
    CoverageSummary,
    HourCoverage,
    Isochrones,
    SendingLeaves,
    SitingTrial,
    ToSite,
    UncoveredBed,
    UncoveredBeds,
)
from carecircle_console.jobs import Jobs
from carecircle_console.programs import Progress, run_program
from carecircle_console.store import Store
from carecircle_console.valhalla_outlines import ValhallaOutlines

_COUNTS = ("covered", "uncertain", "not_covered", "estimated", "unlocated", "backed_up")


class CoverageReads:
    """An area of None, as people outside of the centre have, sees nothing."""

    def __init__(self, store: Store, database_url: str, clock: Clock, valhalla_url: str | None = None) -> None:
        self._store = store
        self._clock = clock
        self._answers = Answers(database_url)
        self._valhalla = ValhallaOutlines(valhalla_url) if valhalla_url else None

    def hour(self, wanted: int | None) -> int:
        """The hour that is asked for, or the present one of the local day."""
        return self._clock.now().astimezone(CHINA).hour if wanted is None else wanted

    async def summary(self, area: str | None, within: str, hour: int, circle: str | None) -> CoverageSummary:
        """The figures of a division, of those below it, and of its day."""
        run = await self._run()
        if run is None:
            return CoverageSummary(run=None, hour=hour, area=None, below=(), hours=())
        asked = {"run": run.id, "area": area, "within": within, "circle": circle}
        digits = next((one for one in LEVELS if one > len(within)), len(within))
        areas = _areas(await self._store.fetch("coverage_of_areas", **asked, hour=hour, digits=digits))
        hours = await self._store.fetch("coverage_of_hours", **asked)
        return CoverageSummary(
            run=run,
            hour=hour,
            area=next((one for one in areas if one.area_code == within), None),
            below=tuple(one for one in areas if one.area_code != within),
            hours=tuple(HourCoverage(hour=row["hour"], total=_figures(_counts(row))) for row in hours),
        )

    async def uncovered(
        self, area: str | None, within: str, hour: int, *, circle: str | None, state: str | None, after: str, most: int
    ) -> UncoveredBeds:
        """Beds that nobody surely reaches in time."""
        run = await self._run()
        if run is None:
            return UncoveredBeds(run=None, hour=hour, beds=(), next=None)
        rows = await self._store.fetch(
            "coverage_uncovered", run=run.id, area=area, within=within, hour=hour, circle=circle, state=state,
            after=after, most=most,
        )  # fmt: skip
        beds = tuple(UncoveredBed.model_validate(row) for row in rows)
        return UncoveredBeds(run=run, hour=hour, beds=beds, next=beds[-1].bed_id if len(beds) == most else None)

    async def isochrones(self, area: str | None, asked: IsochroneAsked, source: str | None = None) -> Isochrones:
        """Outlines around a bed or a provider; raises `NotFound` for one that is not of the area.

        Without a `source` the installation's own times are asked, and Valhalla, where there is one, in place of an
        estimate from the straight line; a server that does not answer leaves the estimate. `Unavailable` where it was
        asked for by name.
        """
        rows = await self._store.fetch("coverage_place", bed=asked.bed, provider=asked.provider, area=area)
        if not rows:
            raise NotFound("没有这个地点，或不在您的可见范围内")
        if source == "valhalla":
            return await self._by_server(asked, rows[0])
        found = Isochrones.model_validate(await self._answers.ask(asked.model_dump(mode="json")))
        is_estimate = bool(found.features[0].properties.get("is_estimate"))
        if source is None and is_estimate and self._valhalla is not None and asked.bed is not None:
            with contextlib.suppress(Unavailable):
                return await self._by_server(asked, rows[0])
        return found

    async def _by_server(self, asked: IsochroneAsked, row: DictRow) -> Isochrones:
        """Valhalla's outlines towards a bed."""
        if self._valhalla is None:
            raise NotFound("没有设置路线规划服务（Valhalla）")
        if asked.bed is None:
            raise NotFound("路线规划服务只画到达床位的范围")
        if row["lat"] is None or row["lon"] is None:
            raise NotFound("没有这个地点，或没有坐标")
        mode = asked.mode or ("e_bike" if row["terrain"] == "city" else "car")
        try:
            place = Place(row["lat"], row["lon"])
            return Isochrones.model_validate(await self._valhalla.around(asked, place, mode, self._clock.now()))
        except SourceDown as error:
            raise Unavailable("路线规划服务没有回答，请稍后再试") from error

    async def sending(self, area: str | None, responder: str) -> SendingLeaves:
        """What sending somebody now leaves; raises `NotFound` for somebody who is not of the area."""
        if not await self._store.fetch("coverage_responder", responder=responder, area=area):
            raise NotFound("没有这位服务人员，或不在您的可见范围内")
        asked = WithoutAsked(responder=responder, area=area or "")
        return SendingLeaves.model_validate(await self._answers.ask(asked.model_dump(mode="json")))

    async def close(self) -> None:
        """End the process that answers."""
        await self._answers.close()

    async def _run(self) -> CoverageRun | None:
        rows = await self._store.fetch("coverage_run")
        if not rows:
            return None
        (row,) = rows
        age = self._clock.now() - row["finished_at"]
        return CoverageRun.model_validate(
            {**row, "day": row["day"].isoformat(), "age_s": max(0, int(age.total_seconds()))}
        )


class SitingTrials(Jobs[SitingTrial]):
    """The searches for sites of this process, one at a time."""

    def __init__(self, database_url: str, clock: Clock) -> None:
        super().__init__()
        self._url = database_url
        self._clock = clock

    def begin(self, wanted: ToSite, by_name: str) -> SitingTrial:
        """Begin one; raises `Conflict` while another is running."""
        trial = SitingTrial(
            id=uuid4(), area=wanted.area, by_name=by_name, started_at=self._clock.now(), stations=wanted.stations
        )
        return self.start(trial, partial(self._search, wanted))

    async def _search(self, wanted: ToSite, on_progress: Progress) -> dict[str, Any]:
        arguments = ["coverage", "sites", "--json", "--for-program", "--drag", "--area", wanted.area]
        arguments += ["--stations", str(wanted.stations), "--candidates", str(wanted.candidates)]
        arguments += ["--time-limit", str(wanted.time_limit_s)]
        arguments += ["--hour", str(wanted.hour)] if wanted.hour is not None else []
        arguments += ["--mode", wanted.mode] if wanted.mode is not None else []
        arguments += ["--by-frailty"] if wanted.by_frailty else []
        found: dict[str, Any] = json.loads(await run_program(arguments, self._url, on_progress))
        return found


def _areas(rows: Iterable[DictRow]) -> list[AreaCoverage]:
    """One for each division, in the order of the codes."""
    names: dict[str, str | None] = {}
    circles: dict[str, dict[str, Counts]] = {}
    for row in rows:
        names[row["area_code"]] = row["area_name"]
        circles.setdefault(row["area_code"], {})[row["circle"]] = _counts(row)
    return [
        AreaCoverage(
            area_code=code,
            area_name=names[code],
            total=_figures(sum(by_circle.values(), Counts())),
            circles={circle: _figures(one) for circle, one in by_circle.items()},
        )
        for code, by_circle in circles.items()
    ]


def _counts(row: Mapping[str, Any]) -> Counts:
    return Counts(**{name: row[name] for name in _COUNTS})


def _figures(counts: Counts) -> CoverageFigures:
    return CoverageFigures.model_validate(figures_of(counts))
