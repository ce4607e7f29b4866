"""Codes: what the error codes in providers' answers mean for a message; HTTP says 200 to most of them (pure).

From the providers' published lists; a code that is not here is final for this channel, so that the person's next
contact is tried at once instead of knocking at a door that will not open.
"""

from collections.abc import Mapping

from carecircle_alerts.notify.channel import Failed

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0


def _full(after_s: float) -> Failed:
    return Failed("", again=True, after_s=after_s)


_AGAIN = Failed("", again=True)
_GONE = Failed("", again=False, gone=True)

# The longest prefix that fits counts.
ALIYUN: Mapping[str, Failed] = {
    "isv.BUSINESS_LIMIT_CONTROL": _full(_MINUTE),
    "isv.DAY_LIMIT_CONTROL": _full(_HOUR),
    "isv.MOBILE_NUMBER_ILLEGAL": _GONE,
    "isv.INVALID_NUMBER": _GONE,
    "isp.": _AGAIN,
    "Throttling": _full(1.0),
    "ServiceUnavailable": _AGAIN,
    "InternalError": _AGAIN,
}
TENCENT: Mapping[str, Failed] = {
    "LimitExceeded.PhoneNumberThirtySecondLimit": _full(30.0),
    "LimitExceeded.PhoneNumberOneHourLimit": _full(_HOUR),
    "LimitExceeded.PhoneNumberDailyLimit": _full(_DAY),
    "LimitExceeded": _full(_MINUTE),
    "RequestLimitExceeded": _full(1.0),
    "InternalError": _AGAIN,
    "ResourceUnavailable": _AGAIN,
    "InvalidParameterValue.IncorrectPhoneNumber": _GONE,
}
WECOM: Mapping[str, Failed] = {
    "-1": _AGAIN,
    "45009": _full(_MINUTE),
    "45033": _full(1.0),
    "93000": _GONE,
}
DINGTALK: Mapping[str, Failed] = {
    "-1": _AGAIN,
    # More than 20 in a minute are refused for ten.
    "130101": _full(10 * _MINUTE),
    "300001": _GONE,
}
FEISHU: Mapping[str, Failed] = {
    "11232": _full(_MINUTE),
    "11233": _full(_MINUTE),
    "9499": Failed("", again=False),
    "19001": _GONE,
    "1500": _AGAIN,
}
WECHAT: Mapping[str, Failed] = {
    "-1": _AGAIN,
    "45009": _full(_HOUR),
    "45011": _full(_MINUTE),
    "45047": _full(_HOUR),
    "40003": _GONE,
    # Does not follow the account, or has refused: nothing reaches this person until they follow it again.
    "43004": Failed("", again=False),
    "43101": Failed("", again=False),
}
# The token is used up or was replaced; a new one is fetched and the same message sent once more.
WECHAT_TOKEN = frozenset({"40001", "40014", "42001"})


def read_code(codes: Mapping[str, Failed], code: str) -> Failed:
    """What a code other than success means; the reason names it."""
    fitting = [known for known in codes if code == known or (not known[-1].isdigit() and code.startswith(known))]
    meaning = codes[max(fitting, key=len)] if fitting else Failed("", again=False)
    shown = code if code.replace(".", "").replace("_", "").replace("-", "").isalnum() else "unreadable"
    return Failed(f"code {shown[:80]}", again=meaning.again, gone=meaning.gone, after_s=meaning.after_s)
