"""The PyPI package esphome-mqtt-timescaledb-ingestor 0.3.0, an ingestor for the topics of ESPHome (I/O).

It takes `{device}/{any}/{sensor}/state`, so a message of ours is published as `{bed}/{county}/{device}/state` with the
payload unchanged; it keeps that in the column `attributes`, one row a message, all readings in it. It subscribes at
QoS 0 with a new client id at each start, so nobody keeps what comes while it is away. It writes at most 100 rows at a
time and then sleeps for a second. It runs unchanged, by its own `start` command.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import conninfo, sql

from bench.ingest_peers.install import ensure_peers, why_not
from bench.ingest_peers.peer import Connection, Running
from bench.ingest_peers.process import start_program


@dataclass(frozen=True, slots=True)
class EsphomeIngestor:
    """The package's program, with its configuration file as its own dialogue would write it."""

    name: str = "esphome_ingestor"
    steady_per_s: int = 50

    def unavailable(self) -> str | None:
        """See `Peer`."""
        return why_not()

    def prepare(self, connection: Connection) -> None:
        """See `Peer`; it makes its tables itself."""
        name = sql.Identifier(self.name)
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(name))
        connection.execute(sql.SQL("create schema {}").format(name))

    def address(self, topic: str) -> str:
        """See `Peer`: the form that it listens to."""
        _care, _version, county, bed, device, _kind = topic.split("/")
        return f"{bed}/{county}/{device}/state"

    def start(self, mqtt_url: str, database_url: str, topic: str, folder: Path, log: Path) -> Running:
        """See `Peer`; its topics are fixed, `topic` is not used."""
        del topic
        settings = folder / ".esphome-ingestor" / "ingestor_config.json"
        settings.parent.mkdir(parents=True, exist_ok=True)
        broker = urlsplit(mqtt_url)
        database = {**conninfo.conninfo_to_dict(database_url), "options": f"-c search_path={self.name}"}
        login = {"username": broker.username or "", "password": broker.password or ""}
        mqtt = {"host": broker.hostname, "port": broker.port, **login}
        settings.write_text(json.dumps({"database": database, "mqtt": mqtt}))
        environment = {"HOME": str(folder), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
        command = [ensure_peers().program("mqtt-ingestor"), "start"]
        return start_program(command, environment, log, "subscribed to topics")

    def count(self, connection: Connection) -> tuple[int, int]:
        """See `Peer`; none before it has made its table."""
        table = sql.Identifier(self.name, "esphome_data")
        made = connection.execute("select to_regclass(%s)", [table.as_string(connection)]).fetchone()
        if made is None or made[0] is None:
            return 0, 0
        statement = "select count(*), count(distinct (device_id, sensor_name, attributes->>'raw_payload')) from {}"
        row = connection.execute(sql.SQL(statement).format(table)).fetchone()
        assert row is not None
        rows, messages = row
        assert isinstance(rows, int)
        assert isinstance(messages, int)
        return rows, messages
