"""Sign-in: passwords, throttling and sessions (I/O).

A session is a random token in the person's cookie; the database has its hash alone, so that a stolen backup opens
nothing. Five wrong passwords on one login within 15 minutes shut it for the rest of them, whether it exists or not, and
an unknown login costs the same hash as a known one: neither answer nor time tells which logins there are. Codes of a
second factor are counted with the passwords: whoever has a password cannot guess the code behind it.
"""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache

from psycopg.rows import DictRow

from carecircle.clock import Clock
from carecircle.passwords import NO_PASSWORD, hash_password, verify_password
from carecircle_console.errors import CodeNeeded, NotSignedIn, TooManyAttempts
from carecircle_console.scope import Pending, Role, Viewer
from carecircle_console.second_factor import SecondFactor
from carecircle_console.settings import ConsoleSettings
from carecircle_console.store import Store, fetch

MOST_FAILURES = 5
FAILURE_WINDOW = timedelta(minutes=15)
_TOKEN_BYTES = 32
_SEEN_EVERY = timedelta(minutes=5)
_MOST_DEVICE = 200
_PHONES = frozenset({Role.RESPONDER, Role.FAMILY})


def token_hash(token: str) -> bytes:
    """What the database keeps of a token; plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


@cache
def _nobodys_hash() -> str:
    """What is verified in place of the password of a login that does not exist."""
    return hash_password(secrets.token_urlsafe(_TOKEN_BYTES))


class Auth:
    """Signs people in and out, and says who is behind a token."""

    def __init__(self, store: Store, settings: ConsoleSettings, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._required = settings.second_factor_roles
        self.second_factor = SecondFactor(store, clock, settings.home_secret)
        self._staff = timedelta(hours=settings.staff_session_hours)
        self._phone = timedelta(days=settings.phone_session_days)
        self._nobody = _nobodys_hash()
        # 19 MiB and a core each: a flood of sign-ins queues up here and leaves the machine to the incidents.
        self._hashing = asyncio.Semaphore(2)

    async def sign_in(
        self, login: str, password: str, code: str = "", device: str = ""
    ) -> tuple[str, Viewer, timedelta]:
        """Token, person and lifetime; raises `NotSignedIn`, `CodeNeeded`, `CodeRefused` or `TooManyAttempts`."""
        login, now = login.strip().lower(), self._clock.now()
        # The database cannot hold a NUL character; no login has one either.
        login, device = login.replace("\0", "?"), device.replace("\0", "?")[:_MOST_DEVICE]
        await self._count_attempt(login, now)
        rows = await self._store.fetch("account_for_login", login=login)
        right = await self._is_right(rows, password)
        if not rows or not right:
            if rows:
                await self._note(rows[0]["id"], "refused", device)
            raise NotSignedIn("用户名或密码不正确")
        account = rows[0]
        if account["password_expires_at"] is not None and account["password_expires_at"] <= now:
            raise NotSignedIn("一次性密码已过期，请让管理员重新生成")
        if account["sealed_secret"] is not None:
            if not code.strip():
                raise CodeNeeded
            await self.second_factor.check(account["id"], account["sealed_secret"], account["last_step"], code)
        await self._store.fetch("forget_login_failures", login=login)
        return await self._open(account["id"], Role(account["role"]), now, device)

    async def confirm_password(self, viewer: Viewer, password: str) -> None:
        """Somebody who has signed in shows that it is still them; counted as at sign-in. Raises `NotSignedIn`."""
        await self._count_attempt(viewer.login, self._clock.now())
        rows = await self._store.fetch("password_of", account=viewer.account_id)
        if not await self._is_right(rows, password):
            raise NotSignedIn("当前密码不正确")

    async def confirm_code(self, viewer: Viewer, code: str) -> None:
        """The same with a code of the second factor, counted as well."""
        await self._count_attempt(viewer.login, self._clock.now())
        await self.second_factor.check_own(viewer.account_id, code)

    async def confirm_second_factor(self, viewer: Viewer, code: str) -> tuple[str, ...]:
        """Switch their second factor on with its first code, counted as well; the recovery codes."""
        await self._count_attempt(viewer.login, self._clock.now())
        codes = await self.second_factor.confirm(viewer.account_id, code)
        await self.forget_failures(viewer)
        return codes

    async def forget_failures(self, viewer: Viewer) -> None:
        """They have shown that it is them."""
        await self._store.fetch("forget_login_failures", login=viewer.login)

    async def viewer(self, token: str) -> Viewer | None:
        """Who has signed in with this token; None when it has run out, or the account was disabled."""
        now = self._clock.now()
        rows = await self._store.fetch("viewer_of_session", token=token_hash(token), now=now)
        if not rows:
            return None
        row = rows[0]
        role, seen_at = Role(row["role"]), row.pop("seen_at")
        changes, has_factor = row.pop("must_change_password"), row.pop("has_second_factor")
        if seen_at is None or now - seen_at >= _SEEN_EVERY:
            await self._store.fetch("touch_session", id=row["session_id"], now=now)
        pending: Pending | None = None
        if changes:
            pending = "password"
        elif role in self._required and not has_factor:
            pending = "second_factor"
        return Viewer(**(row | {"role": role, "pending": pending}))

    async def sign_out(self, token: str) -> None:
        """End a session; one that does not exist is ended already."""
        await self._store.fetch("close_session", token=token_hash(token), now=self._clock.now())

    async def _is_right(self, rows: list[DictRow], password: str) -> bool:
        """One verification whoever it is: of nobody's password where there is no account, or it has no password yet."""
        known = rows[0]["password_hash"] if rows else NO_PASSWORD
        expected = self._nobody if known == NO_PASSWORD else known
        async with self._hashing:
            return await asyncio.to_thread(verify_password, expected, password)

    async def _note(self, account_id: int, event: str, device: str) -> None:
        await self._store.fetch(
            "note_session_event", now=self._clock.now(), account=account_id, event=event, device=device
        )

    async def _count_attempt(self, login: str, now: datetime) -> None:
        window_s = FAILURE_WINDOW.total_seconds()
        async with self._store.pool.connection() as connection, connection.transaction():
            await fetch(connection, "lock_login", login=login)
            counted = await fetch(
                connection, "count_login_attempt", login=login, now=now, window_s=window_s, most=MOST_FAILURES
            )
        if not counted:
            raise TooManyAttempts

    async def _open(self, account_id: int, role: Role, now: datetime, device: str) -> tuple[str, Viewer, timedelta]:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        lasts = self._phone if role in _PHONES else self._staff
        await self._store.fetch(
            "open_session",
            token=token_hash(token),
            account_id=account_id,
            now=now,
            expires_at=now + lasts,
            device=device,
        )
        viewer = await self.viewer(token)
        if viewer is None:  # disabled in this very moment
            raise NotSignedIn
        return token, viewer, lasts
