"""Device: tells the resident through the device that called, such as "help is on its way" (I/O)."""

import asyncio

from pydantic import ValidationError

from carecircle.errors import Unavailable
from carecircle.mqtt import Session
from carecircle.payloads import Command, Reassure, encode_payload
from carecircle_alerts.notify.channel import Failed, Outgoing, Sent

_TIMEOUT_S = 5.0


class DeviceChannel:
    """Publishes reassurance commands; handed over once the broker has acknowledged."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def send(self, message: Outgoing) -> Sent | Failed:
        """Publish one command; its id is the message's, so that a device can drop a repetition."""
        try:
            reassure = Reassure.model_validate(message.content["reassure"], strict=False)
        except (KeyError, ValidationError):
            return Failed("no reassurance in the message", again=False)
        payload = encode_payload(Command(id=str(message.id), reassure=reassure))
        if not self._session.connected:
            # A standby reads no broker, and what waited in its hands would reach the home long after.
            return Failed("not connected to the broker", again=True)
        loop = asyncio.get_running_loop()
        taken = asyncio.Event()
        try:
            self._session.publish(message.address, payload, on_sent=lambda: _set(loop, taken))
            async with asyncio.timeout(_TIMEOUT_S):
                await taken.wait()
        except (Unavailable, TimeoutError):
            return Failed("the broker did not take it", again=True)
        return Sent()


def _set(loop: asyncio.AbstractEventLoop, taken: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(taken.set)
