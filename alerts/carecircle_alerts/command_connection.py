"""The database of a command that somebody types: one connection, and a sentence where there is none (I/O)."""

import psycopg
from psycopg.rows import dict_row

from carecircle.errors import Unavailable
from carecircle.settings import DatabaseSettings, load_settings
from carecircle_alerts.store import Connection


async def connect_for_command() -> Connection:
    """To the database of this process's settings; raises `Unavailable` where it does not answer."""
    url = load_settings(DatabaseSettings).database_url.get_secret_value()
    try:
        return await psycopg.AsyncConnection.connect(url, row_factory=dict_row)
    except psycopg.OperationalError as error:
        raise Unavailable("the database does not answer; is it running, and is the address right?") from error
