"""Register: residents, beds, relatives, responders, their contacts and accounts, in the catalogue (pure)."""

from carecircle.persons.conditions import ACCOUNT_ID, BED_ID, OWN_ADDRESS, RELATIVE_ID, RESPONDER_ID, SEEN_RESIDENT
from carecircle.persons.vocabulary import (
    ANONYMOUS,
    DELETED,
    PLACEHOLDER,
    SECURITY_LOG,
    Erase,
    Person,
    Table,
    Words,
    by,
    columns,
    impersonal,
    others,
    secret,
    technical,
)

_RESIDENT, _RELATIVE, _RESPONDER, _ACCOUNT = Person
_CALLEE_OF = "t.callee in (select md5(c.address) from contact c where {})"
_WITH_ACCOUNT = {_RELATIVE: ACCOUNT_ID, _RESPONDER: ACCOUNT_ID, _ACCOUNT: ACCOUNT_ID}

PEOPLE = (
    Table(
        "resident", Words("老人档案", "resident"), {_RESIDENT: "t.id = %(person)s"}, by(PLACEHOLDER),
        (
            *columns("id erased_at"),
            *columns("name birth_year phone key_safe hazards frailty:frailty", erase=Erase.EMPTIED),
        ),
        remark=Words("进门方式和现场风险仅供上门救助使用", "how to get in and what is dangerous there is for helpers"),
    ),
    Table(
        "bed", Words("床位", "beds"), {_RESIDENT: "t.id = any(%(beds)s)"}, by(PLACEHOLDER),
        (
            *columns("id county division_code circle:circle terrain:terrain provider_id altitude_m created_at"),
            *columns("ended_at"),
            *columns("address lat lon", erase=Erase.EMPTIED), *technical("resident_id version"),
        ),
    ),
    Table(
        "device", Words("床位设备", "devices"), {_RESIDENT: BED_ID}, by(DELETED), (
            *columns("bed_id id model label"),
        ),
    ),
    Table(
        "family_member", Words("家属档案", "relative"), {_RELATIVE: "t.id = %(person)s"}, by(PLACEHOLDER),
        (*columns("id erased_at"), *columns("name phone", erase=Erase.EMPTIED)),
    ),
    Table(
        "kinship", Words("亲属关系", "kinship"),
        {
            _RESIDENT: "t.resident_id = %(person)s",
            _RELATIVE: f"t.family_member_id = %(person)s and {SEEN_RESIDENT}",
        },
        by(DELETED),
        columns("resident_id family_member_id relation consented_at place"),
        remark=Words(
            "只有编号，没有对方的姓名和电话", "the other person is an id here, without their name and number"
        ),
    ),
    Table(
        "responder", Words("服务人员档案", "responder"), {_RESPONDER: "t.id = %(person)s"}, by(PLACEHOLDER),
        (
            *columns("id role:role provider_id area_code travel_mode:mode on_duty duty_set_at consented_at"),
            *columns("consent_withdrawn_at erased_at"),
            *columns(
                "name phone lat lon position_at position_source:positionSource base_lat base_lon skills:skill "
                "languages:language family_may_call",
                erase=Erase.EMPTIED,
            ),
        ),
    ),
    Table(
        "contact", Words("联系方式", "contacts"),
        {_RELATIVE: RELATIVE_ID, _RESPONDER: RESPONDER_ID, _ACCOUNT: ACCOUNT_ID}, by(DELETED),
        (
            *columns("channel:channel place language:written enabled quiet_from quiet_until verified_at created_at"),
            *columns("renewed_at"),
            *columns("address", shown_as=OWN_ADDRESS),
            *columns("failures failed_drills"),
            *technical("id person_kind person_id responder_id family_member_id account_id"),
        ),
        remark=Words(
            "推送和群机器人的地址含有密钥，因此留空",
            "addresses of push services and group robots hold keys and are left empty",
        ),
    ),
    # Erased before contacts, after which nobody can find it.
    Table(
        "channel_use", Words("联系频次", "how often a contact was used"),
        {
            _RELATIVE: _CALLEE_OF.format("c.family_member_id = %(person)s"),
            _RESPONDER: _CALLEE_OF.format("c.responder_id = %(person)s"),
            _ACCOUNT: _CALLEE_OF.format("c.account_id = any(%(accounts)s)"),
        },
        by(DELETED),
        (*columns("channel:channel at"), *technical("callee")),
    ),
)  # fmt: skip

ACCOUNTS = (
    # Disabled and without a password once erased.
    Table(
        "account", Words("登录账号", "account"),
        {
            _RELATIVE: RELATIVE_ID,
            _RESPONDER: RESPONDER_ID,
            _ACCOUNT: "t.id = any(%(accounts)s)",
        },
        by(PLACEHOLDER),
        (
            *columns("id role:role area_code created_at disabled_at"),
            *columns("login name", erase=Erase.EMPTIED),
            *secret("password_hash", erase=Erase.EMPTIED),
            *technical("responder_id family_member_id version must_change_password password_expires_at"),
        ),
    ),
    Table(
        "console_session", Words("已登录设备", "sessions"), _WITH_ACCOUNT, by(DELETED),
        (*columns("device created_at seen_at expires_at"), *secret("token_sha256"), *technical("id account_id")),
    ),
    Table(
        "session_event", Words("登录记录", "sign-ins"), _WITH_ACCOUNT, by(SECURITY_LOG),
        (
            *columns("at event:auditDid"), *columns("device", erase=Erase.EMPTIED),
            *others("by_account_id"), *technical("id account_id session_id"),
        ),
    ),
    # Erased before the account, whose login it names.
    Table(
        "login_failure", Words("登录失败记录", "failed sign-ins"),
        dict.fromkeys(_WITH_ACCOUNT, "t.login in (select a.login from account a where a.id = any(%(accounts)s))"),
        by(DELETED), columns("login at"),
    ),
    Table(
        "invitation", Words("邀请链接", "invitations"), _WITH_ACCOUNT, by(DELETED),
        (*columns("made_at expires_at used_at"), *secret("token_sha256"), *technical("account_id")),
    ),
    Table(
        "second_factor", Words("两步验证", "second factor"), _WITH_ACCOUNT, by(DELETED),
        (*columns("begun_at confirmed_at"), *secret("sealed_secret"), *technical("account_id last_step")),
    ),
    Table(
        "recovery_code", Words("恢复码", "recovery codes"), _WITH_ACCOUNT, by(DELETED),
        (*columns("used_at"), *secret("code_hash"), *technical("id account_id")),
    ),
)  # fmt: skip

HOMES = (
    # Stays revoked, so that the box is let in no more.
    Table(
        "home_account", Words("家庭网关账号", "the home box's account"), {_RESIDENT: BED_ID}, by(PLACEHOLDER),
        (*columns("bed_id paired_at rotated_at revoked_at"), *technical("generation next_generation")),
    ),
    Table(
        "pairing_code", Words("配对码", "pairing codes"),
        {_RESIDENT: BED_ID, _ACCOUNT: "t.made_by = any(%(accounts)s)"}, by({_RESIDENT: DELETED, _ACCOUNT: ANONYMOUS}),
        (*columns("bed_id made_at expires_at used_at"), *secret("code_hash"), *others("made_by")),
    ),
    Table(
        "bed_code", Words("床位标签", "the bed's label"), {_RESIDENT: BED_ID}, by(DELETED),
        (*columns("bed_id renewed_at"), *secret("generation"), *others("by_name", erase=Erase.NAME)),
    ),
    Table(
        "bed_candidate", Words("附近服务人员（夜间计算）", "nearest responders, computed at night"),
        {_RESIDENT: BED_ID, _RESPONDER: RESPONDER_ID}, by(DELETED),
        (
            *columns("rank p50_s p90_s distance_m basis:basis made_at"), *columns("bed_id", to=[_RESIDENT]),
            *columns("responder_id", to=[_RESPONDER]), *technical("version"),
        ),
    ),
    Table(
        "coverage_bed", Words("床位覆盖情况", "cover of the bed"), {_RESIDENT: BED_ID}, by(DELETED),
        (
            *columns("bed_id from_hour until_hour state:cover p50_s p90_s limit_s people provider_id"),
            *others("post_id"), *technical("run_id"),
        ),
    ),
    Table(
        "coverage_post", Words("独自值守的覆盖作用", "what somebody's leaving would uncover"),
        {_RESPONDER: "t.post_id = %(person)s"}, by(DELETED),
        (*columns("mode:mode hour people sole_beds second_beds"), *technical("run_id post_id")),
    ),
    Table(
        "register_import_row", Words("批量导入的内容", "what an import wrote"),
        {_RESIDENT: BED_ID, _RESPONDER: RESPONDER_ID}, by(DELETED),
        (*columns("before after", to=[_RESPONDER]), *technical("import_id responder_id bed_id object_id")),
        remark=Words(
            "床位的导入行含家属的姓名和电话，因此不列出", "rows about beds hold relatives' names and numbers: left out"
        ),
    ),
    impersonal("pairing_failure", "配对失败计数", "failed pairings, counted", "failed_at"),
)  # fmt: skip
