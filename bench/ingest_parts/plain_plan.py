"""Plain plan: what one writes first. Stock paho, a pydantic model, one row a reading, staged; correct and slow (I/O).

It acknowledges after the commit and counts a message once, as ours does. `Plain` runs it as a peer; as a program it is
told everything by its environment.
"""

import os
import queue
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as mqtt
import psycopg
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bench.ingest_peers.peer import Connection, Running
from bench.ingest_peers.process import start_program
from carecircle.mqtt import Broker
from carecircle.payloads import Telemetry

_WINDOW = 4000
_BATCH = 500
_LINGER_S = 0.05


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain plan as a peer."""

    name: str = "plain_plan"
    steady_per_s: int = 300

    def unavailable(self) -> str | None:
        """See `Peer`."""
        return None

    def prepare(self, connection: Connection) -> None:
        """See `Peer`; a narrow table, one row a reading."""
        connection.execute("drop schema if exists plain_plan cascade")
        connection.execute("create schema plain_plan")
        connection.execute(
            "create table plain_plan.reading (measured_at timestamptz not null, received_at timestamptz not null,"
            " bed text not null, device text not null, boot integer not null, seq bigint not null,"
            " metric text not null, value double precision not null,"
            " unique (bed, measured_at, device, boot, seq, metric))"
        )
        connection.execute("select create_hypertable('plain_plan.reading', 'measured_at')")

    def address(self, topic: str) -> str:
        """See `Peer`: as it is."""
        return topic

    def start(self, mqtt_url: str, database_url: str, topic: str, folder: Path, log: Path) -> Running:
        """See `Peer`."""
        folder.mkdir(parents=True, exist_ok=True)
        environment = {"MQTT_URL": mqtt_url, "DATABASE_URL": database_url, "TOPIC": topic}
        return start_program([sys.executable, "-m", "bench.ingest_parts.plain_plan"], environment, log, "ready")

    def count(self, connection: Connection) -> tuple[int, int]:
        """See `Peer`."""
        row = connection.execute(
            "select count(*), count(distinct (bed, device, boot, seq)) from plain_plan.reading"
        ).fetchone()
        assert row is not None
        rows, messages = row
        assert isinstance(rows, int)
        assert isinstance(messages, int)
        return rows, messages


def main() -> None:
    """Read, store, acknowledge; for ever."""
    waiting: queue.Queue[tuple[mqtt.MQTTMessage, datetime]] = queue.Queue()
    client = _subscribe(waiting)
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        while True:
            batch = _batch(waiting)
            _store(connection, batch)
            for message, _received_at in batch:
                client.ack(message.mid, message.qos)


def _subscribe(waiting: "queue.Queue[tuple[mqtt.MQTTMessage, datetime]]") -> mqtt.Client:
    broker = Broker.parse(os.environ["MQTT_URL"])
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, "bench-plain", protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True
    )
    topic = os.environ["TOPIC"]
    client.on_connect = lambda connected, *_: connected.subscribe(topic, qos=1)
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.on_message = lambda _client, _userdata, message: waiting.put((message, datetime.now(UTC)))
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 3600
    properties.ReceiveMaximum = _WINDOW
    client.connect(broker.host, broker.port, clean_start=False, properties=properties)
    client.loop_start()
    return client


def _batch(waiting: "queue.Queue[tuple[mqtt.MQTTMessage, datetime]]") -> list[tuple[mqtt.MQTTMessage, datetime]]:
    batch = [waiting.get()]
    deadline = time.monotonic() + _LINGER_S
    while len(batch) < _BATCH:
        try:
            batch.append(waiting.get(timeout=max(0.0, deadline - time.monotonic())))
        except queue.Empty:
            break
    return batch


def _store(connection: psycopg.Connection, batch: list[tuple[mqtt.MQTTMessage, datetime]]) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("create temp table if not exists stage (like plain_plan.reading) on commit delete rows")
        with cursor.copy("copy stage from stdin") as copy:
            for message, received_at in batch:
                _, _, _county, bed, device, _kind = message.topic.split("/")
                telemetry = Telemetry.model_validate_json(message.payload)
                measured_at = datetime.fromtimestamp(telemetry.at / 1000, UTC)
                for metric, value in telemetry.readings.present().items():
                    copy.write_row(
                        (
                            measured_at,
                            received_at,
                            bed,
                            device,
                            telemetry.boot,
                            telemetry.seq,
                            metric,
                            float(value),
                        )
                    )
        cursor.execute("insert into plain_plan.reading select * from stage on conflict do nothing")


if __name__ == "__main__":
    main()
