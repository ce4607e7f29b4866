"""Scope: who is asking, and what they may see at most; the queries of read_models.sql enforce it (pure).

A scope is three parameters, of which every role but the system's own has at most one. A row is visible when its area
starts with `area`, when `responder` is on the way to it, or when `family` is a relative of whom the resident has said
that they may be told. Null never matches, so that a forgotten parameter shows nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from carecircle.errors import Forbidden


class Role(StrEnum):
    """What an account is for."""

    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    RESPONDER = "responder"
    FAMILY = "family"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


# Who works at the centre and sees an area; who of them may act on incidents, and who may set
# rules.
STAFF = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR})
DISPATCHING = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
DECIDING = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
AUDITING = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Scope:
    """The most that somebody may see, as parameters of the queries."""

    area: str | None = None
    responder: str | None = None
    family: str | None = None

    def parameters(self) -> dict[str, str | None]:
        """As the queries name them."""
        return {"area": self.area, "responder": self.responder, "family": self.family}


# The stream reads each change once for everybody and sorts out afterwards who may have it.
EVERYTHING = Scope(area="")


def scope_of(role: Role, area_code: str | None, responder_id: str | None, family_member_id: str | None) -> Scope:
    """The scope of an account: its role decides which of the three ways counts, whatever else is filled in."""
    if role in STAFF:
        return Scope(area=area_code)
    if role is Role.RESPONDER:
        return Scope(responder=responder_id)
    return Scope(family=family_member_id)


Pending = Literal["password", "second_factor"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who has signed in. `pending` is what they must set up before they may do anything else."""

    account_id: int
    login: str
    name: str
    role: Role
    area_code: str | None
    area_name: str | None
    responder_id: str | None
    family_member_id: str | None
    pending: Pending | None = None
    session_id: UUID | None = None

    @property
    def is_staff(self) -> bool:
        """Whether they work at the centre and see an area."""
        return self.role in STAFF

    @property
    def scope(self) -> Scope:
        """The most that this person may see."""
        return scope_of(self.role, self.area_code, self.responder_id, self.family_member_id)

    def must_be(self, *roles: Role) -> None:
        """Raise `Forbidden` unless the role is one of these."""
        if self.role not in roles:
            raise Forbidden("您的角色无权进行此操作")
