import asyncio

import pytest

from carecircle_alerts.service import AlertsService
from carecircle_alerts.settings import AlertsSettings
from tests.servers import Database


async def test_where_one_loop_fails_the_whole_engine_ends(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "a secret of the tests"
    settings = AlertsSettings(
        database_url=database.url("carecircle_alerts"), mqtt_url="mqtt://127.0.0.1:9", public_url="http://127.0.0.1:9",
        link_secret=secret, webhook_secret=secret,
    )  # fmt: skip
    ends: list[bool] = []
    service = AlertsService(settings, on_lost=lambda: ends.append(True))

    async def fail() -> int:
        raise RuntimeError("nobody expected this")

    monkeypatch.setattr(service, "_learn", fail)
    async with asyncio.timeout(60):
        with pytest.raises(ExceptionGroup):
            await service.run(asyncio.Event())
    assert ends, "whatever loop will not be ended, the process does not go on as half an engine"
