"""Words in every language: none missing, none too many, and no more than the channel deserves."""

import string

import pytest

from carecircle_alerts.incident import FAMILY, Family, Kind
from carecircle_alerts.notify.traits import TRAITS, Trust
from carecircle_alerts.notify.wording.compose import LANGUAGES, answer_hint, compose, subject
from carecircle_alerts.notify.wording.language import Language
from carecircle_alerts.texts import say

FACTS = {
    "resident": "老人甲", "helper": "王护工", "area": "东关大街街道", "km": "1.5", "minutes": 8, "priority": 1,
    "basis": "straight_line_model", "at": "2026-11-23T02:03:00+00:00", "eta": "2026-11-23T02:12:00+00:00",
    "why": "uncovered", "url": "https://care.test/drill/1", "bed": "bed-1", "people": 3, "seconds": 60,
}  # fmt: skip
CHINESE = LANGUAGES["zh-CN"]
FORMS = ("personal", "brief", "spoken")


def placeholders(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_no_word_is_missing_in_any_language(language: Language) -> None:
    assert set(language.kinds) == {kind.value for kind in Kind}
    for table in ("bases", "reasons", "subjects", *FORMS):
        assert set(getattr(language, table)) == set(getattr(CHINESE, table)), table
        assert all(text.strip() for text in getattr(language, table).values())


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_the_same_facts_are_told_in_every_language(language: Language, form: str) -> None:
    for name, text in getattr(language, form).items():
        assert placeholders(text) == placeholders(getattr(CHINESE, form)[name]), name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", TRAITS)
@pytest.mark.parametrize("kind", [Kind.SOS, Kind.HEART_RATE, Kind.INACTIVITY])
def test_a_channel_tells_no_more_than_it_deserves(language: str, channel: str, kind: Kind) -> None:
    trust = TRAITS[channel].trust
    for what in CHINESE.personal:
        told = compose(say(what, **FACTS, kind=kind.value), language, trust)
        text, facts = str(told["text"]), told["facts"]
        assert "{" not in text
        assert isinstance(facts, dict)
        if trust is Trust.PERSONAL:
            continue
        for secret in ("老人甲", "王护工"):
            assert secret not in text
            assert secret not in facts.values()
        if FAMILY[kind] is not Family.HELP:
            assert LANGUAGES[language].kinds[kind.value] not in text
            assert LANGUAGES[language].kinds[kind.value] not in facts.values()


def test_what_is_read_aloud_is_short_and_has_no_signs() -> None:
    for language in LANGUAGES:
        for what in CHINESE.spoken:
            text = str(compose(say(what, **FACTS, kind="sos"), language, Trust.SPOKEN)["text"])
            assert not set(text) & set("【】[]（）()/&#*_{}"), text
            assert "http" not in text
            assert len(text) < (70 if language == "zh-CN" else 200)


def test_who_is_coming_and_when_with_the_basis_of_the_estimate() -> None:
    told = compose(say("family_accepted", **FACTS, kind="sos"), "zh-CN", Trust.PERSONAL)
    assert told["text"] == "王护工已接单，正前往老人甲家，预计10:12到达（直线估算；10:03一键呼叫）。"
    brief = compose(say("family_accepted", **FACTS, kind="sos"), "en", Trust.BRIEF)
    assert brief["text"] == "Somebody is on the way to your relative, expected at 10:12 (straight-line estimate)."
    spoken = compose(say("family_accepted", **FACTS, kind="sos"), "zh-CN", Trust.SPOKEN)
    assert spoken["text"] == "照护中心通知。已有人前往您的家人家中，估计10点12分到达。"


def test_what_has_its_words_or_is_for_a_device_is_left_as_it_is() -> None:
    for content in ({"text": "已写好"}, {"reassure": {"stage": "accepted"}}):
        assert compose(content, "bo", Trust.BRIEF) == content


def test_an_unknown_language_basis_or_reason_still_says_something() -> None:
    told = compose(say("dispatcher", area="甲", kind="sos", priority=1, why="new reason"), "fr", Trust.BRIEF)
    assert told["text"] == "【1级】甲一键呼叫：需要关注。"
    offer = compose(
        say("offer", area="甲", kind="sos", km="1.0", minutes=3, basis="road_network"), "zh-CN", Trust.BRIEF
    )
    assert "路网计算" in str(offer["text"])
    assert subject("new audience", "en") == "Dispatch reminder"
    assert answer_hint("zh-CN") == "接单或拒绝："
