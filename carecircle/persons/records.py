"""Records: consents, who read what, what administrators changed, shifts of the desk, in the catalogue (pure)."""

from carecircle.persons.conditions import ACCOUNT_ID, BED_ID, SEEN_SUBJECT
from carecircle.persons.vocabulary import (
    EVIDENCE,
    ON_RECORD,
    PROOF_OF_CONSENT,
    Erase,
    Person,
    Show,
    Table,
    Words,
    by,
    columns,
    others,
    technical,
)

_RESIDENT, _RELATIVE, _RESPONDER, _ACCOUNT = Person
_OWN_CONSENT = "t.subject_kind = '{}' and t.subject_id = %(person)s"

RECORDS = (
    Table(
        "consent_entry", Words("同意记录", "consents"),
        {
            _RESIDENT: _OWN_CONSENT.format("resident"),
            _RELATIVE: (
                f"(({_OWN_CONSENT.format('family_member')}) or (t.subject_kind = 'resident'"
                f" and t.about = %(person)s and {SEEN_SUBJECT}))"
            ),
            _RESPONDER: _OWN_CONSENT.format("responder"),
        },
        by(PROOF_OF_CONSENT),
        (
            *columns("at subject_kind:auditObject subject_id purpose:auditPurpose about given since text_version"),
            *columns("how:auditHow"),
            *columns(
                "note", Show.MASKED, erase=Erase.SCRUBBED,
                shown_as="case when t.subject_id = %(person)s then t.note else '' end",
            ),
            *others("by_name", erase=Erase.NAME), *others("actor"), *technical("id"),
        ),
        order="t.id",
    ),
    Table(
        "health_access", Words("健康信息查阅记录", "who looked at health data"),
        {
            _RESIDENT: "t.resident_id = %(person)s",
            _RELATIVE: ACCOUNT_ID,
            _RESPONDER: ACCOUNT_ID,
            _ACCOUNT: ACCOUNT_ID,
        },
        by(ON_RECORD),
        (
            *columns("at purpose:purpose period"),
            *columns(
                "account_id:role", to=[_RESIDENT], shown_as="(select a.role from account a where a.id = t.account_id)"
            ),
            *others("resident_id"), *technical("id"),
        ),
        order="t.id", is_long=True,
        remark=Words("查阅人只写角色，不写姓名", "of whoever looked only the role is shown, not the name"),
    ),
    Table(
        "grafana_health_read", Words("看板查阅记录", "health data read in dashboards"), {_RESIDENT: BED_ID},
        by(ON_RECORD),
        (
            *columns("bed_id hour period times"), *others("viewer", erase=Erase.NAME),
            *technical("id role_name"),
        ),
        order="t.id",
    ),
    Table(
        "register_change", Words("登记变更", "what administrators changed"),
        {
            _RESIDENT: (
                "((t.kind in ('resident', 'erasure', 'export', 'consent') and t.object_id = %(person)s)"
                " or (t.kind in ('bed', 'device') and t.object_id = any(%(beds)s)))"
            ),
            _RELATIVE: (
                "((t.kind in ('family_member', 'erasure', 'export', 'consent', 'contact')"
                " and t.object_id = %(person)s)"
                " or (t.kind = 'account' and t.object_id = any(%(accounts)s::text[])))"
            ),
            _RESPONDER: (
                "((t.kind in ('responder', 'erasure', 'export', 'consent', 'contact') and t.object_id = %(person)s)"
                " or (t.kind = 'account' and t.object_id = any(%(accounts)s::text[])))"
            ),
            _ACCOUNT: "t.kind = 'account' and t.object_id = %(person)s",
        },
        by(ON_RECORD),
        (
            *columns("at kind:auditObject object_id change:registerChange"),
            *columns("reason", Show.MASKED, erase=Erase.SCRUBBED),
            *others("detail", erase=Erase.SCRUBBED), *others("by_name", erase=Erase.NAME), *others("actor"),
            *technical("id area_code"),
        ),
        order="t.id",
    ),
    Table(
        "rule_setting", Words("本床规则设置", "rules set for the bed"), {_RESIDENT: "t.scope = any(%(beds)s)"},
        by(EVIDENCE),
        (
            *columns("scope rule:kind at version"), *columns("settings", erase=Erase.EMPTIED),
            *columns("reason", Show.MASKED, erase=Erase.SCRUBBED), *others("by_name", erase=Erase.NAME),
        ),
        order="t.version",
    ),
    Table(
        "audit_read", Words("审计日志查阅记录", "looks into the audit log"), {_ACCOUNT: ACCOUNT_ID}, by(ON_RECORD),
        (*columns("at area_code what"), *others("asked"), *technical("id account_id")), order="t.id",
        remark=Words("只记编号，不记查过的姓名", "holds ids; names that were searched for are never kept"),
    ),
    Table(
        "desk_shift", Words("值班记录", "watches at the desk"), {_ACCOUNT: ACCOUNT_ID}, by(EVIDENCE),
        (
            *columns("area_code began_at heard_at ended_at"), *columns("by_name", erase=Erase.NAME),
            *technical("id account_id"),
        ),
        order="t.id",
    ),
    Table(
        "handover", Words("交接班记录", "handovers"),
        {_ACCOUNT: "(t.from_account_id = any(%(accounts)s) or t.to_account_id = any(%(accounts)s))"}, by(EVIDENCE),
        (
            *columns("area_code written_at taken_at"), *others("from_name to_name", erase=Erase.NAME),
            *others("notes summary", erase=Erase.SCRUBBED), *technical("id from_account_id to_account_id"),
        ),
        order="t.id",
        remark=Words(
            "由多位老人的情况写成，不属于单个人；删除时抹去其姓名和号码",
            "about many residents, nobody's alone; erasure takes the person's name and numbers out of it",
        ),
    ),
    Table(
        "road_closure", Words("道路封闭", "closed roads"),
        {_ACCOUNT: "(t.by_account_id = any(%(accounts)s) or t.ended_by_account_id = any(%(accounts)s))"},
        by(EVIDENCE),
        (
            *columns("area_code added_at begins_at until ended_at"),
            *others("by_name ended_by_name", erase=Erase.NAME), *others("reason", erase=Erase.SCRUBBED),
            *technical("id corners radius_m slow_factor modes by_account_id ended_by_account_id"),
        ),
        order="t.id",
    ),
    Table(
        "register_import", Words("批量导入", "imports"),
        {_ACCOUNT: "t.actor = 'account:' || %(person)s"}, by(ON_RECORD),
        (
            *columns("at kind area_code created changed undone_at"), *others("by_name undone_by", erase=Erase.NAME),
            *others("reason", erase=Erase.SCRUBBED), *technical("id actor fingerprint"),
        ),
        order="t.id",
    ),
)  # fmt: skip
