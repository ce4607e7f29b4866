"""Planted: a marked row in every table that holds something of a person, so that what erasure leaves can be found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.scene import LAT, LON, TOWNSHIP, VILLAGE

Row = tuple[object, ...]
Connection = psycopg.Connection[Row]
LONG_AGO = datetime(2026, 1, 10, 8, tzinfo=UTC)
TEXTS = "('text', 'jsonb', 'json', 'bytea', 'text[]', 'jsonb[]')"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is looked for: words of the person, and a sign in everything that is emptied or deleted with them."""

    key: str

    @property
    def name(self) -> str:
        return f"记名{self.key}"

    @property
    def phone(self) -> str:
        return f"1390000{ord(self.key[0]):04d}"

    @property
    def address(self) -> str:
        return f"某街{self.key}记号楼"

    @property
    def mailbox(self) -> str:
        return f"mark-{self.key}@example.test"

    @property
    def sign(self) -> str:
        return f"SIGN-{self.key}-SIGN"

    @property
    def relative(self) -> str:
        return f"亲属{self.key}"

    @property
    def all(self) -> tuple[str, ...]:
        return (
            self.name,
            self.phone,
            self.address,
            self.mailbox,
            self.sign,
            self.relative,
            f"login-{self.key.lower()}",
        )


class Planter:
    """Writes rows; columns that are not given and may not be empty get something of their type."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._wanted: dict[str, dict[str, str]] = {}
        rows = connection.execute(
            "select table_name, column_name, udt_name from information_schema.columns where table_schema = 'public' "
            "and is_nullable = 'NO' and column_default is null and is_identity = 'NO' and is_generated = 'NEVER'"
        ).fetchall()
        for table, column, kind in rows:
            self._wanted.setdefault(str(table), {})[str(column)] = str(kind)

    def newest(self, table: str) -> int:
        """The number of the row that was added last."""
        asked = sql.SQL("select max(id) from {}").format(sql.Identifier(table))
        row = self._connection.execute(asked).fetchone()
        assert row is not None
        return int(str(row[0]))

    def put(self, table: str, **values: object) -> None:
        filled = {column: _something(kind) for column, kind in self._wanted.get(table, {}).items()} | values
        given = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in filled.items()}
        self._connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, given)),
                sql.SQL(", ").join(sql.Placeholder() * len(given)),
            ),
            list(given.values()),
        )


def _something(kind: str) -> object:
    known: dict[str, object] = {
        "text": "x", "bool": False, "timestamptz": LONG_AGO, "date": LONG_AGO.date(), "jsonb": Jsonb({}), "bytea": b"x",
        "tstzrange": "empty", "uuid": uuid4(),
    }  # fmt: skip
    return known.get(kind, [] if kind.startswith("_") else 1)


@dataclass(frozen=True, slots=True)
class Helper:
    """A responder who went to both residents' incidents."""

    id: str
    account: int


def plant_resident(connection: Connection, marks: Marks, bed: str, staff: int, helper: str, readings: int = 3) -> UUID:
    """A resident, their bed, a relative with an account, an incident that is over, and something of them everywhere."""
    plant, m, resident, relative = Planter(connection), marks, f"p-{bed}", f"f-{bed}"
    plant.put(
        "resident", id=resident, name=m.name, birth_year=1940, phone=m.phone, key_safe=m.sign, hazards=m.sign,
        frailty="disabled",
    )  # fmt: skip
    plant.put(
        "bed", id=bed, resident_id=resident, county=VILLAGE[:6], division_code=VILLAGE, address=m.address,
        circle="urban", terrain="city", lat=LAT, lon=LON, altitude_m=2260, ended_at=LONG_AGO,
    )  # fmt: skip
    plant.put("family_member", id=relative, name=m.relative, phone=m.phone)
    plant.put("kinship", family_member_id=relative, resident_id=resident, relation=m.sign, consented_at=LONG_AGO)
    plant.put("contact", person_kind="family_member", person_id=relative, channel="email", address=m.mailbox, place=10)
    account = plant_account(connection, marks, family_member_id=relative, role="family")
    plant_bed(plant, m, bed, readings)
    incident = plant_incident(plant, m, bed, relative, helper)
    plant.put(
        "bed_test", bed_id=bed, state="CANCELLED", opens_at=LONG_AGO, closes_at=LONG_AGO + timedelta(hours=1),
        recipient_kind="family_member", recipient_id=relative, reason=m.sign, settled_at=LONG_AGO, by_name=m.name,
        confirmed_by=m.relative, outcome=m.relative, device=m.sign, topic=m.sign, decision={"why": m.sign},
    )  # fmt: skip
    plant_records(plant, m, bed, resident, relative, staff, account)
    return incident


def plant_account(connection: Connection, marks: Marks, **values: object) -> int:
    """An account with everything that hangs on it."""
    plant, m = Planter(connection), marks
    login = f"login-{m.key.lower()}"
    plant.put("account", login=login, name=m.name, password_hash=m.sign, **values)
    row = connection.execute("select id from account where login = %s", [login]).fetchone()
    assert row is not None
    account = int(str(row[0]))
    plant.put("console_session", token_sha256=m.sign.encode(), account_id=account, device=m.sign)
    plant.put("session_event", account_id=account, event="signed_in", device=m.sign)
    plant.put("invitation", token_sha256=m.sign.encode(), account_id=account)
    plant.put("second_factor", account_id=account, sealed_secret=m.sign.encode())
    plant.put("recovery_code", account_id=account, code_hash=m.sign)
    plant.put("login_failure", login=login)
    plant.put("health_access", account_id=account, resident_id="p-witness", purpose="latest")
    connection.execute(
        "insert into channel_use (channel, callee, at) values ('email', md5(%s), '{}')", [m.mailbox]
    )  # fmt: skip
    return account


def plant_bed(plant: Planter, m: Marks, bed: str, readings: int) -> None:
    """What devices said, and what was made of it."""
    for number in range(readings):
        at = LONG_AGO + timedelta(hours=20 * number)
        for table in ("vitals", "environment", "spot_check"):
            plant.put(table, bed=bed, device=m.sign, measured_at=at, received_at=at, seq=number)
            for width in ("minute", "hour", "day"):
                plant.put(f"{table}_{width}", bed=bed, bucket=at)
        plant.put(
            "device_event", bed=bed, device=m.sign, measured_at=at, received_at=at, seq=number, event=m.sign,
            detail={"text": m.sign},
        )  # fmt: skip
        plant.put(
            "device_status", bed=bed, device=m.sign, measured_at=at, received_at=at, seq=number, firmware=m.sign,
            power=m.sign,
        )  # fmt: skip
        for width in ("hour", "day"):
            plant.put(f"reception_{width}", bed=bed, bucket=at, history="vitals")
    plant.put("rollup_touched", bed=bed, history="vitals", hour=LONG_AGO)
    plant.put(
        "bed_state", bed_id=bed, metrics={"a": m.sign}, devices={"b": m.sign}, mind=m.sign.encode(),
        person={"c": m.sign}, protection={"d": m.sign},
    )  # fmt: skip
    plant.put("bed_memory", bed_id=bed, slot=0, mind=m.sign.encode())
    plant.put("late_stretch", bed_id=bed, device=m.sign, until_at=LONG_AGO + timedelta(hours=1))
    plant.put("device_word", bed=bed, device=m.sign, firmware=m.sign, power=m.sign)
    plant.put("device_clock", bed=bed, device=m.sign)
    plant.put("device", bed_id=bed, id="mat", model=m.sign, label=m.sign)
    plant.put("home_account", bed_id=bed)
    plant.put("pairing_code", code_hash=m.sign.encode(), bed_id=bed)
    plant.put("bed_code", bed_id=bed, generation=1, by_name=m.name)
    plant.put(
        "quarantine", topic=f"care/v1/{VILLAGE[:6]}/{bed}/mat/telemetry", payload=m.sign.encode(), reason="not_json",
        detail=m.sign,
    )  # fmt: skip
    plant.put("shelf", bed_id=bed, kind="spo2", reason=m.sign, until=LONG_AGO + timedelta(hours=1), by_name=m.name)
    plant.put("rule_setting", scope=bed, rule="spo2", settings={"low": m.sign}, reason=m.sign)
    plant.put(
        "coverage_bed", run_id=plant.newest("coverage_run"), bed_id=bed, from_hour=0, until_hour=24, state="covered",
        p50_s=100, p90_s=200, limit_s=900, people=1, post_id=m.sign,
    )  # fmt: skip


def plant_incident(plant: Planter, m: Marks, bed: str, relative: str, helper: str) -> UUID:
    """An incident that a responder went to and closed, with all that was said about it."""
    incident, offer, assignment = uuid4(), uuid4(), uuid4()
    plant.put(
        "incident", id=incident, bed_id=bed, kind="sos", priority=1, state="CLOSED", device="button", family="help",
        closed_at=LONG_AGO, closed_by=m.relative, acknowledged_by=m.relative, outcome_code="helped_on_site",
    )  # fmt: skip
    for actor, said in (("engine", f"{m.name}呼救，{m.address}，{m.phone}"), ("account:1", f"老人说{m.sign}")):
        plant.put(
            "incident_event", incident_id=incident, step="noted", actor=actor, reason=said,
            detail={"who": m.name, "list": [m.address, {m.relative: m.phone}]},
        )  # fmt: skip
    plant.put("signal", bed_id=bed, device="button", kind="sos", incident_id=incident)
    for number, held in enumerate((incident, None)):
        plant.put(
            "alarm", bed_id=bed, kind="spo2", device=f"d{number}", priority=2, why={"value": m.sign}, incident_id=held,
            cleared_at=LONG_AGO, correction="confirmed", corrected_at=LONG_AGO, correction_why={"value": m.sign},
        )  # fmt: skip
    plant.put("due", incident_id=incident, kind="recheck", subject=m.sign)
    plant.put(
        "offer", id=offer, incident_id=incident, responder_id=helper, state="DECLINED", basis="unknown",
        reason=f"{m.name}家太远",
    )  # fmt: skip
    plant.put(
        "assignment", id=assignment, incident_id=incident, responder_id=helper, state="RELEASED", released_at=LONG_AGO
    )
    plant.put("arrival", assignment_id=assignment, proof="said")
    plant.put("arrival_attempt", assignment_id=assignment)
    plant.put(
        "visit_report", assignment_id=assignment, incident_id=incident, outcome="helped_on_site",
        consciousness="alert", heart_rate_bpm=70, note=m.sign,
    )  # fmt: skip
    plant.put("visit_photo", assignment_id=assignment, incident_id=incident, jpeg=m.sign.encode().ljust(200, b"."))
    plant.put(
        "message", incident_id=incident, audience="family", recipient_id=relative, channel="email", address=m.mailbox,
        content={"text": m.name}, priority=1, state="DELIVERED", last_error=m.mailbox, provider_ref=m.sign,
    )  # fmt: skip
    plant.put("lifeline_telling", incident_id=incident, bed_id=bed, recipient_id=relative, audience="family")
    return incident


def plant_records(
    plant: Planter, m: Marks, bed: str, resident: str, relative: str, staff: int, account: int
) -> None:  # fmt: skip
    """What others wrote down about them."""
    plant.put(
        "consent_entry", subject_kind="resident", subject_id=resident, purpose="family_told", about=relative,
        given=True, how="paper", note=m.sign, by_name=m.relative,
    )  # fmt: skip
    plant.put("health_access", account_id=staff, resident_id=resident, purpose="history")
    plant.put("grafana_health_read", bed_id=bed, role_name="viewer", viewer="staff")
    for kind, number in (("resident", resident), ("bed", bed), ("account", str(account))):
        plant.put(
            "register_change", kind=kind, object_id=number, area_code=VILLAGE, change="changed",
            reason=f"{m.name}家搬到{m.address}", detail={"note": [m.phone]},
        )  # fmt: skip
    plant.put("register_import", kind="homes", area_code=VILLAGE, reason=f"{m.name}的名册", created=0, changed=1)
    plant.put(
        "register_import_row", import_id=plant.newest("register_import"), bed_id=bed, before={"name": m.sign},
        after={"name": m.sign, "relatives": [{"id": relative}]},
    )  # fmt: skip
    plant.put(
        "handover", area_code=VILLAGE, from_account_id=staff, from_name="值班", notes=f"{m.name}（{m.phone}）夜里不适",
        summary={"about": m.name},
    )  # fmt: skip
    plant.put(
        "road_closure", area_code=VILLAGE, corners=Jsonb([[LON, LAT]]), radius_m=10, reason=f"{m.address}门口施工",
        by_account_id=staff, by_name="值班",
    )  # fmt: skip


def plant_responder(connection: Connection, marks: Marks, responder: str) -> Helper:
    """A responder with their account, contacts, roster and everything else that is theirs alone."""
    plant, m = Planter(connection), marks
    plant.put(
        "responder", id=responder, name=m.name, role="staff", area_code=TOWNSHIP, travel_mode="walk", phone=m.phone,
        lat=LAT, lon=LON, position_at=LONG_AGO, base_lat=LAT, base_lon=LON, skills=["first_aid"],
        consented_at=LONG_AGO, position_source="phone",
    )  # fmt: skip
    plant.put("contact", person_kind="responder", person_id=responder, channel="email", address=m.mailbox, place=10)
    account = plant_account(connection, marks, responder_id=responder, role="responder")
    row = connection.execute("select id from contact where responder_id = %s", [responder]).fetchone()
    assert row is not None
    plant.put(
        "drill", responder_id=responder, contact_id=row[0], channel="email", state="SKIPPED", settled_at=LONG_AGO,
        reason=m.sign, by_name=m.sign,
    )  # fmt: skip
    plant.put(
        "shift", responder_id=responder, begins_at=LONG_AGO, ends_at=LONG_AGO + timedelta(hours=8), source="desk",
        by_name=m.sign,
    )  # fmt: skip
    plant.put("reachability", responder_id=responder, state="good", evidence=m.sign)
    plant.put("standing", responder_id=responder)
    plant.put(
        "people_change", responder_id=responder, actor=f"responder:{responder}", by_name=m.name, reason=f"{m.name}请假",
        detail={"name": m.name}, change="duty_off",
    )  # fmt: skip
    plant.put("register_import", kind="responders", area_code=TOWNSHIP, reason=m.name, created=1, changed=0)
    plant.put(
        "register_import_row", import_id=plant.newest("register_import"), responder_id=responder, after={"name": m.sign}
    )
    plant.put(
        "coverage_post", run_id=plant.newest("coverage_run"), post_id=responder, mode="walk", hour=1, people=1,
        sole_beds=0, second_beds=0,
    )  # fmt: skip
    return Helper(responder, account)


def found(connection: Connection, words: tuple[str, ...]) -> Mapping[tuple[str, str], int]:
    """In how many rows of which table and column any of these words stands: all texts, documents and bytes."""
    columns = connection.execute(
        "select c.relname, a.attname, format_type(a.atttypid, null) from pg_class c "
        "join pg_namespace n on n.oid = c.relnamespace "
        "join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
        f"where n.nspname = 'public' and c.relkind in ('r', 'p') and format_type(a.atttypid, null) in {TEXTS}".encode()
    ).fetchall()
    patterns = [f"%{word}%" for word in words]
    hits: dict[tuple[str, str], int] = {}
    for table, column, kind in columns:
        value = "encode({}, 'escape')" if kind == "bytea" else "{}::text"
        asked = sql.SQL("select count(*) from {} where " + value + " like any (%s)").format(
            sql.Identifier(str(table)), sql.Identifier(str(column))
        )
        searched = [_escaped(one) for one in patterns] if kind == "bytea" else patterns
        row = connection.execute(asked, [searched]).fetchone()
        assert row is not None
        if row[0]:
            hits[str(table), str(column)] = int(str(row[0]))
    return hits


def _escaped(pattern: str) -> str:
    """As `encode(…, 'escape')` writes it, escaped once more for like."""
    return "".join(chr(b) if b < 128 else f"\\\\{b:03o}" for b in pattern.encode())
