"""A Grafana that keeps nothing but enforces what the real one enforces of folders, data sources, dashboards and tokens.

Rules as Grafana 11 to 13 has them: 401 without a known token, 403 for one that may only look, 404 for what is not
there, 409 and 412 for what exists or has changed, 400 for what comes from files or is malformed.
"""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class Organisation:
    """What one organisation has."""

    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    dashboards: dict[str, dict[str, Any]] = field(default_factory=dict)
    meta: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class FakeGrafana:
    """`tokens`: role by token, all of organisation 1. `log`: every request that changed something."""

    url: str = ""
    tokens: dict[str, str] = field(default_factory=lambda: {"right": "Admin", "viewer": "Viewer"})
    admin: tuple[str, str] = ("admin", "secret")
    organisations: dict[int, Organisation] = field(default_factory=lambda: {1: Organisation()})
    names: dict[str, int] = field(default_factory=lambda: {"Main Org.": 1})
    log: list[str] = field(default_factory=list)
    is_down: bool = False

    @property
    def first(self) -> Organisation:
        """The organisation that every Grafana begins with."""
        return self.organisations[1]

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> Answer:
        """As the API would."""
        if self.is_down:
            return 503, {"message": "starting"}
        who, number = self._who(headers)
        if who is None:
            return 401, {"message": "Invalid API key"}
        if number not in self.organisations:
            return 404, {"message": "Org not found"}
        if method != "GET":
            if who == "Viewer":
                return 403, {"message": "You'll need additional permissions to perform this action"}
            self.log.append(f"{method} {path} org {number}")
        return self._route(method, path, body, who, self.organisations[number])

    def _who(self, headers: dict[str, str]) -> tuple[str | None, int]:
        kind, _, proof = headers.get("authorization", "").partition(" ")
        if kind == "Bearer":
            return self.tokens.get(proof), 1  # a token is of one organisation, whatever the header says
        if kind == "Basic" and base64.b64decode(proof).decode() == ":".join(self.admin):
            return "GrafanaAdmin", int(headers.get("x-grafana-org-id", "1"))
        return None, 1

    def _route(  # noqa: PLR0911 - one case an address
        self, method: str, path: str, body: Any, who: str, here: Organisation
    ) -> Answer:
        kind, _, name = path.removeprefix("/api/").rpartition("/")
        match method, kind:
            case "GET", "folders":
                return _one(here.folders, name, "folder not found")
            case "POST", "" if name == "folders":
                return self._make_folder(here, body)
            case "GET", "datasources/uid":
                return _one(here.sources, name, "Data source not found")
            case "POST", "" if name == "datasources":
                return self._make_source(here, body)
            case "PUT", "datasources/uid":
                return self._change_source(here, name, body)
            case "GET", "dashboards/uid":
                if name not in here.dashboards:
                    return 404, {"message": "Dashboard not found"}
                return 200, {"meta": here.meta[name], "dashboard": here.dashboards[name]}
            case "POST", "dashboards" if name == "db":
                return self._save_dashboard(here, body)
        if kind == "orgs/name" or name == "orgs":
            return self._organisation(method, name, body, who)
        return 404, {"message": "Not found"}

    def _organisation(self, method: str, name: str, body: Any, who: str) -> Answer:
        if who != "GrafanaAdmin":
            return 403, {"message": "only the server's administrator may"}
        if method == "GET":
            wanted = unquote(name)
            found = self.names.get(wanted)
            return (
                (404, {"message": "Organization not found"}) if found is None else (200, {"id": found, "name": wanted})
            )
        if body["name"] in self.names:
            return 409, {"message": "Organization name taken"}
        number = max(self.organisations) + 1
        self.names[body["name"]], self.organisations[number] = number, Organisation()
        return 200, {"orgId": number, "message": "Organization created"}

    def _make_folder(self, here: Organisation, body: Any) -> Answer:
        if not body.get("title"):
            return 400, {"message": "folder title cannot be empty"}
        if body["uid"] in here.folders:
            return 412, {"message": "the folder has been changed by someone else", "status": "version-mismatch"}
        here.folders[body["uid"]] = {"uid": body["uid"], "title": body["title"], "version": 1}
        return 200, here.folders[body["uid"]]

    def _make_source(self, here: Organisation, body: Any) -> Answer:
        if body["uid"] in here.sources or any(one["name"] == body["name"] for one in here.sources.values()):
            return 409, {"message": "data source with the same name already exists"}
        return 200, {"datasource": _kept(here, body, 1)}

    def _change_source(self, here: Organisation, uid: str, body: Any) -> Answer:
        if uid not in here.sources:
            return 404, {"message": "Data source not found"}
        present = here.sources[uid]
        if present.get("readOnly"):
            return 403, {"message": "Cannot update read-only data source"}
        if body.get("version", present["version"]) != present["version"]:
            return 409, {"message": "Datasource has already been updated by someone else. Please reload and try again"}
        return 200, {"datasource": _kept(here, body, present["version"] + 1)}

    def _save_dashboard(self, here: Organisation, body: Any) -> Answer:
        document, folder = dict(body["dashboard"]), body.get("folderUid", "")
        uid = document.get("uid") or ""
        if not document.get("title"):
            return 400, {"message": "Dashboard title cannot be empty"}
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", uid):
            return 400, {"message": "uid contains illegal characters or is too long"}
        if folder and folder not in here.folders:
            return 400, {"message": "folder not found"}
        present = here.dashboards.get(uid)
        if present is not None:
            if here.meta[uid]["provisioned"]:
                return 400, {"message": "Cannot save provisioned dashboard"}
            if not body.get("overwrite") and document.get("version") != present["version"]:
                return 412, {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}
        version = 1 if present is None else present["version"] + 1
        here.dashboards[uid] = {**document, "id": len(here.dashboards) + 1, "version": version}
        here.meta[uid] = {"provisioned": False, "folderUid": folder, "version": version}
        return 200, {"uid": uid, "version": version, "status": "success", "slug": uid, "url": f"/d/{uid}"}


def _kept(here: Organisation, body: Any, version: int) -> dict[str, Any]:
    """As it is told later: which secrets there are, never what they are."""
    shown = {key: value for key, value in body.items() if key != "secureJsonData"}
    secret = dict.fromkeys(body.get("secureJsonData", {}), True)
    here.sources[body["uid"]] = {**shown, "version": version, "readOnly": False, "secureJsonFields": secret}
    return here.sources[body["uid"]]


def _one(things: dict[str, dict[str, Any]], uid: str, missing: str) -> Answer:
    return (200, things[uid]) if uid in things else (404, {"message": missing})


@contextmanager
def running_grafana() -> Iterator[FakeGrafana]:
    """Listening until the end of the block."""
    grafana = FakeGrafana()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = grafana.answer(self.command, self.path.partition("?")[0], headers, body)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 - as the standard library calls them

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    grafana.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield grafana
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
