"""Plan: who is asked how fast, and what happens when nobody answers; frozen into each incident at its start (pure).

Every number is a setting. Times in seconds. Where no source is named the default is an engineering proposal that the
care centre has to confirm.
"""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from carecircle_alerts.incident import Family

Seconds = Annotated[int, Field(gt=0, le=24 * 3600)]


class Plan(BaseModel):
    """One way of getting help to the door."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Literal["urban", "rural"]
    asks: bool = Field(True, description="responders are asked at once; otherwise the desk looks first")
    circle_s: Seconds = Field(description="travel time that bounds the service circle")
    arrive_within_s: Seconds = Field(description="press to arrival, or to the end of a repair; later is a breach")
    wave_size: Annotated[int, Field(ge=1, le=20)] = Field(description="responders asked at once")
    wave_every_s: Seconds
    most_asked: Annotated[int, Field(ge=1, le=100)] = 20
    widen_by: Annotated[float, Field(ge=0, le=2)] = Field(0.25, description="share of the circle added with each wave")
    offer_valid_s: Seconds = 120
    unclaimed_s: Seconds = 60
    no_accept_s: Seconds = 120
    recheck_s: Seconds = 60
    nudge_s: Seconds = 120
    stalled_s: Seconds = 180
    overdue_s: Seconds = Field(180, description="after the expected arrival")
    check_in_s: Seconds = 1200
    close_reminder_s: Seconds = 600


# At an acceptance of 0.23 (PulsePoint), single offers every 60 s leave 60 % unanswered after 120 s, five every 30 s
# leave 0.6 %. The urban circle asks people whose work it is, so fewer at a time; neighbours are asked five at a time.
# 15 minutes in town and 30 in remote places are the service radius of the Ganzhou pilot.
URBAN = Plan(name="urban", circle_s=900, arrive_within_s=900, wave_size=2, wave_every_s=20)
RURAL = Plan(name="rural", circle_s=1800, arrive_within_s=1800, wave_size=5, wave_every_s=30)


# Nobody is sent on a sensor's word alone: the desk looks first, calls, and sends whom it chooses.
_LOOK = {"asks": False, "arrive_within_s": 1800}
# A fault that is not repaired within 2 h gets a substitute device (elder-care intelligent system standard 10.3.1).
_REPAIR = {"asks": False, "arrive_within_s": 7200, "unclaimed_s": 7200}


def plan_for(circle: str, family: "Family | str" = "help") -> Plan:
    """The plan of a bed's circle for this kind of answer."""
    plan = RURAL if circle == RURAL.name else URBAN
    if family == "help":
        return plan
    return plan.model_copy(update=_REPAIR if family == "technical" else _LOOK)
