"""The homes of a chaos run: they publish over the fleet's sessions in a thread of their own (I/O)."""

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from random import Random

from carecircle.identity import home_password
from carecircle.mqtt import Broker
from carecircle.mqtt.fleet import Fleet, Member
from carecircle.topics import Topic, parse_topic
from tests.chaos.flow import BOOT, Sender, message, shares
from tests.chaos.keeping import Keeper
from tests.servers import COUNTY, INSTALLATION_SECRET

_TURN_S = 0.01
_MOST_UNSENT = 500
_BURST_S = 0.2


@dataclass(slots=True)
class _Device:
    """A sender, what it keeps, and what it wants to say as soon as its home has a session."""

    sender: Sender
    keeper: Keeper
    unsent: deque[int] = field(default_factory=deque)


class Homes:
    """Sends `messages` in all at `rate_s` messages a second, and reads the marks."""

    def __init__(
        self, port: int, senders: list[Sender], messages: int, rate_s: float, seed: int, began_ms: int, *, keeps: bool
    ) -> None:
        self._rng = Random(seed)
        self._rate_s = rate_s
        self._began_ms = began_ms
        self._fleet = Fleet(Broker("127.0.0.1", port), self, rng=self._rng)
        self._devices = {
            (sender.bed, sender.device): _Device(sender, Keeper(share, self._rng, keeps=keeps))
            for sender, share in zip(senders, shares(messages, len(senders)), strict=True)
        }
        self._beds = {sender.bed for sender in senders}
        self._thread = threading.Thread(target=self._run, name="homes", daemon=True)
        self._ending = threading.Event()
        self.error: BaseException | None = None
        self.wrong_marks: list[str] = []
        self.messages_sent = 0

    @property
    def made(self) -> int:
        """How many different messages exist so far."""
        return sum(device.keeper.made for device in self._devices.values())

    @property
    def backlog(self) -> int:
        """How many of them no mark covers."""
        return sum(device.keeper.backlog for device in self._devices.values())

    @property
    def repeated(self) -> int:
        """How many messages were repeated because no mark came."""
        return sum(device.keeper.repeated for device in self._devices.values())

    @property
    def is_done(self) -> bool:
        """Whether everything was sent and, if the homes keep, marked."""
        return all(device.keeper.is_done and not device.unsent for device in self._devices.values()) and (
            self._fleet.connected_count == len(self._beds)
        )

    def marks(self) -> dict[Sender, int]:
        """The marks received so far."""
        return {device.sender: device.keeper.mark for device in self._devices.values()}

    def start(self) -> None:
        """Connect all homes and begin."""
        for bed in sorted(self._beds):
            topics = (f"care/v1/{COUNTY}/{bed}/+/command",)
            self._fleet.add(Member(bed, home_password(INSTALLATION_SECRET, bed), topics))
        self._thread.start()

    def stop(self) -> None:
        """End the thread and the sessions."""
        self._ending.set()
        self._thread.join(10.0)
        self._fleet.close()

    def connected(self, name: str) -> None:
        """A home's session stands; what waits goes out in the next turn."""

    def lost(self, name: str) -> None:
        """A home's session is gone; the fleet connects again."""

    def received(self, name: str, topic: str, payload: bytes) -> None:
        """A mark; anything else is not expected here."""
        place = parse_topic(topic)
        assert isinstance(place, Topic)
        boot, seq = json.loads(payload)["stored"]
        device = self._devices[place.bed, place.device]
        if boot != BOOT or not device.keeper.marked(seq, time.monotonic()):
            self.wrong_marks.append(f"{name}/{place.device}: {boot}, {seq} of {device.keeper.made}")

    def _run(self) -> None:
        try:
            allowed, last = 0.0, time.monotonic()
            while not self._ending.is_set():
                self._fleet.run_once(_TURN_S)
                now = time.monotonic()
                allowed = min(allowed + (now - last) * self._rate_s, self._rate_s * _BURST_S)
                last = now
                allowed -= self._make(int(allowed), now)
                for device in self._devices.values():
                    device.unsent.extend(device.keeper.repeats(now))
                    self._send(device)
        except Exception as error:  # noqa: BLE001 - raised again in the thread that watches
            self.error = error

    def _make(self, count: int, now: float) -> int:
        for made in range(count):
            able = [
                device
                for device in self._devices.values()
                if device.keeper.can_make and len(device.unsent) < _MOST_UNSENT
            ]
            if not able:
                return made
            device = self._rng.choice(able)
            device.unsent.extend(device.keeper.make(now))
        return count

    def _send(self, device: _Device) -> None:
        while device.unsent:
            seq = device.unsent[0]
            topic, payload = message(device.sender, seq, self._began_ms, device.keeper.oldest)
            if not self._fleet.publish(device.sender.bed, topic, payload):
                return
            self.messages_sent += 1
            device.unsent.popleft()
