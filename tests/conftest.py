"""Fixtures for everybody: real TimescaleDB, real Mosquitto, no mocks.

- `runtime`: the programs; `runtime.program("mosquitto_pub")` is a path (also psql, mosquitto_sub, pg_dump, ...).
- `database`: a migrated, empty database for this test alone. `database.url("carecircle_ingest")` is the address for a
  role, `database.url()` for the owner, `database.admin_url` for the superuser. It is gone after the test.
- `broker`: a Mosquitto for this test alone, with the accounts and the access list of an installation.
  `broker.url("ingest")`, `broker.url("alerts")`; `broker.url_home("bed-1")` to `bed-20` in county `COUNTY`;
  `broker.add_home("other-bed", county)` while it runs; `broker.kill()` and `broker.start()` for an outage. The homes'
  passwords come from `carecircle.identity.home_password(INSTALLATION_SECRET, bed)`.
- `own_database`: like `database`, on a server of its own that the test may `kill()` and `start()`; takes about 1.5 s.

Types and constants are in `tests.servers`: `from tests.servers import Database, TestBroker, COUNTY`.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
from hypothesis import settings

from carecircle.runtime.install import Runtime, ensure_runtime
from tests.servers import (
    Database,
    OwnDatabase,
    SharedServer,
    TestBroker,
    copy_template,
    drop,
    new_broker,
    new_own_database,
    shared_server,
)

# A shared machine may pause at any moment: how long one example takes says nothing about the code.
settings.register_profile("carecircle", deadline=None)
settings.load_profile("carecircle")

_FOLDER = pytest.StashKey[Path]()
_SERVER = pytest.StashKey[SharedServer]()
_WORKER_KEY = "carecircle_servers"


def pytest_configure(config: pytest.Config) -> None:
    worker_input = getattr(config, "workerinput", None)
    if worker_input is not None:
        config.stash[_FOLDER] = Path(worker_input[_WORKER_KEY])
        return
    server = SharedServer()
    server.start()
    config.stash[_SERVER] = server
    config.stash[_FOLDER] = server.folder


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(_SERVER, None)
    if server is not None:
        server.end()
        shutil.rmtree(server.folder, ignore_errors=True)


class WorkerNode(Protocol):
    """A worker as pytest-xdist, which publishes no types, hands it to us."""

    config: pytest.Config
    workerinput: dict[str, str]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerNode) -> None:
    node.workerinput[_WORKER_KEY] = str(node.config.stash[_FOLDER])


@pytest.fixture(scope="session")
def runtime() -> Runtime:
    return ensure_runtime()


@pytest.fixture
def database(runtime: Runtime, pytestconfig: pytest.Config) -> Iterator[Database]:
    server = shared_server(runtime, pytestconfig.stash[_FOLDER])
    database = copy_template(server, f"test_{uuid4().hex}")
    yield database
    drop(database)


@pytest.fixture
def own_database(runtime: Runtime, tmp_path: Path) -> Iterator[OwnDatabase]:
    database = new_own_database(runtime, tmp_path)
    yield database
    database.stop()
    shutil.rmtree(database.server.folder)


@pytest.fixture
def broker(runtime: Runtime, tmp_path: Path) -> Iterator[TestBroker]:
    broker = new_broker(runtime, tmp_path)
    yield broker
    broker.stop()
