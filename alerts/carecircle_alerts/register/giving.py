"""Giving: what one administrator may make of another account, and what would lock people out (pure)."""

from dataclasses import dataclass
from typing import Literal, get_args

from carecircle.errors import Conflict, Forbidden, Invalid

AccountRole = Literal["dispatcher", "supervisor", "responder", "family", "administrator", "auditor"]
ROLES: tuple[str, ...] = get_args(AccountRole)
_OF_A_PERSON = {"responder": "responder_id", "family": "family_member_id"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account is: its role, and the area or the person that it stands for."""

    role: str
    area_code: str | None
    responder_id: str | None = None
    family_member_id: str | None = None


def must_make_sense(wanted: Standing) -> None:
    """Raise `Invalid` unless role and what it stands for go together, as the table holds it."""
    if wanted.role not in ROLES:
        raise Invalid("role", "role_unknown", "请选择角色")
    for role, field in _OF_A_PERSON.items():
        value = wanted.responder_id if field == "responder_id" else wanted.family_member_id
        if (wanted.role == role) != (value is not None):
            person = "服务人员" if role == "responder" else "家属"
            raise Invalid(field, "person_needed", f"{person}账号须且只能关联一位{person}")
    if (wanted.role in _OF_A_PERSON) != (wanted.area_code is None):
        raise Invalid("area_code", "area_needed", "中心人员须选择负责区域，服务人员和家属账号不填区域")


def must_be_mine_to_give(wanted: Standing, area: str) -> None:
    """Raise `Forbidden` where an administrator of `area` would give away more than they have."""
    if wanted.area_code is not None and not wanted.area_code.startswith(area):
        raise Forbidden("只能授予您所负责区域之内的权限")


def must_not_lock_out(account_id: int, by_account_id: int, before: Standing, after: Standing | None, rest: int) -> None:
    """Raise `Conflict` where somebody would lock themselves out, or leave an area without anybody who answers for it.

    `after` None: the account is disabled. `rest`: how many other administrators in use cover the account's area.
    """
    keeps = after is not None and after.role == before.role and after.area_code == before.area_code
    if keeps:
        return
    if account_id == by_account_id:
        raise Conflict("不能停用自己的账号，也不能更改自己的角色或区域，请由其他管理员操作")
    if before.role == "administrator" and rest == 0:
        raise Conflict("这是该区域最后一位管理员，请先指定另一位")
