"""The console's endpoints: lists and their readers, and those that tests of their own hold to their scope (pure)."""

from tests.register_endpoints import REGISTER, REGISTER_LISTS

STAFF = ("dispatcher", "supervisor", "administrator", "auditor")
ROLES = (*STAFF, "responder", "family")
EVERYBODY = frozenset(ROLES)
DISPATCHING = frozenset({"dispatcher", "supervisor"})

LISTS = {
    "GET /api/me": EVERYBODY,
    "GET /api/incidents": EVERYBODY,
    "GET /api/beds": EVERYBODY,
    "GET /api/map": EVERYBODY,
    "GET /api/my/offers": frozenset({"responder"}),
    "POST /api/my/duty": frozenset({"responder"}),
    "GET /api/family": frozenset({"family"}),
    "GET /api/responders": frozenset(STAFF),
    "GET /api/drills": frozenset(STAFF),
    "GET /api/drills/presses": frozenset(STAFF),
    "GET /api/quarantine": frozenset({"administrator"}),
    "GET /api/homes": frozenset({"administrator"}),
    "GET /api/shelves": frozenset(STAFF),
    "GET /api/shift": DISPATCHING,
    "GET /api/handovers": frozenset(STAFF),
    "GET /api/handovers/draft": DISPATCHING,
    "GET /api/rules": frozenset(STAFF),
    "GET /api/rules/settings": frozenset(STAFF),
    "GET /api/rules/trials": frozenset(STAFF),
    "GET /api/roads/closures": frozenset(STAFF),
    "GET /api/coverage": frozenset(STAFF),
    "GET /api/coverage/uncovered": frozenset(STAFF),
    "GET /api/coverage/trials": frozenset(STAFF),
    "GET /api/plans": frozenset(STAFF),
    "GET /api/plans/settings": frozenset(STAFF),
    "GET /api/providers": frozenset(STAFF),
    "GET /api/people-changes": frozenset(STAFF),
    "GET /api/rosters": frozenset(STAFF),
    "GET /api/accounts": frozenset({"administrator"}),
    **REGISTER_LISTS,
    "GET /api/register-changes": frozenset({"administrator", "auditor"}),
    **dict.fromkeys(("GET /api/audit", "GET /api/audit.csv"), frozenset({"administrator", "auditor", "supervisor"})),
    **dict.fromkeys(("GET /api/my/sessions", "GET /api/my/second-factor", "GET /api/consent-texts"), EVERYBODY),
    "GET /api/erasures": frozenset({"administrator", "auditor", "supervisor"}),
    **dict.fromkeys(("GET /api/my/consents", "GET /api/my/exports"), frozenset({"responder", "family"})),
}
# Held by tests of their own.
HISTORY = {f"GET /api/beds/{{bed_id}}/{what}" for what in ("latest", "history", "export.csv", "export.fhir.json")}
ALARMS = {
    "GET /api/beds/{bed_id}/alarms",
    "POST /api/beds/{bed_id}/shelves",
    "DELETE /api/beds/{bed_id}/shelves/{kind}",
    "POST /api/rules/{rule}/settings",
    "POST /api/rules/trials",
    "GET /api/rules/trials/{trial_id}",
    "DELETE /api/rules/trials/{trial_id}",
}
ROADS = {"POST /api/roads/closures", "DELETE /api/roads/closures/{closure_id}"}
COVERAGE = {
    "GET /api/coverage/isochrones",
    "GET /api/coverage/without/{responder_id}",
    "POST /api/coverage/trials",
    "GET /api/coverage/trials/{trial_id}",
    "DELETE /api/coverage/trials/{trial_id}",
}
PEOPLE = {
    "GET /api/beds/{bed_id}/plan",
    "POST /api/plans/settings",
    "GET /api/responders/{responder_id}",
    "PUT /api/responders/{responder_id}/duty",
    "PUT /api/responders/{responder_id}/consent",
    "POST /api/responders/{responder_id}/consent/withdraw",
    "POST /api/responders/{responder_id}/shifts",
    "POST /api/responders/{responder_id}/shifts/{shift_id}/remove",
    "PUT /api/providers/{provider_id}/hours",
    "PUT /api/providers/{provider_id}/exceptions/{day}",
    "POST /api/providers/{provider_id}/exceptions/{day}/remove",
    "POST /api/my/consent/withdraw",
}
SHIFTS = {
    *(f"POST /api/{what}" for what in ("shift", "handovers", "handovers/{handover_id}/take")),
    *(f"GET /api/{what}" for what in ("handovers/{handover_id}", "beds/{bed_id}/home")),
}
PRESSES = {
    "POST /api/beds/{bed_id}/press-test",
    "POST /api/drills/presses/{test_id}/cancel",
    "POST /api/drills/presses/{test_id}/confirm",
    "POST /api/drills/presses/{test_id}/call",
}
TOLD = {"GET /api/my/push", "POST /api/my/push", "POST /api/my/push/remove", "POST /api/receipts/{channel}"}
VISITS = {
    "PUT /api/assignments/{assignment_id}/report",
    "PUT /api/assignments/{assignment_id}/photos/{photo_id}",
    "DELETE /api/assignments/{assignment_id}/photos/{photo_id}",
    "GET /api/incidents/{incident_id}/visits",
    "GET /api/photos/{photo_id}",
    "GET /api/beds/{bed_id}/label",
    "GET /api/beds/{bed_id}/label.svg",
    "POST /api/beds/{bed_id}/label/renew",
    "POST /api/my/position",
    "PUT /api/my/phone",
    "GET /api/my/contacts",
    "PUT /api/my/contacts/order",
    "PUT /api/my/contacts/quiet",
    "POST /api/my/contacts/{contact_id}/test",
    "GET /api/family/{resident_id}/history",
    "GET /api/family/{resident_id}/sharing",
}
HOMES = {
    "POST /api/beds/{bed_id}/pairing-code",
    "DELETE /api/beds/{bed_id}/home",
    "POST /api/homes/pair",
    "POST /api/homes/rotate",
    "POST /api/homes/rotated",
    "POST /api/broker/authenticate",
    "POST /api/broker/authorize",
}
OF_ACCOUNT = ("disable", "enable", "reset", "second-factor/remove", "sessions/revoke", "sessions/{session_id}/revoke")
OF_MINE = ("", "/confirm", "/recovery-codes", "/remove")
ACCOUNTS = {
    "POST /api/accounts",
    *(f"{method} /api/accounts/{{account_id}}" for method in ("GET", "PUT")),
    *(f"POST /api/accounts/{{account_id}}/{step}" for step in OF_ACCOUNT),
    "GET /api/accounts/{account_id}/sessions",
    "PUT /api/my/password",
    *(f"POST /api/my/sessions/{which}" for which in ("{session_id}/revoke", "revoke-others")),
    *(f"POST /api/my/second-factor{step}" for step in OF_MINE),
    *(f"POST /api/invitations/{step}" for step in ("look", "accept")),
}
ERASURES = {
    "GET /api/erasures/preview",
    "POST /api/erasures",
    *(f"{method} /api/erasures/{{erasure_id}}{step}" for method, step in (("GET", ""), ("POST", "/confirm"))),
    "POST /api/erasures/{erasure_id}/withdraw",
}
CONSENTS = {
    *(f"{method} /api/consents" for method in ("GET", "POST")),
    "GET /api/consent-texts/{purpose}/{version}",
    "POST /api/consent-texts/{purpose}",
    "POST /api/my/consents",
}
PERSON_EXPORTS = {
    *(f"{method} /api/persons/{{kind}}/{{person_id}}/exports" for method in ("GET", "POST")),
    "POST /api/my/exports",
    *(f"GET /api/person-exports/{{ticket_id}}{what}" for what in ("", "/archive.zip")),
}
ELSEWHERE = (
    # Two incidents of one bed: tried by the stories.
    {"POST /api/incidents/{incident_id}/merge"}
    | HISTORY
    | ALARMS
    | PEOPLE
    | PRESSES
    | TOLD
    | COVERAGE
    | HOMES
    | VISITS
    | ROADS
    | SHIFTS
    | ACCOUNTS
    | CONSENTS
    | ERASURES
    | REGISTER
    | PERSON_EXPORTS
    | {"POST /api/responders/{responder_id}/drill"}
    # The map has no people in it: tried with its ranges.
    | {"GET /api/map/{name}"}
    | {"GET /api/beds/{bed_id}/limits", "GET /api/beds/{bed_id}/incidents"}
    | {
        "POST /api/session",
        "DELETE /api/session",
        "GET /api/stream",
        "GET /healthz",
        "GET /api/beds/{bed_id}",
        "GET /api/dashboards/open",
    }
)
