"""A scene: a few streets of a made-up town in a test's database, written as the administrator would."""

from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from tests.servers import Database

COUNTY = "630102"
TOWNSHIP = "630102001"
VILLAGE = "630102001001"
LAT, LON = 36.62, 101.78
METRE_NORTH = 1 / 111_195  # degrees of latitude
CONSENT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Scene:
    """Adds people and beds to a database; every method returns the id."""

    database: Database

    def __post_init__(self) -> None:
        self._run(
            "insert into area (code, name) values ('63', '青海省'), ('6301', '西宁市'), (%s, '城东区'), "
            "(%s, '东关大街街道'), (%s, '北关社区')",
            COUNTY, TOWNSHIP, VILLAGE,
        )  # fmt: skip
        self.provider("station-1")

    def _run(self, statement: str, *values: object) -> None:
        self._execute(statement, values)

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        return self._execute(statement, values).fetchall()

    def _execute(self, statement: str, values: tuple[object, ...]) -> psycopg.Cursor[tuple[object, ...]]:
        kept = self.database.kept()
        try:
            return kept.execute(statement.encode(), values)
        except psycopg.OperationalError:
            if not kept.closed:
                raise
        return self.database.kept().execute(statement.encode(), values)  # the server has died and come back since

    def value(self, statement: str, *values: object) -> object:
        ((value,),) = self.rows(statement, *values)
        return value

    def run(self, statement: str, *values: object) -> None:
        self._run(statement, *values)

    def provider(self, provider_id: str, north_m: float = 0) -> str:
        self._run(
            "insert into provider (id, name, kind, area_code, lat, lon) values (%s, %s, 'station', %s, %s, %s)",
            provider_id, f"站{provider_id}", TOWNSHIP, LAT + north_m * METRE_NORTH, LON,
        )  # fmt: skip
        return provider_id

    def bed(self, bed_id: str, *, circle: str = "urban", provider: str | None = None, placed: bool = True) -> str:
        self._run("insert into resident (id, name) values (%s, %s)", f"resident-{bed_id}", f"老人{bed_id}")
        self._run(
            "insert into bed (id, resident_id, county, division_code, address, circle, terrain, provider_id, lat, lon, "
            "altitude_m) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 2260)",
            bed_id, f"resident-{bed_id}", COUNTY, VILLAGE, f"某路{bed_id}号", circle,
            "city" if circle == "urban" else "valley", provider, LAT if placed else None, LON if placed else None,
        )  # fmt: skip
        return bed_id

    def responder(
        self,
        responder_id: str,
        *,
        north_m: float | None = 500,
        on_duty: bool = True,
        consented: bool = True,
        provider: str | None = None,
        webhook: str | None = "http://127.0.0.1:9/none",
        mode: str = "e_bike",
        role: str = "staff",
        skills: tuple[str, ...] = (),
        position_at: datetime | None = None,
        area: str = TOWNSHIP,
    ) -> str:
        """Somebody at their usual place; with `position_at` at a position of that age, and without any usual place."""
        lat, lon = (None, None) if north_m is None else (LAT + north_m * METRE_NORTH, LON)
        base = (lat, lon) if position_at is None else (None, None)
        self._run(
            "insert into responder (id, name, role, provider_id, area_code, travel_mode, lat, lon, position_at, "
            "base_lat, base_lon, on_duty, consented_at, skills) "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, coalesce(%s, now()), %s, %s, %s, %s, %s)",
            responder_id, f"人员{responder_id}", role, provider, area, mode, lat, lon, position_at, *base, on_duty,
            CONSENT if consented else None, list(skills),
        )  # fmt: skip
        self.contact("responder", responder_id, "webhook", webhook)
        return responder_id

    def shift(self, responder_id: str, begins_at: datetime, ends_at: datetime) -> None:
        self._run(
            "insert into shift (responder_id, begins_at, ends_at, source, by_name) values (%s, %s, %s, 'desk', '测试')",
            responder_id, begins_at, ends_at,
        )  # fmt: skip

    def relative(
        self,
        member_id: str,
        bed_id: str,
        *,
        webhook: str | None = None,
        email: str | None = None,
        consented: bool = True,
    ) -> str:
        self._run("insert into family_member (id, name) values (%s, %s)", member_id, f"家属{member_id}")
        self.contact("family_member", member_id, "webhook", webhook)
        self.contact("family_member", member_id, "email", email)
        self._run(
            "insert into kinship (family_member_id, resident_id, relation, consented_at) values (%s, %s, '女儿', %s)",
            member_id, f"resident-{bed_id}", CONSENT if consented else None,
        )  # fmt: skip
        return member_id

    def consent(self, resident: str, purpose: str, about: str = "", *, given: bool = True) -> None:
        """What a resident has said last."""
        self._run(
            "insert into consent_entry (at, subject_kind, subject_id, purpose, about, given, since, how, actor, "
            "by_name) values (now(), 'resident', %s, %s, %s, %s, %s, 'register', 'register', '测试')",
            resident, purpose, about, given, CONSENT,
        )  # fmt: skip

    def account(self, login: str, role: str = "dispatcher", *, webhook: str | None = None, **links: str) -> int:
        self._run(
            "insert into account (login, name, role, password_hash, area_code, responder_id, family_member_id) "
            "values (%s, %s, %s, %s, %s, %s, %s)",
            login, f"账号{login}", role, "no password opens this", links.get("area", COUNTY),
            links.get("responder"), links.get("family_member"),
        )  # fmt: skip
        account_id = int(str(self.value("select id from account where login = %s", login)))
        self.contact("account", str(account_id), "webhook", webhook)
        return account_id

    def contact(self, kind: str, person_id: str, channel: str, address: str | None, language: str = "zh-CN") -> None:
        """Another way to reach a person, after those that they have; none where there is no address."""
        if address is None:
            return
        self._run(
            # They have had it for long: `now()` is no time of a story whose clock is moved.
            "insert into contact (person_kind, person_id, channel, address, language, place, renewed_at) "
            "select %s, %s, %s, %s, %s, coalesce(max(place), 0) + 10, null from contact "
            "where person_kind = %s and person_id = %s",
            kind, person_id, channel, address, language, kind, person_id,
        )  # fmt: skip
