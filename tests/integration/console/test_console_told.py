"""What comes back from people and providers: receipts, opened offers, subscriptions of browsers."""

import json
import time
from uuid import UUID, uuid4

import httpx
import pytest

from carecircle_alerts.notify.webhook import SIGNATURE_HEADER, sign
from tests.console_world import PUSH_KEY, RECEIPTS_SECRET, World

KEYS = {"p256dh": "B" + "x" * 86, "auth": "y" * 22}


def _message(world: World, channel: str = "sms", ref: str = "biz^1") -> UUID:
    incident, message = world.incident(), uuid4()
    offer = world.offer(incident, "r-1")
    world.scene.run(
        "insert into message (id, incident_id, offer_id, audience, recipient_id, step, channel, address, content, "
        "priority, state, created_at, due_at, sent_at, provider_ref) "
        "values (%s, %s, %s, 'offer', 'r-1', 'offer', %s, '000', '{}', 0, 'PROVIDER_OK', now(), now(), now(), %s)",
        message, incident, offer, channel, ref,
    )  # fmt: skip
    return message


def test_a_provider_with_the_key_says_that_it_came(world: World) -> None:
    message = _message(world)
    client = world.client()
    report = [{"biz_id": "biz^1", "success": True, "err_code": "DELIVERED", "phone_number": "000"}]
    assert client.post("/api/receipts/sms", json=report).status_code == 403
    assert client.post("/api/receipts/sms?key=wrong", json=report).status_code == 403
    answer = client.post("/api/receipts/sms", params={"key": RECEIPTS_SECRET}, json=report)
    assert (answer.status_code, answer.json()["code"], answer.json()["taken"]) == (200, 0, 1)
    assert world.scene.value("select state from message where id = %s", message) == "DELIVERED"
    assert world.scene.value("select state from offer") == "DELIVERED"


def test_a_gateway_signs_its_receipts(world: World) -> None:
    message = _message(world, "webhook")
    body = json.dumps({"message_id": str(message), "state": "read"}).encode()
    client, now = world.client(), int(time.time())
    for bad in (sign("another", body, now), sign(RECEIPTS_SECRET, body, now - 400), "t=,v1=", "t=9" * 40):
        answer = client.post("/api/receipts/webhook", content=body, headers={SIGNATURE_HEADER: bad})
        assert answer.status_code == 403
    good = {SIGNATURE_HEADER: sign(RECEIPTS_SECRET, body, now)}
    assert client.post("/api/receipts/webhook", content=body, headers=good).status_code == 200
    assert client.post("/api/receipts/webhook", content=body + b" ", headers=good).status_code == 403
    assert world.scene.value("select state from message where id = %s", message) == "READ"


@pytest.mark.parametrize(
    ("channel", "body", "status"),
    [
        ("sms", b"[]", 200), ("sms", b"{}", 400), ("sms", b"\xff", 400), ("sms", b"", 400), ("pigeon", b"[]", 404),
        ("sms", b'[{"biz_id": "never sent", "success": true}]', 404),
    ],
)  # fmt: skip
def test_what_is_no_receipt_is_refused_and_what_is_not_known_is_asked_for_again(
    world: World, channel: str, body: bytes, status: int
) -> None:
    answer = world.client().post(f"/api/receipts/{channel}", params={"key": RECEIPTS_SECRET}, content=body)
    assert answer.status_code == status


def test_an_opened_offer_is_seen(world: World) -> None:
    message = _message(world)
    offer = world.scene.value("select id from offer")
    assert isinstance(offer, UUID)
    answer = world.client().get("/api/my/offers", params={"token": world.link_token(offer, "r-1")})
    assert answer.status_code == 200
    assert world.scene.value("select state from offer") == "SEEN"
    assert world.scene.value("select state from message where id = %s", message) == "READ"
    world.signed_in("responder").get("/api/my/offers")
    assert world.scene.value("select count(*) from incident_event where step = 'offer_seen'") == 1


def _subscribe(client: httpx.Client, number: int = 1) -> httpx.Response:
    return client.post("/api/my/push", json={"endpoint": f"https://push.example/{number}", "keys": KEYS})


@pytest.mark.parametrize(
    ("login", "kind", "person"),
    [("responder", "responder", "r-1"), ("family", "family_member", "f-1"), ("dispatcher", "account", None)],
)
def test_everybody_subscribes_for_themselves(world: World, login: str, kind: str, person: str | None) -> None:
    client = world.signed_in(login)
    assert client.get("/api/my/push").json() == {"public_key": PUSH_KEY, "subscriptions": 0}
    assert _subscribe(client).json()["subscriptions"] == 1
    assert _subscribe(client).json()["subscriptions"] == 1, "the same browser again"
    person = person or str(world.scene.value("select id from account where login = %s", login))
    rows = world.scene.rows(
        "select channel from contact where person_kind = %s and person_id = %s order by place", kind, person
    )
    assert rows[0] == ("web_push",), "it comes before the others"
    answer = client.post("/api/my/push/remove", json={"endpoint": "https://push.example/1"})
    assert answer.json()["subscriptions"] == 0


def test_subscriptions_are_few_and_lead_to_push_services(world: World) -> None:
    client = world.signed_in("responder")
    for number in range(5):
        assert _subscribe(client, number).status_code == 200
    assert _subscribe(client, 9).status_code == 409
    for endpoint in ("http://push.example/1", "https://", "file:///etc/passwd", "https://x/" + "y" * 1500):
        assert client.post("/api/my/push", json={"endpoint": endpoint, "keys": KEYS}).status_code == 422
    assert world.client().get("/api/my/push").status_code == 401
