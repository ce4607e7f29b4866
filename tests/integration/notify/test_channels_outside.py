"""Web Push against a push service that unseals what it gets; Apprise; and addresses that must lead nowhere near us."""

import base64
import json
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from carecircle.clock import SystemClock
from carecircle.errors import Misconfigured
from carecircle_alerts.http_client import HttpClient, http_client
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Failed, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.long_tail import LongTailChannel, why_refused
from carecircle_alerts.notify.web_push import PushKey, WebPushChannel
from carecircle_alerts.notify.webhook import WebhookChannel
from carecircle_alerts.public_addresses import is_public
from tests.integration.notify.providers import Answer, Asked, serve

LINKS = AnswerLinks("https://console.example/", "link secret of the tests")
NOW = datetime.now(UTC)
OFFER = Outgoing(
    id=uuid4(), incident_id=uuid4(), offer_id=uuid4(), audience="offer", recipient_id="r1", step="offer",
    channel="web_push", address="", content={"text": "请接单"}, attempts=1, created_at=NOW,
    offer_expires_at=NOW + timedelta(minutes=2),
)  # fmt: skip
# Apprise asks Python for a module that newer versions have no more.
_OLD_MODULE = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
PRIVATE = base64.urlsafe_b64encode(bytes(range(1, 33))).decode().rstrip("=")


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    async with http_client(0.5) as client:
        yield client


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Browser:
    """A browser's side of a subscription: it alone can read what is sent to it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.auth = b"sixteen bytes ok"

    def subscription(self, endpoint: str) -> str:
        keys = {"p256dh": _encode(self.point), "auth": _encode(self.auth)}
        return json.dumps({"endpoint": endpoint, "keys": keys})

    def unseal(self, sealed: bytes) -> dict[str, object]:
        salt, sender = sealed[:16], sealed[21 : 21 + sealed[20]]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.key.exchange(ec.ECDH(), theirs)
        both = b"WebPush: info\0" + self.point + sender
        secret = HKDF(hashes.SHA256(), 32, self.auth, both).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        plain = AESGCM(key).decrypt(nonce, sealed[21 + sealed[20] :], None)
        note = json.loads(plain.rstrip(b"\0").removesuffix(b"\2"))
        assert isinstance(note, dict)
        return note


async def test_a_push_is_sealed_for_the_browser_and_signed_by_us(client: HttpClient) -> None:
    key, browser = PushKey.of(PRIVATE), Browser()
    with serve(lambda _asked: (201, b"")) as service:
        channel = WebPushChannel(client, key, "care@example.org", LINKS)
        assert await channel.send(replace(OFFER, address=browser.subscription(f"{service.url}/push/1"))) == Sent()
        (asked,) = service.asked
    note = browser.unseal(asked.body)
    assert (note["text"], note["title"], note["id"]) == ("请接单", "求助：请接单", str(OFFER.id))
    assert str(note["url"]).startswith(f"https://console.example/answer/{OFFER.offer_id}?token=")
    assert (asked.headers["ttl"], asked.headers["urgency"], asked.headers["topic"]) == ("120", "high", OFFER.id.hex)
    token, public = asked.headers["authorization"].removeprefix("vapid t=").split(", k=")
    assert public == key.public
    point = base64.urlsafe_b64decode(public + "=")
    verifier = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(token, verifier, algorithms=["ES256"], audience="http://127.0.0.1")
    assert claims["sub"] == "mailto:care@example.org"


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (404, Failed("HTTP 404", again=False, gone=True)),
        (410, Failed("HTTP 410", again=False, gone=True)),
        (403, Failed("HTTP 403", again=False)),
        (413, Failed("HTTP 413", again=False)),
        (429, Failed("HTTP 429", again=True)),
        (500, Failed("HTTP 500", again=True)),
        (None, Unknown("ReadTimeout")),
    ],
)
async def test_what_a_push_service_answers(client: HttpClient, status: int | None, result: Result) -> None:
    def behaviour(_asked: Asked) -> Answer | None:
        return (status, b"") if status else None

    with serve(behaviour) as service:
        channel = WebPushChannel(client, PushKey.of(PRIVATE), "care@example.org", LINKS)
        assert await channel.send(replace(OFFER, address=Browser().subscription(service.url))) == result


async def test_what_is_no_subscription_or_no_key(client: HttpClient) -> None:
    channel = WebPushChannel(client, PushKey.of(PRIVATE), "care@example.org", LINKS)
    keys = {"p256dh": _encode(b"\4" + bytes(64)), "auth": _encode(b"sixteen bytes ok")}
    for address in ("", "{}", "http://push", json.dumps({"endpoint": "https://push.example/1", "keys": keys})):
        result = await channel.send(replace(OFFER, address=address))
        assert result == Failed("address is no subscription", again=False, gone=True)
    for private in ("", "short", "?" * 43, _encode(bytes(32)), _encode(b"\xff" * 32)):
        with pytest.raises(Misconfigured, match="CARECIRCLE_WEB_PUSH_KEY"):
            PushKey.of(private)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "224.0.0.1",
        "100.64.0.1", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_addresses_that_are_nobodys_business(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "64:ff9b::101:101"])
def test_addresses_out_on_the_internet(address: str) -> None:
    assert is_public(ip_address(address))


async def test_a_webhook_does_not_lead_into_our_own_network() -> None:
    with serve(lambda _asked: (204, b"")) as inside:
        async with http_client(0.5, only_public=True) as guarded:
            webhook = WebhookChannel(guarded, secret="s" * 16, links=LINKS, clock=SystemClock())
            result = await webhook.send(replace(OFFER, address=inside.url))
        assert result == Failed("address is not on the public internet", again=False)
        assert inside.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "exec://whoami", "json://10.0.0.1/", "mailto://u:p@10.0.0.1", "syslog://", "dbus://",
        "tgram://123:abc/1?template=/etc/passwd", "slack://a/b/c/?x=1", "discord://a/b, file:///tmp", "http://[", "",
    ],
)  # fmt: skip
def test_the_long_tail_reaches_no_file_no_program_and_no_host_of_somebodys_choice(address: str) -> None:
    assert why_refused(address) is not None


@_OLD_MODULE
async def test_a_service_that_hangs_keeps_its_thread_and_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def hang(*_: object, **__: object) -> bool:
        go_on.wait(10)
        return True

    monkeypatch.setattr("apprise.Apprise.notify", hang)
    channel = LongTailChannel(timeout_s=0.1, places=1)
    message = replace(OFFER, channel="apprise", address="pover://user@" + "t" * 30)
    assert await channel.send(message) == Unknown("no answer in time")
    assert await channel.send(message) == Failed("every place hangs", again=True)
    go_on.set()
    channel._threads.shutdown(wait=True)


@_OLD_MODULE
async def test_apprise_says_whether_it_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, object]] = []

    def notify(_self: object, **words: object) -> bool:
        told.append(words)
        return len(told) == 1

    monkeypatch.setattr("apprise.Apprise.notify", notify)
    channel = LongTailChannel()
    message = replace(OFFER, channel="apprise", address="pover://user@" + "t" * 30)
    assert await channel.send(message) == Sent()
    assert await channel.send(message) == Failed("not taken", again=True)
    assert told[0] == {"body": "请接单", "title": "求助：请接单"}
    assert await channel.send(replace(message, address="tgram://nonsense")) == Failed(
        "address is no service that Apprise knows", again=False
    )
    channel._threads.shutdown(wait=True)
