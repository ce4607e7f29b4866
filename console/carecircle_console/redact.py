"""Redaction: what an incident looks like to those who do not work at the centre (pure)."""

from carecircle_console.wire import Entry, Incident


def incident_outside(incident: Incident) -> Incident:
    """For responders and relatives: without the centre's own words, which may name people who declined."""
    return incident.model_copy(update={"owner": None, "reason": "", "verification": "none", "level": 0})


def entry_outside(entry: Entry) -> Entry:
    """For responders and relatives: that something happened and when, not who said what."""
    return entry.model_copy(update={"actor": "", "reason": "", "detail": {}})
