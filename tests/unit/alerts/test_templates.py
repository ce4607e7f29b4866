"""Templates of providers: values are cut to what they take, and a link never is."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from carecircle_alerts.drills.links import DrillLinks
from carecircle_alerts.notify.channel import Outgoing
from carecircle_alerts.notify.templates import Template
from carecircle_alerts.notify.traits import Trust
from carecircle_alerts.notify.wording.compose import LANGUAGES, compose
from carecircle_alerts.texts import say

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
URL = DrillLinks("https://care.example.org", "secret").page(UUID(int=1), NOW)


def _message(said: str, language: str = "zh-CN", **facts: object) -> Outgoing:
    content = compose(say(said, **facts), language, Trust.BRIEF)
    url = {"url": facts["url"]} if "url" in facts else {}
    return Outgoing(
        UUID(int=1), UUID(int=1), None, "drill", "r1", said, "sms", "13800000000", content | url, 1, NOW,
        language=language,
    )  # fmt: skip


@pytest.mark.parametrize("fact", ["url", "text"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_is_whole_or_the_message_is_not_sent(fact: str, language: str) -> None:
    message = _message("drill", language, url=URL)
    for longest in range(1, 400, 7):
        filled = Template(code="T", variables={"x": fact}, longest=longest).filled(message)
        assert filled is None or URL in filled["x"]
    assert Template(code="T", variables={"x": fact}).filled(message) is None, "35 characters hold no link"
    assert Template(code="T", variables={"x": fact}, longest=400).filled(message) is not None


def test_what_is_no_link_is_cut_and_a_template_without_one_is_sent() -> None:
    message = _message("drill", url=URL)
    assert Template(code="T", variables={}).filled(message) == {}
    group = _message("drill_group")
    assert Template(code="T", variables={"x": "text"}, longest=5).filled(group) == {"x": group.text[:5]}
    assert Template(code="T", variables={"x": "url"}, longest=5).cut(message) == {"x": URL[:5]}, "WeChat has it beside"
