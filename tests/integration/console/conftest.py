from collections.abc import Iterator

import pytest

from tests.console_world import World, people, running
from tests.servers import Database


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with running(database, people(database)) as world:
        yield world
