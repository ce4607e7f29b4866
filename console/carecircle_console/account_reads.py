"""Account reads: accounts, their sessions and the log of administrators, always within an area (I/O)."""

from datetime import datetime
from uuid import UUID

from psycopg.rows import DictRow

from carecircle.errors import NotFound
from carecircle_console.account_views import Account, AccountPage, ListState, RegisterChange, Session
from carecircle_console.store import Store


async def account_page(
    store: Store, area: str, now: datetime, *, search: str = "", role: str | None = None, state: ListState = "all",
    after: str = "", most: int = 50,
) -> AccountPage:  # fmt: skip
    """One page of accounts of an area, by login."""
    rows = await store.fetch(
        "accounts", area=area, now=now, id=None, search=search, like=like(search), role=role, state=state, after=after,
        most=most + 1,
    )  # fmt: skip
    shown = tuple(_account(row, now) for row in rows[:most])
    return AccountPage(accounts=shown, next=shown[-1].login if len(rows) > most else None)


async def account(store: Store, account_id: int, area: str, now: datetime) -> Account:
    """One account of an area; raises `NotFound`."""
    rows = await store.fetch(
        "accounts", area=area, now=now, id=account_id, search="", like="", role=None, state="all", after="", most=1
    )
    if not rows:
        raise NotFound("没有这个账号，或不在您的可见范围内")
    return _account(rows[0], now)


async def sessions(store: Store, account_id: int, now: datetime, this: UUID | None) -> list[Session]:
    """Where somebody is signed in; the caller has checked whose account it is."""
    rows = await store.fetch("sessions_of", account=account_id, now=now)
    return [Session.model_validate(row | {"is_this": row["id"] == this}) for row in rows]


async def register_changes(
    store: Store, area: str, kind: str | None, object_id: str | None, before: int | None, most: int
) -> list[RegisterChange]:
    """The log of administrators, newest first."""
    rows = await store.fetch("register_changes", area=area, kind=kind, object=object_id, before=before, most=most)
    return [RegisterChange.model_validate(row) for row in rows]


def like(search: str) -> str:
    """A pattern that finds a text anywhere, whatever signs are in it."""
    escaped = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _account(row: DictRow, now: datetime) -> Account:
    invited_until, one_time_until = row.pop("invited_until"), row.pop("password_expires_at")
    is_empty, must_change = row.pop("has_no_password"), row.pop("must_change_password")
    until, state = None, "active"
    if row["disabled_at"] is not None:
        state = "disabled"
    elif is_empty:
        until, state = invited_until, "invited" if invited_until else "expired"
    elif must_change and one_time_until is not None:
        until, state = one_time_until, "one_time" if one_time_until > now else "expired"
    return Account.model_validate(row | {"state": state, "opens_until": until})
