"""Whatever people do, in whatever order: the promises hold after every step."""

import contextlib
import random
from itertools import pairwise
from uuid import UUID

import pytest

from carecircle.errors import CareCircleError
from carecircle_alerts.desk import Actor
from carecircle_alerts.incident import ALLOWED, ENDED, State
from tests.acceptance.conftest import Story

_STEPS = 40
_CLOSES = 0.3


@pytest.mark.parametrize("seed", range(6))
async def test_a_random_shift_keeps_the_promises(story: Story, dispatcher: Actor, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(1, 4):
        story.scene.bed(f"bed-{number}", circle=chance.choice(["urban", "rural"]))
    for number in range(1, 8):
        story.scene.responder(f"r{number}", north_m=number * 300, on_duty=chance.random() < 0.8)
    for _ in range(_STEPS):
        await _one_step(story, dispatcher, chance)
        story.check_promises()
    _states_follow_the_allowed_steps(story)


async def _one_step(story: Story, dispatcher: Actor, chance: random.Random) -> None:
    action = chance.choice(["press", "press", "wait", "wait", "accept", "accept", "decline", "move", "arrive", "leave",
                            "acknowledge", "escalate", "dispatch", "assign", "verify", "merge", "close"])  # fmt: skip
    with contextlib.suppress(CareCircleError):  # a refusal is an answer
        await _act(story, dispatcher, chance, action)
    await story.settle()


async def _act(story: Story, dispatcher: Actor, chance: random.Random, action: str) -> None:
    if action == "press":
        await story.press(f"bed-{chance.randint(1, 3)}", chance.choice(["sos", "fall"]))
    elif action == "wait":
        await story.forward(seconds=chance.choice([5, 30, 90, 200, 1000]))
    elif action in {"accept", "decline", "move", "arrive", "leave"}:
        await _responder_acts(story, chance, action)
    else:
        await _dispatcher_acts(story, dispatcher, chance, action)


async def _responder_acts(story: Story, chance: random.Random, action: str) -> None:
    table = "offer" if action in {"accept", "decline"} else "assignment"
    row, who = _any(story, chance, f"select id, responder_id from {table}")
    person = Actor("responder", who, who)
    match action:
        case "accept":
            await story.desk.accept_offer(row, person)
        case "decline":
            await story.desk.decline_offer(row, "", person)
        case "move":
            await story.desk.start_moving(row, person)
        case "arrive":
            await story.desk.arrive(row, person)
        case "leave":
            await story.desk.hand_over(row, "", person)


async def _dispatcher_acts(story: Story, dispatcher: Actor, chance: random.Random, action: str) -> None:
    incident, who = _any(story, chance, "select i.id, r.id from incident i cross join responder r")
    match action:
        case "acknowledge":
            await story.desk.acknowledge(incident, dispatcher)
        case "escalate":
            await story.desk.escalate(incident, "更重", dispatcher)
        case "dispatch":
            await story.desk.dispatch(incident, who, chance.choice(["", "就近"]), dispatcher)
        case "assign":
            await story.desk.assign(incident, who, chance.choice(["", "已电话确认"]), dispatcher)
        case "verify":
            await story.desk.verify(incident, chance.choice(["confirmed", "denied", "no_answer"]), "", dispatcher)
        case "merge":
            other, _who = _any(story, chance, "select i.id, '' from incident i")
            await story.desk.merge(incident, other, "同一事件", dispatcher)
        case "close" if chance.random() < _CLOSES:
            outcome = chance.choice(["other", "false_press", "helped_on_site"])
            await story.desk.close(incident, outcome, "", dispatcher)


def _any(story: Story, chance: random.Random, statement: str) -> tuple[UUID, str]:
    rows = sorted((str(one), str(who)) for one, who in story.scene.rows(statement))
    if not rows:
        raise CareCircleError("there is nothing to act on yet")
    one, who = chance.choice(rows)
    return UUID(one), who


def _states_follow_the_allowed_steps(story: Story) -> None:
    """The audit trail alone tells the whole life of every incident, and no step in it was forbidden."""
    states = {state.value.lower(): state for state in State}
    for (incident,) in story.scene.rows("select id from incident"):
        assert isinstance(incident, UUID)
        life = [states[step] for step in story.steps(incident) if step in states]
        assert life[0] is State.RECEIVED
        for before, after in pairwise(life):
            assert after in ALLOWED[before], f"{before} to {after}"
        assert (life[-1] in ENDED) == (State(story.state(incident)) in ENDED)
        assert life[-1].value == story.state(incident)
