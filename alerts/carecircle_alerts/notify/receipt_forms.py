"""Receipt forms: how providers say that a message came, was read, or could not be delivered (pure).

A call that was picked up counts as delivered and never as read: it may have been a voicemail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from carecircle_alerts.notify.states import MessageState

_STATES = {
    "delivered": MessageState.DELIVERED,
    "read": MessageState.READ,
    "failed": MessageState.FAILED_PERM,
}
_PICKED_UP = "200000"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a channel says of one message, by the channel's own name for it or by ours."""

    ref: str | UUID
    state: MessageState
    reason: str | None = None


def read_receipts(document: object) -> list[Receipt] | None:
    """The receipts in a callback; None where it is in no form that is known.

    Ours: `{"message_id", "state": "delivered" | "read" | "failed", "reason"}`, or a list of them. Aliyun: SmsReport and
    VoiceReport. Tencent Cloud: the status of a text message, and of a voice prompt.
    """
    entries = document if isinstance(document, list) else [document]
    receipts = []
    for entry in entries:
        receipt = _read(entry) if isinstance(entry, dict) else None
        if receipt is None:
            return None
        receipts.append(receipt)
    return receipts


def _read(entry: Mapping[str, object]) -> Receipt | None:
    if "message_id" in entry:
        return _ours(entry)
    if "biz_id" in entry:
        came = entry.get("success") in {True, "true"}
        return _receipt(entry["biz_id"], came=came, reason=entry.get("err_code"))
    if "call_id" in entry:
        code = str(entry.get("status_code"))
        return _receipt(entry["call_id"], came=code == _PICKED_UP, reason=code)
    if "sid" in entry:
        came = entry.get("report_status") == "SUCCESS"
        return _receipt(entry["sid"], came=came, reason=entry.get("errmsg"))
    prompt = entry.get("voiceprompt_callback")
    if isinstance(prompt, dict) and "callid" in prompt:
        result = str(prompt.get("result"))
        return _receipt(prompt["callid"], came=result == "0", reason=result)
    return None


def _ours(entry: Mapping[str, object]) -> Receipt | None:
    state = _STATES.get(str(entry.get("state")))
    try:
        named = UUID(str(entry["message_id"]))
    except ValueError:
        return None
    if state is None:
        return None
    return Receipt(named, state, _shown(entry.get("reason")) if state is MessageState.FAILED_PERM else None)


def _receipt(ref: object, *, came: bool, reason: object) -> Receipt:
    return Receipt(str(ref), _STATES["delivered" if came else "failed"], None if came else _shown(reason))


def _shown(reason: object) -> str:
    """A reason as it may be stored: a code, never a sentence with somebody's number in it."""
    text = str(reason or "")
    return text if text and len(text) <= 64 and text.replace("_", "").replace(":", "").isalnum() else "not delivered"  # noqa: PLR2004
