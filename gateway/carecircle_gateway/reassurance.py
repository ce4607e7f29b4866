"""Reassurance: plays what is known about a call on the lights, sirens and speakers of the home (I/O)."""

from collections.abc import Sequence

import structlog

from carecircle.errors import Unavailable
from carecircle.mqtt import Session
from carecircle.payloads import Command, Reply
from carecircle.topics import Kind
from carecircle_gateway.normalise import Outgoing, Urgency

_log = structlog.get_logger()

Target = tuple[str, dict[str, str]]
"""A topic of the home's broker, and what is published there at each stage."""


class Reassurance:
    """Plays on everything that the home has; one that fails keeps no other from playing."""

    def __init__(self, local: Session, targets: Sequence[Target]) -> None:
        self._local = local
        self._targets = tuple(targets)

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
        played = sum(self._publish(topic, payloads[stage]) for topic, payloads in self._targets if stage in payloads)
        _log.info("reassurance_played" if played else "reassurance_not_played", stage=stage, devices=played)
        return played > 0

    def _publish(self, topic: str, payload: str) -> bool:
        try:
            self._local.publish(topic, payload.encode())
        except Unavailable:
            return False
        return True
