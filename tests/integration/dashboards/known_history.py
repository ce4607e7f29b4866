"""A small history whose figures are known: three counties, two provinces, and calls that ended in every way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import psycopg

AREAS = {
    "63": "青海省",
    "6301": "西宁市",
    "630102": "城东区",
    "630102001": "东关大街街道",
    "630121": "大通回族土族自治县",
    "630121100": "桥头镇",
    "62": "甘肃省",
    "6201": "兰州市",
    "620102": "城关区",
    "620102001": "酒泉路街道",
}
STREETS = {"urban": "630102001", "rural": "630121100", "elsewhere": "620102001"}
OPEN_STATES = {"RECEIVED", "SEARCHING", "ASSIGNED", "EN_ROUTE", "ON_SCENE", "HANDED_OVER", "UNCOVERED"}
QUARTER_HOUR_S = 900


@dataclass(frozen=True, slots=True)
class Bed:
    """`last_seen_min_ago` is None for a bed that was never heard."""

    id: str
    street: str
    circle: str
    last_seen_min_ago: float | None


BEDS = (
    Bed("bed-a", STREETS["urban"], "urban", 1),
    Bed("bed-b", STREETS["urban"], "urban", 40),
    Bed("bed-c", STREETS["rural"], "rural", 2),
    Bed("bed-d", STREETS["rural"], "rural", None),
    Bed("bed-z", STREETS["elsewhere"], "urban", None),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One incident; stages in seconds after the press, `hours_ago` before now."""

    bed: str
    hours_ago: float
    acknowledged_s: float | None
    accepted_s: float | None
    arrived_s: float | None
    state: str = "CLOSED"
    outcome: str | None = "helped_on_site"
    kind: str = "sos"

    def is_counted(self) -> bool:
        """The definition, written a second time: tests and withdrawn calls do not count, a false press if unvisited."""
        if self.state in {"CANCELLED_FALSE", "MERGED"} or self.outcome == "test_press":
            return False
        return not (self.outcome == "false_press" and self.arrived_s is None)

    def is_within(self) -> bool | None:
        """None while nobody can say yet."""
        if self.arrived_s is not None:
            return self.arrived_s <= QUARTER_HOUR_S
        decided = self.state == "CLOSED" or self.hours_ago * 3600 > QUARTER_HOUR_S
        return False if decided else None


CALLS = (
    Call("bed-a", 30, 12, 40, 420),
    Call("bed-a", 29, 20, 75, 880, outcome="taken_to_hospital"),
    Call("bed-b", 28, 8, 30, 900),  # 15:00 to the second is inside
    Call("bed-a", 27, 45, 130, 1500, kind="fall"),
    Call("bed-b", 26, 10, None, None, outcome="no_one_found"),  # nobody went: late
    Call("bed-b", 25, 9, None, None, outcome="false_press"),  # does not count
    Call("bed-b", 24.5, 9, 60, 1200, outcome="false_press"),  # somebody went: counts, late
    Call("bed-a", 24, 5, None, None, outcome="test_press"),
    Call("bed-c", 23, 15, 90, 700),
    Call("bed-c", 22, 30, 200, 1700, kind="smoke"),
    Call("bed-c", 21, None, None, None, state="CANCELLED_FALSE", outcome="false_press"),
    Call("bed-d", 2, 20, 60, None, state="EN_ROUTE", outcome=None, kind="fall"),  # late and still on the way
    Call("bed-c", 0.1, 11, None, None, state="SEARCHING", outcome=None),  # undecided
    Call("bed-z", 20, 300, 400, 2500),  # another province
    Call("bed-z", 1, None, None, None, state="UNCOVERED", outcome=None),
)


def calls_in(prefix: str) -> list[Call]:
    """Calls from beds of the area."""
    streets = {bed.id: bed.street for bed in BEDS}
    return [call for call in CALLS if streets[call.bed].startswith(prefix)]


def beds_in(prefix: str) -> list[Bed]:
    """Beds of the area."""
    return [bed for bed in BEDS if bed.street.startswith(prefix)]


def fill(admin_url: str, now: datetime) -> None:
    """Write the history as it would stand at `now`."""
    with psycopg.connect(admin_url) as connection, connection.cursor() as cursor:
        cursor.executemany("insert into area (code, name) values (%s, %s)", list(AREAS.items()))
        for bed in BEDS:
            cursor.execute("insert into resident (id, name) values (%s, '某某')", [f"resident-{bed.id}"])
            cursor.execute(
                "insert into bed (id, resident_id, county, division_code, address, circle, terrain, altitude_m)"
                " values (%s, %s, %s, %s, '某街某号', %s, 'city', 2260)",
                [bed.id, f"resident-{bed.id}", bed.street[:6], bed.street, bed.circle],
            )
            if bed.last_seen_min_ago is not None:
                cursor.execute(
                    "insert into bed_state (bed_id, last_seen_at) values (%s, %s)",
                    [bed.id, now - timedelta(minutes=bed.last_seen_min_ago)],
                )
        for call in CALLS:
            cursor.execute(
                "insert into incident (id, bed_id, kind, priority, state, plan, device, pressed_at, opened_at,"
                " deadline_at, acknowledged_at, acknowledged_by, accepted_at, arrived_at, closed_at, closed_by,"
                " outcome_code) values (%s, %s, %s, 1, %s, '{}', 'button1', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                list(_incident(call, now)),
            )


def _incident(call: Call, now: datetime) -> Iterator[object]:
    pressed = now - timedelta(hours=call.hours_ago)

    def after(seconds: float | None) -> datetime | None:
        return None if seconds is None else pressed + timedelta(seconds=seconds)

    yield from (uuid4(), call.bed, call.kind, call.state, pressed, pressed, after(QUARTER_HOUR_S))
    yield from (after(call.acknowledged_s), None if call.acknowledged_s is None else "调度员")
    yield from (after(call.accepted_s), after(call.arrived_s))
    closed = call.state not in OPEN_STATES
    yield from (after(3600) if closed else None, "调度员" if closed else None, call.outcome)


def fill_telemetry(admin_url: str, bed: str, times: Sequence[datetime]) -> None:
    """One vitals row a time."""
    with psycopg.connect(admin_url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into vitals (measured_at, received_at, bed, device, boot, seq, heart_rate)"
            " values (%s, %s, %s, 'mat1', 1, %s, 72)",
            [(at, at, bed, seq) for seq, at in enumerate(times)],
        )


def fill_quarantine(admin_url: str, rows: Sequence[tuple[datetime, str, str]]) -> None:
    """(received at, topic, reason) a row."""
    with psycopg.connect(admin_url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into quarantine (received_at, topic, payload, payload_bytes, reason, detail)"
            " values (%s, %s, '', 0, %s, '')",
            rows,
        )


def grant_scope(admin_url: str, role: str, prefix: str) -> None:
    """Let a login role answer for an area."""
    with psycopg.connect(admin_url) as connection:
        connection.execute("insert into grafana_scope (role_name, area_prefix) values (%s, %s)", [role, prefix])
