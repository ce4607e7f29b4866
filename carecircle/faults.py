"""Faults of what was filled in: what pydantic finds, as codes and Chinese sentences for whoever filled it in (pure)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from carecircle.errors import Invalid

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NUMBERS = ("int_", "float_", "decimal_")
_TIMES = ("datetime_", "date_", "time_", "timezone_")
# By pydantic's type of error: our code, the sentence, and which of its values stands in it under which name.
_SENTENCES: dict[str, tuple[str, str, tuple[str, str] | None]] = {
    "missing": ("needed", "请填写", None),
    "string_too_short": ("needed", "请填写", None),
    "string_too_long": ("too_long", "最多{most}个字", ("max_length", "most")),
    "int_from_float": ("whole_needed", "请填写整数", None),
    "greater_than_equal": ("number_low", "应不小于{least}", ("ge", "least")),
    "greater_than": ("number_below", "应大于{least}", ("gt", "least")),
    "less_than_equal": ("number_high", "应不大于{most}", ("le", "most")),
    "less_than": ("number_above", "应小于{most}", ("lt", "most")),
    "literal_error": ("not_one_of", "请从可选项中选择", None),
    "enum": ("not_one_of", "请从可选项中选择", None),
    "bool_parsing": ("not_one_of", "请从可选项中选择", None),
    "bool_type": ("not_one_of", "请从可选项中选择", None),
    "extra_forbidden": ("field_unknown", "没有这一项", None),
}


def faults_of(errors: Iterable[Mapping[str, Any]], at: str = "") -> tuple[Invalid, ...]:
    """Pydantic's errors as faults in the same order; fields are dotted paths, `at` stands before them."""
    return tuple(_fault(error, at) for error in errors)


def together(faults: Iterable[Invalid]) -> Invalid:
    """Several faults of one form as one error: the first one's words, and the others beside it. At least one is."""
    first, *others = faults
    first.also = tuple(others)
    return first


def _fault(error: Mapping[str, Any], at: str) -> Invalid:
    field = ".".join(str(step) for step in (at, *error["loc"]) if step not in {"", "body"})
    kind = str(error["type"])
    if kind in _SENTENCES:
        code, sentence, value = _SENTENCES[kind]
        facts = {value[1]: str((error.get("ctx") or {}).get(value[0], ""))} if value else {}
        return Invalid(field, code, sentence.format_map(facts), **facts)
    if kind.startswith(_NUMBERS):
        return Invalid(field, "number_needed", "请填写数字")
    if kind.startswith(_TIMES):
        return Invalid(field, "time_malformed", "日期或时间有误")
    # What a check of ours says about several fields at once is written for people, where it is Chinese.
    said = str((error.get("ctx") or {}).get("error", error["msg"]))
    return Invalid(field, "malformed", said if _CHINESE.search(said) else f"填写的内容有误（{said}）", detail=said)
