"""Asked over HTTP: what servers of routes share, questions that they can bear and one reading of bodies (I/O).

A server may hang, talk nonsense, or answer HTTP 200 with an error in its body: all of it is `SourceDown` with a word.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from carecircle_alerts.http_client import Answer, HttpClient, UnansweredError
from carecircle_alerts.travel import Origin, TravelTime
from carecircle_alerts.travel.calibration import Calibration
from carecircle_alerts.travel.outcome import FASTEST_M_PER_S
from carecircle_alerts.travel.source import SourceDown

ANSWER_BYTES = 16 * 1024 * 1024
"""An outline of a county has some hundred kilobytes; an answer that does not end is none."""

AskPiece = Callable[[str, Sequence[Origin]], Awaitable[Sequence[TravelTime | None]]]


class RoutingServer:
    """What OSRM and Valhalla are alike in."""

    basis = "routing_server"
    is_remote = True

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self.calibration = Calibration()

    def fastest_m_per_s(self, mode: str, terrain: str) -> float:  # noqa: ARG002 - the same everywhere
        """No vehicle is faster."""
        return FASTEST_M_PER_S[mode] / self.calibration.least_factor(self.basis, mode)


async def ask_in_pieces(
    origins: Sequence[Origin], modes: Iterable[str], at_once: int, ask: AskPiece
) -> list[TravelTime | None]:
    """Times in the order of the origins, asked mode by mode and at most so many at once, all pieces beside each other.

    Who moves in another mode has no answer. Raises what `ask` raises.
    """
    answers: list[TravelTime | None] = [None] * len(origins)
    pieces: list[tuple[str, list[int]]] = []
    for mode in modes:
        rows = [index for index, origin in enumerate(origins) if origin.mode == mode]
        pieces += [(mode, rows[begin : begin + at_once]) for begin in range(0, len(rows), at_once)]
    found = await asyncio.gather(*(ask(mode, [origins[row] for row in rows]) for mode, rows in pieces))
    for (_, rows), times in zip(pieces, found, strict=True):
        for row, time in zip(rows, times, strict=True):
            answers[row] = time
    return answers


async def body_of(request: Awaitable[Answer]) -> tuple[int, dict[str, Any]]:
    """Status and body of an answer, which has to be a JSON object; raises `SourceDown` otherwise."""
    try:
        response = await request
        body = json.loads(response.body)
    except UnansweredError as error:
        raise SourceDown(error.reason) from None
    except ValueError as error:
        raise SourceDown("unreadable") from error
    if not isinstance(body, dict):
        raise SourceDown("unreadable")
    return response.status, body
