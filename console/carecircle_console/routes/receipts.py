"""Receipts of channels: providers call these addresses, which are theirs alone by a key in them or by a signature."""

import hmac
import json
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request

from carecircle.errors import Forbidden, NotFound
from carecircle_alerts.notify.receipt_forms import read_receipts
from carecircle_alerts.notify.traits import TRAITS
from carecircle_alerts.notify.webhook import SIGNATURE_HEADER, is_genuine
from carecircle_console.context import Console
from carecircle_console.errors import BadRequest
from carecircle_console.gate import TheConsole
from carecircle_console.wire import ReceiptsTaken

router = APIRouter(prefix="/api/receipts", tags=["receipts"])

Key = Annotated[str | None, Query(max_length=256, description="the secret of the console, for providers that sign not")]
Signature = Annotated[str | None, Header(alias=SIGNATURE_HEADER, max_length=256)]


@router.post("/{channel}")
async def receipts(
    channel: str, request: Request, console: TheConsole, key: Key = None, signature: Signature = None
) -> ReceiptsTaken:
    """Take what a channel says of messages; 404 while one of them is not known, so that it is said again."""
    body = await request.body()
    _must_be_the_provider(console, body, key, signature)
    if channel not in TRAITS:
        raise NotFound("没有这个渠道")
    try:
        told = read_receipts(json.loads(body))
    except ValueError:
        told = None
    if told is None:
        raise BadRequest("无法识别的回执格式")
    known = [await console.receipts.take(channel, receipt) for receipt in told]
    if not all(known):
        raise NotFound("没有这条消息")
    return ReceiptsTaken(taken=len(known))


def _must_be_the_provider(console: Console, body: bytes, key: str | None, signature: str | None) -> None:
    setting = console.settings.receipts_secret
    if setting is None:
        raise Forbidden("未设置回执密钥")
    secret = setting.get_secret_value()
    if signature is not None and is_genuine(secret, body, signature, console.clock.now()):
        return
    if key is None or not hmac.compare_digest(key.encode(), secret.encode()):
        raise Forbidden("回执密钥或签名有误")
