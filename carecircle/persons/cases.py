"""Cases: calls, alarms, who was asked, who came and what was told, in the catalogue (pure)."""

from carecircle.persons.conditions import (
    BED_ID,
    OF_ASSIGNMENT,
    OF_INCIDENT,
    OWN_ADDRESS,
    OWN_ASSIGNMENT,
    RELATIVE_ID,
    RESPONDER_ID,
    TEST_OUTCOME,
    TOLD_ACCOUNT,
    TOLD_RELATIVE,
    TOLD_RESPONDER,
    TOLD_STEP,
)
from carecircle.persons.vocabulary import (
    DELETED,
    EVIDENCE,
    ON_RECORD,
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
_TOLD = {_RELATIVE: TOLD_RELATIVE, _RESPONDER: TOLD_RESPONDER, _ACCOUNT: TOLD_ACCOUNT}
_OF_PERSON_KIND = "t.recipient_kind = '{}' and t.recipient_id = %(person)s"

INCIDENTS = (
    Table(
        "incident", Words("求助与事件", "incidents"), {_RESIDENT: BED_ID}, by(EVIDENCE),
        (
            *columns(
                "id bed_id kind:kind family:family priority:priority state:state level verification:verification "
                "confidence:confidence late device pressed_at opened_at deadline_at acknowledged_at dispatched_at "
                "accepted_at arrived_at cleared_at closed_at outcome_code:outcome responsible "
                "merged_into helpers_wanted"
            ),
            *others("acknowledged_by closed_by", erase=Erase.NAME), *others("owner_account_id"),
            *technical("epoch plan plan_version event_boot event_seq cell"),
        ),
        order="t.opened_at, t.id",
    ),
    Table(
        "incident_event", Words("处置过程", "what was done about incidents"),
        {
            _RESIDENT: OF_INCIDENT,
            _RESPONDER: "t.actor = 'responder:' || %(person)s",
            _ACCOUNT: "t.actor = 'account:' || %(person)s",
        },
        by(EVIDENCE),
        (
            *columns("at incident_id step:step"),
            *columns("actor:actor", shown_as="split_part(t.actor, ':', 1)"),
            *columns("reason", Show.MASKED, erase=Erase.SCRUBBED, to=[_RESIDENT]),
            *others("detail", erase=Erase.SCRUBBED), *technical("id epoch"),
        ),
        order="t.id",
        remark=Words(
            "操作人只写类别，不写姓名", "of whoever acted only the kind is shown, not the name"
        ),
    ),
    Table(
        "signal", Words("求助信号", "signals of danger"), {_RESIDENT: BED_ID}, by(EVIDENCE),
        (*columns("bed_id device kind:kind measured_at received_at incident_id"), *technical("boot seq")),
    ),
    Table(
        "alarm", Words("报警", "alarms"), {_RESIDENT: BED_ID}, by(EVIDENCE),
        (
            *columns("id bed_id kind:kind device priority:priority raised_at noted_at cleared_at incident_id"),
            *columns("held_back:held"),
            *columns("correction:correction corrected_at"), *columns("why correction_why", erase=Erase.EMPTIED),
            *technical("rules_version"),
        ),
        order="t.id",
    ),
    Table(
        "shelf", Words("被搁置的报警", "alarms put aside"),
        {_RESIDENT: BED_ID, _ACCOUNT: "t.by_account_id = any(%(accounts)s)"},
        by({_RESIDENT: DELETED, _ACCOUNT: EVIDENCE}),
        (
            *columns("kind:kind begins_at until ended_at"), *columns("bed_id", to=[_RESIDENT]),
            *columns("reason", Show.MASKED, to=[_RESIDENT]), *others("by_account_id"),
            *others("by_name", erase=Erase.NAME), *technical("id"),
        ),
    ),
    Table(
        "due", Words("待办时限", "timers"), {_RESIDENT: OF_INCIDENT}, by(DELETED),
        technical("id due_at incident_id epoch kind subject"),
    ),
)  # fmt: skip

HELP = (
    Table(
        "offer", Words("派单询问", "who was asked"), {_RESIDENT: OF_INCIDENT, _RESPONDER: RESPONDER_ID}, by(EVIDENCE),
        (
            *columns("incident_id wave state:offer created_at sent_at answered_at expires_at"),
            *columns("travel_p50_s travel_p90_s basis:basis distance_m", to=[_RESPONDER]),
            *columns("reason", Show.MASKED, erase=Erase.SCRUBBED, to=[_RESPONDER]),
            *columns("responder_id", to=[_RESPONDER]), *columns("forced"),
            *technical("id rank travel_version track"),
        ),
        order="t.created_at, t.id",
    ),
    Table(
        "assignment", Words("上门任务", "who went"), {_RESIDENT: OF_INCIDENT, _RESPONDER: RESPONDER_ID}, by(EVIDENCE),
        (
            *columns("id incident_id state:helper accepted_at eta_at moving_at arrived_at released_at forced"),
            *columns("responder_id", to=[_RESPONDER]), *technical("offer_id"),
        ),
        order="t.accepted_at, t.id",
    ),
    Table(
        "arrival", Words("到达凭证", "proof of arrival"),
        {_RESIDENT: OF_ASSIGNMENT, _RESPONDER: OWN_ASSIGNMENT}, by(EVIDENCE),
        (*columns("assignment_id proof:visit.proof at"), *columns("distance_m accuracy_m", to=[_RESPONDER])),
    ),
    Table(
        "arrival_attempt", Words("到达码错误次数", "wrong codes at the door"),
        {_RESPONDER: OWN_ASSIGNMENT, _RESIDENT: OF_ASSIGNMENT}, by(DELETED),
        (*columns("at", to=[_RESPONDER]), *technical("assignment_id")),
    ),
    Table(
        "visit_report", Words("上门记录", "what helpers found"),
        {_RESIDENT: OF_INCIDENT, _RESPONDER: OWN_ASSIGNMENT}, by({_RESIDENT: DELETED, _RESPONDER: EVIDENCE}),
        (
            *columns("assignment_id incident_id made_at written_at"),
            *columns(
                "outcome:outcome consciousness:visit.aware heart_rate_bpm respiratory_rate_per_min "
                "spo2_percent systolic_mmhg diastolic_mmhg body_temperature_c",
                to=[_RESIDENT],
            ),
            *columns("note", Show.MASKED, erase=Erase.SCRUBBED, to=[_RESIDENT]),
        ),
    ),
    Table(
        "visit_photo", Words("上门照片", "pictures of visits"),
        {_RESIDENT: OF_INCIDENT, _RESPONDER: OWN_ASSIGNMENT}, by({_RESIDENT: DELETED, _RESPONDER: EVIDENCE}),
        (*columns("id assignment_id incident_id received_at bytes"), *columns("jpeg", to=[_RESIDENT])),
        remark=Words("照片本身在“照片”文件夹", "the pictures themselves are in the folder of pictures"),
    ),
)  # fmt: skip

TOLD = (
    Table(
        "message", Words("通知", "messages"), {_RESIDENT: OF_INCIDENT, **_TOLD}, by(EVIDENCE),
        (
            *columns("incident_id audience:audience"), *columns("step:told", shown_as=TOLD_STEP),
            *columns("channel:channel state:message created_at sent_at receipt_at"),
            *columns("language:written attempts", to=_TOLD),
            *columns("address", erase=Erase.EMPTIED, to=_TOLD, shown_as=OWN_ADDRESS),
            *others("recipient_id"), *others("content last_error", erase=Erase.EMPTIED),
            *technical(
                "id offer_id priority due_at leased_until contact_id tried no_receipt_s escalate_at provider_ref"
            ),
        ),
        order="t.created_at, t.id",
        remark=Words("通知正文可能写有他人情况，因此不列出", "what messages said may be about others: left out"),
    ),
    Table(
        "lifeline_telling", Words("应急通道的通知", "what the lifeline told"), {_RESIDENT: BED_ID, **_TOLD},
        by(EVIDENCE),
        (
            *columns("incident_id audience:audience"), *columns("step:told", shown_as=TOLD_STEP),
            *columns("channel:channel told_at"), *columns("bed_id", to=[_RESIDENT]),
            *others("recipient_id"), *technical("id call_id reconciled_at snapshot_at"),
        ),
        order="t.told_at, t.id",
    ),
    Table(
        "bed_test", Words("按钮测试", "tests of the button"),
        {
            _RESIDENT: BED_ID,
            _RELATIVE: _OF_PERSON_KIND.format("family_member"),
            _RESPONDER: _OF_PERSON_KIND.format("responder"),
        },
        by({_RESIDENT: DELETED, _RELATIVE: EVIDENCE, _RESPONDER: EVIDENCE}),
        (
            *columns("state:bedTest planned_at opens_at closes_at invited_at told_at channel:channel settled_at"),
            *columns("outcome:bedTestWhy", shown_as=TEST_OUTCOME, erase=Erase.NAME), *columns("confirmed_at"),
            *columns("bed_id device home_told_at ready_at pressed_at received_at incident_id", to=[_RESIDENT]),
            *columns("reason", Show.MASKED, erase=Erase.SCRUBBED, to=[_RESIDENT]),
            *others("by_name confirmed_by", erase=Erase.NAME), *others("decision", erase=Erase.EMPTIED),
            *others("recipient_kind recipient_id"),
            *technical(
                "id topic payload boot seq confirm_by doubted_at decided_at message_id provider_ref came_at"
            ),
        ),
        order="t.planned_at, t.id",
    ),
)  # fmt: skip

PEOPLE_AT_WORK = (
    Table(
        "shift", Words("排班", "roster"), {_RESPONDER: RESPONDER_ID}, by(DELETED),
        (
            *columns("begins_at ends_at source:source"), *others("by_name", erase=Erase.NAME),
            *technical("id responder_id"),
        ),
        order="t.begins_at, t.id",
    ),
    Table(
        "standing", Words("应答情况", "how they answer when asked"), {_RESPONDER: RESPONDER_ID}, by(DELETED),
        (*columns("asked accepted asked_lately went_lately as_of"), *technical("responder_id")),
    ),
    Table(
        "reachability", Words("可联系程度", "how well they are reached"), {_RESPONDER: RESPONDER_ID}, by(DELETED),
        (*columns("state:reach evidence:evidence evidence_at valid_until judged_at"), *technical("responder_id")),
    ),
    Table(
        "drill", Words("联系方式测试", "tests of contacts"), {_RESPONDER: RESPONDER_ID, _RELATIVE: RELATIVE_ID},
        by(DELETED),
        (
            *columns("channel:channel state:drillState planned_at sent_at came answer_by settled_at attempts"),
            *columns("reason", Show.MASKED), *others("by_name", erase=Erase.NAME),
            *technical("id responder_id family_member_id contact_id due_at provider_ref"),
        ),
        order="t.planned_at, t.id",
    ),
    Table(
        "people_change", Words("档案变更", "what was changed about them"), {_RESPONDER: RESPONDER_ID}, by(ON_RECORD),
        (
            *columns("at change:change"), *columns("reason", Show.MASKED, erase=Erase.SCRUBBED),
            *others("by_name", erase=Erase.NAME), *others("actor"), *others("detail", erase=Erase.SCRUBBED),
            *technical("id responder_id provider_id"),
        ),
        order="t.id",
    ),
)  # fmt: skip
