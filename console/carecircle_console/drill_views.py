"""Views: how people are reached, as drills have shown it (pure)."""

from carecircle_console.wire import Time, Wire


class DrilledContact(Wire):
    """One contact in use and its last drill; `tried_last` says that its last drills went wrong. Never an address."""

    channel: str
    tried_last: bool
    state: str | None
    due_at: Time | None
    sent_at: Time | None
    settled_at: Time | None
    reason: str | None


class ReachedPerson(Wire):
    """One person: `good`, `doubtful`, `unreachable` or `untested`, from what that is known, and from when."""

    id: str
    name: str
    role: str
    state: str
    evidence: str
    evidence_at: Time | None
    contacts: tuple[DrilledContact, ...]


class DrillStarted(Wire):
    """When the first test message is due; at night, or while somebody is on the way, it waits."""

    first_at: Time
