"""How dear a look at those who compete is: 5,000 incidents within 30 km, to which nobody is on the way (I/O).

`python -m bench.competitors` asks the statement of the project beside the one of before, on the same rows and each with
its own index, prints both plans, and as its last line one JSON object: the least milliseconds, and
rows read.
"""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import psycopg
from psycopg.rows import dict_row

from carecircle.runtime.install import ensure_runtime
from carecircle_alerts.store import QUERIES
from carecircle_alerts.surge import MOST_OTHERS
from tests.servers import new_own_database

_BEFORE = """
select i.id, i.priority, i.deadline_at, i.plan, b.lat, b.lon, b.terrain, b.provider_id
from incident i join bed b on b.id = i.bed_id
where i.family = 'help' and i.state in ('RECEIVED', 'SEARCHING', 'UNCOVERED') and i.id <> %(incident_id)s
    and i.cell = any(cells_around((select cell from incident where id = %(incident_id)s)))
    and (
        select count(*) from offer o
        where o.incident_id = i.id and o.state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN') and o.expires_at > %(now)s
    ) < 2
order by i.deadline_at, i.id
limit %(most)s
"""
_OLD_INDEX = """
create index incident_uncommitted on incident (cell)
    where family = 'help' and state in ('RECEIVED', 'SEARCHING', 'UNCOVERED')
"""
_NEW_INDEX = """
create index incident_competing on incident (cell, deadline_at, id)
    where family = 'help' and state in ('RECEIVED', 'SEARCHING', 'UNCOVERED')
"""
# A square of three cells each way, about 33 km by 33 km. One in ten has an offer out, and one in fifty two.
_STORM = """
insert into area (code, name) values ('63', 'x'), ('6301', 'x'), ('630102', 'x');
insert into resident (id, name) select 'r' || n, 'x' from generate_series(1, {incidents}) n;
insert into bed (id, resident_id, county, division_code, address, circle, terrain, altitude_m, lat, lon)
select 'bed-' || n, 'r' || n, '630102', '630102', 'x', 'urban', 'city', 2260,
    36.5 + random() * 0.3, 101.75 + random() * 0.375 from generate_series(1, {incidents}) n;
insert into responder (id, name, role, area_code, travel_mode)
select 'p' || n, 'x', 'neighbour', '630102', 'walk' from generate_series(1, {incidents}) n;
insert into incident (
    id, bed_id, kind, family, priority, state, late, plan, plan_version, helpers_wanted, device, pressed_at, opened_at,
    deadline_at
)
select gen_random_uuid(), 'bed-' || n, 'sos', 'help', 1, 'SEARCHING', false, '{{}}', 0, 1, 'button', now(), now(),
    now() + random() * interval '15 minutes'
from generate_series(1, {incidents}) n;
insert into offer (id, incident_id, responder_id, wave, state, rank, basis, travel_p50_s, travel_p90_s, distance_m,
    created_at, expires_at)
select gen_random_uuid(), i.id, 'p' || (i.n + k), k, 'SENT', 1, 'straight_line_model', 300, 400, 1000,
    now(), now() + interval '1 hour'
from (select id, (row_number() over (order by id))::int as n from incident) i
cross join generate_series(1, case when i.n % 50 = 0 then 2 when i.n % 10 = 0 then 1 else 0 end) k
where i.n + k <= {incidents};
analyze incident; analyze offer; analyze bed;
"""


@click.command()
@click.option("--incidents", default=5_000, show_default=True)
@click.option("--rounds", default=50, show_default=True)
def main(incidents: int, rounds: int) -> None:
    """Measure both statements in turn, so that what else the machine does touches both alike."""
    with tempfile.TemporaryDirectory(prefix="competitors-bench-") as folder:
        database = new_own_database(ensure_runtime(), Path(folder))
        try:
            with psycopg.connect(database.admin_url, autocommit=True) as connection:
                connection.execute(_STORM.format(incidents=incidents).encode())
                found = {
                    "before": _measure(connection, _BEFORE, _NEW_INDEX, _OLD_INDEX, rounds),
                    "after": _measure(connection, QUERIES["competing"], _OLD_INDEX, _NEW_INDEX, rounds),
                }
        finally:
            database.stop()
    assert found["before"]["ids"] == found["after"]["ids"], "both see the same incidents in the same order"
    figures = {
        "incidents": incidents,
        **{f"{name}_ms": round(float(one["ms"]), 2) for name, one in found.items()},
        **{f"{name}_rows": int(one["rows"]) for name, one in found.items()},
    }
    click.echo(json.dumps(figures | {"ratio": round(found["before"]["ms"] / found["after"]["ms"], 1)}))


def _measure(
    connection: psycopg.Connection[Any], statement: str | bytes, drop: str, make: str, rounds: int
) -> dict[str, Any]:
    """The least milliseconds of all rounds (others use the machine too), the ids, and how many incidents are read."""
    text = statement if isinstance(statement, bytes) else statement.encode()
    gone = drop.split()[2]
    connection.execute(f"drop index if exists {gone}".encode())
    connection.execute(make.replace("create index", "create index if not exists").encode())
    connection.execute(b"analyze incident")
    ((me, now),) = connection.execute("select id, now() from incident order by id limit 1").fetchall()
    about = {"incident_id": me, "incident_ids": [me], "now": now, "most": MOST_OTHERS}
    cursor = connection.cursor(row_factory=dict_row)
    times = []
    for _round in range(rounds):
        begun = time.perf_counter()
        rows = cursor.execute(text, about).fetchall()
        times.append((time.perf_counter() - begun) * 1000)
    plan = [line for (line,) in connection.execute(b"explain (analyze, costs off, timing off) " + text, about)]
    click.echo("\n".join(plan))
    read = connection.execute(b"explain (analyze, format json) " + text, about).fetchall()[0][0][0]["Plan"]
    return {"ms": min(times), "ids": [row["id"] for row in rows], "rows": _rows_of(read)}


def _rows_of(node: dict[str, Any]) -> float:
    own = 0.0
    if node.get("Relation Name") == "incident" and node["Node Type"].endswith("Scan"):
        own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return float(own) + sum(_rows_of(one) for one in node.get("Plans", ()))


if __name__ == "__main__":
    main()
