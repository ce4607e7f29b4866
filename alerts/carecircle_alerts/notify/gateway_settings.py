"""Gateway settings: what an SMS or voice provider, or a WeChat account, is told; one JSON object each (pure)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SecretStr

from carecircle_alerts.notify.templates import Template

_HTTPS = r"^https?://[^/\s]+"


class _Gateway(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AliyunGateway(_Gateway):
    """Aliyun: SendSms and SingleCallByTts."""

    provider: Literal["aliyun"]
    key_id: str
    secret: SecretStr
    templates: dict[str, Template]
    sign_name: str = ""
    shown_number: str = ""
    endpoint: Annotated[str, Field(pattern=_HTTPS)] | None = None


class TencentGateway(_Gateway):
    """Tencent Cloud: SendSms and SendTtsVoice."""

    provider: Literal["tencent"]
    secret_id: str
    secret: SecretStr
    app_id: str
    templates: dict[str, Template]
    sign_name: str = ""
    region: str = "ap-guangzhou"
    endpoint: Annotated[str, Field(pattern=_HTTPS)] | None = None


class HttpGateway(_Gateway):
    """Any gateway with an HTTP interface. In `body`, `{to}`, `{text}` and `{id}` are filled in inside of strings.

    `ok` names a field of the answer and the values that mean success; `ref` the field with the gateway's own number.
    """

    provider: Literal["http"]
    url: Annotated[str, Field(pattern=_HTTPS)]
    body: dict[str, JsonValue]
    as_form: bool = False
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    ok: dict[str, list[JsonValue]] = Field(default_factory=dict)
    ref: str | None = None


Gateway = Annotated[AliyunGateway | TencentGateway | HttpGateway, Field(discriminator="provider")]


class WeChatAccount(_Gateway):
    """An official account of WeChat that may send template messages."""

    app_id: str
    secret: SecretStr
    templates: dict[str, Template]
    endpoint: Annotated[str, Field(pattern=_HTTPS)] = "https://api.weixin.qq.com"
