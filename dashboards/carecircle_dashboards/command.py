"""`carecircle dashboards`: Grafana's dashboards as code (I/O)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from carecircle.errors import CareCircleError

if TYPE_CHECKING:
    from carecircle_dashboards.deploy.plan import Step
    from carecircle_dashboards.deploy.push import Source

_Command = TypeVar("_Command", bound=Callable[..., object])


@click.group()
def dashboards() -> None:
    """Build and deploy the dashboards that administrators read in Grafana."""


@dashboards.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("dashboards/grafana/dashboards"),
    show_default=True,
    help="Folder that Grafana's file provisioning reads.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the definitions of all figures to this file (docs/figures.md).",
)
@click.option(
    "--alerts",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the alert rules to this file (dashboards/grafana/provisioning/alerting/carecircle.yaml).",
)
def build(into: Path, figures: Path | None, alerts: Path | None) -> None:
    """Write the dashboards' JSON, the page of definitions, the alert rules."""
    with _extra():
        from carecircle_dashboards.build import write_alerts, write_dashboards, write_figures
    changed = write_dashboards(into)
    if figures is not None and write_figures(figures):
        changed.append(figures)
    if alerts is not None and write_alerts(alerts):
        changed.append(alerts)
    click.echo("\n".join(f"written {path}" for path in changed) or "nothing has changed")


def _the_server(command: _Command) -> _Command:
    for option in (
        click.option(
            "--database", help="host:port/name as Grafana reaches the database; without it the data source stays."
        ),
        click.option("--database-tls", default="verify-full", show_default=True, help="sslmode of that way."),
        click.option("--dry-run", is_flag=True, help="Only say what would be done."),
        click.option("--diff", is_flag=True, help="Show how the server differs."),
        click.option("--url", required=True, envvar="CARECIRCLE_GRAFANA_URL", help="Address of Grafana."),
    ):
        command = option(command)
    return command


@dashboards.command()
@_the_server
@click.option(
    "--token",
    required=True,
    envvar="CARECIRCLE_GRAFANA_TOKEN",
    help="Token of a service account with role Admin; better given in the environment, which `ps` does not show.",
)
@click.option("--database-user", default="carecircle_grafana", show_default=True, help="Role that Grafana logs in as.")
@click.option("--database-password", envvar="CARECIRCLE_GRAFANA_DATABASE_PASSWORD", help="Its password.")
@click.option("--set-password", is_flag=True, help="Set it anew although nothing else differs.")
def deploy(
    url: str,
    token: str,
    database: str | None,
    database_tls: str,
    database_user: str,
    database_password: str | None,
    *,
    set_password: bool,
    dry_run: bool,
    diff: bool,
) -> None:
    """Push folder, data source and dashboards to a Grafana; doing it again changes nothing."""
    with _extra():
        from carecircle_dashboards.deploy.push import look
        from carecircle_dashboards.deploy.server import Server
    with _errors():
        source = None
        if database is not None:
            if not database_password:
                raise click.UsageError("a database needs --database-password, or CARECIRCLE_GRAFANA_DATABASE_PASSWORD")
            source = _source(database, database_tls, database_user, database_password)
        server = Server(url, token)
        steps = look(server, source, set_password=set_password)
        _go(server, steps, dry_run=dry_run, diff=diff)


@dashboards.command()
@_the_server
@click.option("--name", required=True, help="Name of the institution, and of its organisation in Grafana.")
@click.option("--role", required=True, help="Its role in the database: grafana_ and letters, digits or underscores.")
@click.option("--area", "areas", multiple=True, help="Division code that it answers for; may be given again.")
@click.option("--provider", "providers", multiple=True, help="Provider whose beds it answers for; may be given again.")
@click.option("--health", is_flag=True, help="It may also read vital signs of single beds; each read is written down.")
@click.option(
    "--admin", default="admin", show_default=True, help="Grafana's administrator: tokens make no organisations."
)
@click.option("--admin-password", required=True, envvar="CARECIRCLE_GRAFANA_ADMIN_PASSWORD", help="Its password.")
@click.option(
    "--admin-database-url", required=True, envvar="CARECIRCLE_ADMIN_DATABASE_URL", help="postgresql:// of a superuser."
)
def institution(
    url: str,
    database: str | None,
    database_tls: str,
    name: str,
    role: str,
    areas: tuple[str, ...],
    providers: tuple[str, ...],
    admin: str,
    admin_password: str,
    admin_database_url: str,
    *,
    health: bool,
    dry_run: bool,
    diff: bool,
) -> None:
    """Give an institution or area its own database role, organisation, data source and dashboards."""
    with _extra():
        from carecircle_dashboards.deploy.push import look
        from carecircle_dashboards.deploy.server import Server
        from carecircle_dashboards.institutions import Scope, grant, new_password, plan_grant
    if database is None:
        raise click.UsageError("an institution needs --database, for its own data source")
    with _errors():
        scope = Scope(role, frozenset(areas), frozenset(providers), health)
        for line in plan_grant(admin_database_url, scope):
            click.echo(line)
        server = Server(url, (admin, admin_password))
        number = server.organisation(name)
        click.echo(f"keep    organisation {name}" if number else f"create  organisation {name}")
        if dry_run:
            if number:
                source = _source(database, database_tls, role, "unknown")
                _go(
                    Server(url, (admin, admin_password), number),
                    look(Server(url, (admin, admin_password), number), source),
                    dry_run=True,
                    diff=diff,
                )
            return
        password = new_password()
        number = number or server.make_organisation(name)
        own = Server(url, (admin, admin_password), number)
        # The password is in no place but these two, so that it is made anew whenever this runs.
        grant(admin_database_url, scope, password)
        source = _source(database, database_tls, role, password)
        _go(own, look(own, source, set_password=True), dry_run=False, diff=diff)


@dashboards.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("dashboards/grafana/maps/circles.geojson"),
    show_default=True,
    help="File that Grafana serves to its maps.",
)
@click.option(
    "--database-url", required=True, envvar="CARECIRCLE_DATABASE_URL", help="postgresql:// of a role that reads `read`."
)
def circles(into: Path, database_url: str) -> None:
    """Write the circles of all institutions for the maps: how far 15 minutes reach by the straight-line model."""
    with _errors():
        from carecircle_dashboards.circles import write_circles

        click.echo(f"{write_circles(into, database_url)} circles in {into}")


def _source(database: str, tls: str, user: str, password: str) -> "Source":
    from carecircle_dashboards.deploy.push import Source

    address, slash, name = database.partition("/")
    if not (address and slash and name):
        raise click.UsageError("--database is host:port/name")
    return Source(address, name, user, password, tls)


def _go(server: object, steps: "list[Step]", *, dry_run: bool, diff: bool) -> None:
    from carecircle_dashboards.deploy.plan import summary
    from carecircle_dashboards.deploy.push import carry_out, refused
    from carecircle_dashboards.deploy.server import Server

    assert isinstance(server, Server)

    def tell(step: "Step") -> None:
        click.echo(f"{step.doing:7} {step.kind} {step.uid}" + (f": {step.why}" if step.why else ""))
        if diff and step.diff:
            click.echo(step.diff.rstrip("\n"))

    if dry_run:
        for step in steps:
            tell(step)
    else:
        carry_out(server, steps, "carecircle dashboards deploy", tell)
    counts = summary(steps)
    click.echo(", ".join(f"{count} {doing}" for doing, count in counts.items()) + (" (dry run)" if dry_run else ""))
    if refused(steps):
        raise click.ClickException("some of it comes from files; see above")


@contextmanager
def _extra() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as missing:
        message = f"{missing.name} is not installed here: pip install 'carecircle[dashboards]'"
        raise click.ClickException(message) from missing


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except CareCircleError as error:
        raise click.ClickException(str(error)) from error
