"""Web: security headers on every answer, a request log without personal data, and errors in one shape (I/O: logs)."""

import re
import time
from http import HTTPStatus

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carecircle.errors import CareCircleError, Conflict, Invalid
from carecircle.faults import faults_of, together
from carecircle_console.errors import sentence_for_status, status_of
from carecircle_console.wire import Failure, FieldFault, Problem

# No inline script or style anywhere; connections go back to the console alone. Workers are the service worker and the
# map's, both files of ours.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; media-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Links of messages carry a token in their address, which no other site may learn.
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(self), camera=(self), microphone=()"),
)
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
_NO_STORE = (b"cache-control", b"no-store")
_MOST_BODY_BYTES = 64 * 1024
# Pictures, which their route counts itself.
_MOST_PHOTO_BYTES = 410 * 1024
_PHOTO = re.compile(r"/api/assignments/[^/]+/photos/[^/]+")
# Files of spreadsheet programs, which their route counts itself.
_MOST_FILE_BYTES = 5 * 1024 * 1024 + 1024
_FILE = re.compile(r"/api/imports/[a-z_]+")

_log = structlog.get_logger()


class Edge:
    """The outermost layer: headers and log; plain ASGI, so that streams pass through untouched."""

    def __init__(self, app: ASGIApp, *, is_secure: bool) -> None:
        self._app = app
        self._headers = (*_HEADERS, _STRICT_TRANSPORT) if is_secure else _HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, is_api = time.perf_counter(), scope["path"].startswith(("/api/", "/healthz"))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _value in message["headers"]}
                extra = (*self._headers, _NO_STORE) if is_api else self._headers
                message["headers"] = [*message["headers"], *(pair for pair in extra if pair[0] not in names)]
                self._write_down(scope, message["status"], time.perf_counter() - began)
            await send(message)

        if _declared_length(scope) > _most_bytes(scope["path"]):
            response = _failure(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, *sentence_for_status(413))
            await response(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)

    @staticmethod
    def _write_down(scope: Scope, status: int, took_s: float) -> None:
        """Changes and failures, by the route's pattern: paths and query strings hold ids and tokens."""
        if scope["method"] in {"GET", "HEAD"} and status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return
        route = scope.get("route")
        _log.info(
            "request",
            method=scope["method"],
            route=getattr(route, "path", "-"),
            status=int(status),
            ms=round(took_s * 1000, 1),
        )


def handle_errors(app: FastAPI) -> None:
    """Turn every error into the one shape that the pages know."""

    @app.exception_handler(Invalid)
    async def wrong(_request: Request, error: Invalid) -> JSONResponse:
        return _wrongly_filled_in(error)

    @app.exception_handler(CareCircleError)
    async def expected(_request: Request, error: CareCircleError) -> JSONResponse:
        status, code, sentence = status_of(error)
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.error("request_failed", error=type(error).__name__)
        response = _failure(status, code, sentence, error.facts if isinstance(error, Conflict) else None)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers["Retry-After"] = "900"
        return response

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        # Not readable as a form: something that the page lets through, a script, or a page older than the server.
        first, *_others = found = faults_of(error.errors())
        sentence = f"填写的内容有误：{first.field or '请求内容'}"
        if not all(one.field for one in found):
            return _failure(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", sentence)
        return _wrongly_filled_in(together(found), code="invalid", sentence=sentence)

    @app.exception_handler(HTTPException)
    async def plain(_request: Request, error: HTTPException) -> JSONResponse:
        return _failure(error.status_code, *sentence_for_status(error.status_code))

    _handle_the_database(app)

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, error: Exception) -> JSONResponse:
        _log.error("request_failed", error=type(error).__name__, exc_info=error)
        return _failure(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "系统内部错误，已记录")


def _handle_the_database(app: FastAPI) -> None:
    async def database_away(_request: Request, error: Exception) -> JSONResponse:
        _log.warning("database_away", error=type(error).__name__)
        return _failure(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "数据库暂时不可用，请稍后重试")

    @app.exception_handler(psycopg.errors.ForeignKeyViolation)
    async def nobody_there(_request: Request, error: psycopg.errors.ForeignKeyViolation) -> JSONResponse:
        # The database refuses whatever would bring an erased person back (migration 0060); no page offers it.
        if error.diag.message_primary == "this person is erased":
            return _failure(HTTPStatus.CONFLICT, "person_erased", "此人的信息已删除")
        _log.error("request_failed", error=type(error).__name__, exc_info=error)
        return _failure(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "系统内部错误，已记录")

    @app.exception_handler(psycopg.DataError)
    async def not_storable(_request: Request, _error: psycopg.DataError) -> JSONResponse:
        # A NUL character, or a date beyond all calendars: nothing that a person typed.
        return _failure(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "填写的内容含有无法保存的字符")

    # Also a lock or a statement that took too long: those are OperationalErrors to psycopg.
    app.add_exception_handler(psycopg.OperationalError, database_away)
    app.add_exception_handler(PoolTimeout, database_away)


def _wrongly_filled_in(error: Invalid, code: str | None = None, sentence: str | None = None) -> JSONResponse:
    faults = [
        FieldFault(field=one.field, code=one.code, message=str(one), facts=one.facts) for one in (error, *error.also)
    ]
    problem = Problem(
        code=code or error.code, message=sentence or str(error), facts={"field": error.field} | error.facts,
        faults=faults,
    )  # fmt: skip
    return JSONResponse(Failure(error=problem).model_dump(), status_code=HTTPStatus.UNPROCESSABLE_ENTITY)


def _failure(status: int, code: str, sentence: str, facts: dict[str, str] | None = None) -> JSONResponse:
    problem = Problem(code=code, message=sentence, facts=facts or {})
    return JSONResponse(Failure(error=problem).model_dump(), status_code=status)


def _most_bytes(path: str) -> int:
    if _PHOTO.fullmatch(path):
        return _MOST_PHOTO_BYTES
    return _MOST_FILE_BYTES if _FILE.fullmatch(path) else _MOST_BODY_BYTES


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
