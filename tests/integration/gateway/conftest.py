"""Fixtures of the home side: a home whose box is not started yet, and the platform that listens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from carecircle.runtime.install import Runtime
from carecircle.runtime.mosquitto import Mosquitto
from carecircle.runtime.ports import free_port
from tests.integration.gateway.home import BED, Home, Platform
from tests.servers import TestBroker


@pytest.fixture
def home(runtime: Runtime, broker: TestBroker, tmp_path: Path) -> Iterator[Home]:
    home = Home(runtime, Mosquitto(runtime, tmp_path / "home", free_port()), broker.url_home(BED), tmp_path)
    home.start_broker()
    yield home
    home.end()


@pytest.fixture
def platform(broker: TestBroker) -> Iterator[Platform]:
    platform = Platform(broker)
    yield platform
    platform.stop()
