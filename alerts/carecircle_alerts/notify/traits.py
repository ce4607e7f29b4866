"""Traits: what outbox and texts have to know of each channel: quotas, proof, trust, and how much at a time (pure)."""

from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """What shows that a message has come to its person."""

    RECEIPT = "receipt"
    """The channel says so later; without that word the next contact is tried."""
    HANDED_OVER = "handed_over"
    """No more is ever known than that the channel has taken it."""
    OPENED = "opened"
    """Only the person opening it: taken means nothing, so an offer goes on to the next contact as well."""


class Trust(StrEnum):
    """How much a message may say: others read a lock screen, a group, or hear a loudspeaker."""

    PERSONAL = "personal"
    """Only its person reads it: names, and what has happened."""
    BRIEF = "brief"
    """Others may read it: neither a resident's name nor anything about health."""
    SPOKEN = "spoken"
    """As brief, and read aloud by a machine."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in so many seconds, in any window of that length."""

    count: int
    per_s: int


@dataclass(frozen=True, slots=True)
class Traits:
    """One channel. `at_once` bounds what is being handed over at one time, so that none takes another's place."""

    name: str
    trust: Trust
    proof: Proof
    takes_key: bool
    at_once: int
    quota: tuple[Limit, ...] = ()


# Providers refuse a callee beyond these (DOMAIN.md: voice 1/min, 5/h, 20/day; group robots 20 a minute). SMS: the
# default flow control of Aliyun for one number and signature, 1/min, 5/h, 10/day.
_VOICE = (Limit(1, 60), Limit(5, 3600), Limit(20, 86400))
_SMS = (Limit(1, 60), Limit(5, 3600), Limit(10, 86400))
_ROBOT = (Limit(20, 60),)

TRAITS: dict[str, Traits] = {
    "webhook": Traits("消息网关", Trust.PERSONAL, Proof.HANDED_OVER, takes_key=True, at_once=64),
    "email": Traits("电子邮件", Trust.PERSONAL, Proof.HANDED_OVER, takes_key=True, at_once=16),
    "device": Traits("家中设备", Trust.BRIEF, Proof.HANDED_OVER, takes_key=True, at_once=64),
    "web_push": Traits("手机推送", Trust.BRIEF, Proof.OPENED, takes_key=True, at_once=32),
    "sms": Traits("短信", Trust.BRIEF, Proof.RECEIPT, takes_key=False, at_once=16, quota=_SMS),
    "voice": Traits("语音电话", Trust.SPOKEN, Proof.RECEIPT, takes_key=False, at_once=16, quota=_VOICE),
    "wecom": Traits("企业微信群", Trust.BRIEF, Proof.HANDED_OVER, takes_key=False, at_once=8, quota=_ROBOT),
    "dingtalk": Traits("钉钉群", Trust.BRIEF, Proof.HANDED_OVER, takes_key=False, at_once=8, quota=_ROBOT),
    "feishu": Traits("飞书群", Trust.BRIEF, Proof.HANDED_OVER, takes_key=False, at_once=8, quota=_ROBOT),
    "wechat": Traits("微信公众号", Trust.BRIEF, Proof.HANDED_OVER, takes_key=True, at_once=16),
    "apprise": Traits("其他消息服务", Trust.BRIEF, Proof.HANDED_OVER, takes_key=False, at_once=8),
}
UNHEARD_OF = Traits("未知渠道", Trust.BRIEF, Proof.HANDED_OVER, takes_key=False, at_once=1)


def traits_of(channel: str) -> Traits:
    """The traits of a channel; careful ones where it is not known here."""
    return TRAITS.get(channel, UNHEARD_OF)
