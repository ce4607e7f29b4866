"""Players: what a light, a siren or a speaker in the home is sent at each stage of a call (pure).

The stages of `LocalStage` are the home's own, the others are the platform's. Texts are for the resident.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from carecircle.errors import Misconfigured


class PlayerKind(StrEnum):
    """What a device can do."""

    LIGHT = "light"
    SIREN = "siren"
    SPEAKER = "speaker"


# Effects that every dimmable Zigbee light knows (the `effect` field of the bridge's device pages).
LIGHT = {
    "pressed": '{"effect":"blink"}',
    "test": '{"effect":"blink"}',
    "tested": '{"effect":"okay"}',
    "unanswered": '{"effect":"channel_change"}',
    "received": '{"effect":"blink"}',
    "accepted": '{"effect":"okay"}',
    "arriving": '{"effect":"breathe"}',
}
# `squawk` is a chirp and `warning` the siren itself (the bridge's pages of sirens, such as Heiman HS2WD-E). It sounds
# only where nobody answers: whoever lies on the floor needs to be heard by the neighbours, everybody else needs sleep.
SIREN = {
    "test": '{"squawk":{"state":"system_is_armed","level":"low","strobe":false}}',
    "tested": '{"squawk":{"state":"system_is_disarmed","level":"low","strobe":false}}',
    "pressed": '{"squawk":{"state":"system_is_armed","level":"low","strobe":true}}',
    "unanswered": '{"warning":{"mode":"emergency","level":"high","strobe":true,"duration":10}}',
    "received": '{"squawk":{"state":"system_is_disarmed","level":"low","strobe":true}}',
    "accepted": '{"squawk":{"state":"system_is_disarmed","level":"low","strobe":true}}',
    "arriving": '{"squawk":{"state":"system_is_disarmed","level":"medium","strobe":true}}',
}
SENTENCES = {
    "test": "现在测试呼叫按钮，请按一下您的按钮。",
    "tested": "按钮正常。如果您需要帮助，请再按一下。",
    "pressed": "按钮已按下，正在为您呼叫帮助。",
    "unanswered": "还没有人应答，正在继续呼叫。如果可以，请大声呼救，或者拨打一二零。",
    "received": "值班中心已经收到您的呼叫，请不要着急。",
    "accepted": "已经有人接单，正在赶来。",
    "arriving": "帮助马上就到门口了。",
}


@dataclass(frozen=True, slots=True)
class Player:
    """A device that plays: its local name, the family of its bridge ('' for the first), and what it is sent."""

    name: str
    family: str
    payloads: Mapping[str, str]


def make_player(setting: str, lights: Mapping[str, str], sentences: Mapping[str, str]) -> Player:
    """Make one from `name`, `name=kind` or `family:name=kind`; raises `Misconfigured` for a kind that is not known.

    `lights` and `sentences` are the home's own choice, by stage.
    """
    place, _, kind = setting.partition("=")
    family, has_family, name = place.partition(":")
    family, name = (family, name) if has_family else ("", family)
    try:
        payloads = _payloads(PlayerKind(kind or "light"), lights, sentences)
    except ValueError as error:
        known = ", ".join(PlayerKind)
        raise Misconfigured(f"CARECIRCLE_GATEWAY_REASSURE_DEVICES: no kind {kind!r}; known are {known}") from error
    return Player(name, family, payloads)


def _payloads(kind: PlayerKind, lights: Mapping[str, str], sentences: Mapping[str, str]) -> Mapping[str, str]:
    match kind:
        case PlayerKind.LIGHT:
            return lights
        case PlayerKind.SIREN:
            return SIREN
        case PlayerKind.SPEAKER:
            return {stage: json.dumps({"stage": stage, "text": text}) for stage, text in sentences.items()}
