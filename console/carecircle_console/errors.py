"""Errors as the pages receive them: a stable code, one Chinese sentence, and a fitting HTTP status (pure)."""

import re
from http import HTTPStatus

from carecircle.errors import CareCircleError, Conflict, Forbidden, Invalid, NotFound, Unavailable

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class NotSignedIn(CareCircleError):  # noqa: N818 - named as the field says it
    """请先登录"""  # noqa: D400 - the default message, as people see it


class TooManyAttempts(CareCircleError):  # noqa: N818
    """登录失败次数过多，请15分钟后再试"""  # noqa: D400


class CodeNeeded(NotSignedIn):
    """请输入身份验证器中的6位验证码"""  # noqa: D400


class CodeRefused(NotSignedIn):
    """验证码不正确或已使用过，请等待下一个验证码"""  # noqa: D400


class StepNeeded(CareCircleError):  # noqa: N818
    """登录后请先完成设置"""  # noqa: D400


class PasswordNeeded(StepNeeded):
    """这是一次性密码，请先设置自己的密码"""  # noqa: D400


class SecondFactorNeeded(StepNeeded):
    """您的角色须使用二次验证，请先完成设置"""  # noqa: D400


class VitalsNotShared(Forbidden):
    """老人尚未同意您查看监测数值；如需查看，请老人本人或监护人联系照护中心登记同意"""  # noqa: D400


class BadRequest(CareCircleError):  # noqa: N818
    """请求不完整，请刷新页面后重试"""  # noqa: D400


# Most specific first; the sentence stands in where an error from deeper down speaks English.
_KINDS: tuple[tuple[type[CareCircleError], int, str, str], ...] = (
    (CodeNeeded, HTTPStatus.UNAUTHORIZED, "code_needed", "请输入身份验证器中的6位验证码"),
    (CodeRefused, HTTPStatus.UNAUTHORIZED, "code_refused", "验证码不正确或已使用过，请等待下一个验证码"),
    (PasswordNeeded, HTTPStatus.FORBIDDEN, "password_change_needed", "这是一次性密码，请先设置自己的密码"),
    (
        SecondFactorNeeded,
        HTTPStatus.FORBIDDEN,
        "second_factor_setup_needed",
        "您的角色须使用二次验证，请先完成设置",
    ),
    (
        VitalsNotShared,
        HTTPStatus.FORBIDDEN,
        "vitals_not_shared",
        "老人尚未同意您查看监测数值；如需查看，请老人本人或监护人联系照护中心登记同意",
    ),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "填写的内容有误"),
    (NotSignedIn, HTTPStatus.UNAUTHORIZED, "not_signed_in", "请先登录"),
    (TooManyAttempts, HTTPStatus.TOO_MANY_REQUESTS, "too_many_attempts", "登录失败次数过多，请15分钟后再试"),
    (BadRequest, HTTPStatus.BAD_REQUEST, "bad_request", "请求不完整，请刷新页面后重试"),
    (Forbidden, HTTPStatus.FORBIDDEN, "forbidden", "您的角色或区域无权进行此操作"),
    (NotFound, HTTPStatus.NOT_FOUND, "not_found", "没有找到，或不在您的可见范围内"),
    (Conflict, HTTPStatus.CONFLICT, "conflict", "状态已变化，请查看最新情况"),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "系统暂时不可用，请稍后重试"),
)
# The last of a status is its most general one.
_STATUSES: dict[int, tuple[str, str]] = {status: (code, sentence) for _kind, status, code, sentence in _KINDS} | {
    HTTPStatus.METHOD_NOT_ALLOWED: ("method_not_allowed", "不支持这种请求方式"),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("invalid", "填写的内容有误"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too_large", "提交的内容过大"),
}


def status_of(error: CareCircleError) -> tuple[int, str, str]:
    """HTTP status, code and Chinese sentence of an error; what is not known here is the server's fault (500)."""
    for kind, status, code, sentence in _KINDS:
        if isinstance(error, kind):
            text = str(error)
            said = error.code if isinstance(error, Conflict) else code
            return status, said, text if _CHINESE.search(text) else sentence
    return HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "系统内部错误，已记录"


def sentence_for_status(status: int) -> tuple[str, str]:
    """Code and Chinese sentence where only a status is known."""
    return _STATUSES.get(status, ("http_error", "请求无法处理"))
