"""Store: beds, people and stations as coverage needs them, and its figures into their tables (I/O)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from psycopg import Connection as PsycopgConnection
from psycopg.rows import DictRow

from carecircle.db.queries import Queries
from carecircle_alerts.coverage.areas import AreaTally
from carecircle_alerts.coverage.candidates import Settlement
from carecircle_alerts.coverage.cover import People
from carecircle_alerts.coverage.day import BedPlace, BedsDay
from carecircle_alerts.coverage.nightly import Run
from carecircle_alerts.coverage.posts import HOURS, Post
from carecircle_alerts.travel import Place

QUERIES = Queries("carecircle_alerts.coverage", "coverage.sql")
Connection = PsycopgConnection[DictRow]
_PEOPLE_AT_ONCE = 5000
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
    return BedPlace(row["id"], row["division_code"], row["circle"], row["terrain"], place)


def read_settlements(connection: Connection, area: str) -> list[Settlement]:
    """Where the providers of an area are."""
    return [
        Settlement(row["id"], row["division_code"], Place(row["lat"], row["lon"]))
        for row in fetch(connection, "providers", area=area)
    ]


def read_posts(connection: Connection) -> list[Post]:
    """From where help sets out, as planned: staff at their station, others where they usually are."""
    people: Counter[tuple[str, str | None, Place, str, int]] = Counter()
    after = ""
    while rows := fetch(connection, "people_after", person=after, most=_PEOPLE_AT_ONCE):
        after = rows[-1]["id"]
        for row in rows:
            where = _post_of(row)
            if where is not None:
                people.update((*where, hour) for hour in _hours_on_duty(row))
    found: dict[tuple[str, str | None, Place, str], list[int]] = {}
    for (post_id, provider_id, place, mode, hour), number in people.items():
        found.setdefault((post_id, provider_id, place, mode), [0] * HOURS)[hour] = number
    return [Post(*where, tuple(hours)) for where, hours in sorted(found.items(), key=lambda one: one[0][0::3])]


def _post_of(row: DictRow) -> tuple[str, str | None, Place, str] | None:
    if row["role"] == "staff" and row["provider_lat"] is not None:
        place = Place(row["provider_lat"], row["provider_lon"])
        return row["provider_id"], row["provider_id"], place, row["travel_mode"]
    if row["lat"] is None or row["lon"] is None:
        return None
    return row["id"], row["provider_id"], Place(row["lat"], row["lon"]), row["travel_mode"]


def _hours_on_duty(row: DictRow) -> range:
    return range(HOURS) if row["on_duty"] else range(0)


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
