"""Robots: groups of WeCom, DingTalk and Feishu, each spoken to by its own robot (I/O).

An address is what the group's owner copies from the robot's settings, without the host: WeCom `key`, DingTalk
`access token:signing secret`, Feishu `hook:signing secret`; so no address can lead anywhere else. A group takes 20
messages a minute. No answer link is sent: everybody in the group could use it.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlencode

from carecircle.clock import Clock
from carecircle_alerts.http_client import HttpClient
from carecircle_alerts.notify.channel import Failed, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.codes import DINGTALK, FEISHU, WECOM, read_code
from carecircle_alerts.notify.posting import post, read_object, read_status

Kind = Literal["wecom", "dingtalk", "feishu"]
_HOSTS: dict[Kind, str] = {
    "wecom": "https://qyapi.weixin.qq.com",
    "dingtalk": "https://oapi.dingtalk.com",
    "feishu": "https://open.feishu.cn",
}
_CODES: dict[Kind, Mapping[str, Failed]] = {"wecom": WECOM, "dingtalk": DINGTALK, "feishu": FEISHU}
_JSON = {"Content-Type": "application/json; charset=utf-8"}


class RobotChannel:
    """The robot of a group; `host` is the service's own unless a test stands in for it."""

    def __init__(self, kind: Kind, client: HttpClient, clock: Clock, host: str | None = None) -> None:
        self._kind: Kind = kind
        self._client = client
        self._clock = clock
        self._host = host or _HOSTS[kind]

    async def send(self, message: Outgoing) -> Result:
        """Hand over one message; what stands in the answer counts, not its HTTP status."""
        url, document = self._request(message.address, message.text)
        body = json.dumps(document, ensure_ascii=False).encode()
        answer = await post(self._client, url, body, _JSON)
        if isinstance(answer, Failed | Unknown):
            return answer
        said = read_object(answer)
        code = _code(said) if said else None
        if code is None:
            return read_status(answer) or Unknown("answer cannot be read")
        return Sent() if code == "0" else read_code(_CODES[self._kind], code)

    def _request(self, address: str, text: str) -> tuple[str, dict[str, object]]:
        token, _, secret = address.partition(":")
        now = self._clock.now()
        match self._kind:
            case "wecom":
                url = f"{self._host}/cgi-bin/webhook/send?{urlencode({'key': address})}"
                return url, {"msgtype": "text", "text": {"content": text}}
            case "dingtalk":
                query = {"access_token": token} | (dingtalk_signature(secret, now) if secret else {})
                return f"{self._host}/robot/send?{urlencode(query)}", {"msgtype": "text", "text": {"content": text}}
            case "feishu":
                url = f"{self._host}/open-apis/bot/v2/hook/{quote(token, safe='')}"
                signature = feishu_signature(secret, now) if secret else {}
                return url, {**signature, "msg_type": "text", "content": {"text": text}}


def dingtalk_signature(secret: str, at: datetime) -> dict[str, str]:
    """Timestamp in milliseconds, and the HMAC-SHA256 of timestamp, newline and secret under the secret."""
    timestamp = str(int(at.timestamp() * 1000))
    mac = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256)
    return {"timestamp": timestamp, "sign": base64.b64encode(mac).decode()}


def feishu_signature(secret: str, at: datetime) -> dict[str, str]:
    """Timestamp in seconds, and the HMAC-SHA256 of nothing under timestamp, newline and secret."""
    timestamp = str(int(at.timestamp()))
    mac = hmac.digest(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256)
    return {"timestamp": timestamp, "sign": base64.b64encode(mac).decode()}


def _code(said: dict[str, object]) -> str | None:
    for name in ("errcode", "code", "StatusCode"):
        if name in said:
            return str(said[name])
    return None
