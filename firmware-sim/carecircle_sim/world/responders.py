"""Simulated responders: accept or not, set off, travel, arrive and hand over, by the links in their messages (I/O)."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from urllib.parse import parse_qs, urlsplit

import httpx
import structlog

_SETS_OFF_AFTER_S = 60.0  # the field grants 90 to 180 s from the offer to being on the way
_ON_SCENE_S = 600.0
_TRAVEL_WITHOUT_ETA_S = 420.0
_GIVES_UP_AFTER = 5

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Temper:
    """How responders behave.

    Of those who do not accept, half decline and half stay silent. `accept_after_s` is the mean, and `time_scale` makes
    setting off, travel and the visit so many times faster than life.
    """

    accept_probability: float = 0.8
    accept_after_s: float = 8.0
    time_scale: float = 20.0


class Responders:
    """Everybody who may be sent, except those in `hands_off`, whom a person plays."""

    def __init__(self, client: httpx.AsyncClient, temper: Temper, rng: Random, hands_off: frozenset[str]) -> None:
        self._client = client
        self._temper = temper
        self._rng = rng
        self._hands_off = hands_off
        self._busy: set[str] = set()
        self._acting: set[asyncio.Task[None]] = set()

    def consider(self, responder_id: str, accept_url: str, decline_url: str) -> None:
        """An offer has reached somebody; what they do about it happens in the background."""
        if responder_id in self._hands_off:
            return
        task = asyncio.create_task(self._act(responder_id, accept_url, decline_url))
        self._acting.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._acting.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.warning("responder_gave_up", error=type(error).__name__)

    async def _act(self, responder_id: str, accept_url: str, decline_url: str) -> None:
        willing = self._rng.random() < self._temper.accept_probability
        silent = not willing and self._rng.random() < 0.5  # noqa: PLR2004 - half of them
        await asyncio.sleep(self._temper.accept_after_s * self._rng.uniform(0.5, 1.5))
        if responder_id in self._busy:
            await self._post(decline_url, {"reason": "正在处理另一起求助"})
            return
        if silent:
            return
        if not willing:
            await self._post(decline_url, {"reason": "现在不方便"})
            return
        self._busy.add(responder_id)
        try:
            answer = await self._post(accept_url, {})
            if answer is not None:
                await self._visit(accept_url, answer)
        finally:
            self._busy.discard(responder_id)

    async def _visit(self, accept_url: str, answer: dict[str, object]) -> None:
        """Set off, travel as long as the platform expects, arrive, stay, hand over."""
        assignment = answer.get("assignment", answer)
        if not isinstance(assignment, dict) or "id" not in assignment:
            _log.warning("no_assignment_in_answer")
            return
        parts = urlsplit(accept_url)
        token = parse_qs(parts.query)["token"][0]
        base = f"{parts.scheme}://{parts.netloc}/api/assignments/{assignment['id']}"
        await self._live(_SETS_OFF_AFTER_S)
        if await self._post(f"{base}/moving?token={token}", {}) is None:
            return
        await self._live(_seconds_until(assignment.get("eta_at")))
        if await self._post(f"{base}/arrived?token={token}", {}) is None:
            return
        await self._live(_ON_SCENE_S)
        await self._post(f"{base}/handover?token={token}", {"note": "已到场处置，老人情况平稳（模拟）"})

    async def _live(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._temper.time_scale * self._rng.uniform(0.8, 1.2))

    async def _post(self, url: str, body: dict[str, object]) -> dict[str, object] | None:
        """Post until it is answered; None where the platform says that it is no longer wanted."""
        headers = {"X-CareCircle": "1", "Idempotency-Key": f"{self._rng.getrandbits(96):024x}"}
        for attempt in range(_GIVES_UP_AFTER):
            try:
                answer = await self._client.post(url, json=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500:  # noqa: PLR2004 - HTTP's own number
                step = urlsplit(url).path.rsplit("/", 1)[-1]
                _log.info("responder_answered", step=step, status=answer.status_code)
                return _document(answer) if answer.is_success else None
            await asyncio.sleep(2**attempt * self._rng.uniform(0.5, 1.0))
        return None


def _document(answer: httpx.Response) -> dict[str, object]:
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _seconds_until(eta_at: object) -> float:
    try:
        eta = datetime.fromisoformat(str(eta_at))
    except ValueError:
        return _TRAVEL_WITHOUT_ETA_S
    return max(30.0, (eta - datetime.now(UTC)).total_seconds())
