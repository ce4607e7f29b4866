"""Channels: every way to people outside, as this installation is set up, for engine and lifeline alike (I/O)."""

import httpx

from carecircle.clock import Clock
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Channel
from carecircle_alerts.notify.email import EmailChannel
from carecircle_alerts.notify.webhook import WebhookChannel
from carecircle_alerts.settings import ChannelSettings


def people_channels(settings: ChannelSettings, client: httpx.AsyncClient, clock: Clock) -> dict[str, Channel]:
    """The channels by name; what has no settings is left out. Raises `Misconfigured` for settings that cannot be."""
    links = AnswerLinks(settings.public_url, settings.link_secret.get_secret_value())
    channels: dict[str, Channel] = {
        "webhook": WebhookChannel(client, secret=settings.webhook_secret.get_secret_value(), links=links, clock=clock)
    }
    if settings.smtp_url:
        channels["email"] = EmailChannel(settings.smtp_url.get_secret_value(), settings.smtp_from, links)
    return channels
