"""Web Push: one's own subscriptions, made by the browser on this device."""

import json
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from carecircle_alerts.notify.contacts import Person
from carecircle_console.gate import SignedIn, TheConsole
from carecircle_console.scope import Viewer
from carecircle_console.wire import PushState, Wire

router = APIRouter(prefix="/api/my/push", tags=["session"])


class PushKeys(Wire):
    """The keys by which messages are sealed for one browser."""

    p256dh: Annotated[str, Field(min_length=80, max_length=120, pattern=r"^[A-Za-z0-9_=-]+$")]
    auth: Annotated[str, Field(min_length=16, max_length=40, pattern=r"^[A-Za-z0-9_=-]+$")]


class Subscription(Wire):
    """A subscription as `PushSubscription.toJSON()` gives it."""

    endpoint: Annotated[str, Field(max_length=1500, pattern=r"^https://[^/\s]+/\S*$")]
    keys: PushKeys
    language: Literal["zh-CN", "en", "bo"] = "zh-CN"


class Endpoint(Wire):
    """Which subscription."""

    endpoint: Annotated[str, Field(max_length=1500)]


@router.get("")
async def push_state(viewer: SignedIn, console: TheConsole) -> PushState:
    """The public key to subscribe with, none where Web Push is not set up, and how many devices are subscribed."""
    return PushState(
        public_key=console.settings.web_push_public_key,
        subscriptions=await console.contacts.subscriptions(person_of(viewer)),
    )


@router.post("")
async def subscribe(form: Subscription, viewer: SignedIn, console: TheConsole) -> PushState:
    """Be told on this device."""
    keys = {"endpoint": form.endpoint, "keys": form.keys.model_dump()}
    await console.contacts.subscribe(person_of(viewer), form.endpoint, json.dumps(keys), form.language)
    return await push_state(viewer, console)


@router.post("/remove")
async def unsubscribe(form: Endpoint, viewer: SignedIn, console: TheConsole) -> PushState:
    """Be told on this device no longer."""
    await console.contacts.unsubscribe(person_of(viewer), form.endpoint)
    return await push_state(viewer, console)


def person_of(viewer: Viewer) -> Person:
    """Whose contacts somebody sees to: their own, as who they are."""
    if viewer.responder_id is not None:
        return Person("responder", viewer.responder_id)
    if viewer.scope.family is not None:
        return Person("family_member", viewer.scope.family)
    return Person("account", str(viewer.account_id))
