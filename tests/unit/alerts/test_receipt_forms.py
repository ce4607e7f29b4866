"""Receipts in every provider's form, and what is no receipt."""

from uuid import UUID

import pytest

from carecircle_alerts.notify.receipt_forms import Receipt, read_receipts
from carecircle_alerts.notify.states import MessageState

OURS = "11111111-2222-3333-4444-555555555555"
DELIVERED, READ, FAILED = MessageState.DELIVERED, MessageState.READ, MessageState.FAILED_PERM


@pytest.mark.parametrize(
    ("document", "receipts"),
    [
        ({"message_id": OURS, "state": "read"}, [Receipt(UUID(OURS), READ)]),
        (
            [{"message_id": OURS, "state": "failed", "reason": "no signal at 13900000000"}],
            [Receipt(UUID(OURS), FAILED, "not delivered")],
        ),
        (
            [
                {"biz_id": "b^0", "success": True, "err_code": "DELIVERED", "phone_number": "13900000000"},
                {"biz_id": "b^1", "success": False, "err_code": "MOBILE_NOT_ON_SERVICE", "phone_number": "1390"},
            ],
            [Receipt("b^0", DELIVERED), Receipt("b^1", FAILED, "MOBILE_NOT_ON_SERVICE")],
        ),
        ([{"call_id": "c^1", "status_code": "200000"}], [Receipt("c^1", DELIVERED)]),
        ([{"call_id": "c^1", "status_code": "200010"}], [Receipt("c^1", FAILED, "200010")]),
        (
            [{"sid": "s", "report_status": "SUCCESS", "errmsg": "DELIVRD", "mobile": "139"}],
            [Receipt("s", DELIVERED)],
        ),
        ([{"sid": "s", "report_status": "FAIL", "errmsg": "UNDELIV"}], [Receipt("s", FAILED, "UNDELIV")]),
        ({"voiceprompt_callback": {"callid": "v", "result": "0"}}, [Receipt("v", DELIVERED)]),
        ({"voiceprompt_callback": {"callid": "v", "result": "1"}}, [Receipt("v", FAILED, "1")]),
    ],
)
def test_what_providers_say(document: object, receipts: list[Receipt]) -> None:
    assert read_receipts(document) == receipts


@pytest.mark.parametrize(
    "document",
    [
        {}, None, 7, "text", [1], [None], {"message_id": "no id", "state": "read"}, {"voiceprompt_callback": 3},
        {"message_id": OURS, "state": "LEASED"}, [{"biz_id": "b", "success": True}, {"other": 1}],
    ],
)  # fmt: skip
def test_what_is_no_receipt(document: object) -> None:
    assert read_receipts(document) is None
