"""Compose: from what is to be said, and to whom through what, the words that are sent (pure)."""

from collections.abc import Mapping
from datetime import datetime

from carecircle_alerts.incident import FAMILY, Family, Kind
from carecircle_alerts.notify.traits import Trust
from carecircle_alerts.notify.wording.bo import TIBETAN
from carecircle_alerts.notify.wording.en import ENGLISH
from carecircle_alerts.notify.wording.language import Language
from carecircle_alerts.notify.wording.zh_cn import CHINESE
from carecircle_alerts.texts import CHINA

LANGUAGES: dict[str, Language] = {"zh-CN": CHINESE, "en": ENGLISH, "bo": TIBETAN}
# What only a channel that its person alone reads may be given.
_PERSONAL = frozenset({"resident", "helper"})
_TIMES = frozenset({"at", "eta"})


def compose(content: Mapping[str, object], language: str, trust: Trust) -> dict[str, object]:
    """The content of one message as its channel gets it: `text`, and `say` and `facts` for templates of providers.

    Content that already has its words (`text`), or that is for a device, is left as it is.
    """
    say, facts = content.get("say"), content.get("facts")
    if not isinstance(say, str) or not isinstance(facts, dict):
        return dict(content)
    words = LANGUAGES.get(language, CHINESE)
    told = _facts(facts, words, trust)
    forms = {Trust.PERSONAL: words.personal, Trust.BRIEF: words.brief, Trust.SPOKEN: words.spoken}
    return {"say": say, "facts": told, "text": forms[trust][say].format_map(told)}


def subject(audience: str, language: str) -> str:
    """The subject of a letter or the title of a notification."""
    words = LANGUAGES.get(language, CHINESE)
    return words.subjects.get(audience, words.subjects["dispatcher"])


def answer_hint(language: str) -> str:
    """What stands in front of the address at which an offer is answered."""
    return LANGUAGES.get(language, CHINESE).answer


def _facts(facts: Mapping[str, object], words: Language, trust: Trust) -> dict[str, str]:
    told = {name: str(value) for name, value in facts.items() if trust is Trust.PERSONAL or name not in _PERSONAL}
    clock = words.spoken_clock if trust is Trust.SPOKEN else words.clock
    for name in _TIMES & told.keys():
        at = datetime.fromisoformat(told[name]).astimezone(CHINA)
        told[name] = clock.format(hour=at.hour, minute=at.minute)
    if "kind" in told:
        told["kind"] = _kind(Kind(told["kind"]), words, trust)
    if "basis" in told:
        told["basis"] = words.bases.get(told["basis"], words.bases[""])
    if "why" in told:
        told["why"] = words.reasons.get(told["why"], words.reasons["attention"])
    return told


def _kind(kind: Kind, words: Language, trust: Trust) -> str:
    is_about_health = FAMILY[kind] in {Family.CLINICAL, Family.BEHAVIOUR}
    return words.something if is_about_health and trust is not Trust.PERSONAL else words.kinds[kind.value]
