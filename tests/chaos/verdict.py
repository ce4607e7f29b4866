"""The verdict of a chaos run, by plain SQL over the history tables (I/O)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from tests.chaos.flow import BOOT, Sender, expected_checksums

_TABLES = ("vitals", "environment", "device_event")

_STORED = """
select count(*) from (
    select bed, device, boot, seq from vitals
    union select bed, device, boot, seq from environment
    union select bed, device, boot, seq from device_event
) as message
"""

_DOUBLED = """
select sum(rows - messages)::bigint from (
    select count(*) as rows, count(distinct (bed, device, boot, seq)) as messages from vitals
    union all select count(*), count(distinct (bed, device, boot, seq)) from environment
    union all select count(*), count(distinct (bed, device, boot, seq)) from device_event
) as one
"""

_MISSING_BELOW = """
with message as (
    select bed, device, seq from vitals where boot = %(boot)s
    union select bed, device, seq from environment where boot = %(boot)s
    union select bed, device, seq from device_event where boot = %(boot)s
)
select sender.bed, sender.device, number.seq
from unnest(%(beds)s::text[], %(devices)s::text[], %(until)s::bigint[]) as sender (bed, device, until)
cross join lateral generate_series(1, sender.until) as number (seq)
left join message using (bed, device, seq)
where message.bed is null
order by 1, 2, 3
"""

_CHECKSUM = """
select bed, device, md5(string_agg(concat_ws(':', seq, (extract(epoch from measured_at) * 1000)::bigint, {said}), ','
    order by seq))
from {table} group by bed, device
"""
_SAID = {
    "vitals": "heart_rate",
    "environment": "room_temperature",
    "device_event": "concat_ws(' ', event, code, detail ->> 'n')",
}
CHECKSUMS = {table: _CHECKSUM.format(table=table, said=said) for table, said in _SAID.items()}

Missing = list[tuple[str, str, int]]
"""Bed, device and number of messages that should be there."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; `others` are faults that are neither loss nor doubling, each a sentence."""

    sent: int
    stored: int
    doubled: int
    missing: Missing
    others: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return len(self.missing)

    @property
    def is_clean(self) -> bool:
        return self.stored == self.sent and not (self.doubled or self.missing or self.others)


def missing_below(url: str, until: Mapping[Sender, int]) -> Missing:
    """Which messages up to these numbers are not in the database. Raises `OperationalError` while it is away."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        return _missing(connection, until)


def judge(url: str, sent: Mapping[Sender, int], began_ms: int) -> Verdict:
    """Compare all that is stored with all that was sent."""
    with psycopg.connect(url) as connection:
        missing = _missing(connection, sent)
        ((stored,),) = connection.execute(_STORED).fetchall()
        ((doubled,),) = connection.execute(_DOUBLED).fetchall()
        ((quarantined,),) = connection.execute("select count(*) from quarantine").fetchall()
        ((corrected,),) = connection.execute("select count(*) from device_clock").fetchall()
        found = {
            (table, bed, device): checksum
            for table, statement in CHECKSUMS.items()
            for bed, device, checksum in connection.execute(statement.encode()).fetchall()
        }
    others = [f"{count} {what}" for count, what in ((quarantined, "in quarantine"), (corrected, "clocks")) if count]
    complete = [sender for sender in sent if (sender.bed, sender.device) not in {one[:2] for one in missing}]
    others += _wrong(found, complete, sent, began_ms)
    return Verdict(sum(sent.values()), stored, doubled, missing, others)


def _missing(connection: psycopg.Connection[tuple[object, ...]], until: Mapping[Sender, int]) -> Missing:
    senders = sorted(until)
    values: dict[str, object] = {
        "boot": BOOT,
        "beds": [one.bed for one in senders],
        "devices": [one.device for one in senders],
        "until": [until[one] for one in senders],
    }
    rows = connection.execute(_MISSING_BELOW, values).fetchall()
    return [(str(bed), str(device), int(str(seq))) for bed, device, seq in rows]


def _wrong(
    found: Mapping[tuple[str, str, str], str], senders: Sequence[Sender], sent: Mapping[Sender, int], began_ms: int
) -> list[str]:
    """Senders of which nothing is missing and whose values are not those that were sent."""
    return [
        f"{table} of {sender.bed}/{sender.device} holds other values than were sent"
        for sender in senders
        for table, checksum in expected_checksums(sender, sent[sender], began_ms).items()
        if found.get((table, sender.bed, sender.device)) != checksum
    ]
