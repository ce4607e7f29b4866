"""The command line `carecircle`: finds each service's command by its entry point (I/O)."""

from importlib.metadata import entry_points

import click

from carecircle.announced import lacks, summary_of
from carecircle.errors import CareCircleError

_GROUP = "carecircle.commands"


class ServiceCommands(click.Group):
    """A click group whose subcommands are announced by installed packages and loaded only when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all announced commands, sorted."""
        del ctx
        return sorted(point.name for point in entry_points(group=_GROUP))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; None where nothing announces it. Says what to install where its extra is missing."""
        del ctx
        for point in entry_points(group=_GROUP, name=cmd_name):
            try:
                command = point.load()
            except ModuleNotFoundError as missing:
                raise click.ClickException(
                    f"`carecircle {cmd_name}` needs {missing.name}, which is not installed here: "
                    "pip install 'carecircle[demo]'"
                ) from missing
            assert isinstance(command, click.Command)
            return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List what can run here; on a home box most commands are not installed, and that is no error."""
        rows = []
        for point in sorted(entry_points(group=_GROUP), key=lambda point: point.name):
            summary = None if lacks(point) else summary_of(point) or self._summary_when_run(ctx, point.name)
            if summary is not None:
                rows.append((point.name, summary))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _summary_when_run(self, ctx: click.Context, name: str) -> str | None:
        try:
            command = self.get_command(ctx, name)
        except click.ClickException:
            return None
        return command.get_short_help_str(100) if command is not None else None


@click.command(cls=ServiceCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="carecircle")
def carecircle() -> None:
    """Watch family care beds and get help to the door inside the 15-minute service circle."""


def main() -> None:
    """Run the command line; an expected error prints one sentence and exits with 2."""
    try:
        carecircle()
    except CareCircleError as error:
        raise SystemExit(f"carecircle: {error}") from error
