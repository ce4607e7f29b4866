"""The pages: one application for every address that is not the interface, and nothing outside its folder."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from carecircle_console.static import page_routes
from carecircle_console.web import handle_errors


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>护联</title>", encoding="utf-8")
    (folder / "assets" / "index-abc.js").write_text("x = 1;" * 200, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return folder


def browser(folder: Path) -> httpx.AsyncClient:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    handle_errors(app)
    app.include_router(page_routes(folder))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console")


async def test_pages_are_one_application_and_assets_never_change(pages: Path) -> None:
    client = browser(pages)
    for path in ("/", "/offers/7?token=x", "/anything/at/all"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert "护联" in answer.text
        assert answer.headers["cache-control"] == "no-cache"
    asset = await client.get("/assets/index-abc.js")
    assert asset.headers["cache-control"].endswith("immutable")
    assert asset.headers["content-encoding"] == "gzip"
    assert asset.headers["content-type"].startswith("text/javascript")
    assert (
        await client.get("/", headers={"If-None-Match": (await client.get("/")).headers["etag"]})
    ).status_code == 304
    assert (await client.head("/")).status_code == 200


async def test_nothing_outside_the_folder_is_served(pages: Path) -> None:
    client = browser(pages)
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/assets/none.js", "/a%00.js"):
        answer = await client.get(path)
        assert answer.status_code == 404, path
        assert "secret" not in answer.text
    assert (await client.get("/api/none")).status_code == 404


async def test_a_rebuild_is_seen_and_its_absence_explained(pages: Path) -> None:
    client = browser(pages)
    assert "护联" in (await client.get("/")).text
    (pages / "index.html").write_text("<!doctype html><title>新版</title>", encoding="utf-8")
    assert "新版" in (await client.get("/")).text
    (pages / "index.html").unlink()
    answer = await client.get("/")
    assert answer.status_code == 503
    assert "npm run build" in answer.text
