"""Home form: a bed at home with its resident and relatives, and everything that is wrong with it (pure).

The same for one form of an administrator and one row of a file.
"""

import re
from dataclasses import dataclass, fields, replace
from typing import Literal

from carecircle.errors import Invalid
from carecircle_alerts.register.checks import (
    Spot,
    altitude_fault,
    email_fault,
    length_fault,
    phone_fault,
    plain_phone,
    position_fault,
)

CIRCLES = ("urban", "rural", "herding")
TERRAINS = ("city", "valley", "mountain")
FRAILTIES = ("unknown", "able", "semi_disabled", "disabled", "severely_disabled")
CHANNELS_KEPT = ("sms", "voice", "email")
"""What administrators write down; subscriptions and chat accounts are set up by whoever has them."""
_BED_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_DIVISION = re.compile(r"\d{6}(\d{3}(\d{3})?)?", re.ASCII)
MOST_RELATIVES = 12
_MOST_WAYS = 8


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach somebody; `id` None is a new one. A way of another kind keeps its address."""

    channel: str
    address: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class RelativeRow:
    """A relative; `id` None is a new one, or one of the same name. `ways` None leaves them as they are."""

    name: str
    relation: str
    phone: str | None = None
    ways: tuple[Way, ...] | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class HomeRow:
    """All of what a bed and its resident are; `relatives`, in the order in which they are called, None: as they are."""

    bed_id: str
    division_code: str
    address: str
    circle: str
    terrain: str
    altitude_m: int
    resident_name: str
    provider_id: str | None = None
    lat: float | None = None
    lon: float | None = None
    birth_year: int | None = None
    phone: str | None = None
    key_safe: str | None = None
    hazards: str | None = None
    frailty: str = "unknown"
    relatives: tuple[RelativeRow, ...] | None = None


Change = Literal["created", "changed", "same"]
# What of a bed says who is looked for, and where.
FINDS_PEOPLE = frozenset({"division_code", "provider_id", "lat", "lon"})
OF_RESIDENT = ("resident_name", "birth_year", "phone", "key_safe", "hazards", "frailty")
# What the log may say in full: codes that point at nobody. Of everything else it says that it changed.
_TOLD = frozenset({"division_code", "circle", "terrain", "altitude_m", "provider_id", "frailty"})


def tidied(row: HomeRow) -> HomeRow:
    """The same without spaces around, and None where nothing was written."""
    relatives = None if row.relatives is None else tuple(_tidied_relative(one) for one in row.relatives)
    return replace(
        row, bed_id=row.bed_id.strip(), division_code=row.division_code.strip(), address=row.address.strip(),
        resident_name=row.resident_name.strip(), provider_id=_plain(row.provider_id), phone=plain_phone(row.phone),
        key_safe=_plain(row.key_safe), hazards=_plain(row.hazards), relatives=relatives,
    )  # fmt: skip


def faults(row: HomeRow, year: int) -> tuple[Invalid, ...]:
    """Everything that is wrong with a tidied row by itself; `year` is the present one."""
    found = [
        _matching(_BED_ID, "bed_id", row.bed_id, "床位编号为1至64个字母、数字、下划线或横线"),
        _matching(_DIVISION, "division_code", row.division_code, "请选择县（区）、乡镇（街道）或村（社区）"),
        length_fault("address", row.address, "详细地址", 200, 1),
        length_fault("resident_name", row.resident_name, "老人姓名", 64, 1),
        _one_of("circle", row.circle, CIRCLES, "救助圈类型"),
        _one_of("terrain", row.terrain, TERRAINS, "地形"),
        _one_of("frailty", row.frailty, FRAILTIES, "失能等级"),
        phone_fault("phone", row.phone),
        length_fault("key_safe", row.key_safe, "钥匙位置", 500),
        length_fault("hazards", row.hazards, "危险提示", 500),
        position_fault(Spot(row.lat, row.lon)),
        altitude_fault(row.altitude_m),
        _birth_fault(row.birth_year, year),
        *_relative_faults(row.relatives or ()),
    ]  # fmt: skip
    return tuple(fault for fault in found if fault is not None)


def differences(before: HomeRow, after: HomeRow) -> dict[str, list[object]]:
    """What the log says about a change: [before, after] of codes, ["", ""] of what names somebody."""
    was, will = _values(before), _values(after)
    told: dict[str, list[object]] = {}
    for name, value in will.items():
        if was[name] == value or (name == "relatives" and value is None):
            continue
        told[name] = [was[name], value] if name in _TOLD else ["", ""]
    return told


def _values(row: HomeRow) -> dict[str, object]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


def _plain(text: str | None) -> str | None:
    return (text or "").strip() or None


def _tidied_relative(one: RelativeRow) -> RelativeRow:
    ways = None
    if one.ways is not None:
        ways = tuple(Way(way.channel, _address(way), way.id) for way in one.ways)
    return RelativeRow(one.name.strip(), one.relation.strip(), plain_phone(one.phone), ways, one.id)


def _address(way: Way) -> str:
    return (plain_phone(way.address) or "") if way.channel in {"sms", "voice"} else way.address.strip()


def _matching(pattern: re.Pattern[str], field: str, text: str, message: str) -> Invalid | None:
    return None if pattern.fullmatch(text) else Invalid(field, f"{field}_malformed", message)


def _one_of(field: str, value: str, allowed: tuple[str, ...], label: str) -> Invalid | None:
    return None if value in allowed else Invalid(field, "not_one_of", f"请选择{label}")


def _birth_fault(born: int | None, year: int) -> Invalid | None:
    # The oldest people on record became 122; beds are granted to grown-ups.
    if born is None or year - 125 <= born <= year - 18:
        return None
    low, high = str(year - 125), str(year - 18)
    return Invalid("birth_year", "birth_year_outside", f"出生年份应在{low}至{high}之间", low=low, high=high)


def _relative_faults(relatives: tuple[RelativeRow, ...]) -> list[Invalid | None]:
    found: list[Invalid | None] = []
    if len(relatives) > MOST_RELATIVES:
        found.append(Invalid("relatives", "relatives_many", f"家属最多{MOST_RELATIVES}位", most=str(MOST_RELATIVES)))
    named = [(one.name, one.phone) for one in relatives]
    if len(set(named)) < len(named):
        found.append(Invalid("relatives", "relative_twice", "同一位家属填写了两次"))
    for place, one in enumerate(relatives):
        field = f"relatives.{place}"
        found += [
            length_fault(f"{field}.name", one.name, "家属姓名", 64, 1),
            length_fault(f"{field}.relation", one.relation, "与老人的关系", 32, 1),
            phone_fault(f"{field}.phone", one.phone),
            *_way_faults(field, one.ways or ()),
        ]
    return found


def _way_faults(field: str, ways: tuple[Way, ...]) -> list[Invalid | None]:
    found: list[Invalid | None] = []
    if len(ways) > _MOST_WAYS:
        found.append(Invalid(f"{field}.ways", "ways_many", f"联系方式最多{_MOST_WAYS}种", most=str(_MOST_WAYS)))
    for place, way in enumerate(ways):
        where = f"{field}.ways.{place}"
        if way.id is None and way.channel not in CHANNELS_KEPT:
            found.append(Invalid(where, "channel_unknown", "请选择短信、电话或邮箱"))
        elif way.channel in {"sms", "voice"}:
            fault = phone_fault(where, way.address or "-1")
            found.append(fault)
        elif way.channel == "email":
            found.append(email_fault(where, way.address))
    return found
