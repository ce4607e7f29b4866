"""`carecircle migrate`: brings a database up to date before the services start (I/O)."""

import click
from pydantic import Field, SecretStr

from carecircle.db.migrate import ROLES
from carecircle.db.migrate import migrate as apply_migrations
from carecircle.settings import ProcessSettings, load_settings


class MigrateSettings(ProcessSettings):
    """What the migration is told: the administrator's address and one password a service."""

    admin_database_url: SecretStr = Field(description="postgresql:// URL of a superuser; used for migrations only")
    owner_password: SecretStr | None = Field(None, description="password to set for role carecircle_owner")
    ingest_password: SecretStr | None = Field(None, description="password to set for role carecircle_ingest")
    upkeep_password: SecretStr | None = Field(None, description="password to set for role carecircle_upkeep")
    alerts_password: SecretStr | None = Field(None, description="password to set for role carecircle_alerts")
    lifeline_password: SecretStr | None = Field(None, description="password to set for role carecircle_lifeline")
    desk_password: SecretStr | None = Field(None, description="password to set for role carecircle_desk")
    console_password: SecretStr | None = Field(None, description="password to set for role carecircle_console")
    grafana_password: SecretStr | None = Field(None, description="password to set for role carecircle_grafana")

    def passwords(self) -> dict[str, str]:
        """The passwords that were given, by role."""
        given = {role: getattr(self, f"{role.removeprefix('carecircle_')}_password") for role in ROLES}
        return {role: secret.get_secret_value() for role, secret in given.items() if secret}


@click.command()
def migrate() -> None:
    """Bring the database up to date and set the services' passwords."""
    settings = load_settings(MigrateSettings)
    applied = apply_migrations(
        settings.admin_database_url.get_secret_value(),
        settings.passwords(),
        on_applied=lambda name: click.echo(f"applied {name}"),
    )
    click.echo(f"database is up to date ({len(applied)} applied now)")
