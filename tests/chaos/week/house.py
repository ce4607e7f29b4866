"""One home of the week: its devices as a Zigbee bridge tells of them, its broker, its box, its disk and its router."""

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from carecircle.mqtt import Broker, Session
from carecircle.runtime.install import Runtime
from carecircle.runtime.mosquitto import Mosquitto
from carecircle.runtime.ports import free_port
from tests.chaos.week.disk import Disk
from tests.chaos.week.plan import Trouble
from tests.chaos.week.router import Router
from tests.integration.gateway.home import Home
from tests.servers import TestBroker

_DEVICES = 4
_ECHO_SHARE = 0.5
_NOBODY_WAITS = 2000


@dataclass(slots=True)
class Said:
    """What the devices said: how many readings each, numbered from 1, and which buttons were pressed, once each."""

    readings: dict[str, int] = field(default_factory=dict)
    presses: list[str] = field(default_factory=list)


class House:
    """A home whose devices speak at QoS 1, so that what was said is known: the home's own radio is not in question."""

    def __init__(self, runtime: Runtime, platform: TestBroker, bed: str, folder: Path, *, has_disk: bool) -> None:
        folder.mkdir()
        self.bed = bed
        self.said = Said()
        self.box_deaths = 0
        self._disk = Disk(folder / "disk") if has_disk else None
        self._router = Router(platform.port)
        outbox = (self._disk.folder if self._disk else folder) / "outbox.sqlite"
        url = platform.url_home(bed).replace(f":{platform.port}", f":{self._router.port}")
        settings = {"CARECIRCLE_GATEWAY_OUTBOX": str(outbox), "CARECIRCLE_GATEWAY_OUTBOX_MAX_MB": "2"}
        self.home = Home(runtime, Mosquitto(runtime, folder / "home", free_port()), url, folder, settings, bed=bed)
        self.home.start_broker()
        self._bridge = Session(Broker.parse(self.home.local_url), client_id="bridge", window=0)
        self._bridge.start()
        assert self._bridge.wait_connected(10)
        self._unanswered: set[int] = set()
        self._numbers = itertools.count()
        self.home.launch_box()

    @property
    def is_silent(self) -> bool:
        """Whether the home's broker has everything that was said."""
        return not self._unanswered

    def measure(self, rng: Random) -> None:
        """One of the devices says its next number."""
        if len(self._unanswered) > _NOBODY_WAITS:
            return
        device = f"climate-{rng.randrange(_DEVICES)}"
        number = self.said.readings[device] = self.said.readings.get(device, 0) + 1
        self._say(device, {"illuminance": number, "linkquality": rng.randrange(20, 255)})

    def press(self, rng: Random) -> None:
        """Somebody presses a button; half of them are heard twice by the radio, all are released."""
        device = f"press-{len(self.said.presses) + 1}"
        self.said.presses.append(device)
        for _ in range(2 if rng.random() < _ECHO_SHARE else 1):
            self._say(device, {"action": "emergency", "battery": 80, "linkquality": 90})
        self._say(device, {"action": "", "battery": 80, "linkquality": 90})

    def begin(self, trouble: Trouble) -> None:
        match trouble:
            case Trouble.ROUTER_OFF:
                self._router.switch_off()
            case Trouble.ROUTER_STALLS:
                self._router.stall()
            case Trouble.BOX_DIES:
                self.home.kill_box()
                self.box_deaths += 1
            case Trouble.DISK_FULL if self._disk:
                self._disk.fill()
            case _:
                raise AssertionError(trouble)

    def end(self, trouble: Trouble) -> None:
        match trouble:
            case Trouble.ROUTER_OFF:
                self._router.switch_on()
            case Trouble.ROUTER_STALLS:
                self._router.flow()
            case Trouble.BOX_DIES:
                self.home.launch_box()
            case Trouble.DISK_FULL if self._disk:
                self._disk.clear()
            case _:
                raise AssertionError(trouble)

    def close(self) -> None:
        self._bridge.stop()
        self.home.end()
        self._router.close()
        if self._disk:
            self._disk.unmount()

    def _say(self, device: str, fields: dict[str, object]) -> None:
        number = next(self._numbers)
        self._unanswered.add(number)
        self._bridge.publish(
            f"zigbee2mqtt/{device}", json.dumps(fields).encode(), on_sent=lambda: self._unanswered.discard(number)
        )
