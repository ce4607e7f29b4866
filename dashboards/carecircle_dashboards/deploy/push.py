"""Pushing: looks at the server, plans, and carries the plan out (I/O)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from carecircle.errors import Misconfigured
from carecircle_dashboards.boards import BOARDS
from carecircle_dashboards.build import render
from carecircle_dashboards.deploy.plan import Document, Doing, Step, plan_dashboard, plan_folder, plan_source
from carecircle_dashboards.deploy.server import Server
from carecircle_dashboards.postgres import DATA_SOURCE

FOLDER = "carecircle"
FOLDER_TITLE = "CareCircle"


@dataclass(frozen=True, slots=True)
class Source:
    """Where Grafana finds the database, and as whom it logs in."""

    address: str
    database: str
    user: str
    password: str = field(repr=False)
    tls: str = "verify-full"

    def document(self) -> Document:
        """As Grafana keeps it; the same as the provisioned one."""
        return {
            "uid": DATA_SOURCE.uid,
            "name": "CareCircle",
            "type": DATA_SOURCE.type_val,
            "access": "proxy",
            "isDefault": True,
            "url": self.address,
            "user": self.user,
            "jsonData": {
                "database": self.database,
                "sslmode": self.tls,
                "postgresVersion": 1700,
                "timescaledb": True,
                "maxOpenConns": 10,
                "maxIdleConns": 2,
                "connMaxLifetime": 14_400,
            },
            "secureJsonData": {"password": self.password},
        }


def look(server: Server, source: Source | None, *, set_password: bool = False) -> list[Step]:
    """What would be done. Without `source` the server's own has to be there; raises `Misconfigured` where it is not."""
    steps = [plan_folder(FOLDER, FOLDER_TITLE, server.folder(FOLDER))]
    uid = str(DATA_SOURCE.uid)
    found = server.source(uid)
    if source is not None:
        steps.append(plan_source(source.document(), found, set_password=set_password))
    elif found is None:
        raise Misconfigured(f"Grafana has no data source {uid}; name the database with --database")
    for make in BOARDS.values():
        document = json.loads(render(make()))
        steps.append(plan_dashboard(document, FOLDER, server.dashboard(document["uid"])))
    return steps


def carry_out(server: Server, steps: list[Step], said: str, tell: Callable[[Step], None]) -> None:
    """In their order: folder and data source before what needs them. Raises at the first that fails; run again then."""
    for step in steps:
        server.do(step, FOLDER, said)
        tell(step)


def refused(steps: list[Step]) -> list[Step]:
    """What cannot be done through the interface."""
    return [step for step in steps if step.doing is Doing.REFUSE]
