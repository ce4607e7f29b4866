"""Homes: each row of a file of beds against the beds in the register, with residents and relatives (pure).

The number of a bed is its own for good: a row changes whichever bed has it. A column that a file does not have leaves
its values alone, and relatives behind the last group of a file stay. No file takes off a relative whom the resident
allowed to be told, nor a way by which one is reached: that is done bed by bed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Literal

from carecircle.errors import CareCircleError, Invalid
from carecircle_alerts.imports.cells import (
    Wrong,
    choice_cell,
    code_cell,
    list_cell,
    number_cell,
    plain,
    year_cell,
)
from carecircle_alerts.imports.home_columns import ALSO, BED, CHOICES, DATUMS, NAMES, NEEDED, OF_RELATIVE, WAYS
from carecircle_alerts.imports.reading import Row, Table
from carecircle_alerts.imports.report import Action, Line, Problem
from carecircle_alerts.register.checks import Spot, far_fault, plain_phone
from carecircle_alerts.register.home_form import MOST_RELATIVES, HomeRow, RelativeRow, Way, differences, faults, tidied
from carecircle_alerts.register.relatives import settle
from carecircle_alerts.travel import Place
from carecircle_alerts.travel.gcj02 import from_gcj02

Datum = Literal["wgs84", "gcj02"]
_COUNTY = 6
_CODES = ("division_code", "phone", "provider_id")
# Metres of a ten-millionth degree: 0.01; a position that was converted there and back is the same one.
_SAME_DEG = 1e-7
_DIGITS = 7
# So many positions of a county say where it lies when nothing else is known of it (engineering proposal).
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Held:
    """A bed of the register: who lives there, and which relatives the resident allowed to be told."""

    row: HomeRow
    resident: str
    told: frozenset[str]
    has_ended: bool


@dataclass(frozen=True, slots=True)
class Positions:
    """Sums over the positions that are known in a county, in WGS-84 degrees."""

    lat: float
    lon: float
    count: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says about the beds, areas and providers of a file; `datum` is that of rows that name none."""

    homes: Mapping[str, Held]
    taken: frozenset[str]
    areas: frozenset[str]
    providers: frozenset[str]
    positions: Mapping[str, Positions]
    area: str
    year: int
    datum: Datum = "wgs84"


def plan(table: Table, known: Known) -> tuple[Line, ...]:
    """What each row would do."""
    often = Counter(plain(row.cells.get("bed_id", "")) for row in table.rows)
    read = [_read(row, known, often) for row in table.rows]
    middles = _middles(home for home, _problems in read if home is not None)
    lines = [_line(row, home, problems, known, middles) for row, (home, problems) in zip(table.rows, read, strict=True)]
    return tuple(_one_word_about_each(lines, known))


def row_of(values: Mapping[str, object]) -> HomeRow:
    """A bed out of what a line, or the journal of an import, keeps of it."""
    fields = {name: values[name] for name in HomeRow.__dataclass_fields__}
    given: list[dict[str, object]] | None = fields["relatives"]  # type: ignore[assignment]
    relatives = None if given is None else tuple(_relative_of(one) for one in given)
    return HomeRow(**(fields | {"relatives": relatives}))  # type: ignore[arg-type]


def _relative_of(values: Mapping[str, object]) -> RelativeRow:
    given: list[dict[str, object]] | None = values["ways"]  # type: ignore[assignment]
    ways = None if given is None else tuple(Way(**way) for way in given)  # type: ignore[arg-type]
    return RelativeRow(**(dict(values) | {"ways": ways}))  # type: ignore[arg-type]


def _read(row: Row, known: Known, often: Counter[str]) -> tuple[HomeRow | None, list[Problem]]:
    """The bed that a row describes, laid over the one that is there; None where a cell cannot be read."""
    bed = plain(row.cells.get("bed_id", ""))
    problems = [fault] if (fault := _id_fault(bed, known, often)) else []
    held = known.homes.get(bed)
    values: dict[str, object] = {name: getattr(held.row, name) for name in HomeRow.__dataclass_fields__} if held else {}
    values["bed_id"] = bed
    for name in BED:
        if name in {"bed_id", "lat", "lon", "datum"}:
            continue
        if name not in row.cells:
            if name in NEEDED and held is None:
                problems.append(Problem(name, "column_needed", f"新增床位时须有“{NAMES[name]}”列"))
            continue
        try:
            values[name] = _value(name, row.cells[name], held.row if held else None)
        except Wrong as wrong:
            problems.append(Problem(name, wrong.code, str(wrong), wrong.facts))
    for name, read in (("lat", _position), ("relatives", _relatives)):
        try:
            values |= read(row, held, known)
        except Wrong as wrong:
            column = wrong.facts.get("column", name)
            problems.append(Problem(column, wrong.code, str(wrong), wrong.facts))
    return (None, problems) if problems else (tidied(HomeRow(**values)), [])  # type: ignore[arg-type]


def _id_fault(bed: str, known: Known, often: Counter[str]) -> Problem | None:
    if not bed:
        return Problem("bed_id", "needed", "请填写床位编号，再次导入时据此识别同一床位")
    try:
        code_cell(bed, NAMES["bed_id"])
    except Wrong as wrong:
        return Problem("bed_id", wrong.code, str(wrong), wrong.facts)
    if often[bed] > 1:
        return Problem("bed_id", "id_twice", "同一编号在文件中出现了多次")
    if bed in known.taken:
        # Also for a bed of another area: which one that is, is not said.
        return Problem("bed_id", "id_unavailable", "这个编号不可用，请换一个")
    held = known.homes.get(bed)
    return Problem("bed_id", "bed_ended", "该床位的服务已结束，请先恢复服务") if held and held.has_ended else None


def _value(name: str, text: str, held: HomeRow | None) -> object:
    what = NAMES[name]
    if name in CHOICES:
        return "unknown" if name == "frailty" and not text else choice_cell(text, what, CHOICES[name], ALSO)
    if name == "birth_year":
        return year_cell(text, what)
    if name == "altitude_m":
        return _altitude(text, what)
    if name in _CODES:
        said = code_cell(text, what)
        if name == "phone":
            return _phone(said, held.phone if held else None)
        return said or ("" if name == "division_code" else None)
    return text or ("" if name in NEEDED else None)


def _altitude(text: str, what: str) -> int:
    metres = number_cell(plain(text).removesuffix("m"), what, "米")
    if metres is None:
        raise Wrong("needed", f"请填写{what}")
    return round(metres)


def _phone(said: str, held: str | None) -> str | None:
    # What stands there already is the same number, however it is written.
    return held if held is not None and plain_phone(said) == plain_phone(held) else said or None


def _position(row: Row, held: Held | None, known: Known) -> dict[str, float | None]:
    if "lat" not in row.cells and "lon" not in row.cells:
        return {}
    lat, lon = (number_cell(row.cells.get(name, ""), NAMES[name]) for name in ("lat", "lon"))
    datum: str = known.datum
    if said := plain(row.cells.get("datum", "")):
        if said.lower() in {"bd-09", "bd09", "百度"}:
            raise Wrong("datum_baidu", "百度坐标（BD-09）不能导入，请换成WGS-84或高德坐标（GCJ-02）", column="datum")
        try:
            datum = choice_cell(said, NAMES["datum"], DATUMS, ALSO)
        except Wrong as wrong:
            raise Wrong(wrong.code, str(wrong), **wrong.facts, column="datum") from wrong
    if lat is None or lon is None:
        return {"lat": lat, "lon": lon}
    if datum == "gcj02":
        place = from_gcj02(Place(lat, lon))
        lat, lon = round(place.lat, _DIGITS), round(place.lon, _DIGITS)
    before = held.row if held else None
    if before is not None and before.lat is not None and before.lon is not None:
        is_same = abs(lat - before.lat) <= _SAME_DEG and abs(lon - before.lon) <= _SAME_DEG
        lat, lon = (before.lat, before.lon) if is_same else (lat, lon)
    return {"lat": lat, "lon": lon}


def _relatives(row: Row, held: Held | None, _known: Known) -> dict[str, tuple[RelativeRow, ...] | None]:
    groups = [
        place for place in range(1, MOST_RELATIVES + 1)
        if any(f"relative_{place}_{name}" in row.cells for name in OF_RELATIVE)
    ]  # fmt: skip
    before = (held.row.relatives if held else None) or ()
    if not groups:
        return {"relatives": before if held else ()}
    by_name = {one.name: one for one in before}
    written = []
    for place in groups:
        cells = {name: row.cells.get(f"relative_{place}_{name}") for name in OF_RELATIVE}
        if not any(cells.values()):
            continue
        try:
            written.append(_relative(cells, by_name.get(cells["name"] or "")))
        except Wrong as wrong:
            column = f"relative_{place}_{wrong.facts.get('part', 'name')}"
            raise Wrong(wrong.code, str(wrong), **wrong.facts, column=column) from wrong
    names = {one.name for one in written}
    stay = [one for one in before[max(groups) :] if one.name not in names]
    gone = [one for one in before[: max(groups)] if one.name not in names]
    if held is not None and any(one.id in held.told for one in gone):
        sentence = "老人已同意通知其中一位家属，不能用文件移除，请在床位页面处理"
        raise Wrong("relative_told", sentence, column="relative_1_name")
    return {"relatives": (*written, *stay)}


def _relative(cells: Mapping[str, str | None], before: RelativeRow | None) -> RelativeRow:
    """What a group of columns says about somebody; a cell that there is no column for leaves things as they are."""
    phone = before.phone if before else None
    if cells["phone"] is not None:
        try:
            phone = _phone(code_cell(cells["phone"], "家属电话"), phone)
        except Wrong as wrong:
            raise Wrong(wrong.code, str(wrong), **wrong.facts, part="phone") from wrong
    was = plain_phone(before.phone) if before else None
    moves = phone is not None and before is not None and plain_phone(phone) != was
    # Messages follow the number when that becomes another one.
    ways = [
        replace(way, address=plain_phone(phone) or way.address) if moves and way.channel in WAYS and way.address == was
        else way
        for way in (before.ways if before else None) or ()
    ]  # fmt: skip
    for one in list_cell(cells["ways"] or ""):
        try:
            channel = choice_cell(one, "通知方式", WAYS, ALSO)
        except Wrong as wrong:
            raise Wrong(wrong.code, str(wrong), **wrong.facts, part="ways") from wrong
        if all(way.channel != channel for way in ways):
            if phone is None:
                raise Wrong("phone_needed", "用短信或电话通知须填写家属电话", part="phone")
            ways.append(Way(channel, plain_phone(phone) or ""))
    relation = before.relation if before and cells["relation"] is None else cells["relation"] or ""
    return RelativeRow(cells["name"] or "", relation, phone, tuple(ways), before.id if before else None)


def _line(row: Row, home: HomeRow | None, problems: list[Problem], known: Known, middles: Mapping[str, Spot]) -> Line:
    bed = plain(row.cells.get("bed_id", ""))
    held = known.homes.get(bed)
    before = asdict(held.row) if held else None
    if home is None:
        return Line(row.line, bed, "error", tuple(problems), before)
    wrong = list(_faults(home, held, known, middles))
    settled = None
    try:
        settled = settle(home.relatives, (held.row.relatives if held else None) or ())
    except CareCircleError as error:
        wrong.append(Invalid("relatives", "relatives_changed", str(error)))
    if wrong:
        told = tuple(Problem(_column(one.field), one.code, str(one), one.facts) for one in wrong)
        return Line(row.line, bed, "error", told, before)
    home = replace(home, relatives=settled)
    action: Action = "create" if held is None else "change" if differences(held.row, home) else "unchanged"
    return Line(row.line, bed, action, (), before, asdict(home))


def _faults(home: HomeRow, held: Held | None, known: Known, middles: Mapping[str, Spot]) -> Iterable[Invalid]:
    before = held.row if held else None

    def is_new(field: str) -> bool:
        # What stands in the register already is not refused, whoever wrote it there.
        name = field.partition(".")[0]
        return before is None or getattr(before, name) != getattr(home, name)

    own = [one for one in faults(home, known.year) if is_new(one.field)]
    # A way that has its number from the column of numbers is not wrong a second time.
    numbers = {one.field.removesuffix(".phone") for one in own if one.field.endswith(".phone")}
    yield from (one for one in own if one.field.partition(".ways")[0] not in numbers or ".ways" not in one.field)
    if not is_new("division_code"):
        pass
    elif not home.division_code.startswith(known.area):
        yield Invalid("division_code", "division_foreign", "这个区域不在您的管理范围内")
    elif home.division_code not in known.areas:
        yield Invalid("division_code", "area_unknown", "没有这个区域代码，或不在您负责的区域内")
    elif before is not None and before.division_code[:_COUNTY] != home.division_code[:_COUNTY]:
        # The box of the home speaks under the county's name.
        yield Invalid("division_code", "county_fixed", "迁往其他县（区）须新建床位，并结束原床位的服务")
    if home.provider_id is not None and is_new("provider_id") and home.provider_id not in known.providers:
        yield Invalid("provider_id", "provider_unknown", "没有这个服务机构，或已停用")
    is_somewhere = home.lat is not None and all(one.field not in {"lat", "division_code"} for one in own)
    if is_somewhere and (is_new("lat") or is_new("lon")):
        spot = Spot(home.lat, home.lon)
        far = far_fault(spot, _middle(home.division_code[:_COUNTY], held, known, middles))
        if far is not None:
            yield far


def _middle(county: str, held: Held | None, known: Known, middles: Mapping[str, Spot]) -> Spot:
    """The middle of what is known in a county without this bed; of the file's own positions where nothing is."""
    there = known.positions.get(county)
    if there is None:
        return middles.get(county, Spot(None, None))
    lat, lon, count = there.lat, there.lon, there.count
    if held and not held.has_ended and held.row.division_code[:_COUNTY] == county and held.row.lat is not None:
        lat, lon, count = lat - held.row.lat, lon - (held.row.lon or 0.0), count - 1
    return Spot(lat / count, lon / count) if count > 0 else middles.get(county, Spot(None, None))


def _middles(homes: Iterable[HomeRow]) -> dict[str, Spot]:
    found: dict[str, list[tuple[float, float]]] = {}
    for home in homes:
        if home.lat is not None and home.lon is not None:
            found.setdefault(home.division_code[:_COUNTY], []).append((home.lat, home.lon))
    return {
        county: Spot(median(lat for lat, _lon in spots), median(lon for _lat, lon in spots))
        for county, spots in found.items()
        if len(spots) >= _ENOUGH
    }


def _one_word_about_each(lines: list[Line], known: Known) -> Iterable[Line]:
    """Two beds of one resident must not say two things about them."""
    said: dict[str, set[str]] = {}
    for line in lines:
        held = known.homes.get(line.object_id)
        if held and line.after is not None:
            said.setdefault(held.resident, set()).add(repr(_of_person(line.after)))
    for line in lines:
        held = known.homes.get(line.object_id)
        if held and line.after is not None and len(said[held.resident]) > 1:
            sentence = "同一位老人的几张床位写法不一致，请改成一致"
            yield Line(
                line.line,
                line.object_id,
                "error",
                (Problem("resident_name", "resident_differs", sentence),),
                line.before,
            )
        else:
            yield line


def _of_person(after: Mapping[str, object]) -> list[object]:
    names = ("resident_name", "birth_year", "phone", "key_safe", "hazards", "frailty", "relatives")
    return [after[name] for name in names]


def _column(field: str) -> str:
    """The column of a field of the form: `relatives.0.phone` is that of the first relative's number."""
    name, _, rest = field.partition(".")
    if name != "relatives":
        return name
    place, _, part = rest.partition(".")
    return f"relative_{int(place or 0) + 1}_{(part or 'name').partition('.')[0]}"
