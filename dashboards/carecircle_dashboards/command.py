"""`carecircle dashboards`: Grafana's dashboards as code (I/O)."""

from pathlib import Path

import click


@click.group()
def dashboards() -> None:
    """Build the dashboards that administrators read in Grafana."""


@dashboards.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("dashboards/grafana/dashboards"),
    show_default=True,
    help="Folder that Grafana's file provisioning reads.",
)
def build(into: Path) -> None:
    """Write the dashboards' JSON."""
    try:
        from carecircle_dashboards.build import write_dashboards
    except ModuleNotFoundError as missing:
        message = f"{missing.name} is not installed here: pip install 'carecircle[dashboards]'"
        raise click.ClickException(message) from missing
    changed = write_dashboards(into)
    click.echo("\n".join(f"written {path}" for path in changed) or "nothing has changed")
