"""A bed at home for tests: what its devices say goes straight into detect, and into history where a test wants it."""

from datetime import UTC, datetime, timedelta

import psycopg
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import ManualClock
from carecircle.mqtt import Delivery
from carecircle.payloads import Event, Readings, Status, Telemetry, encode_payload
from carecircle_alerts.detect import Detector
from carecircle_alerts.store import Connection
from tests.scene import COUNTY, Scene

_QUANTITIES = ("heart_rate", "respiratory_rate", "spo2", "movement", "in_bed", "presence")
_COLUMNS = ("measured_at", "received_at", "bed", "device", "boot", "seq", "quality", *_QUANTITIES)
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


class Home:
    """One bed whose messages go straight into detect, by a clock of the test's own.

    With `stores` they are history as well once `store()` is called, as if ingest had taken them at the same moment.
    """

    stores = False

    def __init__(self, pool: AsyncConnectionPool[Connection], scene: Scene, bed: str = "bed-1") -> None:
        self.scene, self.pool, self.bed = scene, pool, scene.bed(bed, provider="station-1")
        self.clock = ManualClock(NOON)
        self.detector = Detector(pool, self.clock)
        self._seq = 0
        self._unstored: list[tuple[object, ...]] = []

    async def say(self, payload: Telemetry | Event | Status, kind: str, device: str, *, is_live: bool = True) -> None:
        topic = f"care/v1/{COUNTY}/{self.bed}/{device}/{kind}"
        delivery = Delivery(
            topic, encode_payload(payload), retained=False, received_at=self.clock.now(), generation=0, mid=0
        )
        await self.detector.handle([delivery], is_live=is_live)
        if self.stores and isinstance(payload, Telemetry):
            self._keep(device, payload)

    def kept(self, *, after_s: float = 0, **readings: float | bool) -> tuple[str, Telemetry]:
        """A mat's reading of now, and `after_s` later, that does not come through yet."""
        return "mat", Telemetry(
            boot=1, seq=self._next(), at=self.milliseconds(-after_s), readings=Readings.model_validate(readings),
            quality=0.9,
        )  # fmt: skip

    async def hand_in(self, message: tuple[str, Telemetry | Event]) -> None:
        """What was kept comes through now."""
        device, payload = message
        await self.say(payload, "telemetry" if isinstance(payload, Telemetry) else "event", device)

    def store(self) -> None:
        """Write into history what has come and is to be stored."""
        columns = ", ".join(_COLUMNS)
        places = ", ".join(["%s"] * len(_COLUMNS))
        with psycopg.connect(self.scene.database.admin_url) as connection, connection.cursor() as cursor:
            statement = f"insert into vitals ({columns}) values ({places}) on conflict do nothing"
            cursor.executemany(statement.encode(), self._unstored)
        self._unstored.clear()

    def _keep(self, device: str, told: Telemetry) -> None:
        values = [getattr(told.readings, name) for name in _QUANTITIES]
        at = datetime.fromtimestamp(told.at / 1000, UTC)
        key = (self.bed, device, told.boot, told.seq)
        self._unstored.append((at, self.clock.now(), *key, told.quality, *values))

    async def read(
        self, device: str = "mat", *, age_s: float = 0, is_live: bool = True, **readings: float | bool
    ) -> None:
        telemetry = Telemetry(
            boot=1,
            seq=self._next(),
            at=self.milliseconds(age_s),
            readings=Readings.model_validate(readings),
            quality=0.9,
        )
        await self.say(telemetry, "telemetry", device, is_live=is_live)

    async def status(self, device: str = "button", **said: float) -> None:
        status = Status.model_validate(
            {"boot": 1, "seq": self._next(), "at": self.milliseconds(), "online": True, **said}
        )
        await self.say(status, "status", device)

    async def minutes(self, count: int, **readings: float | bool) -> None:
        for _ in range(count):
            self.clock.forward(seconds=60)
            await self.read(**readings)  # type: ignore[arg-type]  # a reading is never called as the options are
            await self.detector.look()

    async def wait(self, **amount: float) -> None:
        self.clock.forward(**amount)
        await self.detector.look()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self.scene.rows(query)

    def milliseconds(self, age_s: float = 0) -> int:
        """The time of a device's clock, `age_s` ago."""
        return int((self.clock.now() - timedelta(seconds=age_s)).timestamp() * 1000)

    def _next(self) -> int:
        self._seq += 1
        return self._seq
