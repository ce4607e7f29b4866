"""Watches the network thread: a thread that has died or makes no turns brings nothing, and nobody would notice (I/O).

paho's loop ends every turn, at least one a second, with `loop_misc`; counting turns costs no clock. Who looks measures
the time, and no look counts for more than a quarter of the limit, so that a process that was itself stopped for a while
does not hold its thread for stuck.
"""

import sys
import time
import traceback
from threading import Thread
from typing import Any

import structlog
from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode

STUCK_AFTER_S = 30.0
STUCK_WITHOUT_BROKER_AFTER_S = 120.0  # a name that does not resolve and a TLS handshake may take long
_LOOKS_AT_LEAST = 4

_log = structlog.get_logger()


class WatchedClient(Client):
    """A client that counts its turns and says what ended its thread."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.turns = 0
        self.failure: Exception | None = None

    @property
    def thread(self) -> Thread | None:
        """The network thread; None before its start and after its end."""
        return self._thread

    def reconnect(self) -> MQTTErrorCode:
        """As paho's; without a broker there are no other turns."""
        self.turns += 1
        return super().reconnect()

    def loop_misc(self) -> MQTTErrorCode:
        """As paho's, at the end of every turn."""
        self.turns += 1
        return super().loop_misc()

    def loop_forever(self, *args: Any, **options: Any) -> MQTTErrorCode:
        """As paho's; what a callback raised ends the thread, is logged and kept for the reader."""
        try:
            return super().loop_forever(*args, **options)
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader raises it further
            self.failure = error
            _log.exception("mqtt_thread_failed")
            return MQTTErrorCode.MQTT_ERR_UNKNOWN


class Watchdog:
    """Asked by the reader whenever nothing came; only ever from one thread."""

    def __init__(self, client: WatchedClient) -> None:
        self._client = client
        self._turns = -1
        self._looked_at = 0.0
        self._still_s = 0.0

    def complaint(self, *, connected: bool) -> str | None:
        """What is wrong with the network thread, once it is certain."""
        thread = self._client.thread
        if thread is None or not thread.is_alive():
            return "the MQTT network thread has ended"
        limit_s = STUCK_AFTER_S if connected else STUCK_WITHOUT_BROKER_AFTER_S
        if self._stands_still_s(limit_s / _LOOKS_AT_LEAST) < limit_s:
            return None
        frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001 - documented, despite its name
        stack = "".join(traceback.format_stack(frame)) if frame else ""
        _log.error("mqtt_thread_stuck", still_s=round(self._still_s), stack=stack)
        return f"the MQTT network thread has not moved for {self._still_s:.0f} s"

    def _stands_still_s(self, most_s: float) -> float:
        now, turns = time.monotonic(), self._client.turns
        if turns != self._turns:
            self._turns, self._still_s = turns, 0.0
        else:
            self._still_s += min(now - self._looked_at, most_s)
        self._looked_at = now
        return self._still_s
