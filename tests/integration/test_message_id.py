from uuid import uuid4

import psycopg
import pytest

from carecircle_alerts.notify.message_id import message_id
from tests.servers import Database


@pytest.mark.parametrize("offer", [None, uuid4()])
def test_the_database_and_the_lifeline_give_a_message_the_same_key(database: Database, offer: object) -> None:
    incident = uuid4()
    with psycopg.connect(database.admin_url) as connection:
        row = connection.execute(
            "select message_id(%s, %s, 'offer', '甲', 'offer', 'webhook')", [incident, offer]
        ).fetchone()
    assert row == (message_id(incident, offer, "offer", "甲", "offer", "webhook"),)  # type: ignore[arg-type]
