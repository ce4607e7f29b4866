"""What lights, sirens and speakers are sent about a call."""

import json

import pytest

from carecircle.errors import Misconfigured, Unavailable
from carecircle_gateway.local_care import LocalStage
from carecircle_gateway.players import LIGHT, SENTENCES, SIREN, make_player
from carecircle_gateway.reassurance import Reassurance

STAGES = {*LocalStage, "received", "accepted", "arriving"}


class _Local:
    """Stands for the session with the home's broker; `broken` topics cannot be published to."""

    def __init__(self, broken: str = "") -> None:
        self.said: list[str] = []
        self._broken = broken

    def publish(self, topic: str, payload: bytes) -> None:
        if topic == self._broken:
            raise Unavailable
        self.said.append(f"{topic} {payload.decode()}")


@pytest.mark.parametrize("payloads", [LIGHT, SIREN], ids=["light", "siren"])
def test_every_stage_has_something_to_play(payloads: dict[str, str]) -> None:
    assert payloads.keys() == STAGES
    assert all(isinstance(json.loads(payload), dict) for payload in payloads.values())


def test_a_siren_wails_only_where_nobody_answers() -> None:
    assert [stage for stage, payload in SIREN.items() if "warning" in json.loads(payload)] == [LocalStage.UNANSWERED]


def test_a_speaker_says_a_sentence_in_chinese_at_every_stage() -> None:
    speaker = make_player("esphome:bed/text/say=speaker", LIGHT, SENTENCES)
    assert (speaker.name, speaker.family) == ("bed/text/say", "esphome")
    assert speaker.payloads.keys() == STAGES
    assert json.loads(speaker.payloads["accepted"]) == {"stage": "accepted", "text": "已经有人接单，正在赶来。"}


def test_a_name_alone_is_a_light_and_an_unknown_kind_is_refused() -> None:
    assert make_player("床头灯", LIGHT, SENTENCES).payloads == LIGHT
    with pytest.raises(Misconfigured, match="known are light, siren, speaker"):
        make_player("hall=horn", LIGHT, SENTENCES)


def test_one_that_fails_keeps_no_other_from_playing() -> None:
    local = _Local(broken="a")
    reassurance = Reassurance(local, [("a", {"accepted": "1"}), ("b", {"accepted": "2"}), ("c", {"pressed": "3"})])  # type: ignore[arg-type]
    assert reassurance.show("accepted")
    assert local.said == ["b 2"]
    assert not reassurance.show("arriving")
