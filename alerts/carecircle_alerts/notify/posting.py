"""Posting: one HTTP request of a channel, and what its going wrong means for the message (I/O).

What fails before the request is out can be sent again without harm. What falls silent afterwards may have been taken.
"""

import json
from collections.abc import Mapping

from carecircle_alerts.http_client import Answer, HttpClient, NotAnAddressError, UnansweredError
from carecircle_alerts.notify.channel import Failed, Unknown
from carecircle_alerts.public_addresses import NotPublicError

_SERVER_ERROR = 500
# The other side is busy or tells us to slow down; everything else below 500 will not get better by itself.
_WORTH_ANOTHER_TRY = frozenset({408, 409, 423, 425, 429})
_TOO_MANY = 429


async def post(client: HttpClient, url: str, content: bytes, headers: Mapping[str, str]) -> Answer | Failed | Unknown:
    """Post; never raises for what the other side does, or for an address that is none."""
    try:
        return await client.post(url, content, headers)
    except NotAnAddressError:
        return Failed("address is no URL", again=False)
    except NotPublicError:
        return Failed("address is not on the public internet", again=False)
    except UnansweredError as error:
        return Unknown(error.reason) if error.may_be_taken else Failed(error.reason, again=True)


def read_status(answer: Answer) -> Failed | Unknown | None:
    """What the HTTP status alone says; None where it says that all is well."""
    status = answer.status
    if status == _TOO_MANY:
        return Failed("HTTP 429", again=True, after_s=_retry_after(answer))
    if status >= _SERVER_ERROR or status in _WORTH_ANOTHER_TRY:
        return Failed(f"HTTP {status}", again=True)
    return None if answer.is_success else Failed(f"HTTP {status}", again=False)


def read_object(answer: Answer) -> dict[str, object] | None:
    """The JSON object in an answer; None where there is none: an error page, half an answer."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _retry_after(answer: Answer) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return min(float(text), 3600.0) if text.isdigit() else None
