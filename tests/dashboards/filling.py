"""Filling a database with a world: row by row from the truth, beside what only the platform adds to it (I/O)."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import psycopg

from carecircle.quantities import History
from carecircle_sim.month import Alarm, Bed, Call, Month, Reading
from carecircle_sim.month.story import LAGS_S, OPERATORS
from carecircle_upkeep.resolutions import DAY
from tests.dashboards.world import CALIBRATED_S_AGO, CORRECTIONS, MODES, SOURCES, SPENT, World

_NAMES = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
_COUNTS = ("messages", *(f"lag_{lag}" for lag in LAGS_S))


def fill(admin_url: str, world: World) -> None:
    """Write all of it; rollups are written as upkeep would have, to which the tests of upkeep hold it."""
    month, bureau = world.month, world.month.bureau
    with psycopg.connect(admin_url) as connection, connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # no NOTIFY for each of ten thousand incidents
        _copy(cursor, "area", "code name", bureau.areas.items())
        _copy(
            cursor, "provider", "id name kind area_code lat lon",
            ((one.id, one.name, "station", one.area, one.lat, one.lon) for one in bureau.providers),
        )  # fmt: skip
        _copy(cursor, "resident", "id name", ((f"r-{bed.id}", "某某") for bed in bureau.beds))
        _copy(
            cursor, "bed",
            "id resident_id county division_code address circle terrain provider_id lat lon altitude_m",
            (
                (
                    bed.id, f"r-{bed.id}", bed.division[:6], bed.division, "某街某号", bed.circle, bed.terrain,
                    bed.provider, bed.lat, bed.lon, 2260,
                )
                for bed in bureau.beds
            ),
        )  # fmt: skip
        _copy(
            cursor, "device", "bed_id id model label",
            ((bed.id, device.id, device.model, "设备") for bed in bureau.beds for device in bed.devices),
        )  # fmt: skip
        for number in range(1, OPERATORS + 1):
            cursor.execute(
                "insert into account (login, name, role, password_hash, area_code)"
                " values (%s, '某坐席', 'dispatcher', '', '63')",
                [f"desk{number}"],
            )
        _copy(
            cursor,
            "bed_state",
            "bed_id last_seen_at devices protection",
            (_state(bed, month.now) for bed in bureau.beds),
        )
        _copy(
            cursor, "device_word", "bed device measured_at online battery firmware",
            (
                (bed.id, device.id, month.now, device.is_alive, device.battery, device.firmware)
                for bed in bureau.beds
                for device in bed.devices
            ),
        )  # fmt: skip
        _incidents(cursor, month)
        _owed(cursor, world)
        _travel(cursor, world)
        _arrivals(cursor, month)
        _copy(
            cursor, "device_event", "measured_at received_at bed device boot seq event detail",
            ((at, at, bed, "button", 1, seq, "press_test", "{}") for seq, (bed, at) in enumerate(month.press_tests)),
        )  # fmt: skip
        _copy(
            cursor, "quarantine", "received_at topic payload payload_bytes reason detail",
            (
                (at, f"care/v1/{bed[:6]}/{bed}/mat/telemetry", b"", 0, reason, "")
                for bed, reason, at in month.unreadable
            ),
        )  # fmt: skip
        _readings(cursor, world)
        cursor.execute(
            "insert into coverage_run (id, day, began_at, finished_at, state, basis, version, is_estimate, limits,"
            " bands) overriding system value"
            " values (1, current_date, now(), now(), 'done', 'road', '1', false, '{}', '[]')"
        )
        _copy(
            cursor, "coverage_bed", "run_id bed_id from_hour until_hour state p50_s p90_s limit_s people",
            (
                (1, one.bed, one.from_hour, one.until_hour, one.state, one.p50_s, one.p90_s, 900, one.people)
                for one in world.cover
            ),
        )  # fmt: skip
        _copy(
            cursor,
            "fleet_day",
            _FLEET,
            (row for day, times in world.samples for row in _sampled(bureau.beds, day, times)),
        )
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("analyze")


def refresh(admin_url: str, world: World) -> None:
    """Whoever is heard is heard again: the month stands still, the database's clock does not."""
    fresh = [
        (bed.id, bed.heard_s_ago)
        for bed in world.month.bureau.beds
        if bed.heard_s_ago is not None and bed.heard_s_ago < 900
    ]
    with psycopg.connect(admin_url) as connection:
        connection.execute(
            "update bed_state set last_seen_at = now() - make_interval(secs => f.ago)"
            " from unnest(%s::text[], %s::float8[]) as f (bed, ago) where bed_id = f.bed",
            [[bed for bed, _ in fresh], [ago for _, ago in fresh]],
        )


_FLEET = (
    "day",
    "division_code",
    "provider_id",
    "circle",
    "samples",
    "beds",
    "protected",
    "partly",
    "silent",
    "devices",
    "alive",
    "low_battery",
)


def _sampled(beds: Sequence[Bed], day: datetime, times: int) -> Iterable[tuple[object, ...]]:
    """What upkeep's sample gives of this fleet, `times` times."""
    places: dict[tuple[str, str | None, str], list[Bed]] = {}
    for bed in beds:
        places.setdefault((bed.division, bed.provider, bed.circle), []).append(bed)
    for place, here in places.items():
        heard = [bed for bed in here if bed.heard_s_ago is not None and bed.heard_s_ago < 900]
        devices = [device for bed in here for device in bed.devices]
        sums = (
            len(here), sum(bed.protection == "yes" for bed in heard), sum(bed.protection == "partly" for bed in heard),
            len(here) - len(heard), len(devices), sum(device.is_alive for device in devices),
            sum(device.battery is not None and device.battery < 20 for device in devices),
        )  # fmt: skip
        yield (day, *place, times, *(times * value for value in sums))


def _state(bed: Bed, now: datetime) -> tuple[object, ...]:
    proofs = [
        {
            "capability": "bed", "device": device.id, "valid_s": 900, "holds": device.is_alive,
            "heard": None if device.heard_s_ago is None else round(now.timestamp() - device.heard_s_ago),
            "why": "" if device.is_alive else ("never_heard" if device.heard_s_ago is None else "silent"),
        }
        for device in bed.devices
    ]  # fmt: skip
    words = {device.id: {"battery": device.battery} for device in bed.devices if device.battery is not None}
    heard_at = None if bed.heard_s_ago is None else now - timedelta(seconds=bed.heard_s_ago)
    return bed.id, heard_at, json.dumps(words), json.dumps({"state": bed.protection, "capabilities": proofs})


_INCIDENT = (
    "id", "bed_id", "kind", "family", "priority", "state", "plan", "device", "pressed_at", "opened_at", "deadline_at",
    "owner_account_id", "acknowledged_at", "acknowledged_by", "accepted_at", "arrived_at", "closed_at", "closed_by",
    "outcome_code",
)  # fmt: skip


def incident_id(what: str, number: int) -> UUID:
    """Of the call or the alarm of this number."""
    return uuid5(_NAMES, f"{what} {number}")


def _incidents(cursor: psycopg.Cursor, month: Month) -> None:
    rows = [_of_call(number, call) for number, call in enumerate(month.calls)]
    rows += [_of_alarm(number, alarm) for number, alarm in enumerate(month.alarms) if alarm.has_incident]
    _copy(cursor, "incident", _INCIDENT, rows)
    _copy(
        cursor, "alarm",
        "bed_id kind device priority raised_at "
            "noted_at cleared_at why incident_id held_back rules_version",
        (
            (
                one.bed, one.kind, f"{one.device}:x", one.priority, one.raised_at, one.noted_at, one.cleared_at, "{}",
                incident_id("alarm", number) if one.has_incident else None, one.held_back, 0,
            )
            for number, one in enumerate(month.alarms)
        ),
    )  # fmt: skip


def _of_call(number: int, call: Call) -> tuple[object, ...]:
    def after(seconds: float | None) -> datetime | None:
        return None if seconds is None else call.pressed_at + timedelta(seconds=seconds)

    opened_at = call.pressed_at + timedelta(seconds=call.opened_s)
    return (
        incident_id("call", number), call.bed, call.kind, "help", 1, call.state, "{}", "button",
        call.pressed_at, opened_at, after(900), call.operator, after(call.answered_s),
        None if call.operator is None else "某坐席", after(call.accepted_s),
        after(call.arrived_s), after(call.closed_s),
        None if call.closed_s is None else "某坐席", call.outcome,
    )  # fmt: skip


def _of_alarm(number: int, alarm: Alarm) -> tuple[object, ...]:
    state = "CLOSED" if alarm.closed_at else "RECEIVED"
    return (
        incident_id("alarm", number), alarm.bed, alarm.kind, alarm.family, alarm.priority, state, "{}", alarm.device,
        alarm.raised_at, alarm.noted_at, alarm.noted_at + timedelta(hours=4), alarm.operator, alarm.answered_at,
        None if alarm.operator is None else "某坐席", None, None, alarm.closed_at,
        None if alarm.closed_at is None else "某坐席", alarm.outcome,
    )  # fmt: skip


def _owed(cursor: psycopg.Cursor, world: World) -> None:
    still = [
        number
        for number, call in enumerate(world.month.calls)
        if call.state not in {"CLOSED", "CANCELLED_FALSE", "MERGED"}
    ]
    ids = [incident_id("call", number) for number in still]
    _copy(
        cursor, "due", "due_at incident_id epoch kind",
        [(timer.due_at, one, 0, "no_accept") for timer, one in zip(world.timers, ids, strict=True)]
        # Of an epoch that is over: it means nothing any more.
        + [(world.month.now - timedelta(hours=1), ids[0], -1, "no_accept")],
    )  # fmt: skip
    _copy(
        cursor, "message",
        "id incident_id audience recipient_id step channel "
            "address content priority state attempts created_at due_at",
        (
            (
                uuid5(_NAMES, f"message {number}"), ids[3 * number], "family", "relative", "received", one.channel,
                "nowhere", "{}", 1, one.state, one.attempts, one.created_at, one.created_at,
            )
            for number, one in enumerate(world.waiting)
        ),
    )  # fmt: skip
    _copy(cursor, "engine_pulse", "service at", world.pulses.items())


def _travel(cursor: psycopg.Cursor, world: World) -> None:
    _copy(
        cursor, "responder", "id name role area_code travel_mode",
        ((f"goes-{mode}", "某人", "staff", "63", mode) for mode in MODES),
    )  # fmt: skip
    _copy(
        cursor, "offer",
        "id incident_id responder_id wave state rank travel_p50_s travel_p90_s basis distance_m created_at expires_at "
            "travel_version",
        (
            (
                uuid5(_NAMES, f"offer {one.number}"), incident_id("call", one.call), f"goes-{one.mode}", 1,
                "DECLINED" if one.accepted_at is None else "ACCEPTED", 1, one.p50_s, one.p90_s, one.basis,
                None if one.p50_s is None else 900, one.created_at, one.created_at + timedelta(minutes=2), "1",
            )
            for one in world.trips
        ),
    )  # fmt: skip
    _copy(
        cursor, "assignment", "id incident_id responder_id offer_id state eta_at accepted_at arrived_at",
        (
            (
                uuid5(_NAMES, f"assignment {one.number}"), incident_id("call", one.call), f"goes-{one.mode}",
                uuid5(_NAMES, f"offer {one.number}"), "RELEASED", one.accepted_at, one.accepted_at, one.arrived_at,
            )
            for one in world.trips
            if one.accepted_at is not None
        ),
    )  # fmt: skip
    for days in (9, 0):
        cursor.execute(
            "insert into travel_calibration (made_at, arrivals_since, arrivals) values (%(at)s, %(at)s, 3)",
            {"at": world.month.now - timedelta(days=days, seconds=CALIBRATED_S_AGO)},
        )
    rows = [(1, *CORRECTIONS[0]), *((2, *one) for one in CORRECTIONS)]
    _copy(cursor, "travel_correction", "version basis mode terrain hour_band factor spread arrivals", rows)
    told = {
        name: {
            "place": place, "is_remote": is_remote, "is_left_alone": alone, "answered": answered, "unknown": unknown,
            "failed": failed, "p50_ms": p50_ms, "p95_ms": p95_ms,
        } | ({} if budget is None else {"daily_budget": budget})
        for place, (name, is_remote, alone, answered, unknown, failed, p50_ms, p95_ms, budget) in enumerate(SOURCES)
    }  # fmt: skip
    cursor.execute(
        "update engine_pulse set detail = %s where service = 'alerts'", [json.dumps({"travel": {"sources": told}})]
    )
    for day in (0, 1):  # and tomorrow, should the check run past midnight
        cursor.execute(
            "insert into travel_budget (source, day, used)"
            " values ('amap', (now() at time zone interval '8 hours')::date + %s, %s)",
            [day, SPENT],
        )


def _arrivals(cursor: psycopg.Cursor, month: Month) -> None:
    histories = [History.VITALS.value, History.ENVIRONMENT.value]
    place = {bed.id: (bed.division, bed.provider, bed.circle) for bed in month.bureau.beds}
    sums: dict[tuple[object, ...], list[int]] = {}
    for one in month.days:
        summed = sums.setdefault((one.bucket, *place[one.bed]), [0] * len(_COUNTS))
        for number, value in enumerate((one.messages, *one.within)):
            summed[number] += value
    _copy(
        cursor, "reception_place", ("day", "division_code", "provider_id", "circle", "history", *_COUNTS),
        ((*key, history, *values) for key, values in sums.items() for history in histories),
    )  # fmt: skip
    for table, arrivals in (("reception_hour", month.hours),):
        _copy(
            cursor, table, ("bucket", "bed", "history", *_COUNTS),
            ((one.bucket, one.bed, history, one.messages, *one.within) for one in arrivals for history in histories),
        )  # fmt: skip


_MEASURED = ("heart_rate", "respiratory_rate", "spo2", "movement")
_VITALS = (
    "bed", "bucket", *(f"{name}_{part}" for name in _MEASURED for part in ("n", "min", "max", "sum")),
    "in_bed_n", "in_bed_true", "presence_n", "presence_true",
)  # fmt: skip


def _readings(cursor: psycopg.Cursor, world: World) -> None:
    """Watched beds by minute and hour; of the others that they were heard in a minute."""
    watched = {one.bed for one in world.readings}
    for table, width in (("vitals_minute", timedelta(minutes=1)), ("vitals_hour", timedelta(hours=1))):
        buckets: dict[tuple[str, datetime], list[Reading]] = {}
        for one in world.readings:
            since = one.at - (one.at - DAY.origin) % width
            if since + width <= world.rolled_until:
                buckets.setdefault((one.bed, since), []).append(one)
        _copy(cursor, table, _VITALS, (_rolled(bed, bucket, here) for (bed, bucket), here in buckets.items()))
    nothing = [0, None, None, None] * len(_MEASURED) + [1, 0, 0, 0]
    _copy(
        cursor, "vitals_minute", _VITALS,
        ([bed, at, *nothing] for bed, history, at in world.heard if history == "vitals" and bed not in watched),
    )  # fmt: skip
    counts = ("room_temperature", "humidity", "co2", "carbon_monoxide", "illuminance", "door_open")
    _copy(
        cursor, "environment_minute", ("bed", "bucket", *(f"{name}_n" for name in counts), "door_open_true"),
        ([bed, at, 0, 0, 0, 0, 0, 1, 0] for bed, history, at in world.heard if history == "environment"),
    )  # fmt: skip
    cursor.execute("update rollup_boundary set rolled_until = %(at)s, done_until = %(at)s", {"at": world.rolled_until})


def _rolled(bed: str, bucket: datetime, readings: Sequence[Reading]) -> list[object]:
    row: list[object] = [bed, bucket]
    for name in _MEASURED:
        known = [value for one in readings if (value := getattr(one, name)) is not None]
        row += [len(known), *((min(known), max(known), sum(known)) if known else (None, None, None))]
    return [*row, len(readings), sum(one.in_bed for one in readings), 0, 0]


def _copy(cursor: psycopg.Cursor, table: str, columns: Sequence[str] | str, rows: Iterable[Sequence[object]]) -> None:
    names = columns.split() if isinstance(columns, str) else columns
    with cursor.copy(f"copy {table} ({', '.join(names)}) from stdin".encode()) as copy:
        for row in rows:
            copy.write_row(row)
