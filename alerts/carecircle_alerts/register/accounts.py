"""Account desk: administrators make, change and end accounts within their area; everything is on record (I/O).

A password or link that opens an account is returned once and kept as a hash. Whether somebody is an administrator is
the caller's to check; what an administrator of an area may give is checked here, under one lock.
"""

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import psycopg
from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, Forbidden, Invalid, NotFound
from carecircle.pairing import new_code
from carecircle.passwords import NO_PASSWORD, hash_password
from carecircle_alerts.desk import Actor, account_of
from carecircle_alerts.people.changes import By
from carecircle_alerts.register.giving import Standing, must_be_mine_to_give, must_make_sense, must_not_lock_out
from carecircle_alerts.register.store import Connection, by_of, fetch, must_be_current, record, run

ONE_TIME_LASTS = timedelta(days=3)
INVITATION_LASTS = timedelta(days=7)
_LOGIN = re.compile(r"[a-z0-9._-]{2,64}", re.ASCII)

Way = Literal["password", "invitation"]


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens an account, shown this once: a one-time password, or the token of an invitation."""

    way: Way
    secret: str
    expires_at: datetime


def token_hash(token: str) -> bytes:
    """What is kept of an invitation's token; plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


class AccountDesk:
    """Commands of administrators about accounts. Raises `Conflict`, `Invalid`, `Forbidden` or `NotFound`."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def create(
        self, login: str, name: str, wanted: Standing, way: Way, area: str, reason: str, actor: Actor
    ) -> tuple[int, Opening]:
        """Make an account of somebody in `area`; its number, and what opens it."""
        login, now = login.strip().lower(), self._clock.now()
        if not _LOGIN.fullmatch(login):
            raise Invalid("login", "login_malformed", "用户名为2至64个小写字母、数字、点、横线或下划线")
        must_make_sense(wanted)
        opening, password_hash = await self._opening(way, now)
        async with self._changing() as connection:
            await _must_be_within(connection, wanted, area)
            rows = await fetch(
                connection, "add_account", login=login, name=_name(name), password_hash=password_hash, now=now,
                must_change=way == "password", expires_at=opening.expires_at if way == "password" else None,
                **asdict(wanted),
            )  # fmt: skip
            account_id = int(rows[0]["id"])
            await self._invite(connection, account_id, opening, now)
            await self._record(connection, account_id, wanted, "created", by_of(actor, reason), {"way": way})
        return account_id, opening

    async def change(
        self, account_id: int, name: str, wanted: Standing, version: int | None, area: str, reason: str, actor: Actor
    ) -> None:
        """Give an account another name, role, area or person; who is signed in with it has the new rights at once."""
        must_make_sense(wanted)
        async with self._changing() as connection:
            before = await self._held(connection, account_id, area, version)
            await _must_be_within(connection, wanted, area)
            await self._must_stay_open(connection, before, wanted, actor)
            await run(connection, "change_account", id=account_id, name=_name(name), **asdict(wanted))
            was = asdict(_standing(before))
            told = {key: [was[key], value] for key, value in asdict(wanted).items() if was[key] != value}
            if before["name"] != name.strip():
                told["name"] = ["", ""]
            await self._record(connection, account_id, wanted, "changed", by_of(actor, reason), told)

    async def disable(self, account_id: int, version: int | None, area: str, reason: str, actor: Actor) -> None:
        """Nobody signs in with it any more, and who is signed in is not; incidents of theirs find another owner."""
        now = self._clock.now()
        async with self._changing() as connection:
            before = await self._held(connection, account_id, area, version)
            if before["disabled_at"] is not None:
                raise Conflict("账号已停用")
            await self._must_stay_open(connection, before, None, actor)
            await run(connection, "disable_account", id=account_id, at=now)
            await run(connection, "forget_invitations", id=account_id)
            await self._end_sessions(connection, account_id, actor)
            await self._record(connection, account_id, _standing(before), "disabled", by_of(actor, reason))

    async def enable(self, account_id: int, version: int | None, area: str, reason: str, actor: Actor) -> None:
        """It may be used again, with the password that it had."""
        async with self._changing() as connection:
            before = await self._held(connection, account_id, area, version)
            if before["disabled_at"] is None:
                raise Conflict("账号未停用")
            must_be_mine_to_give(_standing(before), area)
            await run(connection, "disable_account", id=account_id, at=None)
            await self._record(connection, account_id, _standing(before), "enabled", by_of(actor, reason))

    async def reset(self, account_id: int, way: Way, area: str, reason: str, actor: Actor) -> Opening:
        """The present password ends, and every session; what opens the account is returned this once."""
        now = self._clock.now()
        opening, password_hash = await self._opening(way, now)
        async with self._changing() as connection:
            before = await self._held(connection, account_id, area, None)
            if account_id == account_of(actor):
                raise Conflict("自己的密码请在“我的账号”中修改")
            await run(
                connection, "set_password", id=account_id, password_hash=password_hash, must_change=way == "password",
                expires_at=opening.expires_at if way == "password" else None, step=1,
            )  # fmt: skip
            await run(connection, "forget_invitations", id=account_id)
            await self._invite(connection, account_id, opening, now)
            await self._end_sessions(connection, account_id, actor)
            detail = {"way": way}
            await self._record(
                connection, account_id, _standing(before), "password_reset", by_of(actor, reason), detail
            )
        return opening

    async def remove_second_factor(self, account_id: int, area: str, reason: str, actor: Actor) -> None:
        """Somebody has lost their phone and their codes; they sign in with the password alone and set it up anew."""
        async with self._changing() as connection:
            before = await self._held(connection, account_id, area, None)
            if not await fetch(connection, "remove_second_factor", id=account_id):
                raise Conflict("该账号没有启用二次验证")
            await self._end_sessions(connection, account_id, actor)
            await self._record(connection, account_id, _standing(before), "second_factor_removed", by_of(actor, reason))

    async def revoke_session(self, account_id: int, session: UUID | None, area: str, reason: str, actor: Actor) -> int:
        """End one session of an account, or all of them; how many there were."""
        async with self._changing() as connection:
            before = await self._held(connection, account_id, area, None)
            ended = await self._end_sessions(connection, account_id, actor, only=session)
            if not ended:
                raise NotFound("没有这个登录会话，或已结束")
            by = by_of(actor, reason)
            await self._record(connection, account_id, _standing(before), "sessions_revoked", by, {"count": ended})
        return ended

    async def end_own_sessions(self, account_id: int, *, only: UUID | None = None, spare: UUID | None = None) -> int:
        """A person ends sessions of their own: one of them, or all but the one that they sit at."""
        async with self._pool.connection() as connection:
            rows = await fetch(
                connection, "end_sessions", id=account_id, now=self._clock.now(), by=account_id, only=only, spare=spare
            )
        return len(rows)

    async def set_own_password(self, account_id: int, password: str, login: str, spare: UUID | None) -> None:
        """A person sets their own password; the caller has checked the present one. Their other sessions end."""
        must_be_strong(password, login)
        password_hash, now = await asyncio.to_thread(hash_password, password), self._clock.now()
        async with self._pool.connection() as connection:
            await run(
                connection, "set_password", id=account_id, password_hash=password_hash, must_change=False,
                expires_at=None, step=0,
            )  # fmt: skip
            await run(connection, "end_sessions", id=account_id, now=now, by=account_id, only=None, spare=spare)
            await run(connection, "add_session_event", now=now, id=account_id, event="password_changed", by=account_id)

    async def accept(self, token: str, password: str) -> str:
        """Somebody sets the password of the account that they were invited to; returns its login."""
        now = self._clock.now()
        async with self._pool.connection() as connection:
            rows = await fetch(connection, "use_invitation", token=token_hash(token), now=now)
            if not rows:
                raise Forbidden("邀请链接无效、已使用或已过期，请让管理员重新发送")
            account_id, login = rows[0]["account_id"], str(rows[0]["login"])
            must_be_strong(password, login)
            # Not before the link is known to be right: nobody signs in here, and each hash costs 19 MiB.
            password_hash = await asyncio.to_thread(hash_password, password)
            await run(
                connection, "set_password", id=account_id, password_hash=password_hash, must_change=False,
                expires_at=None, step=0,
            )  # fmt: skip
            await run(connection, "end_sessions", id=account_id, now=now, by=account_id, only=None, spare=None)
            await run(connection, "add_session_event", now=now, id=account_id, event="invitation_used", by=account_id)
        return login

    async def _opening(self, way: Way, now: datetime) -> tuple[Opening, str]:
        if way == "invitation":
            return Opening(way, secrets.token_urlsafe(32), now + INVITATION_LASTS), NO_PASSWORD
        code = f"{new_code()}-{new_code()[:5]}"
        return Opening(way, code, now + ONE_TIME_LASTS), await asyncio.to_thread(hash_password, code)

    async def _invite(self, connection: Connection, account_id: int, opening: Opening, now: datetime) -> None:
        if opening.way == "invitation":
            token = token_hash(opening.secret)
            await run(connection, "add_invitation", token=token, id=account_id, now=now, expires_at=opening.expires_at)

    async def _end_sessions(
        self, connection: Connection, account_id: int, actor: Actor, only: UUID | None = None
    ) -> int:
        rows = await fetch(
            connection, "end_sessions", id=account_id, now=self._clock.now(), by=account_of(actor), only=only,
            spare=None,
        )  # fmt: skip
        return len(rows)

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[Connection]:
        async with self._pool.connection() as connection:
            await run(connection, "lock_accounts")
            try:
                yield connection
            except psycopg.errors.UniqueViolation as error:
                raise Invalid("login", "login_taken", "用户名已被使用") from error

    async def _held(self, connection: Connection, account_id: int, area: str, version: int | None) -> DictRow:
        rows = await fetch(connection, "hold_account", id=account_id, area=area)
        if not rows:
            raise NotFound("没有这个账号，或不在您的可见范围内")
        await must_be_current(connection, "account", str(account_id), rows[0]["version"], version)
        return rows[0]

    async def _must_stay_open(
        self, connection: Connection, before: DictRow, after: Standing | None, actor: Actor
    ) -> None:
        rest = 1
        if before["role"] == "administrator" and before["disabled_at"] is None:
            covered = {"id": before["id"], "covered": before["area_code"]}
            rest = (await fetch(connection, "administrators_who_cover", **covered))[0]["rest"]
        must_not_lock_out(before["id"], account_of(actor), _standing(before), after, rest)

    async def _record(
        self, connection: Connection, account_id: int, standing: Standing, change: str, by: By,
        detail: Mapping[str, object] | None = None,
    ) -> None:  # fmt: skip
        rows = await fetch(connection, "area_of_account", id=account_id)
        area = str(rows[0]["area_code"] or standing.area_code or "")
        await record(connection, "account", str(account_id), area, change, by, self._clock.now(), detail)


def must_be_strong(password: str, login: str) -> None:
    """Raise `Invalid` for a password that is guessed first: NIST SP 800-63B asks for length, not for kinds of signs."""
    plain = password.strip().lower()
    if len(password) < 10:  # noqa: PLR2004 - said in the sentence
        raise Invalid("password", "password_short", "密码至少10个字符，可以是一句话")
    if login.lower() in plain or len(set(plain)) < 5:  # noqa: PLR2004
        raise Invalid("password", "password_weak", "密码过于简单：不能包含用户名，也不能只用几个字符重复")


async def _must_be_within(connection: Connection, wanted: Standing, area: str) -> None:
    must_be_mine_to_give(wanted, area)
    if wanted.area_code is not None and not await fetch(connection, "area_code_exists", code=wanted.area_code):
        raise Invalid("area_code", "area_unknown", "没有这个区域")
    person = wanted.responder_id or wanted.family_member_id
    if person is not None:
        query = "responder_in_area" if wanted.responder_id else "relative_in_area"
        if not await fetch(connection, query, id=person, area=area):
            field = "responder_id" if wanted.responder_id else "family_member_id"
            raise Invalid(field, "person_unknown", "没有这位人员，或不在您的可见范围内")


def _standing(row: DictRow) -> Standing:
    return Standing(row["role"], row["area_code"], row["responder_id"], row["family_member_id"])


def _name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= 64:  # noqa: PLR2004 - said in the sentence
        raise Invalid("name", "name_length", "姓名为1至64个字", most="64")
    return name
