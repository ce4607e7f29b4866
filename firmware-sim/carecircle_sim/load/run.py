"""Runs a load: beds with sessions of their own up to a number, the rest through station gateways (I/O)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from carecircle.identity import home_password
from carecircle.mqtt import Broker
from carecircle.mqtt.fleet import Fleet, Member
from carecircle_sim.load.beds import Beds

_TURN_S = 0.002
_LONGEST_STALL_S = 1.0
_SPREAD_S = 0.002
_CONNECT_S = 60.0
_PROGRESS_S = 2.0


@dataclass(frozen=True, slots=True)
class Load:
    """`rate` messages a second of all `beds` together; `sessions` beds log in themselves, `gateways` carry the rest.

    A gateway logs in with the broker URL's own account, which has to be allowed to publish for every bed.
    """

    beds: int
    rate: float
    seconds: float
    sessions: int
    gateways: int
    seed: int = 1


@dataclass(slots=True)
class Tally:
    """What was done; `skipped` found no session or a full one, `behind_s` is what was too much for the machine."""

    sent: int = 0
    skipped: int = 0
    connected: int = 0
    behind_s: float = 0.0
    seconds: float = 0.0
    cpu_s: float = 0.0


class LoadRun:
    """One run; `run` returns when the time is over or `stop` was called."""

    def __init__(self, load: Load, broker: Broker, home_secret: str, say: Callable[[str], None]) -> None:
        self._load = load
        self._say = say
        self._beds = Beds(load.beds, boot=int(time.time()) // 60, seed=load.seed)
        self._fleet = Fleet(broker, self, rng=Random(load.seed))  # noqa: S311 - spreads reconnects
        self._gateways = [f"load-gateway-{number}" for number in range(load.gateways)]
        self._stopping = False
        self.tally = Tally()
        members = [
            Member(Beds.name(number), home_password(home_secret, Beds.name(number)))
            for number in range(min(load.sessions, load.beds))
        ]
        members += [Member(name, broker.password or "", login=broker.username) for name in self._gateways]
        for number, member in enumerate(members):
            self._fleet.add(member, after_s=number * _SPREAD_S)
        self._wanted = len(members)

    def stop(self) -> None:
        """End within a moment; for signal handlers."""
        self._stopping = True

    def run(self) -> Tally:
        """Connect, then send."""
        self._connect()
        began, cpu_began = time.monotonic(), time.process_time()
        self._send(began)
        self.tally.seconds = time.monotonic() - began
        self.tally.cpu_s = time.process_time() - cpu_began
        drained = time.monotonic() + 1.0
        while time.monotonic() < drained:
            self._fleet.run_once(_TURN_S)
        self._fleet.close()
        return self.tally

    def connected(self, name: str) -> None:
        """A session stands."""

    def lost(self, name: str) -> None:
        """The fleet connects again."""

    def received(self, name: str, topic: str, payload: bytes) -> None:
        """Commands are for others."""

    def _connect(self) -> None:
        deadline = time.monotonic() + _CONNECT_S + self._wanted * _SPREAD_S
        said_at = time.monotonic()
        while not self._stopping and self._fleet.connected_count < self._wanted and time.monotonic() < deadline:
            self._fleet.run_once(_TURN_S)
            if time.monotonic() - said_at > _PROGRESS_S:
                said_at = time.monotonic()
                self._say(f"{self._fleet.connected_count} of {self._wanted} sessions")
        self.tally.connected = self._fleet.connected_count

    def _send(self, began: float) -> None:
        """At the rate; what a stall of more than a second delayed is left out and counted, not sent in a burst."""
        load, rounds = self._load, self._beds.rounds()
        allowed, last, said_at = 0.0, began, began
        while not self._stopping and (now := time.monotonic()) - began < load.seconds:
            passed, last = now - last, now
            if passed > _LONGEST_STALL_S:
                self.tally.behind_s += passed - _LONGEST_STALL_S
                passed = _LONGEST_STALL_S
            allowed += passed * load.rate
            at_ms = round(time.time() * 1000)
            for number in (next(rounds) for _ in range(int(allowed))):
                self._send_one(number, at_ms)
            allowed %= 1
            self._fleet.run_once(_TURN_S)
            if now - said_at > _PROGRESS_S:
                said_at = now
                self._say(
                    f"{self.tally.sent} sent, {self.tally.sent / (now - began):,.0f}/s, {self.tally.skipped} skipped"
                )

    def _send_one(self, number: int, at_ms: int) -> None:
        own = number < self._load.sessions or not self._gateways
        session = Beds.name(number) if own else self._gateways[number % len(self._gateways)]
        if self._fleet.publish(session, Beds.topic(number), self._beds.message(number, at_ms)):
            self.tally.sent += 1
        else:
            self.tally.skipped += 1
