"""The sentence for relatives says what is known, and no more."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from carecircle_alerts.incident import AssignmentState, Kind, State
from carecircle_console.languages import Language, language_of
from carecircle_console.sentences import Ended, Signs, age, clock_at, evidence_at, sentence_for
from carecircle_console.wire import Helper, Incident

NOW = datetime(2026, 11, 23, 2, 36, tzinfo=UTC)  # 10:36 in Xining
ETA = datetime(2026, 11, 23, 2, 41, tzinfo=UTC)
PRESSED = datetime(2026, 11, 23, 2, 32, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


SIGNS = Signs(last_seen_at=NOW - minutes(1), vitals_at=NOW - minutes(5))


def incident(state: State = State.SEARCHING, *helpers: Helper, **changes: object) -> Incident:
    base = Incident(
        id=UUID(int=1), bed_id="b", resident_name="老人", address="某路", county="630102", county_name="城东区",
        lat=None, lon=None, circle="urban", kind=Kind.SOS, priority=1, state=state, level=0, late=False,
        verification="none", opened_at=PRESSED, pressed_at=PRESSED, deadline_at=PRESSED + minutes(15),
        acknowledged_at=None, acknowledged_by=None, dispatched_at=None, accepted_at=None, arrived_at=None,
        closed_at=None, closed_by=None, outcome_code=None, owner=None, helpers=helpers, offers_open=0, reason="",
    )  # fmt: skip
    return base.model_copy(update=changes)


def helper(state: AssignmentState, *, eta: datetime = ETA, arrived: datetime | None = None) -> Helper:
    return Helper(
        assignment_id=UUID(int=2), responder_id="r", name="张三", state=state, eta_at=eta, accepted_at=PRESSED,
        arrived_at=arrived,
    )  # fmt: skip


CASES = {
    "10:32按了呼叫按钮，正在寻找最近的救助人员。": incident(),
    "10:32设备发现可能跌倒，正在寻找最近的救助人员。": incident(kind=Kind.FALL),
    "10:32按了呼叫按钮（信号10:35才收到），正在寻找最近的救助人员。": incident(late=True, opened_at=NOW - minutes(1)),
    "10:32按了呼叫按钮，张三已接单，预计10:41到。": incident(State.ASSIGNED, helper(AssignmentState.ACCEPTED)),
    "10:32按了呼叫按钮，张三正在赶来，预计10:41到。": incident(State.EN_ROUTE, helper(AssignmentState.MOVING)),
    "10:32按了呼叫按钮，张三正在赶来，原预计10:34到，还未到达。": incident(
        State.EN_ROUTE, helper(AssignmentState.MOVING, eta=NOW - minutes(2))
    ),
    "10:32按了呼叫按钮，张三已于10:35到达。": incident(
        State.ON_SCENE, helper(AssignmentState.ARRIVED, arrived=NOW - minutes(1))
    ),
    "10:32按了呼叫按钮，人员已到场处理，等待照护中心确认结束。": incident(
        State.HANDED_OVER, helper(AssignmentState.RELEASED)
    ),
    "10:32按了呼叫按钮，暂时没有人接单，已再次通知照护中心。": incident(State.UNCOVERED),
    "10:32按了呼叫按钮，还没有人接单，照护中心李四正在处理。": incident(State.UNCOVERED, acknowledged_by="李四"),
    # Somebody who stalled is not on the way.
    "10:32家中烟雾报警，正在寻找最近的救助人员。": incident(
        State.SEARCHING, helper(AssignmentState.STALLED), kind=Kind.SMOKE
    ),
}


@pytest.mark.parametrize("sentence", CASES)
def test_an_open_incident_goes_first(sentence: str) -> None:
    assert sentence_for(SIGNS, CASES[sentence], None, NOW) == sentence


def test_quiet_is_called_quiet_only_with_fresh_signs() -> None:
    assert sentence_for(SIGNS, None, None, NOW) == "目前没有求助，5分钟前有体征数据。"
    no_vitals = replace(SIGNS, vitals_at=NOW - minutes(16))
    assert sentence_for(no_vitals, None, None, NOW) == "目前没有求助，设备1分钟前在线，但最近没有体征数据。"
    silent = Signs(NOW - minutes(190), NOW - minutes(190))
    assert sentence_for(silent, None, None, NOW) == "已3小时没有收到设备数据，目前的情况不清楚，请致电确认。"
    assert sentence_for(Signs(None, None), None, None, NOW) == "还没有收到过设备数据，目前的情况不清楚。"


def test_what_ended_today_is_told_and_does_not_hide_the_silence() -> None:
    ended = Ended(Kind.SOS, PRESSED - timedelta(days=1), NOW - minutes(30))
    silent = Signs(NOW - minutes(20), None)
    assert sentence_for(silent, None, ended, NOW) == (
        "11月22日10:32按了呼叫按钮，已于10:06处理完毕。已20分钟没有收到设备数据，目前的情况不清楚，请致电确认。"
    )


def test_the_age_is_that_of_the_newest_evidence() -> None:
    assert evidence_at(SIGNS, None) == NOW - minutes(1)
    assert evidence_at(Signs(None, None), None) is None
    assert evidence_at(Signs(NOW - minutes(90), None), incident()) == PRESSED


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "不到1分钟"), (59, "不到1分钟"), (60, "1分钟"), (3599, "59分钟"), (3600, "1小时"), (49 * 3600, "2天")],
)
def test_ages_read_like_speech(seconds: int, text: str) -> None:
    assert age(timedelta(seconds=seconds)) == text


def test_a_clock_after_midnight_in_xining_is_another_day() -> None:
    assert clock_at(datetime(2026, 11, 22, 15, 59, tzinfo=UTC), NOW) == "11月22日23:59"
    assert clock_at(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), NOW) == "00:00"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "10:32: the call button was pressed; 张三 is on the way, expected at 10:41."),
        ("bo", "10:32 ལ་རོགས་འབོད་མཐེབ་གནོན་མནན་སོང་། 张三 འགྲོ་བཞིན་ཡོད། 10:41 ལ་འབྱོར་རྩིས།"),
    ],
)
def test_the_same_is_told_in_the_readers_language(language: Language, sentence: str) -> None:
    coming = incident(State.EN_ROUTE, helper(AssignmentState.MOVING))
    assert sentence_for(SIGNS, coming, None, NOW, language) == sentence


@pytest.mark.parametrize("language", ["en", "bo"])
def test_nothing_is_told_in_chinese_to_who_reads_another_language(language: Language) -> None:
    ended = Ended(Kind.SOS, PRESSED - timedelta(days=1), NOW - minutes(30))
    silent, no_vitals = Signs(NOW - minutes(190), None), replace(SIGNS, vitals_at=None)
    told = [sentence_for(SIGNS, one, None, NOW, language) for one in CASES.values()]
    told += [sentence_for(signs, None, ended, NOW, language) for signs in (SIGNS, silent, no_vitals, Signs(None, None))]
    assert not [one for one in told if re.search("[\u4e00-\u9fff]", one.replace("张三", "").replace("李四", ""))]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh-CN"), ("", "zh-CN"), ("fr-FR, de;q=0.5", "zh-CN"), ("en", "en"), ("EN-gb;q=0.8, bo;q=0.9", "bo"),
        ("zh-CN, en;q=0.9", "zh-CN"), ("en;q=0, zh", "zh-CN"), ("en;q=x, bo;q=0.1", "bo"), ("en;q=9", "zh-CN"),
    ],
)  # fmt: skip
def test_the_language_is_the_most_wanted_one_that_there_is(header: str | None, language: str) -> None:
    assert language_of(header) == language
