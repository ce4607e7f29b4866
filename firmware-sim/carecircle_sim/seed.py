"""The demo's rows: turns the synthetic town into table rows, which `carecircle.db` writes (pure)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from carecircle.seeding import Cell, NumberOf, SeedRequest, SeedTable
from carecircle_sim import staffing
from carecircle_sim.people import impossible_phone, invalid_mail
from carecircle_sim.places import load_places
from carecircle_sim.town import Home, Town, build_town

# What the people of the demo agreed to, and when; the real thing needs paper (PIPL art. 29).
_CONSENTED_AT = datetime(2026, 9, 1, tzinfo=UTC)
_CONSENT_KEY = ("subject_kind", "subject_id", "purpose", "about")
DEVICES: tuple[tuple[str, str, str], ...] = (
    ("hub", "sim-hub-1", "家庭网关"),
    ("button", "sim-button-1", "床头呼叫按钮"),
    ("mat", "sim-mat-1", "智能床垫"),
)


def plan_xining(request: SeedRequest) -> Sequence[SeedTable]:
    """The planner announced under `carecircle.seeds`: all tables, in the order of their foreign keys."""
    town = build_town()
    return (
        SeedTable("area", ("code",), list(_areas())),
        SeedTable("provider", ("id",), list(_providers(town))),
        SeedTable("provider_hours", ("provider_id", "weekday", "opens_min"), list(_hours(town))),
        SeedTable("responder", ("id",), list(_responders(town, request))),
        SeedTable("shift", ("responder_id", "begins_at"), list(_shifts(town, request))),
        SeedTable("resident", ("id",), [_resident(home, n) for n, home in enumerate(town.homes)]),
        SeedTable("bed", ("id",), [_bed(home) for home in town.homes]),
        SeedTable("device", ("bed_id", "id"), list(_devices(town))),
        SeedTable("family_member", ("id",), list(_family(town))),
        SeedTable("kinship", ("family_member_id", "resident_id"), list(_kinship(town))),
        SeedTable("consent_entry", _CONSENT_KEY, list(_consents(town, request)), is_ledger=True),
        SeedTable("account", ("login",), list(_accounts(town, request)), refresh=("password_hash",)),
        _contacts("responder", _responder_contacts(town, request)),
        _contacts("family_member", _family_contacts(town, request)),
        _contacts("account", _account_contacts(request)),
    )


def demo_home(town: Town) -> Home:
    """The home that the demo's family account belongs to; the demo's responder works at its station."""
    return town.homes[0]


def demo_responder_id(town: Town) -> str:
    """The responder whose account a person may use; the simulated world leaves the offers to this one alone."""
    return f"{demo_home(town).provider.id}-staff-1"


def _areas() -> Iterator[Mapping[str, Cell]]:
    places = load_places()
    for division in places.divisions:
        yield {"code": division.code, "name": division.name}
    for township in places.townships:
        yield {"code": township.code, "name": township.name}


def _providers(town: Town) -> Iterator[Mapping[str, Cell]]:
    for number, provider in enumerate(town.providers):
        yield {
            "id": provider.id,
            "name": provider.name,
            "kind": provider.kind,
            "area_code": provider.township.code,
            "lat": provider.position.lat,
            "lon": provider.position.lon,
            "phone": impossible_phone(number),
            "out_at_once": staffing.out_at_once(provider),
        }


def _hours(town: Town) -> Iterator[Mapping[str, Cell]]:
    for provider in town.providers:
        for weekday, opens, closes in staffing.hours_of(provider):
            yield {"provider_id": provider.id, "weekday": weekday, "opens_min": opens, "closes_min": closes}


def _shifts(town: Town, request: SeedRequest) -> Iterator[Mapping[str, Cell]]:
    for shift in staffing.shifts_of(town, request.now):
        yield {
            "responder_id": shift.responder_id,
            "begins_at": shift.begins_at,
            "ends_at": shift.ends_at,
            "source": "demo",
            "by_name": "演示排班",
        }


def _responders(town: Town, request: SeedRequest) -> Iterator[Mapping[str, Cell]]:
    for number, responder in enumerate(town.responders):
        yield {
            "id": responder.id,
            "name": responder.name,
            "role": responder.role,
            "provider_id": responder.provider.id,
            "area_code": responder.provider.township.code,
            "travel_mode": responder.travel_mode,
            "lat": responder.position.lat,
            "lon": responder.position.lon,
            "position_at": request.now,
            "position_source": "phone",
            "base_lat": responder.position.lat,
            "base_lon": responder.position.lon,
            "on_duty": responder.is_on_duty and not staffing.is_rostered(responder),
            "skills": staffing.skills_of(responder),
            "languages": staffing.languages_of(responder),
            "consented_at": _CONSENTED_AT if responder.has_consented else None,
            "phone": impossible_phone(10_000 + number),
        }


def _resident(home: Home, number: int) -> Mapping[str, Cell]:
    return {
        "id": home.resident_id,
        "name": home.resident_name,
        "birth_year": home.birth_year,
        "phone": impossible_phone(20_000 + number),
        "key_safe": "门右侧钥匙盒，密码由站点保管" if home.has_key_safe else None,
        "hazards": home.hazards,
        "frailty": staffing.frailty_of(home),
    }


def _bed(home: Home) -> Mapping[str, Cell]:
    township = home.provider.township
    return {
        "id": home.bed_id,
        "resident_id": home.resident_id,
        "county": home.county,
        "division_code": township.code,
        "address": home.address,
        "circle": township.circle,
        "terrain": township.terrain,
        "provider_id": home.provider.id,
        "lat": home.position.lat,
        "lon": home.position.lon,
        "altitude_m": home.altitude_m,
    }


def _devices(town: Town) -> Iterator[Mapping[str, Cell]]:
    for home in town.homes:
        for device, model, label in DEVICES:
            yield {"bed_id": home.bed_id, "id": device, "model": model, "label": label}


def _family(town: Town) -> Iterator[Mapping[str, Cell]]:
    number = 30_000
    for home in town.homes:
        for relative in home.relatives:
            number += 1
            yield {
                "id": relative.id,
                "name": relative.name,
                "phone": impossible_phone(number),
            }


def _contacts(kind: str, contacts: Iterable[tuple[Cell, str, str]]) -> SeedTable:
    """Contacts of people of one kind: who, by which channel, at which address; the first given is the first tried."""
    rows: list[Mapping[str, Cell]] = []
    places: Counter[Cell] = Counter()
    for person, channel, address in contacts:
        places[person] += 10
        rows.append(
            {
                "person_kind": kind,
                "person_id": person,
                "channel": channel,
                "address": address,
                "place": places[person],
            }
        )
    # The simulated world listens elsewhere with every start.
    return SeedTable("contact", ("person_kind", "person_id", "place"), rows, refresh=("address",))


def _responder_contacts(town: Town, request: SeedRequest) -> Iterator[tuple[Cell, str, str]]:
    for responder in town.responders:
        yield responder.id, "webhook", request.webhook_url
        yield responder.id, "email", invalid_mail(responder.id)


def _family_contacts(town: Town, request: SeedRequest) -> Iterator[tuple[Cell, str, str]]:
    for home in town.homes:
        for relative in home.relatives:
            if not relative.by_mail:
                yield relative.id, "webhook", request.webhook_url
            yield relative.id, "email", invalid_mail(relative.id)


def _account_contacts(request: SeedRequest) -> Iterator[tuple[Cell, str, str]]:
    for login in ("dispatcher", "supervisor"):
        yield NumberOf("account", "login", login), "webhook", request.webhook_url
        yield NumberOf("account", "login", login), "email", invalid_mail(login)


def _kinship(town: Town) -> Iterator[Mapping[str, Cell]]:
    for home in town.homes:
        for relative in home.relatives:
            yield {
                "family_member_id": relative.id,
                "resident_id": home.resident_id,
                "relation": relative.relation,
                "consented_at": _CONSENTED_AT if relative.has_consent else None,
            }


def _consents(town: Town, request: SeedRequest) -> Iterator[Mapping[str, Cell]]:
    """Pictures at the door, and values for the relatives who are told; the database writes down the other consents."""
    for home in town.homes:
        told = [relative.id for relative in home.relatives if relative.has_consent]
        for purpose, about in (("photos", ""), *(("family_vitals", one) for one in told)):
            yield {
                "at": request.now,
                "subject_kind": "resident",
                "subject_id": home.resident_id,
                "purpose": purpose,
                "about": about,
                "given": True,
                "since": _CONSENTED_AT,
                "text_version": 1,
                "how": "register",
                "actor": "register",
                "by_name": "演示档案",
            }


def _accounts(town: Town, request: SeedRequest) -> Iterator[Mapping[str, Cell]]:
    family = demo_home(town).relatives[0].id
    for login, name, role, area in (
        ("dispatcher", "演示调度员", "dispatcher", "6301"),
        ("supervisor", "演示值班长", "supervisor", "6301"),
        ("responder", "演示响应员", "responder", None),
        ("family", "演示家属", "family", None),
        ("administrator", "演示管理员", "administrator", "63"),
        ("auditor", "演示审计员", "auditor", "63"),
    ):
        yield {
            "login": login,
            "name": name,
            "role": role,
            "password_hash": request.password_hash,
            "area_code": area,
            "responder_id": demo_responder_id(town) if role == "responder" else None,
            "family_member_id": family if role == "family" else None,
        }
