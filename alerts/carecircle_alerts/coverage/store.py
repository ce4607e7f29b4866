"""Store: beds, people and stations as coverage needs them, and its figures into their tables (I/O)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from psycopg import Connection as PsycopgConnection
from psycopg.rows import DictRow

from carecircle.db.queries import Queries
from carecircle_alerts.coverage.areas import AreaTally
from carecircle_alerts.coverage.candidates import Settlement
from carecircle_alerts.coverage.cover import People
from carecircle_alerts.coverage.day import BedPlace, BedsDay, hour_at
from carecircle_alerts.coverage.limits import Limits
from carecircle_alerts.coverage.nightly import Run
from carecircle_alerts.coverage.posts import HOURS, Post
from carecircle_alerts.people.hours import ALWAYS, is_open
from carecircle_alerts.people.rows import hours_of
from carecircle_alerts.plans.reading import layer_of
from carecircle_alerts.travel import Place

QUERIES = Queries("carecircle_alerts.coverage", "coverage.sql")
Connection = PsycopgConnection[DictRow]
_PEOPLE_AT_ONCE = 1000
_BY_ROSTER = 2
_NO_LIMIT = 10_000
_DROPPED_AT_ONCE = 20_000
_BED = "run_id, bed_id, from_hour, until_hour, state, p50_s, p90_s, limit_s, people, post_id, provider_id"
_AREA = "run_id, area_code, circle, hour, covered, uncertain, not_covered, estimated, unlocated, backed_up"
_POST = "run_id, post_id, mode, hour, people, sole_beds, second_beds"


def fetch(connection: Connection, query: str, **parameters: object) -> list[DictRow]:
    """Run a named query; an empty list for statements without rows."""
    cursor = connection.execute(QUERIES[query], parameters)
    return cursor.fetchall() if cursor.description else []


def latest_run(connection: Connection) -> Run | None:
    """The run whose figures count."""
    rows = fetch(connection, "latest_run")
    return Run(**rows[0]) if rows else None


def read_parts(connection: Connection, area: str, size: int) -> Iterator[list[BedPlace]]:
    """All beds of an area, some at a time, each part in a transaction of its own."""
    division, bed = area, ""
    while True:
        rows = fetch(connection, "beds_after", area=area, division=division, bed=bed, most=size)
        if rows:
            division, bed = rows[-1]["division_code"], rows[-1]["id"]
            yield [bed_place(row) for row in rows]
        if len(rows) < size:
            return


def bed_place(row: DictRow) -> BedPlace:
    """A bed's row as coverage takes it."""
    place = Place(row["lat"], row["lon"]) if row["lat"] is not None and row["lon"] is not None else None
    return BedPlace(row["id"], row["division_code"], row["circle"], row["terrain"], place, row["frailty"])


def read_settlements(connection: Connection, area: str) -> list[Settlement]:
    """Where the providers of an area are."""
    return [
        Settlement(row["id"], row["division_code"], Place(row["lat"], row["lon"]))
        for row in fetch(connection, "providers", area=area)
    ]


def read_posts(connection: Connection, day: date) -> list[Post]:
    """From where help sets out in each hour of a local day, as its rosters and opening hours have it."""
    times = [hour_at(day, hour) for hour in range(HOURS)]
    found: dict[_Where, list[int]] = {}
    most: dict[str, int] = {}
    after = ""
    while rows := fetch(connection, "people_after", person=after, most=_PEOPLE_AT_ONCE, day=day, times=times):
        after = rows[-1]["id"]
        for row in rows:
            where = _where(row)
            if where is None:
                continue
            people = found.setdefault(where, [0] * HOURS)
            for hour, is_there in enumerate(_duty(row, times)):
                people[hour] += is_there
            if where.id == row["provider_id"] and row["out_at_once"] is not None:
                most[where.id] = row["out_at_once"]
    return list(_capped(found, most))


@dataclass(frozen=True, slots=True, order=True)
class _Where:
    """A post without its people."""

    id: str
    mode: str
    provider_id: str | None = field(compare=False)
    place: Place = field(compare=False)


def _where(row: DictRow) -> _Where | None:
    """Staff at their station, others where they usually are; None where nobody knows."""
    mode, provider = row["travel_mode"], row["provider_id"]
    if row["role"] == "staff" and row["provider_lat"] is not None:
        return _Where(provider, mode, provider, Place(row["provider_lat"], row["provider_lon"]))
    for lat, lon in ((row["base_lat"], row["base_lon"]), (row["lat"], row["lon"])):
        if lat is not None and lon is not None:
            return _Where(row["id"], mode, provider, Place(lat, lon))
    return None


def _duty(row: DictRow, times: Sequence[datetime]) -> list[bool]:
    """In which hours they can be sent: by the roster, or by hand while their provider is open."""
    hours = hours_of(row) if row["role"] == "staff" and row["provider_id"] is not None else ALWAYS
    return [
        duty == _BY_ROSTER or (duty != 0 and is_open(hours, at)) for duty, at in zip(row["duty"], times, strict=True)
    ]


def _capped(found: Mapping[_Where, Sequence[int]], most: Mapping[str, int]) -> Iterator[Post]:
    """No more of a station than may be out at once, whatever they travel by."""
    left: dict[str, list[int]] = {}
    for where, people in sorted(found.items()):
        room = left.setdefault(where.id, [most.get(where.id, _NO_LIMIT)] * HOURS)
        number = tuple(min(there, rest) for there, rest in zip(people, room, strict=True))
        left[where.id] = [rest - taken for rest, taken in zip(room, number, strict=True)]
        if any(number):
            yield Post(where.id, where.provider_id, where.place, where.mode, number)


def read_limits(connection: Connection) -> Limits:
    """The limits of beds, as the plans have them now."""
    return Limits(tuple(layer_of(row) for row in fetch(connection, "plan_settings_of_calls")))


def write_beds(connection: Connection, run: int, day: BedsDay, posts: Sequence[Post]) -> None:
    """The spells of some beds."""
    with connection.cursor().copy(f"copy coverage_bed ({_BED}) from stdin".encode()) as copy:
        for one in day.spells():
            post = posts[one.nearest] if one.nearest is not None else None
            copy.write_row(
                (
                    run, one.bed.id, one.from_hour, one.until_hour, one.state.value, one.p50_s, one.p90_s, one.limit_s,
                    one.people, post.id if post else None, post.provider_id if post else None,
                )
            )  # fmt: skip


def write_areas(connection: Connection, run: int, tally: AreaTally) -> None:
    """The figures of every division, hour by hour."""
    with connection.cursor().copy(f"copy coverage_area ({_AREA}) from stdin".encode()) as copy:
        for code, circle, hour, one in tally.areas():
            copy.write_row(
                (
                    run, code, circle, hour, one.covered, one.uncertain, one.not_covered, one.estimated,
                    one.unlocated, one.backed_up,
                )
            )  # fmt: skip


def write_posts(connection: Connection, run: int, posts: Sequence[Post], sole: People, second: People) -> None:
    """What leaving each post would take away, where it takes anything."""
    with connection.cursor().copy(f"copy coverage_post ({_POST}) from stdin".encode()) as copy:
        for row, post in enumerate(posts):
            for hour in range(HOURS):
                if sole[row, hour] or second[row, hour]:
                    copy.write_row(
                        (
                            run, post.id, post.mode, hour, post.people[hour], int(sole[row, hour]),
                            int(second[row, hour]),
                        )
                    )  # fmt: skip


def drop_older(connection: Connection, run: int, keep_from: date) -> None:
    """Forget what the latest run replaces, some rows a transaction."""
    for query in ("drop_beds", "drop_posts", "drop_areas"):
        parameters = {"run": run, "most": _DROPPED_AT_ONCE, "keep_from": keep_from}
        while connection.execute(QUERIES[query], parameters).rowcount == _DROPPED_AT_ONCE:
            pass
