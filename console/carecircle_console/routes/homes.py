"""Homes: pairing codes for administrators, pairing and rotation for boxes, and the broker's questions about them."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header

from carecircle.errors import Forbidden
from carecircle_console.forms import BrokerLogin, BrokerQuestion, HomeLogin, PairingCodeText
from carecircle_console.gate import Administrator, TheConsole
from carecircle_console.views import BrokerAnswer, Home, HomeAccount, PairingCode

router = APIRouter(prefix="/api", tags=["homes"])


@router.get("/homes")
async def homes(viewer: Administrator, console: TheConsole) -> list[Home]:
    """The boxes of the area, and whether a code is open for them."""
    return await console.homes.listed(viewer.scope.area)


@router.post("/beds/{bed_id}/pairing-code")
async def make_code(bed_id: str, viewer: Administrator, console: TheConsole) -> PairingCode:
    """A one-time code for the box of a bed, valid for 15 minutes and shown this once; an older one ends."""
    return await console.homes.make_code(bed_id, viewer.scope.area, viewer.account_id)


@router.delete("/beds/{bed_id}/home", status_code=204)
async def revoke(bed_id: str, viewer: Administrator, console: TheConsole) -> None:
    """End the account of a home; its box has to be paired anew."""
    await console.homes.revoke(bed_id, viewer.scope.area)


@router.post("/homes/pair")
async def pair(form: PairingCodeText, console: TheConsole) -> HomeAccount:
    """Exchange a code for the home's account; the first who brings it has it (403 afterwards, 429 while guessed)."""
    return await console.homes.pair(form.code)


@router.post("/homes/rotate")
async def rotate(form: HomeLogin, console: TheConsole) -> HomeAccount:
    """The account to come, the same until it is used; the present one stays valid until then."""
    return await console.homes.rotate(form.user, form.password)


@router.post("/homes/rotated", status_code=204)
async def has_rotated(form: HomeLogin, console: TheConsole) -> None:
    """The box uses the new account: the one before ends."""
    await console.homes.has_rotated(form.user, form.password)


def broker_only(
    console: TheConsole, secret: Annotated[str, Header(alias="X-CareCircle-Broker", max_length=256)] = ""
) -> None:
    """The broker, by a secret that both were given; refused where none is configured."""
    expected = console.settings.broker_secret
    if expected is None or not hmac.compare_digest(expected.get_secret_value().encode(), secret.encode()):
        raise Forbidden("只供消息服务器使用")


FromBroker = Depends(broker_only)


@router.post("/broker/authenticate", dependencies=[FromBroker])
async def authenticate(form: BrokerLogin, console: TheConsole) -> BrokerAnswer:
    """EMQX's HTTP authenticator: `ignore` for accounts that are no home's, which another authenticator knows."""
    return BrokerAnswer.of(await console.homes.may_log_in(form.username, form.password))


@router.post("/broker/authorize", dependencies=[FromBroker])
async def authorize(form: BrokerQuestion, console: TheConsole) -> BrokerAnswer:
    """EMQX's HTTP authorizer: a home publishes below its own bed and hears its own commands, nothing else."""
    return BrokerAnswer.of(await console.homes.may(form.username, form.action, form.topic))
