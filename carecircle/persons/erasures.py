"""Erasures: who was erased on whose word, and what was done, in the catalogue (pure)."""

from carecircle.persons.vocabulary import (
    ON_RECORD,
    Erase,
    Person,
    Show,
    Table,
    Words,
    by,
    columns,
    impersonal,
    others,
    technical,
)

_RESIDENT, _RELATIVE, _RESPONDER, _ACCOUNT = Person
_REQUEST = "t.subject_kind = '{}' and t.subject_id = %(person)s"
_PERSON = "t.kind = '{}' and t.person_id = %(person)s"
_ENTRY = "t.erasure_id in (select e.id from erasure e where e.subject_kind = '{}' and e.subject_id = %(person)s)"

ERASURES = (
    Table(
        "erasure", Words("删除请求", "requests of erasure"),
        {
            _RESIDENT: _REQUEST.format("resident"),
            _RELATIVE: _REQUEST.format("family_member"),
            _RESPONDER: _REQUEST.format("responder"),
        },
        by(ON_RECORD),
        (
            *columns("subject_kind:auditObject subject_id asked_by:erasureAskedBy asked_on ends_service requested_at"),
            *columns("confirmed_at not_before withdrawn_at begun_at finished_at"),
            *columns("reason withdrawn_reason", Show.MASKED, erase=Erase.SCRUBBED),
            *others("requested_name confirmed_name withdrawn_name", erase=Erase.NAME),
            *others("requested_by confirmed_by withdrawn_by"), *technical("id origin area_code"),
            *technical("failing_since failed_at failed_times failed_target failed_code"),
        ),
        order="t.id",
    ),
    Table(
        "erasure_person", Words("删除涉及的人", "whom an erasure is about"),
        {
            _RESIDENT: _PERSON.format("resident"),
            _RELATIVE: _PERSON.format("family_member"),
            _RESPONDER: _PERSON.format("responder"),
        },
        by(ON_RECORD), (*columns("kind:auditObject person_id"), *technical("erasure_id")),
    ),
    Table(
        "erasure_entry", Words("删除经过", "what was erased"),
        {
            _RESIDENT: _ENTRY.format("resident"),
            _RELATIVE: _ENTRY.format("family_member"),
            _RESPONDER: _ENTRY.format("responder"),
        },
        by(ON_RECORD),
        (
            *columns("topic:erasureTopic target act:erasureAct why:erasureWhy touched began_at done_at swept_at"),
            *technical("erasure_id place"),
        ),
        order="t.place",
    ),
    impersonal(
        "erasure_rule", "删除规则", "rules of erasing", "place topic target act which columns become by_time why"
    ),
)  # fmt: skip
