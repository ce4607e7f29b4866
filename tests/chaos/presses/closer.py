"""A dispatcher who closes what was handed over, over HTTP as people do, so that beds can call again (I/O)."""

import contextlib
import threading
import time
from typing import Self
from uuid import uuid4

import httpx

_EVERY_S = 0.5
_DONE = frozenset({"HANDED_OVER", "ON_SCENE"})


class Closer:
    """Used as `with Closer(url, password) as closer:`; a console that is being killed is asked again."""

    def __init__(self, console_url: str, password: str) -> None:
        self.closed = 0
        self._url = console_url
        self._password = password
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join(30)

    def _run(self) -> None:
        with httpx.Client(base_url=self._url, timeout=10, headers={"X-CareCircle": "1"}, trust_env=False) as client:
            signed_in = False
            while not self._stop.wait(_EVERY_S):
                with contextlib.suppress(httpx.HTTPError, ValueError, KeyError):
                    signed_in = signed_in or self._sign_in(client)
                    signed_in = signed_in and self._close_all(client)

    def _sign_in(self, client: httpx.Client) -> bool:
        return client.post("/api/session", json={"login": "dispatcher", "password": self._password}).is_success

    def _close_all(self, client: httpx.Client) -> bool:
        found = client.get("/api/incidents", params={"open": True})
        if found.status_code == httpx.codes.UNAUTHORIZED:
            return False
        for incident in found.json() if found.is_success else ():
            if incident["state"] not in _DONE or self._stop.is_set():
                continue
            answer = client.post(
                f"/api/incidents/{incident['id']}/close",
                json={"outcome_code": "helped_on_site", "note": ""},
                headers={"Idempotency-Key": str(uuid4())},
            )
            self.closed += answer.is_success
            time.sleep(0.005)
        return True
