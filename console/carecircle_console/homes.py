"""Homes: who a box is, from its pairing by a code to its end, and what the broker is told about it (I/O)."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from psycopg.rows import DictRow
from pydantic import SecretStr

from carecircle.clock import Clock
from carecircle.db.queries import Queries
from carecircle.errors import Conflict, Forbidden, NotFound, Unavailable
from carecircle.identity import home_password
from carecircle.pairing import (
    code_hash,
    home_user,
    is_home_password,
    may_publish,
    may_subscribe,
    new_code,
    parse_home_user,
)
from carecircle_console.errors import TooManyAttempts
from carecircle_console.one_time_codes import qr_svg
from carecircle_console.store import Pool
from carecircle_console.views import Home, HomeAccount, PairingCode

QUERIES = Queries("carecircle_console", "homes.sql")
CODE_LASTS = timedelta(minutes=15)
_WINDOW = timedelta(minutes=1)
_MOST_FAILURES = 10
_LONG_AGO = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Homes:
    """The homes' accounts. Without the installation's secret nothing can be paired, and asking says so."""

    pool: Pool
    clock: Clock
    secret: SecretStr | None
    mqtt_url: str | None
    ca_file: Path | None

    async def make_code(self, bed: str, area: str | None, account: int) -> PairingCode:
        """A code for a bed of the area, shown this once; raises `NotFound`, `Conflict`, `Unavailable`."""
        secret = self._secret()
        await self._must_be_in(bed, area)
        code, now = new_code(), self.clock.now()
        made = await self._run(
            "new_code",
            hash=code_hash(secret, code),
            bed=bed,
            account=account,
            now=now,
            expires=now + CODE_LASTS,
            long_ago=now - _LONG_AGO,
        )
        if not made:
            raise Conflict("该床位的服务已结束，请先恢复服务")
        return PairingCode(bed_id=bed, code=code, qr_svg=qr_svg(code), expires_at=now + CODE_LASTS)

    async def listed(self, area: str | None) -> list[Home]:
        """All homes of an area."""
        return [Home.model_validate(row) for row in await self._run("homes", area=area, now=self.clock.now())]

    async def revoke(self, bed: str, area: str | None) -> None:
        """End a home's account; raises `NotFound`. The broker's file follows when it is written anew."""
        await self._must_be_in(bed, area)
        await self._run("revoke", bed=bed, now=self.clock.now())

    async def pair(self, code: str) -> HomeAccount:
        """The account behind a code, for the first who brings it; raises `Forbidden`, `TooManyAttempts`."""
        secret = self._secret()
        await self._must_not_guess()
        rows = await self._run("use_code", hash=code_hash(secret, code), now=self.clock.now())
        if not rows:
            await self._count_failure()
            raise Forbidden("配对码无效、已使用或已过期，请让管理员重新生成")
        return self._account(rows[0]["county"], rows[0]["bed_id"], rows[0]["generation"])

    async def rotate(self, user: str, password: str) -> HomeAccount:
        """The account to come, for who proves to be the present one; raises `Forbidden`, `TooManyAttempts`."""
        bed, generation, county = await self._proven(user, password)
        rows = await self._run("begin_rotation", bed=bed, generation=generation)
        if not rows:
            raise Forbidden("账号已失效，请重新配对")
        return self._account(county, bed, rows[0]["generation"])

    async def has_rotated(self, user: str, password: str) -> None:
        """The account to come is in use: the one before ends. Saying it again does nothing."""
        bed, generation, _county = await self._proven(user, password)
        await self._run("end_rotation", bed=bed, generation=generation, now=self.clock.now())

    async def may_log_in(self, user: str, password: str) -> bool | None:
        """What a broker is told; None for an account that is no home's."""
        parsed = parse_home_user(user)
        if parsed is None or await self._home(parsed) is None:
            return None if await self._is_unknown(parsed) else False
        return is_home_password(self._secret(), user, password)

    async def may(self, user: str, action: str, topic: str) -> bool | None:
        """Whether an account may do that; None for one that is no home's."""
        parsed = parse_home_user(user)
        home = await self._home(parsed) if parsed else None
        if home is None:
            return None if await self._is_unknown(parsed) else False
        allowed = may_publish if action == "publish" else may_subscribe
        return action in {"publish", "subscribe"} and allowed(home["county"], home["bed_id"], topic)

    def _account(self, county: str, bed: str, generation: int) -> HomeAccount:
        if self.mqtt_url is None:
            raise Unavailable("平台尚未配置设备接入地址")
        return HomeAccount(
            county=county,
            bed_id=bed,
            user=home_user(bed, generation),
            password=home_password(self._secret(), bed, generation),
            mqtt_url=self.mqtt_url,
            ca_certificate=self.ca_file.read_text("ascii") if self.ca_file else None,
        )

    def _secret(self) -> str:
        if self.secret is None:
            raise Unavailable("平台尚未配置设备配对")
        return self.secret.get_secret_value()

    async def _proven(self, user: str, password: str) -> tuple[str, int, str]:
        await self._must_not_guess()
        parsed = parse_home_user(user)
        home = await self._home(parsed) if parsed else None
        if not is_home_password(self._secret(), user, password) or home is None or parsed is None:
            await self._count_failure()
            raise Forbidden("账号或密码不正确")
        return *parsed, home["county"]

    async def _home(self, parsed: tuple[str, int] | None) -> DictRow | None:
        if parsed is None:
            return None
        rows = await self._run("home_in_force", bed=parsed[0], generation=parsed[1])
        return rows[0] if rows else None

    async def _is_unknown(self, parsed: tuple[str, int] | None) -> bool:
        """Whether no bed has that name: then it is a service's account, which somebody else answers for."""
        return parsed is None or not await self._run("bed_of_area", bed=parsed[0], area="")

    async def _must_be_in(self, bed: str, area: str | None) -> None:
        if not await self._run("bed_of_area", bed=bed, area=area):
            raise NotFound("没有这张床位，或不在您的可见范围内")

    async def _must_not_guess(self) -> None:
        rows = await self._run("failures_since", since=self.clock.now() - _WINDOW)
        if rows[0]["failures"] >= _MOST_FAILURES:
            raise TooManyAttempts("配对失败次数过多，请一分钟后再试")

    async def _count_failure(self) -> None:
        now = self.clock.now()
        await self._run("count_failure", now=now, since=now - 2 * _WINDOW)

    async def _run(self, query: str, **parameters: object) -> list[DictRow]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(QUERIES[query], parameters)
            return await cursor.fetchall() if cursor.description else []
