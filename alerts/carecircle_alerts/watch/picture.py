"""Picture: the mind of a bed as people are shown it: where the resident is, and what protects the bed (pure).

Moments are Unix seconds: these documents are written with every message.
"""

from typing import Any

from carecircle_alerts.rules.gateway_silent import GatewaySilent
from carecircle_alerts.rules.lost_signal import LostSignal
from carecircle_alerts.rules.settings import RuleSet
from carecircle_alerts.watch.capabilities import Protection, protection
from carecircle_alerts.watch.mind import Mind


def picture_of(mind: Mind, at: float) -> dict[str, Any]:
    """`place` is bed, home, perhaps_out or unknown; `since` where it is known; `asleep` as far as a mat can tell."""
    person = mind.around.person
    if person.in_bed:
        place = "bed"
    elif person.may_be_out():
        place = "perhaps_out"
    else:
        place = "home" if person.inside_at is not None else "unknown"
    picture: dict[str, Any] = {"place": place, "asleep": person.is_asleep(at)}
    if person.in_bed is not None and person.bed_since is not None:
        picture["since"] = round(person.bed_since)
    if person.bed_seen is not None:
        picture["seen"] = round(person.bed_seen)
    return picture


def protection_of(mind: Mind, at: float, rules: RuleSet) -> Protection:
    """What holds of a bed's capabilities under the rules of silence that it has."""
    silent, lost = rules.settings["gateway_silent"], rules.settings["lost_signal"]
    assert isinstance(silent, GatewaySilent)
    assert isinstance(lost, LostSignal)
    return protection(mind.around, at, mind.distrusted, silent, lost)
