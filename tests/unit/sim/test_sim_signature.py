import pytest

from carecircle_alerts.notify.webhook import sign
from carecircle_sim.world.signature import Verdict, check_signature

BODY = b'{"text":"x"}'
NOW = 1_795_000_000


def test_what_the_platform_signs_is_genuine() -> None:
    assert check_signature("key", sign("key", BODY, NOW), BODY, NOW + 3) is Verdict.GENUINE


@pytest.mark.parametrize(
    ("header", "body", "verdict"),
    [
        (None, BODY, Verdict.MISSING),
        ("", BODY, Verdict.MISSING),
        ("v1=aa", BODY, Verdict.UNREADABLE),
        (f"t={NOW},v1=xyz", BODY, Verdict.UNREADABLE),
        ("t=soon,v1=aa", BODY, Verdict.UNREADABLE),
        (f"t={NOW},v1=aa", BODY, Verdict.FORGED),
        (sign("another key", BODY, NOW), BODY, Verdict.FORGED),
        (sign("key", BODY, NOW), BODY + b" ", Verdict.FORGED),
        (sign("key", BODY, NOW).replace(str(NOW), str(NOW + 1)), BODY, Verdict.FORGED),
        (sign("key", BODY, NOW - 301), BODY, Verdict.STALE),
        (sign("key", BODY, NOW + 301), BODY, Verdict.STALE),
    ],
)
def test_anything_else_is_refused_and_says_why(header: str | None, body: bytes, verdict: Verdict) -> None:
    assert check_signature("key", header, body, NOW) is verdict
