"""Other people's services on the loopback, as they really behave: quotas, refusals in the body, silence, nonsense."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

ALIYUN_SECRET = "aliyun secret of the tests"
TENCENT_SECRET = "tencent secret of the tests"
ROBOT_SECRET = "robot secret of the tests"


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    raw_query: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, object]:
        document = json.loads(self.body)
        assert isinstance(document, dict)
        return document


Answer = tuple[int, bytes]
Behaviour = Callable[[Asked], Answer | None]


@dataclass
class Provider:
    """A server; `behaviour` answers, and may be replaced while it runs. None: it takes the request and says nothing."""

    url: str
    behaviour: Behaviour
    asked: list[Asked] = field(default_factory=list)
    silence_s: float = 1.0


@contextmanager
def serve(behaviour: Behaviour) -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked("POST", parts.path, dict(parse_qsl(parts.query)), parts.query, headers, body)
            provider.asked.append(asked)
            answer = provider.behaviour(asked)
            if answer is None:
                time.sleep(provider.silence_s)
                return
            status, text = answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = Provider(f"http://127.0.0.1:{server.server_address[1]}", behaviour)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield provider
        server.shutdown()
        thread.join()


def says(status: int = 200, **fields: object) -> Answer:
    return status, json.dumps(fields).encode()


@dataclass
class WeCom:
    """A group's robot: 20 messages a minute, then 45009; a key that nobody knows is 93000."""

    key: str = "key-1"
    taken: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answer:
        if asked.path != "/cgi-bin/webhook/send" or asked.query.get("key") != self.key:
            return says(errcode=93000, errmsg="invalid webhook url")
        if len(self.taken) >= 20:
            return says(errcode=45009, errmsg="api freq out of limit")
        text = asked.document["text"]
        assert isinstance(text, dict)
        self.taken.append(str(text["content"]))
        return says(errcode=0, errmsg="ok")


def dingtalk(asked: Asked) -> Answer:
    """Checks the signature as its documentation describes it, and the time within an hour."""
    timestamp = asked.query.get("timestamp", "")
    mac = hmac.new(ROBOT_SECRET.encode(), f"{timestamp}\n{ROBOT_SECRET}".encode(), "sha256").digest()
    if asked.query.get("sign") != base64.b64encode(mac).decode():
        return says(errcode=310000, errmsg="sign not match")
    return says(errcode=0, errmsg="ok")


def feishu(asked: Asked) -> Answer:
    """Checks the signature, which has the secret in the key and nothing in the message."""
    key = f"{asked.document.get('timestamp')}\n{ROBOT_SECRET}".encode()
    sign = base64.b64encode(hmac.new(key, digestmod="sha256").digest()).decode()
    if asked.document.get("sign") != sign:
        return says(code=19021, msg="sign match fail or timestamp is not within one hour from current time")
    return says(code=0, msg="success", data={})


@dataclass
class Aliyun:
    """SendSms and SingleCallByTts: signature, then the quota of one call a minute and number, then the number."""

    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __call__(self, asked: Asked) -> Answer:
        if not self._is_signed(asked):
            return says(403, Code="SignatureDoesNotMatch", Message="…", RequestId="r")
        number = asked.query.get("PhoneNumbers") or asked.query["CalledNumber"]
        if not number.isdigit():
            return says(400, Code="isv.MOBILE_NUMBER_ILLEGAL", Message="…", RequestId="r")
        self.calls[number] += 1
        if self.calls[number] > 1:
            return says(Code="isv.BUSINESS_LIMIT_CONTROL", Message="触发分钟级流控Permits:1", RequestId="r")
        if asked.headers["x-acs-action"] == "SendSms":
            return says(Code="OK", Message="OK", BizId="biz^1", RequestId="r")
        return says(Code="OK", Message="OK", CallId="call^1", RequestId="r")

    @staticmethod
    def _is_signed(asked: Asked) -> bool:
        authorization = asked.headers["authorization"]
        fields = dict(part.split("=", 1) for part in authorization.removeprefix("ACS3-HMAC-SHA256 ").split(","))
        names = fields["SignedHeaders"].split(";")
        query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(asked.query.items()))
        hashed = hashlib.sha256(asked.body).hexdigest()
        lines = [asked.method, asked.path, query]
        lines += [f"{name}:{asked.headers[name]}" for name in names]
        lines += ["", ";".join(names), hashed]
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256("\n".join(lines).encode()).hexdigest()
        signature = hmac.new(ALIYUN_SECRET.encode(), to_sign.encode(), "sha256").hexdigest()
        return fields["Signature"] == signature and asked.headers["x-acs-content-sha256"] == hashed


def tencent(asked: Asked) -> Answer:
    """SendSms and SendTtsVoice: signature, then the number."""
    authorization = asked.headers["authorization"].removeprefix("TC3-HMAC-SHA256 ")
    fields = dict(part.strip().split("=", 1) for part in authorization.split(","))
    _identity, day, service, _end = fields["Credential"].split("/")
    names = fields["SignedHeaders"].split(";")
    lines = ["POST", "/", ""] + [f"{name}:{asked.headers[name]}" for name in names] + [""]
    lines += [";".join(names), hashlib.sha256(asked.body).hexdigest()]
    hashed = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    to_sign = f"TC3-HMAC-SHA256\n{asked.headers['x-tc-timestamp']}\n{day}/{service}/tc3_request\n{hashed}"
    key = ("TC3" + TENCENT_SECRET).encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    if hmac.new(key, to_sign.encode(), "sha256").hexdigest() != fields["Signature"]:
        return says(Response={"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "…"}, "RequestId": "r"})
    if service == "vms":
        return says(Response={"SendStatus": {"CallId": "call-1", "SessionContext": "s"}, "RequestId": "r"})
    numbers = asked.document["PhoneNumberSet"]
    assert isinstance(numbers, list)
    code = "Ok" if str(numbers[0]).startswith("+86") else "InvalidParameterValue.IncorrectPhoneNumber"
    status = {"SerialNo": "serial-1" if code == "Ok" else "", "PhoneNumber": numbers[0], "Fee": 1, "Code": code}
    return says(Response={"SendStatusSet": [status], "RequestId": "r"})


@dataclass
class WeChat:
    """Template messages: tokens that are replaced, followers and others, a message id that is taken once."""

    token: int = 0
    taken: dict[str, int] = field(default_factory=dict)
    quota: int = 100

    def expire(self) -> None:
        self.token += 1

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/cgi-bin/stable_token":
            is_known = asked.document["secret"] == "account secret"
            token = says(access_token=f"token-{self.token}", expires_in=7200)
            return token if is_known else says(errcode=40125, errmsg="invalid appsecret")
        if asked.query.get("access_token") != f"token-{self.token}":
            return says(errcode=42001, errmsg="access_token expired")
        document = asked.document
        refusals = {"stranger": (43004, "require subscribe"), "nobody": (40003, "invalid openid")}
        if refusal := refusals.get(str(document["touser"])):
            return says(errcode=refusal[0], errmsg=refusal[1])
        if len(self.taken) >= self.quota:
            return says(errcode=45009, errmsg="reach max api daily quota limit")
        number = self.taken.setdefault(str(document["client_msg_id"]), len(self.taken) + 1)
        return says(errcode=0, errmsg="ok", msgid=number)
