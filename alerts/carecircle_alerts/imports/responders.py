"""Responders: each row of a file against who is in the register (pure).

The number of a person is theirs for good: a row changes whoever has it. Consent, duty and position are not in files;
people give those themselves, or to the centre, one by one. A column that a file does not have leaves its values alone.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from carecircle_alerts.imports.cells import Wrong, choice_cell, code_cell, list_cell, plain
from carecircle_alerts.imports.reading import Row, Table
from carecircle_alerts.imports.report import Action, Line, Problem
from carecircle_alerts.register.checks import PHONE_MALFORMED, is_phone, plain_phone

NAMES: Mapping[str, str] = {
    "id": "编号",
    "name": "姓名",
    "role": "类别",
    "area_code": "区域代码",
    "provider_id": "机构编号",
    "travel_mode": "出行方式",
    "phone": "电话",
    "skills": "技能",
    "languages": "语言",
}
_ROLES = {"staff": "护理员", "neighbour": "邻里互助", "volunteer": "志愿者"}
_MODES = {"walk": "步行", "e_bike": "电动车", "car": "汽车"}
_SKILLS = {"first_aid": "急救", "lifting": "搬扶", "nursing": "护理", "fire_safety": "消防", "repair": "维修"}
_LANGUAGES = {"zh": "汉语", "bo": "藏语", "mn": "蒙古语", "tu": "土族语", "en": "英语"}
_ALSO = {"工作人员": "staff", "邻居": "neighbour", "电动自行车": "e_bike", "普通话": "zh", "搬抬": "lifting"}
_NEEDED = ("name", "role", "area_code", "travel_mode")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_MOST_NAME = 64
# Numbers with a country code (E.164), beside those of this country.
_ABROAD = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says: people of the area by number, numbers that somebody elsewhere has, areas, providers."""

    people: Mapping[str, Mapping[str, object]]
    taken: frozenset[str]
    areas: frozenset[str]
    providers: frozenset[str]


def plan(table: Table, known: Known) -> tuple[Line, ...]:
    """What each row would do."""
    often = Counter(plain(row.cells.get("id", "")) for row in table.rows)
    return tuple(_line(row, known, often) for row in table.rows)


def cells(person: Mapping[str, object]) -> dict[str, str]:
    """A person of the register as cells of an export."""
    words: dict[str, Mapping[str, str]] = {
        "role": _ROLES, "travel_mode": _MODES, "skills": _SKILLS, "languages": _LANGUAGES
    }  # fmt: skip
    shown: dict[str, str] = {}
    for name in NAMES:
        value = person[name]
        told = words.get(name, {})
        if isinstance(value, list):
            shown[name] = "、".join(told[str(one)] for one in value)
        else:
            shown[name] = "" if value is None else told.get(str(value), str(value))
    return shown


def _line(row: Row, known: Known, often: Counter[str]) -> Line:
    person_id = plain(row.cells.get("id", ""))
    fault = _id_fault(person_id, known, often)
    before = known.people.get(person_id)
    after: dict[str, object] = dict(before) if before else {
        "id": person_id, "provider_id": None, "phone": None, "skills": [], "languages": ["zh"]
    }  # fmt: skip
    problems = [fault] if fault else []
    for name in NAMES:
        if name == "id" or name not in row.cells:
            if name in _NEEDED and before is None:
                problems.append(Problem(name, "column_needed", f"新增人员时须有“{NAMES[name]}”列"))
            continue
        try:
            after[name] = _value(name, row.cells[name], before, known)
        except Wrong as wrong:
            problems.append(Problem(name, wrong.code, str(wrong), wrong.facts))
    if problems:
        return Line(row.line, person_id, "error", tuple(problems), before)
    action: Action = "create" if before is None else "unchanged" if after == before else "change"
    return Line(row.line, person_id, action, (), before, after)


def _id_fault(person_id: str, known: Known, often: Counter[str]) -> Problem | None:
    if not person_id:
        return Problem("id", "needed", "请填写编号（如工号），再次导入时据此识别同一人")
    try:
        code_cell(person_id, "编号")
    except Wrong as wrong:
        return Problem("id", wrong.code, str(wrong), wrong.facts)
    if not _ID.fullmatch(person_id):
        return Problem("id", "id_malformed", "编号为1至64个字母、数字、点、横线或下划线")
    if often[person_id] > 1:
        return Problem("id", "id_twice", "同一编号在文件中出现了多次")
    # Also for somebody of another area: who that is, is not said.
    return Problem("id", "id_unavailable", "这个编号不可用，请换一个") if person_id in known.taken else None


def _value(name: str, text: str, before: Mapping[str, object] | None, known: Known) -> object:
    choices: dict[str, Mapping[str, str]] = {"role": _ROLES, "travel_mode": _MODES}
    lists: dict[str, Mapping[str, str]] = {"skills": _SKILLS, "languages": _LANGUAGES}
    if name in choices:
        return choice_cell(text, NAMES[name], choices[name], _ALSO)
    if name in lists:
        chosen = [choice_cell(one, NAMES[name], lists[name], _ALSO) for one in list_cell(text)]
        wanted = list(dict.fromkeys(chosen)) or (["zh"] if name == "languages" else [])
        was = before[name] if before else None
        # In another order they are the same.
        return was if isinstance(was, list) and sorted(was) == sorted(wanted) else wanted
    checks: dict[str, Callable[[str, Known], object]] = {
        "name": _name, "area_code": _area, "provider_id": _provider, "phone": _phone
    }  # fmt: skip
    # What stands in the register already is not refused, whoever wrote it there.
    return text if before is not None and text and before[name] == text else checks[name](text, known)


def _name(text: str, _known: Known) -> str:
    if not 1 <= len(text) <= _MOST_NAME:
        raise Wrong("name_length", f"姓名为1至{_MOST_NAME}个字", most=str(_MOST_NAME))
    return text


def _area(text: str, known: Known) -> str:
    code = code_cell(text, "区域代码")
    if code not in known.areas:
        raise Wrong("area_unknown", "没有这个区域代码，或不在您负责的区域内")
    return code


def _provider(text: str, known: Known) -> str | None:
    provider = plain(text)
    if provider and provider not in known.providers:
        raise Wrong("provider_unknown", "没有这个机构编号，或不在您负责的区域内")
    return provider or None


def _phone(text: str, _known: Known) -> str | None:
    number = plain_phone(code_cell(text, "电话"))
    if number is not None and not (is_phone(number) or _ABROAD.fullmatch(number)):
        raise Wrong(*PHONE_MALFORMED)
    return number
