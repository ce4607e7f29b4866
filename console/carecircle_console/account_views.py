"""Views: the JSON of accounts, sessions and second factors, and of the commands on them (pure)."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from carecircle_alerts.register.accounts import Way
from carecircle_console.people_views import Reason
from carecircle_console.scope import Role
from carecircle_console.wire import Time, Wire

Password = Annotated[str, Field(min_length=1, max_length=256)]
Code = Annotated[str, Field(min_length=1, max_length=32)]
AreaCode = Annotated[str, Field(pattern=r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$")]
PersonId = Annotated[str, Field(min_length=1, max_length=64)]
Version = Annotated[int, Field(ge=1)]
ListState = Literal["active", "disabled", "all"]


class Account(Wire):
    """An account. `version` goes back with a change; `state` says what it takes before it can be used.

    `invited`: nobody has set a password yet, the link counts until `opens_until`; `one_time`: a one-time password
    counts until then; `expired`: neither does any more, it wants a reset.
    """

    id: int
    login: str
    name: str
    role: Role
    area_code: str | None
    area_name: str | None
    responder_id: str | None
    responder_name: str | None
    family_member_id: str | None
    family_member_name: str | None
    state: Literal["active", "invited", "one_time", "expired", "disabled"]
    opens_until: Time | None
    disabled_at: Time | None
    created_at: Time
    signed_in_at: Time | None
    sessions: int
    has_second_factor: bool
    version: int


class AccountPage(Wire):
    """A page of accounts, by login; `next` is `after` of the page behind it, null on the last."""

    accounts: tuple[Account, ...]
    next: str | None


class AccountScope(Wire):
    """What an account is for: staff have an area, responders and relatives the person that they are."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    role: Role
    area_code: AreaCode | None = None
    responder_id: PersonId | None = None
    family_member_id: PersonId | None = None


class AccountToMake(AccountScope):
    """A new account, and how its person gets in."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    way: Way = "invitation"
    reason: Reason


class AccountChange(AccountScope):
    """All of what an account is from now on, made on `version`; another version meanwhile is 409."""

    version: Version | None = None
    reason: Reason


class AccountStep(Wire):
    """Why, and on which version."""

    version: Version | None = None
    reason: Reason


class PasswordReset(Wire):
    """How the person gets in again, and why."""

    way: Way = "invitation"
    reason: Reason


class Opening(Wire):
    """What opens an account, shown this once. `secret` is the one-time password, or the link of an invitation."""

    way: Way
    secret: str
    expires_at: Time


class AccountMade(Wire):
    """A new account and what opens it."""

    account: Account
    opening: Opening


class Session(Wire):
    """Where somebody is signed in. `device` is what the browser calls itself, `is_this` the one that asks."""

    id: UUID
    created_at: Time
    seen_at: Time | None
    expires_at: Time
    device: str
    is_this: bool


class SessionsEnded(Wire):
    """How many sessions were ended; their streams end within five seconds."""

    ended: int


class RegisterChange(Wire):
    """What an administrator changed. `detail`: [before, after], empty for what names somebody."""

    id: int
    at: Time
    by_name: str
    kind: str
    object_id: str
    area_code: str
    change: str
    detail: dict[str, Any]
    reason: str


class OwnPassword(Wire):
    """The present password and another one of at least ten signs."""

    password: Password
    new_password: Password


class SecondFactorState(Wire):
    """Whether signing in needs a code, whether the role must have that, and how many recovery codes are left."""

    enabled: bool
    required: bool
    available: bool
    confirmed_at: Time | None
    recovery_codes_left: int


class OwnProof(Wire):
    """The present password, and a code where a second factor is in use."""

    password: Password
    code: Annotated[str, Field(max_length=32)] = ""


class OwnCode(Wire):
    """A code of the app, or a recovery code."""

    code: Code


class SecondFactorBegun(Wire):
    """What the app needs, shown this once: `qr_svg` to scan, or `secret` to type in; then confirm with a first code."""

    secret: str
    uri: str
    qr_svg: str


class RecoveryCodes(Wire):
    """Codes that stand in for a lost phone, each once; shown this once, to be printed or put away."""

    codes: tuple[str, ...]


class InvitationToken(Wire):
    """The token of an invitation: what stands behind `#` in its link, so that no log has it."""

    token: Annotated[str, Field(min_length=20, max_length=128)]


class Invited(Wire):
    """Whose invitation it is."""

    login: str
    name: str
    expires_at: Time


class InvitationAnswer(InvitationToken):
    """The password that the person chooses."""

    password: Password


class AcceptedInvitation(Wire):
    """The login to sign in with now."""

    login: str
