"""Static: serves the built pages, one application for every address that is not the interface (I/O)."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

PAGES = Path(__file__).parent / "pages"
_NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>CareCircle</title>
<h1>页面尚未构建</h1><p>接口已在运行。请先构建页面：在 console/web 中执行 npm ci 与 npm run build，然后刷新。</p></html>
"""
# Names of built assets carry a hash of their content, so that they never change.
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_PACKED = ("text/", "application/javascript", "application/json", "application/manifest+json", "image/svg+xml")

# Python's own table lacks these on some machines.
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("font/woff2", ".woff2")


@dataclass(frozen=True, slots=True)
class Page:
    """A file as it is sent."""

    body: bytes
    packed: bytes | None
    media_type: str
    etag: str


@lru_cache(maxsize=256)
def load_page(path: Path, _changed_ns: int) -> Page:
    """Read a file once per version of it; packs what packs well."""
    body = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(body, mtime=0) if media_type.startswith(_PACKED) else None
    return Page(body, packed, media_type, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def page_routes(folder: Path = PAGES) -> APIRouter:
    """Routes for everything that is not the interface; they must be added last."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/{path:path}", methods=["GET", "HEAD"])
    def page(path: str, request: Request) -> Response:
        if path == "api" or path.startswith("api/"):
            raise HTTPException(404)
        file = _find(folder, path)
        if file is None:
            return Response(_NOT_BUILT, 503, media_type="text/html; charset=utf-8")
        return _answer(load_page(file, file.stat().st_mtime_ns), request, is_asset=path.startswith("assets/"))

    return router


def _find(folder: Path, path: str) -> Path | None:
    """The file that an address means: itself, or the application's one page; None where pages were not built."""
    if path.startswith("assets/") or "." in path.rsplit("/", 1)[-1]:
        try:
            file = (folder / path).resolve()
            if file.is_relative_to(folder.resolve()) and file.is_file():
                return file
        except (OSError, ValueError):  # a name that no file can have
            pass
        raise HTTPException(404)
    index = folder / "index.html"
    return index if index.is_file() else None


def _answer(page: Page, request: Request, *, is_asset: bool) -> Response:
    headers = {"ETag": page.etag, "Cache-Control": _FOREVER if is_asset else _ASK_AGAIN, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == page.etag:
        return Response(status_code=304, headers=headers)
    if page.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(page.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=page.media_type)
    return Response(page.body, headers=headers, media_type=page.media_type)
