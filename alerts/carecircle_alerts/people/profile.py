"""Profile: what is known of one person at a moment, and how they stand to one incident of many (pure)."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from carecircle_alerts.people.eligibility import Facts
from carecircle_alerts.people.rest import night_began_at
from carecircle_alerts.plan import Plan


class Profile(NamedTuple):
    """One person, whatever incident they are looked at for.

    `facts` are those of an incident that has asked nobody, `asked_by` the incidents whose offers wait for an answer,
    `taken` when calls were accepted in the last day.
    """

    facts: Facts
    asked_by: frozenset[UUID] = frozenset()
    taken: tuple[datetime, ...] = ()

    def facts_for(self, incident_id: UUID | None, asked: str | None, plan: Plan, now: datetime) -> Facts:
        """The facts as they are for one incident, or for none at all; `asked` is what became of its own last offer."""
        who = self.facts.who
        is_busy = who.busy or not self.asked_by <= {incident_id}
        if is_busy != who.busy or asked is not None:
            who = who._replace(busy=is_busy, asked=asked)
        calls = self._night_calls(plan, now) if self.taken else 0
        return self.facts if who is self.facts.who and not calls else self.facts._replace(who=who, night_calls=calls)

    def _night_calls(self, plan: Plan, now: datetime) -> int:
        since = night_began_at(plan, now)
        return sum(at >= since for at in self.taken) if since is not None else 0

    def asked_about(self, incident_id: UUID) -> "Profile":
        """The person once this incident asks them."""
        return self._replace(asked_by=self.asked_by | {incident_id})
