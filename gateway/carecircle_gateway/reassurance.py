"""Reassurance: plays what is known about a call on a light, siren or speaker in the home (I/O)."""

from collections.abc import Mapping

import structlog

from carecircle.errors import Unavailable
from carecircle.mqtt import Session
from carecircle.payloads import Command, Reply
from carecircle.topics import Kind
from carecircle_gateway.drivers.driver import Driver
from carecircle_gateway.normalise import Outgoing, Urgency

_log = structlog.get_logger()


class Reassurance:
    """Plays on one local device; `payloads` has what is sent to it at each stage."""

    def __init__(self, local: Session, driver: Driver, device: str, payloads: Mapping[str, str]) -> None:
        self._local = local
        self._driver = driver
        self._device = device
        self._payloads = payloads

    def play(self, device: str, command: Command, now_ms: int) -> list[Outgoing]:
        """Play it and answer the platform; `done` is False where the home has nothing to play it on.

        Done means handed to the home's own broker: a light does not say that somebody saw it.
        """
        assert command.reassure is not None
        done = self.show(command.reassure.stage)
        reply = Reply(boot=0, seq=0, at=now_ms, to=command.id, done=done)
        return [Outgoing(device, Kind.REPLY, Urgency.STATUS, reply)]

    def show(self, stage: str) -> bool:
        """Play a stage, also one of the home's own; False where there is nothing to play it on."""
        payload = self._payloads.get(stage)
        done = bool(self._device and payload)
        if self._device and payload:
            try:
                self._local.publish(self._driver.command_topic(self._device), payload.encode())
            except Unavailable:
                done = False
        _log.info("reassurance_played" if done else "reassurance_not_played", stage=stage)
        return done
