"""Channels that hang, lie and run dry, and an outbox over a story, for the stories of how people are told."""

import asyncio
from dataclasses import dataclass, field

from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.notify.channel import Outgoing, Result, Sent
from carecircle_alerts.notify.outbox import Outbox
from carecircle_alerts.store import Connection
from tests.acceptance.conftest import FakePhone, Story

RECORDER = """
create table step (id bigint generated always as identity, message uuid, was text, now text);
create function record_step() returns trigger language plpgsql security definer as $$
begin
    insert into step (message, was, now) values (new.id, old.state, new.state);
    return new;
end $$;
create trigger record_step after update of state on message for each row execute function record_step();
"""


@dataclass
class Hanging(FakePhone):
    """Takes everything and never answers."""

    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Outgoing) -> Result:
        self.taken.append(message)
        await self.release.wait()
        return Sent()


@dataclass
class Answering(FakePhone):
    """Answers what it is told to; remembers what it was asked."""

    result: Result = field(default_factory=Sent)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Outgoing) -> Result:
        self.taken.append(message)
        asyncio.get_running_loop().call_later(0.05, self.came.set)
        return self.result


@dataclass
class Telling:
    """A story whose people have several contacts, and an outbox of our own over it."""

    story: Story
    pool: AsyncConnectionPool[Connection]

    def outbox(self, **channels: FakePhone) -> Outbox:
        return Outbox(self.pool, {"device": FakePhone(), **channels}, self.story.clock)

    def states(self, where: str = "true") -> dict[str, str]:
        """The state of every message by its channel."""
        rows = self.story.scene.rows(f"select channel, state from message where {where} order by channel")
        return {str(channel): str(state) for channel, state in rows}


async def press(story: Story) -> None:
    """A press, and the offers that it queues; nothing is sent so far."""
    story.phone.refuse = {}
    await story.detector.handle([story.delivery("bed-1")])
    await story.decide()


async def send(outbox: Outbox) -> None:
    await outbox.finish()
    while await outbox.send_waiting():
        await outbox.finish()
    await outbox.finish()


def two_ways(story: Story, first: str = "webhook", second: str = "email") -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1", webhook=None)
    story.scene.contact("responder", "r1", first, f"{first} of r1")
    story.scene.contact("responder", "r1", second, f"{second} of r1")
