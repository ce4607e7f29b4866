"""Second factor: setting it up, asking for it at sign-in, and doing without it again (I/O).

A code counts once: its time step is taken by an update that only one request can win. Attempts are counted together
with those on the password, by `auth`, so that guessing codes shuts the login as guessing passwords does.
"""

import asyncio

from psycopg.rows import DictRow
from pydantic import SecretStr

from carecircle.clock import Clock
from carecircle.errors import Conflict, Unavailable
from carecircle.passwords import hash_password, verify_password
from carecircle_console.errors import CodeRefused
from carecircle_console.one_time_codes import (
    new_recovery_codes,
    new_secret,
    plain_recovery_code,
    provisioning_uri,
    qr_svg,
    seal,
    step_of,
    unseal,
)
from carecircle_console.store import Store

_TYPED_RECOVERY = 10
"""Letters of a recovery code; a code of the app has six digits."""


class SecondFactor:
    """The second factors of accounts. Without the installation's secret none can be set up, and asking says so."""

    def __init__(self, store: Store, clock: Clock, installation_secret: SecretStr | None) -> None:
        self._store = store
        self._clock = clock
        self._installation = installation_secret

    async def state(self, account: int) -> DictRow | None:
        """What is kept of somebody's; None: nothing."""
        rows = await self._store.fetch("second_factor_of", account=account)
        return rows[0] if rows else None

    async def begin(self, account: int, login: str) -> tuple[str, str, str]:
        """Secret, address for the app, and its QR code; raises `Conflict` where one is in use already."""
        secret = new_secret()
        sealed = seal(self._secret(), account, secret)
        rows = await self._store.fetch("begin_second_factor", account=account, sealed=sealed, now=self._clock.now())
        if not rows:
            raise Conflict("已启用二次验证；要更换手机，请先停用再重新设置")
        uri = provisioning_uri(secret, login)
        return secret, uri, qr_svg(uri)

    async def confirm(self, account: int, code: str) -> tuple[str, ...]:
        """The first right code switches it on; returns the recovery codes, shown this once."""
        state, now = await self.state(account), self._clock.now()
        if state is None or state["confirmed_at"] is not None:
            raise Conflict("请先开始设置二次验证")
        step = step_of(unseal(self._secret(), account, state["sealed_secret"]), code, now, 0)
        if step is None:
            await self._note(account, "code_refused")
            raise CodeRefused("验证码不正确，请核对手机时间后再试")
        if not await self._store.fetch("confirm_second_factor", account=account, step=step, now=now):
            raise Conflict("二次验证刚刚已启用")
        await self._note(account, "second_factor_added")
        return await self.renew_codes(account)

    async def renew_codes(self, account: int) -> tuple[str, ...]:
        """New recovery codes instead of the old ones; the caller has checked a code."""
        codes = new_recovery_codes()
        # Ten times argon2, one after the other: this happens once in a phone's life.
        hashes = [await asyncio.to_thread(hash_password, plain_recovery_code(code)) for code in codes]
        await self._store.fetch("replace_recovery_codes", account=account, hashes=hashes)
        return codes

    async def check(self, account: int, sealed: bytes, last_step: int, typed: str) -> None:
        """Take a code of the app, or a recovery code; raises `CodeRefused` for a wrong and for a repeated one."""
        if len(plain_recovery_code(typed)) == _TYPED_RECOVERY:
            await self._use_recovery_code(account, typed)
            return
        step = step_of(unseal(self._secret(), account, bytes(sealed)), typed, self._clock.now(), last_step)
        if step is None or not await self._store.fetch("take_step", account=account, step=step):
            await self._note(account, "code_refused")
            raise CodeRefused

    async def check_own(self, account: int, typed: str) -> None:
        """As `check`, for somebody who has signed in; raises `Conflict` where there is none."""
        state = await self.state(account)
        if state is None or state["confirmed_at"] is None:
            raise Conflict("没有启用二次验证")
        await self.check(account, state["sealed_secret"], state["last_step"], typed)

    async def drop(self, account: int) -> None:
        """Do without it; the caller has checked password and code."""
        await self._store.fetch("drop_second_factor", account=account)
        await self._note(account, "second_factor_removed")

    async def _use_recovery_code(self, account: int, typed: str) -> None:
        plain = plain_recovery_code(typed)
        for row in await self._store.fetch("recovery_codes", account=account):
            if await asyncio.to_thread(verify_password, row["code_hash"], plain) and await self._store.fetch(
                "use_recovery_code", id=row["id"], now=self._clock.now()
            ):
                await self._note(account, "recovery_code_used")
                return
        await self._note(account, "code_refused")
        raise CodeRefused("恢复码不正确或已使用过")

    async def _note(self, account: int, event: str) -> None:
        await self._store.fetch("note_session_event", now=self._clock.now(), account=account, event=event, device="")

    def _secret(self) -> str:
        if self._installation is None:
            raise Unavailable("未设置安装密钥（CARECIRCLE_HOME_SECRET），不能使用二次验证")
        return self._installation.get_secret_value()
