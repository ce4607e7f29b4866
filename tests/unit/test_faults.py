"""Faults: whatever pydantic finds in a form is said in Chinese, with a code that the pages have a word for."""

from datetime import datetime
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from carecircle.errors import Invalid
from carecircle.faults import faults_of, together


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=4)] = "王"
    count: Annotated[int, Field(ge=1, le=9)] = 1
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    kind: Literal["a", "b"] = "a"
    at: datetime | None = None
    is_on: bool = True
    inner: "_Form | None" = None

    @model_validator(mode="after")
    def _both(self) -> "_Form":
        if self.kind == "b" and self.count == 1:
            raise ValueError("类型b须多于1个")
        return self


@pytest.mark.parametrize(
    ("wrong", "field", "code", "says"),
    [
        ({"name": ""}, "name", "needed", "请填写"),
        ({"name": "王王王王王"}, "name", "too_long", "最多4个字"),
        ({"count": 0}, "count", "number_low", "应不小于1"),
        ({"count": 10}, "count", "number_high", "应不大于9"),
        ({"count": 1.5}, "count", "whole_needed", "请填写整数"),
        ({"count": "x"}, "count", "number_needed", "请填写数字"),
        ({"share": 0}, "share", "number_below", "应大于0.0"),
        ({"share": 1}, "share", "number_above", "应小于1.0"),
        ({"kind": "c"}, "kind", "not_one_of", "请从可选项中选择"),
        ({"is_on": "perhaps"}, "is_on", "not_one_of", "请从可选项中选择"),
        ({"at": "yesterday"}, "at", "time_malformed", "日期或时间有误"),
        ({"more": 1}, "more", "field_unknown", "没有这一项"),
        ({"inner": {"count": 0}}, "inner.count", "number_low", "应不小于1"),
        ({"inner": {"kind": "b"}}, "inner", "malformed", "类型b须多于1个"),
        ({"name": 5}, "name", "malformed", "填写的内容有误（Input should be a valid string）"),
    ],
)
def test_whatever_is_wrong_has_a_field_a_code_and_a_chinese_sentence(
    wrong: dict[str, object], field: str, code: str, says: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        _Form.model_validate(wrong)
    (fault,) = faults_of(refused.value.errors())
    assert (fault.field, fault.code, str(fault)) == (field, code, says)
    (below,) = faults_of(refused.value.errors(), "settings")
    assert below.field == f"settings.{field}"


def test_several_faults_are_one_error_that_knows_the_others() -> None:
    one, other = Invalid("a", "needed", "请填写"), Invalid("b", "needed", "请填写")
    assert together([one, other]) is one
    assert one.also == (other,)
