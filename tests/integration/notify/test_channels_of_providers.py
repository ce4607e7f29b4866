"""Phones, group robots and WeChat against servers that check signatures, keep quotas and answer as the real ones do."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pydantic import SecretStr

from carecircle.clock import SystemClock
from carecircle_alerts.http_client import HttpClient, http_client
from carecircle_alerts.notify.answer_links import AnswerLinks
from carecircle_alerts.notify.channel import Failed, Outgoing, Sent, Unknown
from carecircle_alerts.notify.gateway_settings import AliyunGateway, HttpGateway, TencentGateway, WeChatAccount
from carecircle_alerts.notify.phones import Way, phone_channel
from carecircle_alerts.notify.robots import RobotChannel
from carecircle_alerts.notify.templates import Template
from carecircle_alerts.notify.wechat import WeChatChannel
from tests.integration.notify.providers import (
    ALIYUN_SECRET,
    ROBOT_SECRET,
    TENCENT_SECRET,
    Aliyun,
    Answer,
    Asked,
    WeChat,
    WeCom,
    dingtalk,
    feishu,
    says,
    serve,
    tencent,
)

LINKS = AnswerLinks("https://console.example/", "link secret of the tests")
NOW = datetime.now(UTC)
FACTS = {"area": "东关大街街道", "minutes": "8", "kind": "一键呼叫"}
OFFER = Outgoing(
    id=uuid4(), incident_id=uuid4(), offer_id=uuid4(), audience="offer", recipient_id="r1", step="offer",
    channel="sms", address="13000000000", content={"say": "offer", "facts": FACTS, "text": "请接单 & 出发"}, attempts=1,
    created_at=NOW, offer_expires_at=NOW + timedelta(minutes=2),
)  # fmt: skip
TEMPLATES = {"offer": Template(code="SMS_1", variables={"place": "area", "time": "minutes"})}


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    async with http_client(0.5) as client:
        yield client


def aliyun(url: str) -> AliyunGateway:
    secret = SecretStr(ALIYUN_SECRET)
    return AliyunGateway(
        provider="aliyun", key_id="id", secret=secret, templates=TEMPLATES, sign_name="照护圈", shown_number="0971",
        endpoint=url,
    )  # fmt: skip


def tencent_cloud(url: str) -> TencentGateway:
    secret = SecretStr(TENCENT_SECRET)
    return TencentGateway(
        provider="tencent", secret_id="id", secret=secret, app_id="1400", templates=TEMPLATES, endpoint=url
    )


async def test_aliyun_takes_what_is_signed_and_refuses_beyond_its_quota(client: HttpClient) -> None:
    with serve(Aliyun()) as provider:
        sms = phone_channel("sms", aliyun(provider.url), client, SystemClock())
        assert await sms.send(OFFER) == Sent("biz^1")
        assert json.loads(provider.asked[0].query["TemplateParam"]) == {"place": "东关大街街道", "time": "8"}
        assert await sms.send(OFFER) == Failed("code isv.BUSINESS_LIMIT_CONTROL", again=True, after_s=60.0)
        gone = await sms.send(replace(OFFER, address="no number"))
        assert gone == Failed("code isv.MOBILE_NUMBER_ILLEGAL", again=False, gone=True)
        voice = phone_channel("voice", aliyun(provider.url), client, SystemClock())
        assert await voice.send(replace(OFFER, address="13000000001")) == Sent("call^1")
        wrong = aliyun(provider.url).model_copy(update={"secret": SecretStr("another")})
        refused = await phone_channel("sms", wrong, client, SystemClock()).send(OFFER)
        assert refused == Failed("code SignatureDoesNotMatch", again=False)


@pytest.mark.parametrize(("way", "ref"), [("sms", "serial-1"), ("voice", "call-1")])
async def test_tencent_takes_what_is_signed(client: HttpClient, way: Way, ref: str) -> None:
    with serve(tencent) as provider:
        phone = phone_channel(way, tencent_cloud(provider.url), client, SystemClock())
        assert await phone.send(replace(OFFER, address="+8613000000000")) == Sent(ref)
        assert provider.asked[0].document["TemplateParamSet"] == ["东关大街街道", "8"]
        wrong = tencent_cloud(provider.url).model_copy(update={"secret": SecretStr("another")})
        refused = await phone_channel(way, wrong, client, SystemClock()).send(OFFER)
        assert refused == Failed("code AuthFailure.SignatureFailure", again=False)
    with serve(tencent) as provider:
        number = await phone_channel("sms", tencent_cloud(provider.url), client, SystemClock()).send(OFFER)
        assert number == Failed("code InvalidParameterValue.IncorrectPhoneNumber", again=False, gone=True)


async def test_a_sentence_for_which_there_is_no_template_is_not_sent(client: HttpClient) -> None:
    with serve(Aliyun()) as provider:
        sms = phone_channel("sms", aliyun(provider.url), client, SystemClock())
        other = replace(OFFER, content={"say": "withdrawn", "facts": {}, "text": "…"})
        assert await sms.send(other) == Failed("no template of the provider says this", again=False)
        assert provider.asked == []


@pytest.mark.parametrize("as_form", [False, True])
async def test_any_gateway_by_its_description(client: HttpClient, as_form: bool) -> None:  # noqa: FBT001
    def gateway(asked: Asked) -> Answer:
        return says(code=0, data={"sid": "s-1"}) if asked.headers["x-key"] == "k" else says(code=7)

    with serve(gateway) as provider:
        settings = HttpGateway(
            provider="http", url=provider.url, body={"mobile": "{to}", "content": "【照护圈】{text}", "uid": "{id}"},
            as_form=as_form, headers={"X-Key": SecretStr("k")}, ok={"code": [0]}, ref="data.sid",
        )  # fmt: skip
        phone = phone_channel("sms", settings, client, SystemClock())
        sneaky = replace(OFFER, content={"text": 'he said {to} "&mobile=1'})
        assert await phone.send(sneaky) == Sent("s-1")
        body = provider.asked[0].body.decode()
        assert body.count("13000000000") == 1, "what stands in a text is never filled in"
        assert ("%26mobile%3D1" if as_form else '\\"&mobile=1') in body
        other = settings.model_copy(update={"headers": {"X-Key": SecretStr("wrong")}})
        assert await phone_channel("sms", other, client, SystemClock()).send(OFFER) == Failed("code 7", again=False)


async def test_a_provider_that_is_slow_down_or_mad_never_raises(client: HttpClient) -> None:
    with serve(lambda _asked: None) as provider:
        sms = phone_channel("sms", aliyun(provider.url), client, SystemClock())
        assert await sms.send(OFFER) == Unknown("ReadTimeout")
        for answer in ((200, b"<html>"), (200, b"[]"), (200, b'{"Code'), (200, b"\xff\xfe")):
            provider.behaviour = lambda _asked, answer=answer: answer  # type: ignore[misc]
            assert await sms.send(OFFER) == Unknown("answer cannot be read")
        provider.behaviour = lambda _asked: (502, b"<html>bad gateway</html>")
        assert await sms.send(OFFER) == Failed("HTTP 502", again=True)
        provider.behaviour = lambda _asked: says(503, Code="ServiceUnavailable")
        assert await sms.send(OFFER) == Failed("code ServiceUnavailable", again=True)
    assert await sms.send(OFFER) == Failed("ConnectError", again=True)


async def test_a_wecom_group_takes_twenty_a_minute(client: HttpClient) -> None:
    with serve(WeCom()) as provider:
        robot = RobotChannel("wecom", client, SystemClock(), provider.url)
        message = replace(OFFER, channel="wecom", address="key-1")
        results = [await robot.send(message) for _ in range(21)]
        assert results[:20] == [Sent()] * 20
        assert results[20] == Failed("code 45009", again=True, after_s=60.0)
        gone = await robot.send(replace(message, address="key-2&key=key-1"))
        assert gone == Failed("code 93000", again=False, gone=True), "an address cannot smuggle another one in"


async def test_dingtalk_and_feishu_check_who_speaks(client: HttpClient) -> None:
    with serve(dingtalk) as provider:
        robot = RobotChannel("dingtalk", client, SystemClock(), provider.url)
        assert await robot.send(replace(OFFER, address=f"token:{ROBOT_SECRET}")) == Sent()
        assert await robot.send(replace(OFFER, address="token:wrong")) == Failed("code 310000", again=False)
        provider.behaviour = lambda _asked: says(errcode=130101, errmsg="send too fast")
        assert await robot.send(OFFER) == Failed("code 130101", again=True, after_s=600.0)
    with serve(feishu) as provider:
        robot = RobotChannel("feishu", client, SystemClock(), provider.url)
        assert await robot.send(replace(OFFER, address=f"hook:{ROBOT_SECRET}")) == Sent()
        assert await robot.send(replace(OFFER, address="hook:wrong")) == Failed("code 19021", again=False)
        provider.behaviour = lambda _asked: says(StatusCode=0, StatusMessage="success")
        assert await robot.send(OFFER) == Sent()
        provider.behaviour = lambda _asked: says(code=11232, msg="frequency limited psm")
        assert await robot.send(OFFER) == Failed("code 11232", again=True, after_s=60.0)


def account(url: str, secret: str = "account secret") -> WeChatAccount:
    templates = {"offer": Template(code="T1", variables={"thing1": "area"}, longest=4)}
    return WeChatAccount(app_id="wx1", secret=SecretStr(secret), templates=templates, endpoint=url)


async def test_wechat_fetches_one_token_and_another_when_it_is_replaced(client: HttpClient) -> None:
    wechat = WeChat()
    with serve(wechat) as provider:
        channel = WeChatChannel(account(provider.url), client, LINKS, SystemClock())
        message = replace(OFFER, channel="wechat", address="openid-1")
        assert await asyncio.gather(*(channel.send(replace(message, id=uuid4())) for _ in range(5)))
        assert [one.path for one in provider.asked].count("/cgi-bin/stable_token") == 1
        wechat.expire()
        assert await channel.send(message) == Sent("6")
        assert await channel.send(message) == Sent("6"), "the same id is one message"
        sent = provider.asked[-1].document
        assert sent["data"] == {"thing1": {"value": "东关大街"}}
        assert str(sent["url"]).startswith("https://console.example/answer/")


@pytest.mark.parametrize(
    ("address", "result"),
    [
        ("stranger", Failed("code 43004", again=False)),
        ("nobody", Failed("code 40003", again=False, gone=True)),
        ("openid-1", Failed("code 45009", again=True, after_s=3600.0)),
    ],
)
async def test_wechat_says_why_not(client: HttpClient, address: str, result: Failed) -> None:
    with serve(WeChat(quota=0)) as provider:
        channel = WeChatChannel(account(provider.url), client, LINKS, SystemClock())
        assert await channel.send(replace(OFFER, address=address)) == result


async def test_wechat_without_a_valid_token_sends_nothing(client: HttpClient) -> None:
    wechat = WeChat()
    with serve(wechat) as provider:
        channel = WeChatChannel(account(provider.url, "wrong"), client, LINKS, SystemClock())
        assert await channel.send(OFFER) == Failed("code 40125", again=False)
        provider.behaviour = lambda asked: None if asked.path == "/cgi-bin/stable_token" else says(errcode=0)
        assert await channel.send(OFFER) == Failed("ReadTimeout", again=True), "silence before the message is out"
        refusing = WeChatChannel(account(provider.url), client, LINKS, SystemClock())
        provider.behaviour = lambda asked: (
            wechat(asked) if asked.path == "/cgi-bin/stable_token" else says(errcode=40001, errmsg="invalid credential")
        )
        assert await refusing.send(OFFER) == Failed("the new token is not taken either", again=True)
