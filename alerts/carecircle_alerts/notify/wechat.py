"""WeChat: template messages of an official account (I/O).

The access token is WeChat's stable one: every process is given the same, so that fetching one does not take the token
of another away. A follower is `openid`. What is sent is a template of the account with facts in it.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from carecircle.clock import Clock
from carecircle_alerts.http_client import HttpClient
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Failed, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.codes import WECHAT, WECHAT_TOKEN, read_code
from carecircle_alerts.notify.gateway_settings import WeChatAccount
from carecircle_alerts.notify.posting import post, read_object, read_status
from carecircle_alerts.notify.templates import NO_TEMPLATE, Template, template_for

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_RENEW_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    until: datetime


class WeChatChannel:
    """Sends by an official account; a token that has run out is replaced and the message sent once more."""

    def __init__(self, account: WeChatAccount, client: HttpClient, links: AnswerLinks, clock: Clock) -> None:
        self._account = account
        self._client = client
        self._links = links
        self._clock = clock
        self._token: _Token | None = None
        self._fetching = asyncio.Lock()

    async def send(self, message: Outgoing) -> Result:
        """Hand over one message; `client_msg_id` lets WeChat drop a repetition."""
        template = template_for(self._account.templates, message)
        if template is None:
            return NO_TEMPLATE
        body = json.dumps(self._document(message, template), ensure_ascii=False).encode()
        for _attempt in range(2):
            token = await self._valid_token()
            if not isinstance(token, _Token):
                return token
            result, code = await self._post(token, body)
            if code not in WECHAT_TOKEN:
                return result
            await self._drop(token)
        return Failed("the new token is not taken either", again=True)

    async def _post(self, token: _Token, body: bytes) -> tuple[Result, str | None]:
        url = f"{self._account.endpoint}/cgi-bin/message/template/send?access_token={token.text}"
        answer = await post(self._client, url, body, _JSON)
        if isinstance(answer, Failed | Unknown):
            return answer, None
        said = read_object(answer)
        if said is None or "errcode" not in said:
            return read_status(answer) or Unknown("answer cannot be read"), None
        code = str(said["errcode"])
        if code == "0":
            return Sent(str(said["msgid"]) if "msgid" in said else None), code
        return read_code(WECHAT, code), code

    def _document(self, message: Outgoing, template: Template) -> dict[str, object]:
        addresses = self._links.of(message)
        page = addresses.page_url if addresses else message.content.get("url")
        return {
            "touser": message.address,
            "template_id": template.code,
            "client_msg_id": message.id.hex,
            **({"url": page} if page else {}),
            "data": {name: {"value": value} for name, value in template.cut(message).items()},
        }

    async def _valid_token(self) -> _Token | Failed:
        async with self._fetching:
            now = self._clock.now()
            if self._token is not None and now < self._token.until:
                return self._token
            fetched = await self._fetch(now)
            if isinstance(fetched, _Token):
                self._token = fetched
            return fetched

    async def _fetch(self, now: datetime) -> _Token | Failed:
        question = {
            "grant_type": "client_credential",
            "appid": self._account.app_id,
            "secret": self._account.secret.get_secret_value(),
            "force_refresh": False,
        }
        url = f"{self._account.endpoint}/cgi-bin/stable_token"
        answer = await post(self._client, url, json.dumps(question).encode(), _JSON)
        # The message itself is not out so far, whatever became of the question for a token.
        if isinstance(answer, Failed | Unknown):
            return Failed(answer.reason, again=True)
        said = read_object(answer) or {}
        token, lasts_s = said.get("access_token"), said.get("expires_in")
        if not isinstance(token, str) or not isinstance(lasts_s, int):
            return read_code(WECHAT, str(said["errcode"])) if "errcode" in said else Failed("no token", again=True)
        return _Token(token, now + max(timedelta(seconds=lasts_s) - _RENEW_BEFORE, timedelta(seconds=30)))

    async def _drop(self, token: _Token) -> None:
        async with self._fetching:
            if self._token is token:
                self._token = None
