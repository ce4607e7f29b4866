"""The verdict over a week: what was said at home, compared by plain SQL with what the platform has (I/O)."""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from tests.chaos.week.house import Said

_READINGS = "select bed, device, illuminance, count(*) from environment where illuminance is not null group by 1, 2, 3"
_PRESSES = "select bed, device, count(*) from device_event where event = 'sos' group by 1, 2"
_SIGNALS = "select bed_id, device, count(*) from signal where kind = 'sos' group by 1, 2"
_LATE = """
select count(*) from (
    select received_at - measured_at as delay from environment where illuminance is not null
    union all select received_at - measured_at from device_event where event = 'sos'
) as message
where delay > make_interval(secs => %s)
"""
_ODD = "select reason, count(*) from quarantine group by 1"
_OTHER_INCIDENTS = "select kind, count(*) from incident where kind <> 'sos' group by 1"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`late`: came more than an hour of the week after it was said. `others` are sentences about what is odd."""

    sent: int
    lost: list[str]
    doubled: list[str]
    late: int
    others: list[str]

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.others)


def judge(url: str, said: Mapping[str, Said], hour_s: float) -> Verdict:
    """Compare; `said` by bed."""
    with psycopg.connect(url) as connection:
        readings = _counts(connection, _READINGS)
        presses = _counts(connection, _PRESSES)
        signals = _counts(connection, _SIGNALS)
        ((late,),) = connection.execute(_LATE.encode(), (hour_s,)).fetchall()
        others = [f"quarantined: {reason} {count}" for reason, count in connection.execute(_ODD.encode())]
        others += [f"incidents of {kind}: {count}" for kind, count in connection.execute(_OTHER_INCIDENTS.encode())]
    expected_readings = {
        (bed, device, str(float(number)))
        for bed, one in said.items()
        for device, last in one.readings.items()
        for number in range(1, last + 1)
    }
    expected_presses = {(bed, device) for bed, one in said.items() for device in one.presses}
    lost = [f"reading {' '.join(key)}" for key in sorted(expected_readings - readings.keys())]
    lost += [f"press {' '.join(key)} in history" for key in sorted(expected_presses - presses.keys())]
    lost += [f"press {' '.join(key)} without an incident" for key in sorted(expected_presses - signals.keys())]
    doubled = [
        " ".join(key) for found in (readings, presses, signals) for key, count in sorted(found.items()) if count > 1
    ]
    others += [f"press that nobody made: {' '.join(key)}" for key in sorted(presses.keys() - expected_presses)]
    return Verdict(len(expected_readings) + len(expected_presses), lost, doubled, int(late), others)


def _counts(connection: psycopg.Connection[tuple[object, ...]], query: str) -> dict[tuple[str, ...], int]:
    return {tuple(map(str, key)): int(str(count)) for *key, count in connection.execute(query.encode())}
