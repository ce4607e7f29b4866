"""Gateway silent: nothing at all comes from a home; one alarm, and its sensors are not blamed (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rule import ANY, TICK, Memory, Outcome, Rule, Turn, tell
from carecircle_alerts.rules.silence import SilenceSettings, allowed_s
from carecircle_alerts.watch.around import rfc3339
from carecircle_alerts.watch.hold import Change

_KIND = Kind.GATEWAY_SILENT


class GatewaySilent(SilenceSettings):
    """A home's box says something at least every five minutes."""

    least_s: float = Field(300, gt=0, description="freshness of a gateway: 5 min")
    priority: int = Field(2, ge=1, le=3, description="a home that is not heard is not protected at all")


def step(memory: Memory, turn: Turn, settings: GatewaySilent) -> Outcome:
    """Anything heard ends it; the passing of time begins it."""
    home = turn.around.home
    if home.heard is None:
        # A box that has never spoken is not installed yet. The bed is shown as unprotected; nothing of it has broken.
        return Outcome(Memory(memory.holds, {}, turn.at + 3 * settings.least_s))
    heard = home.heard
    due = heard + allowed_s(home, settings)
    if due > turn.at:
        # Until its habit is known a home is looked at now and then, so that what is learnt counts soon.
        after = Memory(memory.holds, {}, min(due, turn.at + 3 * settings.least_s))
        if "active" not in memory.notes:
            return Outcome(after)
        return Outcome(after, tell(_KIND, Change.CLEARED, turn.at, settings.priority, {"code": "heard"}))
    if "active" in memory.notes:
        return Outcome(memory)
    why = {"code": "silent", "last_heard": rfc3339(heard), "allowed_s": round(due - heard)}
    signals = tell(_KIND, Change.RAISED, turn.at, settings.priority, why)
    return Outcome(Memory(memory.holds, {"active": turn.at}, None), signals)


RULE = Rule(_KIND, frozenset({ANY, TICK}), GatewaySilent, step)
