"""Conditions: the ways in which a row belongs to a person, as SQL about the row `t` (pure)."""

from typing import LiteralString

BED: LiteralString = "t.bed = any(%(beds)s)"
BED_ID: LiteralString = "t.bed_id = any(%(beds)s)"
OF_INCIDENT: LiteralString = "t.incident_id in (select i.id from incident i where i.bed_id = any(%(beds)s))"
OF_ASSIGNMENT: LiteralString = (
    "t.assignment_id in (select s.id from assignment s join incident i on i.id = s.incident_id"
    " where i.bed_id = any(%(beds)s))"
)
OWN_ASSIGNMENT: LiteralString = "t.assignment_id in (select s.id from assignment s where s.responder_id = %(person)s)"
RESPONDER_ID: LiteralString = "t.responder_id = %(person)s"
RELATIVE_ID: LiteralString = "t.family_member_id = %(person)s"
ACCOUNT_ID: LiteralString = "t.account_id = any(%(accounts)s)"
# To whom messages and tellings went; recipients are ids, and which kind of id follows from the audience.
TOLD_RELATIVE: LiteralString = "t.audience = 'family' and t.recipient_id = %(person)s"
TOLD_RESPONDER: LiteralString = "t.audience in ('offer', 'withdrawn') and t.recipient_id = %(person)s"
TOLD_ACCOUNT: LiteralString = "t.audience = 'dispatcher' and t.recipient_id = %(person)s"
# Of a relative's residents only those whom the asker may see; for oneself the area is null.
SEEN_RESIDENT: LiteralString = (
    "(%(area)s::text is null or exists (select from bed b where b.resident_id = t.resident_id"
    " and starts_with(b.division_code, %(area)s)))"
)
SEEN_SUBJECT: LiteralString = (
    "(%(area)s::text is null or exists (select from bed b where b.resident_id = t.subject_id"
    " and starts_with(b.division_code, %(area)s)))"
)
# Addresses of these channels are numbers and mailboxes; of all others they hold keys by which anybody could send.
OWN_ADDRESS: LiteralString = "case when t.channel in ('sms', 'voice', 'email', 'wechat') then t.address else '' end"
# What keeps two tellings of one step apart was not said: a helper after `stalled_`, a count after `accepted_`.
TOLD_STEP: LiteralString = "regexp_replace(t.step, '_([0-9]+|[0-9a-f]{8}-[0-9a-f-]{27})$', '')"
# Of a test that was called off, who did stands in the place of the outcome.
TEST_OUTCOME: LiteralString = "case when t.state <> 'CANCELLED' then t.outcome end"
