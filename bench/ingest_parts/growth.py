"""Growth: how fast it stores with much history there already, and how many bytes a message takes (I/O)."""

from bench.ingest_parts.messages import BEDS, DEVICE
from bench.ingest_parts.servers import Servers

_FILL = """
insert into vitals (measured_at, received_at, bed, device, boot, seq, quality, heart_rate, respiratory_rate, spo2,
    movement, in_bed)
select t, t, 'bench-' || to_char(bed, 'FM0000'), %(device)s, 0, round, 0.93, 58 + round %% 37, 12 + round %% 9,
    86 + round %% 11, (round %% 16) / 16.0, true
from generate_series(%(first)s::integer, %(last)s::integer) as round
    cross join generate_series(0, %(beds)s::integer - 1) as bed
    cross join lateral (select now() - interval '10 minutes' - round * interval '5 seconds') as at (t)
"""
_ROUNDS_AT_ONCE = 500


def fill(servers: Servers, rows: int) -> None:
    """Put history into the table as a thousand beds make it, a reading every 5 s, backwards from ten minutes ago."""
    rounds = rows // BEDS
    with servers.connect() as connection:
        for first in range(1, rounds + 1, _ROUNDS_AT_ONCE):
            last = min(rounds, first + _ROUNDS_AT_ONCE - 1)
            connection.execute(_FILL, {"device": DEVICE, "beds": BEDS, "first": first, "last": last})
        connection.execute("analyze vitals")


def bytes_per_message(servers: Servers) -> float:
    """Bytes on disk of the vitals table with its index, a stored message."""
    with servers.connect() as connection:
        row = connection.execute("select hypertable_size('vitals')::float8 / count(*) from vitals").fetchone()
    assert row is not None
    assert isinstance(row[0], float)
    return round(row[0], 1)
