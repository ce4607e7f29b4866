"""Rule book: settings of rules as people change them; rows are only added, the newest of a scope counts (I/O)."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool
from pydantic import ValidationError

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, Misconfigured
from carecircle.faults import faults_of
from carecircle_alerts.rules.settings import checked
from carecircle_alerts.store import Connection, fetch


class RuleBook:
    """Who may change what is the caller's to check; that a rule has such a setting is checked here."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def change(self, scope: str, rule: str, values: Mapping[str, Any], reason: str, name: str) -> int:
        """Lay settings over those of the wider scope; an empty mapping takes them away. Returns the new version.

        Raises `Conflict` for a rule, a setting or a value that there is not.
        """
        if not reason.strip():
            raise Conflict("请填写更改原因", code="reason_needed", field="reason")
        settings = must_be_settings(rule, values)
        async with self._pool.connection() as connection:
            rows = await fetch(
                connection, "add_rule_setting", scope=scope, rule=rule, settings=Jsonb(settings),
                reason=reason.strip(), name=name, now=self._clock.now(),
            )  # fmt: skip
        return int(rows[0]["version"])


def must_be_settings(rule: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the rule reads them; raises `Conflict` with a sentence for whoever typed them."""
    try:
        return checked(rule, values)
    except Misconfigured as error:
        if isinstance(error.__cause__, ValidationError):
            wrong = faults_of(error.__cause__.errors(include_url=False))[0]
            said = f"规则设置有误：{wrong.field} {wrong}"
            raise Conflict(said, code="setting_wrong", field=f"settings.{wrong.field}", name=wrong.field) from error
        raise Conflict(f"规则设置有误：{error}") from error
