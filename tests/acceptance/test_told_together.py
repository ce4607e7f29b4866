"""Many messages at once cost few questions to the database: what is looked for, what is written down, and when."""

import asyncio
from contextlib import suppress
from itertools import pairwise

import pytest

from carecircle_alerts.notify import fates
from carecircle_alerts.notify.channel import Outgoing, Result, Sent
from carecircle_alerts.notify.fates import Fates
from carecircle_alerts.notify.outbox import Outbox
from carecircle_alerts.notify.states import Fate
from carecircle_alerts.service import AlertsService
from carecircle_alerts.settings import AlertsSettings
from tests.acceptance.conftest import FakePhone, Story
from tests.acceptance.telling import Answering, Telling, press, send
from tests.servers import Database


async def asking(telling: Telling, people: int) -> Story:
    """A press that as many people are asked about; nothing is sent so far."""
    story = telling.story
    story.scene.bed("bed-1", circle="rural")
    for number in range(1, people + 1):
        story.scene.responder(f"r{number}", north_m=number * 100)
    await press(story)
    return story


async def test_more_is_looked_for_only_where_there_was_more_than_room(telling: Telling) -> None:
    story = await asking(telling, 5)
    webhook, told = Answering(), list[int]()
    outbox = Outbox(
        telling.pool, {"device": FakePhone(), "webhook": webhook}, story.clock, at_once=2,
        on_more=lambda: told.append(len(webhook.taken)),
    )  # fmt: skip
    for taken, heard in ((2, 2), (4, 4), (5, 4), (5, 4)):
        await outbox.send_waiting()
        await outbox.finish()
        assert (len(webhook.taken), len(told)) == (taken, heard)


async def test_a_place_that_is_free_again_is_told_of_while_others_hang(telling: Telling) -> None:
    story = await asking(telling, 3)

    class OneHangs(FakePhone):
        release = asyncio.Event()

        async def send(self, message: Outgoing) -> Result:
            self.taken.append(message)
            if len(self.taken) == 1:
                await self.release.wait()
            return Sent()

    webhook, room = OneHangs(), asyncio.Event()
    outbox = Outbox(telling.pool, {"webhook": webhook}, story.clock, at_once=2, on_more=room.set)
    async with asyncio.timeout(10):
        while len(webhook.taken) < 3:
            room.clear()
            await outbox.send_waiting()
            await room.wait()
    webhook.release.set()
    await send(outbox)


async def test_what_comes_while_something_is_written_down_is_written_down_together(
    telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = telling.story
    story.scene.bed("bed-1", circle="rural")
    for number in range(1, 5):
        story.scene.responder(f"r{number}", north_m=number * 100)
    await press(story)
    webhook, batches, go_on = Answering(), list[int](), asyncio.Event()
    write = Fates._write

    async def watched(self: Fates, batch: list[tuple[Outgoing, Fate]]) -> list[tuple[Outgoing, Fate]]:
        batches.append(len(batch))
        await go_on.wait()
        return await write(self, batch)

    monkeypatch.setattr(Fates, "_write", watched)
    monkeypatch.setattr(fates, "_PAUSE_S", 1.0)
    outbox = Outbox(telling.pool, {"webhook": webhook}, story.clock, at_once=1)
    for expected in range(1, 4):
        await outbox.send_waiting()
        await asyncio.gather(*outbox._sending)
        if expected > 1:
            go_on.set()  # the second waits already, the third comes while the writer lets a moment pass
    await outbox.finish()
    assert batches == [1, 2]
    written = "select count(*) from message where channel = 'webhook' and state = 'PROVIDER_OK'"
    assert story.scene.value(written) == 3


async def test_looking_again_keeps_apart_and_loses_no_hint(database: Database) -> None:
    secret = "a secret of the tests"
    settings = AlertsSettings(
        database_url=database.url("carecircle_alerts"), mqtt_url="mqtt://127.0.0.1:9", public_url="http://127.0.0.1:9",
        link_secret=secret, webhook_secret=secret,
    )  # fmt: skip
    service, hint, loop = AlertsService(settings), asyncio.Event(), asyncio.get_running_loop()
    begun, enough = list[float](), asyncio.Event()

    async def work() -> int:
        begun.append(loop.time())
        hint.set()  # more has come already, at every look
        if len(begun) == 5:
            enough.set()
        return 0

    looking = asyncio.create_task(service._repeat(hint, work, 600.0, apart_s=0.05))
    async with asyncio.timeout(20):
        await enough.wait()
    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking
    assert all(later - earlier >= 0.049 for earlier, later in pairwise(begun))
