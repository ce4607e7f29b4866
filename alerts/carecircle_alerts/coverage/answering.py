"""Answering: questions about coverage that come line by line, from a process that keeps the roads in memory (I/O).

Starting a program and reading the roads takes seconds; an answer takes a fraction of one. So whoever asks often, as the
console does, keeps one such process and writes questions to it: one JSON object a line, and one a line comes back.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated

import psycopg
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from carecircle.errors import CareCircleError, NotFound, Unavailable
from carecircle_alerts.coverage.figures import CHINA
from carecircle_alerts.coverage.isochrone import Direction, IsochroneQuestion, isochrones
from carecircle_alerts.coverage.matrix import Ground, MatrixSource
from carecircle_alerts.coverage.questions import IsochroneAsked, WithoutAsked
from carecircle_alerts.coverage.sending import what_sending_leaves
from carecircle_alerts.coverage.settings import CoverageSettings
from carecircle_alerts.coverage.source import Roads
from carecircle_alerts.coverage.store import Connection, fetch
from carecircle_alerts.travel import Place


class _Line(BaseModel):
    question: Annotated[IsochroneAsked | WithoutAsked, Field(discriminator="ask")]


def answer_lines(
    settings: CoverageSettings, lines: Iterable[str], say: Callable[[str], None], now: Callable[[], datetime]
) -> None:
    """Answer until there are no more lines: `{"answer": …}`, or `{"refused": why}` for what has none."""
    roads = Roads(settings)
    for line in lines:
        question = _Line.model_validate({"question": json.loads(line)}).question
        try:
            with connect(settings) as connection:
                said: dict[str, object] = {"answer": answer(question, connection, roads.at(now()), now())}
        except CareCircleError as error:
            said = {"refused": str(error)}
        say(json.dumps(said))


def answer(
    question: IsochroneAsked | WithoutAsked, connection: Connection, source: MatrixSource, now: datetime
) -> dict[str, object]:
    """One answer; raises `NotFound` for what is not there, is not of the area, or has no coordinates."""
    if isinstance(question, WithoutAsked):
        return what_sending_leaves(connection, source, question.responder, question.area, now)
    asked = {"bed": question.bed, "provider": question.provider, "area": question.area}
    rows = fetch(connection, "bed_place" if question.bed is not None else "provider_place", **asked)
    if not rows or rows[0]["lat"] is None or rows[0]["lon"] is None:
        raise NotFound("没有这个地点，或没有坐标")
    terrain = rows[0]["terrain"]
    wanted = IsochroneQuestion(
        Ground(Place(rows[0]["lat"], rows[0]["lon"]), terrain),
        question.mode or ("e_bike" if terrain == "city" else "car"),
        Direction.TO if question.bed is not None else Direction.FROM,
        in_hour(question.hour, now),
        tuple(sorted(set(question.minutes))),
        question.quantile,
    )
    named = {"bed_id": question.bed} if question.bed is not None else {"provider_id": question.provider}
    return isochrones(wanted, source, dict(named))


def in_hour(hour: int | None, now: datetime) -> datetime:
    """The middle of an hour of today (local), UTC; now without an hour."""
    if hour is None:
        return now
    there = now.astimezone(CHINA).replace(hour=hour, minute=30, second=0, microsecond=0)
    return there.astimezone(UTC)


def connect(settings: CoverageSettings) -> Connection:
    """A connection that commits by itself; raises `Unavailable`."""
    try:
        return psycopg.connect(settings.database_url.get_secret_value(), autocommit=True, row_factory=dict_row)
    except psycopg.OperationalError as error:
        raise Unavailable("the database does not answer; is it running, and is the address right?") from error
