"""Channels: every way to people outside, as this installation is set up, for engine and lifeline alike (I/O)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar, get_args

from pydantic import SecretStr, TypeAdapter, ValidationError

from carecircle.clock import Clock
from carecircle.errors import Misconfigured
from carecircle_alerts.http_client import HttpClient, http_client
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Channel
from carecircle_alerts.notify.email import EmailChannel
from carecircle_alerts.notify.gateway_settings import (
    AliyunGateway,
    Gateway,
    HttpGateway,
    TencentGateway,
    WeChatAccount,
)
from carecircle_alerts.notify.long_tail import LongTailChannel
from carecircle_alerts.notify.phones import phone_channel
from carecircle_alerts.notify.robots import Kind, RobotChannel
from carecircle_alerts.notify.traits import Limit
from carecircle_alerts.notify.webhook import WebhookChannel
from carecircle_alerts.notify.wechat import WeChatChannel
from carecircle_alerts.settings import ChannelSettings

OUTGOING_S = 10.0
"""How long a server of other people's may take until it is connected, and be silent then."""
_GATEWAY: TypeAdapter[AliyunGateway | TencentGateway | HttpGateway] = TypeAdapter(Gateway)
_WECHAT = TypeAdapter(WeChatAccount)

Wanted = TypeVar("Wanted")
_DAY_S = 86400


@asynccontextmanager
async def people_channels(
    settings: ChannelSettings, client: HttpClient, clock: Clock
) -> AsyncIterator[dict[str, Channel]]:
    """The channels by name; what has no settings is left out. Raises `Misconfigured` for settings that cannot be.

    `client` talks to providers. What people type in themselves goes through a client of its own that reaches public
    addresses only, unless the settings allow others.
    """
    async with http_client(OUTGOING_S, only_public=True) as outside:
        yield _channels(settings, client, client if settings.webhook_private_networks else outside, clock)


def _channels(settings: ChannelSettings, client: HttpClient, outside: HttpClient, clock: Clock) -> dict[str, Channel]:
    links = AnswerLinks(settings.public_url, settings.link_secret.get_secret_value())
    channels: dict[str, Channel] = {
        "webhook": WebhookChannel(outside, secret=settings.webhook_secret.get_secret_value(), links=links, clock=clock),
        **{kind: RobotChannel(kind, client, clock) for kind in get_args(Kind)},
        "apprise": LongTailChannel(),
    }
    if settings.smtp_url:
        channels["email"] = EmailChannel(settings.smtp_url.get_secret_value(), settings.smtp_from, links)
    if settings.sms:
        channels["sms"] = phone_channel("sms", _read("SMS", _GATEWAY, settings.sms), client, clock)
    if settings.voice:
        channels["voice"] = phone_channel("voice", _read("VOICE", _GATEWAY, settings.voice), client, clock)
    if settings.wechat:
        channels["wechat"] = WeChatChannel(_read("WECHAT", _WECHAT, settings.wechat), client, links, clock)
    if settings.web_push_key:
        # Its cryptography is for installations that have a key; the others start without it.
        from carecircle_alerts.notify.web_push import PushKey, WebPushChannel

        key = PushKey.of(settings.web_push_key.get_secret_value())
        channels["web_push"] = WebPushChannel(outside, key, settings.web_push_contact, links)
    return channels


def channel_budgets(settings: ChannelSettings) -> dict[str, tuple[Limit, ...]]:
    """What may be spent on a channel in a day, all callees together."""
    return {
        name: (Limit(count, _DAY_S),)
        for name, count in (("sms", settings.sms_per_day), ("voice", settings.voice_per_day))
        if count is not None
    }


def _read(name: str, wanted: TypeAdapter[Wanted], text: SecretStr) -> Wanted:
    """A setting that is a JSON object; raises `Misconfigured` naming the field, never its value."""
    try:
        return wanted.validate_json(text.get_secret_value())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise Misconfigured(f"CARECIRCLE_{name}: {where}: {first['msg']} (docs/channels.md)") from None
