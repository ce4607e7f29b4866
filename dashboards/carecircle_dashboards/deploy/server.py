"""A Grafana as a deployment sees it, through grafana-client (I/O)."""

from collections.abc import Callable, Mapping
from typing import Any

from grafana_client.api import GrafanaApi
from grafana_client.client import GrafanaClientError, GrafanaException, GrafanaUnauthorizedError
from niquests.exceptions import RequestException

from carecircle.errors import Conflict, Forbidden, Misconfigured, Unavailable
from carecircle_dashboards.deploy.plan import Document, Doing, Found, Step

_TIMEOUT_S = 15.0
_NOT_FOUND = 404
_FORBIDDEN = 403
_CHANGED = frozenset({409, 412})


class Server:
    """One organisation of a Grafana; `credential` is a service account's token or (user, password)."""

    def __init__(self, url: str, credential: str | tuple[str, str], organisation: int | None = None) -> None:
        api = GrafanaApi.from_url(url.rstrip("/") + "/", credential, timeout=_TIMEOUT_S)
        if organisation is not None:
            api.client.s.headers["X-Grafana-Org-Id"] = str(organisation)
        self._api = api
        self._url = url

    def folder(self, uid: str) -> Found | None:
        """The folder, or None."""
        found = self._find(lambda: self._api.folder.get_folder(uid))
        return None if found is None else Found(found, int(found.get("version", 0)))

    def source(self, uid: str) -> Found | None:
        """The data source, or None."""
        found = self._find(lambda: self._api.datasource.get_datasource_by_uid(uid))
        if found is None:
            return None
        return Found(found, int(found.get("version", 0)), is_provisioned=bool(found.get("readOnly")))

    def dashboard(self, uid: str) -> Found | None:
        """The dashboard, or None."""
        found = self._find(lambda: self._api.dashboard.get_dashboard(uid))
        if found is None:
            return None
        about, document = found["meta"], found["dashboard"]
        return Found(
            document,
            int(document.get("version", 0)),
            is_provisioned=bool(about.get("provisioned")),
            folder=str(about.get("folderUid") or ""),
        )

    def organisation(self, name: str) -> int | None:
        """The number of an organisation by its name; needs the server's administrator."""
        found = self._find(lambda: self._api.organization.find_organization(name))
        return None if found is None else int(found["id"])

    def make_organisation(self, name: str) -> int:
        """Make one; raises `Conflict` where there is one of this name."""
        made = self._call(lambda: self._api.organization.create_organization({"name": name}))
        return int(made["orgId"])

    def do(self, step: Step, folder: str, said: str) -> None:
        """Carry out a step; raises `Conflict` where somebody has changed the thing since it was looked at."""
        if step.doing not in {Doing.CREATE, Doing.UPDATE}:
            return
        match step.kind, step.doing:
            case "folder", _:
                document = step.document
                self._call(lambda: self._api.folder.create_folder(document["title"], document["uid"]))
            case "data source", Doing.CREATE:
                self._call(lambda: self._api.datasource.create_datasource(dict(step.document)))
            case "data source", _:
                changed = {**step.document, "version": step.version}
                self._call(lambda: self._api.datasource.update_datasource_by_uid(step.uid, changed))
            case _:
                self._save(step.document, step.version, folder, said)

    def _save(self, document: Document, version: int, folder: str, said: str) -> None:
        """Never over a newer version: `overwrite` is off, and the version that was looked at is given back."""
        told = {
            "dashboard": {**document, "id": None, "version": version},
            "folderUid": folder,
            "message": said,
            "overwrite": False,
        }
        self._call(lambda: self._api.dashboard.update_dashboard(told))

    def _find(self, ask: Callable[[], Any]) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = self._call(ask)
        except _NotThereError:
            return None
        return found

    def _call(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except GrafanaUnauthorizedError as error:
            raise Misconfigured("Grafana does not know this token; make one for a service account") from error
        except GrafanaClientError as error:
            if error.status_code == _NOT_FOUND:
                raise _NotThereError from error
            if error.status_code == _FORBIDDEN:
                raise Forbidden("this token may not do that; its service account has to be Admin") from error
            if error.status_code in _CHANGED:
                raise Conflict(f"somebody has changed it meanwhile; run again ({error.message})") from error
            raise Misconfigured(f"Grafana refuses: {error.message}") from error
        except (GrafanaException, RequestException) as error:
            raise Unavailable(f"Grafana at {self._url} does not answer") from error


class _NotThereError(Exception):
    """404."""
