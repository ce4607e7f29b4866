"""The judge: every panel, role and level held against the truth, hostile choices too, and what it took (I/O)."""

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

import psycopg
from psycopg import sql

from carecircle_dashboards.boards import BOARDS
from carecircle_sim.month import Bed, Month, build_bureau, live_through, watch
from tests.dashboards.filling import refresh
from tests.dashboards.lens import Lens, Scope
from tests.dashboards.truth_alarms import ALARMS
from tests.dashboards.truth_circle import CIRCLE, Truth
from tests.dashboards.truth_desk import DESK, REPORT
from tests.dashboards.truth_fleet import FLEET
from tests.dashboards.truth_pipeline import BED, PIPELINE
from tests.dashboards.truth_travel import TRAVEL
from tests.dashboards.viewer import AREAS, Choice, Panel, Row, Shown, Viewer, narrowed, panels, variables
from tests.dashboards.world import World, plan_world
from tests.servers import Database

TRUTHS: dict[str, dict[str, Truth]] = {
    "service_circle": CIRCLE,
    "fleet": FLEET,
    "alarm_quality": ALARMS,
    "bed": BED,
    "pipeline": PIPELINE,
    "desk": DESK,
    "travel": TRAVEL,
    "monthly_report": REPORT,
}
INSTITUTION = "house-630102003-2"
STRANGER = Scope("check_stranger", areas=("620102",))
SCOPES = (
    Scope("check_province", areas=("63",), health=True),
    Scope("check_city", areas=("6301",)),
    Scope("check_county", areas=("630102",)),
    Scope("check_street", areas=("630102001",)),
    Scope("check_community", areas=("630102001001",)),
    Scope("check_institution", providers=(INSTITUTION,), health=True),
    STRANGER,
)
LEVELS = ("2", "4", "6", "9", "12")
HOSTILE = (
    "63') or true --",
    "63%",
    '63"',
    "'; select 1; --",
    "' or '' = '",
    "\\",
    "$__timeFilter(x)",
    "$__timeFrom()) or true --",
    "63', '6201",
)
# Ages in seconds grow between the two looks at the clock.
_MAY_DIFFER_S = 5.0
_AGES = frozenset({"oldest_s", "age_s", "silent_s", "stands_s", "behind_s", "age"})
# Figures that are an age as a whole.
_AGE_PANELS = frozenset({"汇总滞后", "距最后一次消息"})
_PASSED_S = 300.0
_SLACK = 1e-6


def prepare(beds: int, days: int, now: datetime, seed: int) -> World:
    """A world far busier than life: a call a bed and week, an alarm every two days; one watched bed a scope."""
    month = live_through(build_bureau(beds, seed), now, days, calls=4, alarms=15, seed=seed)
    watched = sorted({busy_bed(month, scope).id for scope in SCOPES})
    return plan_world(month, watch(watched, now, days, seed))


def busy_bed(month: Month, scope: Scope) -> Bed:
    """The first bed of the scope that has more than calls to show and is heard."""
    eventful = {one.bed for one in month.alarms if one.has_incident}
    return next(
        bed
        for bed in month.bureau.beds
        if scope.holds(bed) and bed.id in eventful and bed.heard_s_ago is not None and bed.heard_s_ago < 900
    )


@dataclass(slots=True)
class Verdict:
    """What was found; the texts say where."""

    panels: set[tuple[str, str]] = field(default_factory=set)
    queries: int = 0
    errors: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    mismatches: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    took_ms: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def line(self) -> dict[str, int | float]:
        """The last line of the check."""
        return {
            "panels": len(self.panels),
            "queries": self.queries,
            "errors": len(self.errors),
            "empty": len(self.empty),
            "slowest_ms": round(max((min(took) for took in self.took_ms.values()), default=0.0), 1),
            "mismatches": len(self.mismatches),
            "leaks": len(self.leaks),
        }


@contextmanager
def logins(database: Database, scopes: Sequence[Scope]) -> Iterator[dict[str, psycopg.Connection]]:
    """A connection by scope, each through a login of its own that is gone in the end."""
    names = {scope.role: f"{scope.role}_{uuid4().hex[:8]}" for scope in scopes}
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        for scope in scopes:
            _make_login(admin, names[scope.role], scope)
        opened: dict[str, psycopg.Connection] = {}
        try:
            for scope in scopes:
                login = names[scope.role]
                url = database.server.url(login, login, database.name)
                opened[scope.role] = psycopg.connect(url, autocommit=True)
            yield opened
        finally:
            for connection in opened.values():
                connection.close()
            for login in names.values():
                admin.execute(sql.SQL("drop owned by {} cascade").format(sql.Identifier(login)))
                admin.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))


def _make_login(admin: psycopg.Connection, login: str, scope: Scope) -> None:
    made = sql.SQL("create role {} login password {} in role carecircle_grafana")
    admin.execute(made.format(sql.Identifier(login), sql.Literal(login)))
    for area in scope.areas:
        admin.execute(
            "insert into grafana_scope (role_name, area_prefix, health) values (%s, %s, %s)",
            (login, area, scope.health),
        )
    for provider in scope.providers:
        admin.execute(
            "insert into grafana_institution (role_name, provider_id, health) values (%s, %s, %s)",
            (login, provider, scope.health),
        )


def judge(
    admin_url: str,
    world: World,
    opened: dict[str, psycopg.Connection],
    verdict: Verdict,
    scopes: Sequence[Scope],
    *,
    levels: bool,
) -> None:
    """All panels for all roles; with `levels` those that sum by place on each of the five, and each level chosen."""
    for scope in scopes:
        viewer = Viewer(opened[scope.role])
        refresh(admin_url, world)
        for choice in _choices(world, scope, every_level=levels):
            for board in BOARDS:
                for panel in panels(board):
                    if choice.level != "6" and "left(division_code" not in panel.statement:
                        continue
                    _hold(viewer, panel, world, scope, choice, verdict)
    _options(world, opened, verdict, scopes)


def _choices(world: World, scope: Scope, *, every_level: bool) -> Iterator[Choice]:
    busy = busy_bed(world.month, scope)
    whole = Choice(bed=busy.id)
    yield whole
    yield replace(whole, days=7, circles=("urban",), providers=[busy.provider or INSTITUTION])
    if every_level:
        for level in LEVELS:
            if level != "6":
                yield replace(whole, level=level)
        for name, length in zip(AREAS, (2, 4, 6, 9, 12), strict=True):
            yield replace(narrowed(whole, **{name: busy.division[:length]}), days=10)


def _hold(viewer: Viewer, panel: Panel, world: World, scope: Scope, choice: Choice, verdict: Verdict) -> None:
    """Once more where it differs: what a limit of time decides may have changed between the two looks at the clock."""
    where = f"{panel.board} · {panel.title} · {scope.role} · {choice}"
    verdict.panels.add((panel.board, panel.title))
    truth = TRUTHS[panel.board].get(panel.title)
    for attempt in (1, 2):
        verdict.queries += 1
        try:
            shown = viewer.look(panel, choice, world.month.now)
        except (psycopg.Error, AssertionError) as error:
            verdict.errors.append(f"{where}: {type(error).__name__}: {str(error)[:300]}")
            return
        if scope is SCOPES[0] and choice.areas == {} and choice.days == 30:
            verdict.took_ms.setdefault((panel.board, panel.title), []).append(shown.took_ms)
            if _is_empty(shown.rows) and attempt == 1:
                verdict.empty.append(where)
        _look_for_strangers(shown.rows, world, scope, where, verdict)
        if truth is None:
            return
        expected = truth(Lens(world, scope, _asked_of(panel, choice), shown.asked_at, world.month.now))
        if is_same(shown, expected) or (panel.title in _AGE_PANELS and _is_near(shown.rows, expected)):
            return
    verdict.mismatches.append(f"{where}\n   shown    {_first_difference(shown, expected)}")


def _asked_of(panel: Panel, choice: Choice) -> Choice:
    """Only one board lets an institution be chosen."""
    return choice if panel.board == "service_circle" else replace(choice, providers=None)


def is_same(shown: Shown, expected: list[Row]) -> bool:
    """Row for row, cell for cell; numbers may differ in their last places, ages by seconds."""
    return len(shown.rows) == len(expected) and all(
        _is_same_row(shown.columns, one, other) for one, other in zip(shown.rows, expected, strict=True)
    )


def _is_near(shown: list[Row], expected: list[Row]) -> bool:
    """An age that has gone on since the beds were refreshed."""
    return len(shown) == len(expected) and all(
        one is not None and other is not None and -_MAY_DIFFER_S <= one - other <= _PASSED_S
        for (one,), (other,) in zip(shown, expected, strict=True)
    )


def _is_same_row(columns: list[str], one: Row, other: Row) -> bool:
    return len(one) == len(other) and all(map(_is_same_cell, columns, one, other))


def _is_same_cell(column: str, one: object, other: object) -> bool:
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None or isinstance(one, str):
        return one == other
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs((one - other).total_seconds()) < 1e-3
    slack = _MAY_DIFFER_S if column in _AGES else _SLACK
    return math.isclose(float(str(one)), float(str(other)), rel_tol=_SLACK, abs_tol=slack)


def _first_difference(shown: Shown, expected: list[Row]) -> str:
    if len(shown.rows) != len(expected):
        return f"{len(shown.rows)} rows, expected {len(expected)}: {shown.rows[:3]} / {expected[:3]}"
    pairs = zip(shown.rows, expected, strict=True)
    pair = next((pair for pair in pairs if not _is_same_row(shown.columns, *pair)), ((), ()))
    return f"{pair[0]}\n   expected {pair[1]}"


def _is_empty(rows: list[Row]) -> bool:
    return not rows or all(cell is None for row in rows for cell in row)


def _look_for_strangers(rows: list[Row], world: World, scope: Scope, where: str, verdict: Verdict) -> None:
    foreign = {bed.id for bed in world.month.bureau.beds if not scope.holds(bed)}
    seen = {cell for row in rows for cell in row if isinstance(cell, str)} & foreign
    if seen:
        verdict.leaks.append(f"{where}: {sorted(seen)[:3]}")


def _options(world: World, opened: dict[str, psycopg.Connection], verdict: Verdict, scopes: Sequence[Scope]) -> None:
    """A variable offers the role's own places and beds, each narrowed by what is chosen above it."""
    for scope in scopes:
        mine = [bed for bed in world.month.bureau.beds if scope.holds(bed)]
        viewer = Viewer(opened[scope.role])
        for choice in (Choice(), narrowed(Choice(), province=mine[0].division[:2], city=mine[0].division[:4])):
            lens = Lens(world, scope, choice, world.month.now, world.month.now)
            above: dict[str, list[str]] = {}
            for (name, statement), length in zip(variables("service_circle").items(), (2, 4, 6, 9, 12, 0), strict=True):
                verdict.queries += 1
                offered = [row[1] for row in viewer.options(statement, choice)]
                if length:
                    fitting = [
                        bed for bed in mine if all(bed.division.startswith(tuple(codes)) for codes in above.values())
                    ]
                    wanted = {bed.division[:length] for bed in fitting}
                    if name in choice.areas:
                        above[name] = list(choice.areas[name])
                else:
                    wanted = {bed.provider for bed in lens.in_area if bed.provider}
                if offered != sorted(wanted):
                    verdict.mismatches.append(f"variable {name} · {scope.role} · {choice}: {offered[:5]}")


def attack(world: World, opened: dict[str, psycopg.Connection], verdict: Verdict, values: Sequence[str]) -> None:
    """Hostile values in every variable, and every view read bare: nobody sees another's beds, whatever is asked."""
    viewer = Viewer(opened[STRANGER.role])
    everything = [panel for board in BOARDS for panel in panels(board)]
    strange = next(bed for bed in world.month.bureau.beds if not STRANGER.holds(bed))
    for value in (*values, strange.division, strange.id):
        tries = {name: narrowed(Choice(), **{name: value}) for name in AREAS}
        tries |= {"circle": Choice(circles=[value]), "provider": Choice(providers=[value])}
        tries |= {"bed": Choice(bed=value), "level": Choice(level=value)}
        for name, choice in tries.items():
            for panel in everything:
                if f"${{{name}:" in panel.statement:
                    _try(viewer, panel, choice, world, verdict)
    for scope in SCOPES:
        if scope.role in opened:
            _read_bare(opened[scope.role], world, scope, verdict)


def _try(viewer: Viewer, panel: Panel, choice: Choice, world: World, verdict: Verdict) -> None:
    where = f"{panel.board} · {panel.title} · hostile {choice}"
    verdict.queries += 1
    try:
        shown = viewer.look(panel, choice, world.month.now)
    except (psycopg.errors.InvalidTextRepresentation, psycopg.errors.NumericValueOutOfRange):
        return  # a level that is no number is refused
    except psycopg.errors.SyntaxError as error:
        # A macro within a value is expanded by the server, quotes and all, and ends the value too early.
        if "$__" not in str(choice):
            verdict.errors.append(f"{where}: {error}")
        return
    except psycopg.Error as error:
        verdict.errors.append(f"{where}: {type(error).__name__}: {str(error)[:200]}")
        return
    _look_for_strangers(shown.rows, world, STRANGER, where, verdict)
    truth = TRUTHS[panel.board].get(panel.title)
    if truth is not None and choice.level == "6" and panel.board != "bed":
        expected = truth(Lens(world, STRANGER, _asked_of(panel, choice), shown.asked_at, world.month.now))
        if not is_same(shown, expected) and len(shown.rows) > len(expected):
            verdict.leaks.append(f"{where}: {shown.rows[:2]}")


def _read_bare(connection: psycopg.Connection, world: World, scope: Scope, verdict: Verdict) -> None:
    views = connection.execute(
        "select table_name, array_agg(column_name::text) from information_schema.columns"
        " where table_schema = 'read' group by 1 order by 1"
    ).fetchall()
    codes = re.compile(r"^\d{6,12}$")
    mine = {bed.division for bed in world.month.bureau.beds if scope.holds(bed)}
    for view, columns in views:
        verdict.queries += 1
        for column in {"bed_id", "division_code", "county"} & set(columns):
            rows = connection.execute(
                sql.SQL("select distinct {} from read.{} limit 5000").format(
                    sql.Identifier(column), sql.Identifier(view)
                )
            ).fetchall()
            _look_for_strangers(rows, world, scope, f"read.{view} bare · {scope.role}", verdict)
            strange = [
                row[0]
                for row in rows
                if column != "bed_id" and row[0] and codes.match(row[0]) and not _is_mine(row[0], mine)
            ]
            if strange:
                verdict.leaks.append(f"read.{view}.{column} · {scope.role}: {strange[:3]}")


def _is_mine(code: str, mine: set[str]) -> bool:
    return any(division.startswith(code) for division in mine)


def measure(opened: dict[str, psycopg.Connection], world: World, verdict: Verdict, times: int) -> None:
    """The widest role, a month, everything chosen: the median of some more looks at each panel."""
    viewer = Viewer(opened[SCOPES[0].role])
    choice = next(_choices(world, SCOPES[0], every_level=False))
    for board in BOARDS:
        for panel in panels(board):
            for _ in range(times):
                verdict.queries += 1
                try:
                    shown = viewer.look(panel, choice, world.month.now)
                except psycopg.Error as error:
                    verdict.errors.append(f"{board} · {panel.title}: {error}")
                    break
                verdict.took_ms.setdefault((board, panel.title), []).append(shown.took_ms)
