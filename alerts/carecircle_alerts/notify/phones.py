"""Phones: SMS and voice calls through a provider's HTTP gateway: Aliyun, Tencent Cloud, or any by a template (I/O).

Providers send templates that they have approved, so what is said is a template's code and its facts. None of them
takes an idempotency key: after silence the person's next contact is tried instead of the same number again.
"""

import json
import re
import secrets
from typing import Literal
from urllib.parse import urlencode, urlsplit

from pydantic import JsonValue

from carecircle.clock import Clock
from carecircle_alerts.http_client import Answer, HttpClient
from carecircle_alerts.notify.channel import Failed, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.codes import ALIYUN, TENCENT, read_code
from carecircle_alerts.notify.gateway_settings import AliyunGateway, Gateway, HttpGateway, TencentGateway
from carecircle_alerts.notify.posting import post, read_object, read_status
from carecircle_alerts.notify.signing.aliyun import AliyunKey
from carecircle_alerts.notify.signing.tencent import TencentKey
from carecircle_alerts.notify.templates import LINK_TOO_LONG, NO_TEMPLATE, template_for

Way = Literal["sms", "voice"]
_MARK = re.compile(r"\{(to|text|id)\}")
_UNREADABLE = Unknown("answer cannot be read")


def phone_channel(
    way: Way, gateway: Gateway, client: HttpClient, clock: Clock
) -> "AliyunPhone | TencentPhone | HttpPhone":
    """The channel of a provider."""
    match gateway:
        case AliyunGateway():
            return AliyunPhone(way, gateway, client, clock)
        case TencentGateway():
            return TencentPhone(way, gateway, client, clock)
        case HttpGateway():
            return HttpPhone(gateway, client)


class AliyunPhone:
    """SendSms of dysmsapi and SingleCallByTts of dyvmsapi; both in version 2017-05-25."""

    def __init__(self, way: Way, gateway: AliyunGateway, client: HttpClient, clock: Clock) -> None:
        self._way = way
        self._gateway = gateway
        self._client = client
        self._clock = clock
        self._key = AliyunKey(gateway.key_id, gateway.secret.get_secret_value())
        name = "dysmsapi" if way == "sms" else "dyvmsapi"
        self._endpoint = gateway.endpoint or f"https://{name}.aliyuncs.com"

    async def send(self, message: Outgoing) -> Result:
        """Hand over one message; the receipt comes under the provider's BizId or CallId."""
        template = template_for(self._gateway.templates, message)
        if template is None:
            return NO_TEMPLATE
        filled = template.filled(message)
        if filled is None:
            return LINK_TOO_LONG
        facts = json.dumps(filled, ensure_ascii=False, separators=(",", ":"))
        if self._way == "sms":
            action, parameters = "SendSms", {
                "PhoneNumbers": message.address,
                "SignName": self._gateway.sign_name,
                "TemplateCode": template.code,
                "TemplateParam": facts,
                "OutId": str(message.id),
            }  # fmt: skip
        else:
            action, parameters = "SingleCallByTts", {
                "CalledNumber": message.address,
                "CalledShowNumber": self._gateway.shown_number,
                "TtsCode": template.code,
                "TtsParam": facts,
                "OutId": message.id.hex[:15],
            }  # fmt: skip
        query, headers = self._key.sign(
            urlsplit(self._endpoint).netloc, action, "2017-05-25", parameters,
            nonce=secrets.token_hex(16), at=self._clock.now(),
        )  # fmt: skip
        answer = await post(self._client, f"{self._endpoint}/?{query}", b"", headers)
        return self._read(answer)

    def _read(self, answer: Answer | Failed | Unknown) -> Result:
        if isinstance(answer, Failed | Unknown):
            return answer
        body = read_object(answer)
        if body is None or "Code" not in body:
            return read_status(answer) or _UNREADABLE
        if body["Code"] != "OK":
            return read_code(ALIYUN, str(body["Code"]))
        ref = body.get("BizId" if self._way == "sms" else "CallId")
        return Sent(str(ref) if ref else None)


class TencentPhone:
    """SendSms (2021-01-11) and SendTtsVoice (2020-09-02); numbers with their country code, such as +8613…."""

    def __init__(self, way: Way, gateway: TencentGateway, client: HttpClient, clock: Clock) -> None:
        self._way = way
        self._gateway = gateway
        self._client = client
        self._clock = clock
        self._key = TencentKey(gateway.secret_id, gateway.secret.get_secret_value())
        self._service = "sms" if way == "sms" else "vms"
        self._endpoint = gateway.endpoint or f"https://{self._service}.tencentcloudapi.com"

    async def send(self, message: Outgoing) -> Result:
        """Hand over one message; the receipt comes under the provider's SerialNo or CallId."""
        template = template_for(self._gateway.templates, message)
        if template is None:
            return NO_TEMPLATE
        filled = template.filled(message)
        if filled is None:
            return LINK_TOO_LONG
        action, version, document = self._request(message, template.code, list(filled.values()))
        body = json.dumps(document, ensure_ascii=False).encode()
        headers = {
            **self._key.sign(urlsplit(self._endpoint).netloc, self._service, body, self._clock.now()),
            "X-TC-Action": action,
            "X-TC-Version": version,
            "X-TC-Region": self._gateway.region,
        }
        return self._read(await post(self._client, self._endpoint, body, headers))

    def _request(self, message: Outgoing, code: str, facts: list[str]) -> tuple[str, str, dict[str, object]]:
        shared: dict[str, object] = {
            "TemplateId": code,
            "TemplateParamSet": facts,
            "SessionContext": str(message.id),
        }
        if self._way == "sms":
            own: dict[str, object] = {
                "PhoneNumberSet": [message.address],
                "SmsSdkAppId": self._gateway.app_id,
                "SignName": self._gateway.sign_name,
            }
            return "SendSms", "2021-01-11", own | shared
        own = {"CalledNumber": message.address, "VoiceSdkAppid": self._gateway.app_id, "PlayTimes": 2}
        return "SendTtsVoice", "2020-09-02", own | shared

    def _read(self, answer: Answer | Failed | Unknown) -> Result:
        if isinstance(answer, Failed | Unknown):
            return answer
        response = (read_object(answer) or {}).get("Response")
        if not isinstance(response, dict):
            return read_status(answer) or _UNREADABLE
        error = response.get("Error")
        if isinstance(error, dict):
            return read_code(TENCENT, str(error.get("Code")))
        if self._way == "voice":
            status = response.get("SendStatus")
            ref = status.get("CallId") if isinstance(status, dict) else None
            return Sent(str(ref)) if ref else _UNREADABLE
        sent = response.get("SendStatusSet")
        one = sent[0] if isinstance(sent, list) and sent else None
        if not isinstance(one, dict):
            return _UNREADABLE
        return Sent(str(one.get("SerialNo"))) if one.get("Code") == "Ok" else read_code(TENCENT, str(one.get("Code")))


class HttpPhone:
    """A gateway that is described in the settings."""

    def __init__(self, gateway: HttpGateway, client: HttpClient) -> None:
        self._gateway = gateway
        self._client = client

    async def send(self, message: Outgoing) -> Result:
        """Hand over one message."""
        gateway = self._gateway
        filled = _fill(gateway.body, {"to": message.address, "text": message.text, "id": str(message.id)})
        assert isinstance(filled, dict)
        headers = {name: value.get_secret_value() for name, value in gateway.headers.items()}
        if gateway.as_form:
            body = urlencode({name: str(value) for name, value in filled.items()}).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        else:
            body = json.dumps(filled, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        answer = await post(self._client, gateway.url, body, headers)
        if isinstance(answer, Failed | Unknown):
            return answer
        refusal = read_status(answer)
        if refusal is not None:
            return refusal
        said = read_object(answer)
        if said is None:
            return _UNREADABLE if gateway.ok else Sent()
        for path, values in gateway.ok.items():
            if (value := _at(said, path)) not in values:
                return read_code({}, str(value))
        ref = _at(said, gateway.ref) if gateway.ref else None
        return Sent(str(ref) if ref is not None else None)


def _fill(value: JsonValue, words: dict[str, str]) -> JsonValue:
    if isinstance(value, dict):
        return {name: _fill(one, words) for name, one in value.items()}
    if isinstance(value, list):
        return [_fill(one, words) for one in value]
    if isinstance(value, str):
        # In one pass: what stands in a filled-in word is never filled in itself.
        return _MARK.sub(lambda mark: words[mark[1]], value)
    return value


def _at(said: dict[str, object], path: str) -> object:
    value: object = said
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
