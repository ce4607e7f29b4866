"""Plan: who is asked how fast, and what happens when nobody answers; frozen into each incident at its start (pure).

Every number is a setting. Times in seconds. Where no source is named the default is an engineering proposal that the
care centre has to confirm. Which plan a bed gets, and why, is `carecircle_alerts.plans`.
"""

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from carecircle_alerts.incident import Family

Seconds = Annotated[int, Field(gt=0, le=24 * 3600)]
Hour = Annotated[int, Field(ge=0, le=23)]
Role = Literal["staff", "neighbour", "volunteer"]
Skill = Literal["first_aid", "lifting", "nursing", "fire_safety", "repair"]
EVERY_ROLE: tuple[Role, ...] = ("staff", "neighbour", "volunteer")


class Track(BaseModel):
    """One way in which people are asked, beside the others: the professionals, the neighbours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z_]{1,32}$", description="a word for the audit trail")]
    roles: Annotated[tuple[Role, ...], Field(min_length=1, description="who is asked on this track")]
    skills: tuple[Skill, ...] = Field((), description="what they must be able to do, all of it")
    at_once: Annotated[int, Field(ge=1, le=20, description="asked with each wave, for each helper that is missing")]
    every_s: Annotated[int, Field(gt=0, le=3600, description="from one wave to the next")]
    after_s: Annotated[int, Field(ge=0, le=3600)] = Field(
        0, description="0: at once, in parallel with the others; later: so long after the incident was opened"
    )

    def takes(self, role: str, skills: frozenset[str]) -> bool:
        """Whether somebody of this role with these skills is asked on this track."""
        return role in self.roles and skills.issuperset(self.skills)


class Plan(BaseModel):
    """One way of getting help to the door."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Literal["urban", "rural", "herding"] = Field(description="the kind of circle that it was made for")
    asks: bool = Field(True, description="responders are asked at once; otherwise the desk looks first")
    helpers: Annotated[int, Field(ge=1, le=4)] = Field(1, description="how many people are wanted at the door")
    circle_s: Seconds = Field(description="travel time that bounds the service circle")
    arrive_within_s: Seconds = Field(description="press to arrival, or to the end of a repair; later is a breach")
    tracks: Annotated[tuple[Track, ...], Field(max_length=6)] = Field(
        (), description="who is asked beside whom; without any, everybody on one track by the next two settings"
    )
    wave_size: Annotated[int, Field(ge=1, le=20)] = Field(description="without tracks: responders asked at once")
    wave_every_s: Seconds = Field(description="without tracks: from one wave to the next")
    most_at_once: Annotated[int, Field(ge=1, le=20)] = Field(
        5, description="asked with one wave at most, when more are needed for the wanted certainty"
    )
    certainty: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.9, description="wanted probability that somebody accepts and is there in time; 0: the tracks' numbers alone"
    )
    most_asked: Annotated[int, Field(ge=1, le=100)] = Field(
        20, description="offers of one incident at most, before the desk has to act (Heartrunner alerts at most 20)"
    )
    joint_above: Annotated[int, Field(ge=1, le=1000)] = Field(
        5, description="above so many incidents around without anybody on the way, who goes where is decided jointly"
    )
    widen_by: Annotated[float, Field(ge=0, le=2)] = Field(0.25, description="share of the circle added with each wave")
    verify_s: Seconds = Field(30, description="to call back and ask whether it is real; the search does not wait")
    offer_valid_s: Seconds = Field(120, description="an offer can be accepted for so long")
    no_receipt_s: Seconds = Field(
        10, description="without a receipt for an offer its responder's next contact is tried"
    )
    unclaimed_s: Seconds = Field(60, description="not taken by the centre for so long: every dispatcher is called")
    supervisor_after_s: Seconds = Field(
        60, description="and for so long after that: the supervisors as well, and again until somebody has taken it"
    )
    no_accept_s: Seconds = Field(120, description="without an accept for so long: uncovered, a dispatcher must act")
    recheck_s: Seconds = Field(60, description="while uncovered: look round again")
    nudge_s: Seconds = Field(120, description="accepted and not on the way: remind")
    stalled_s: Seconds = Field(180, description="accepted and not on the way: search again, and keep the helper")
    overdue_s: Seconds = Field(180, description="after the expected arrival: call, and ask another one beside")
    check_in_s: Seconds = Field(1200, description="at the door for so long: ask how it is")
    close_reminder_s: Seconds = Field(600, description="handed over and not closed: remind the centre")
    position_valid_s: Seconds = Field(
        1800, description="a position older than this is not used; the base or the provider's place stands in"
    )
    rest_after_visit_s: Annotated[int, Field(ge=0, le=24 * 3600)] = Field(
        600, description="rest after a visit; in it somebody is asked only when nobody else is left nearby"
    )
    most_on_duty_s: Seconds = Field(
        12 * 3600, description="on duty for longer: the same; staff only, a neighbour is always at home"
    )
    most_night_calls: Annotated[int, Field(ge=1, le=20)] = Field(3, description="calls taken in one night: the same")
    night_from_h: Hour = Field(22, description="the night begins, Beijing time")
    night_until_h: Hour = Field(6, description="the night ends")

    @model_validator(mode="after")
    def _somebody_can_always_be_asked(self) -> Self:
        if self.tracks and all(track.skills for track in self.tracks):
            raise ValueError("one track at least asks for no skill, so that nobody waits for somebody who is not there")
        if len({track.name for track in self.tracks}) < len(self.tracks):
            raise ValueError("two tracks have the same name")
        if self.tracks and all(track.after_s for track in self.tracks):
            raise ValueError("one track at least begins at once")
        return self

    def ways(self) -> tuple[Track, ...]:
        """The tracks, or the one that stands for all where a plan has none."""
        if self.tracks:
            return self.tracks
        return (Track(name="everybody", roles=EVERY_ROLE, at_once=self.wave_size, every_s=self.wave_every_s),)


# At an acceptance of 0.23 (PulsePoint), single offers every 60 s leave 60 % unanswered after 120 s, five every 30 s
# leave 0.6 %. The urban circle asks people whose work it is, so fewer at a time; neighbours are asked five at a time.
# Where that is unlikely to bring anybody in time more are asked at once: in town up to 5 (GoodSAM), in the country up
# to 9 (FirstAED). With 0.23 for everybody waves of 5 reach 20 people within a minute and leave 0.6 % without an answer.
# 15 minutes in town and 30 in remote places are the service radius of the Ganzhou pilot.
URBAN = Plan(
    name="urban",
    circle_s=900,
    arrive_within_s=900,
    wave_size=2,
    wave_every_s=20,
    tracks=(
        Track(name="professional", roles=("staff",), at_once=2, every_s=20),
        Track(name="nearby", roles=("neighbour", "volunteer"), at_once=2, every_s=30, after_s=60),
    ),
)
# Mutual aid: neighbours and volunteers in parallel with the professional, five in all.
RURAL = Plan(
    name="rural",
    circle_s=1800,
    arrive_within_s=1800,
    wave_size=5,
    wave_every_s=30,
    most_at_once=9,
    tracks=(
        Track(name="mutual_aid", roles=("neighbour", "volunteer"), at_once=4, every_s=30),
        Track(name="professional", roles=("staff",), at_once=1, every_s=30),
    ),
)
# Local people are the service (本土服务): whoever of them is there is asked at once, and the professional, who may be
# an hour away, sets out beside them. The hour is an engineering proposal: no norm for herding areas was found.
HERDING = Plan(
    name="herding",
    circle_s=3600,
    arrive_within_s=3600,
    wave_size=5,
    wave_every_s=30,
    most_at_once=9,
    offer_valid_s=180,
    stalled_s=300,
    position_valid_s=3600,
    tracks=(
        Track(name="local_people", roles=("neighbour", "volunteer"), at_once=5, every_s=30),
        Track(name="professional", roles=("staff",), at_once=1, every_s=60),
    ),
)
GROUND: dict[str, Plan] = {plan.name: plan for plan in (URBAN, RURAL, HERDING)}


# Nobody is sent on a sensor's word alone: the desk looks first, calls, and sends whom it chooses.
LOOK: dict[str, object] = {"asks": False, "arrive_within_s": 1800}
# A fault that is not repaired within 2 h gets a substitute device (elder-care intelligent system standard 10.3.1).
# An hour more until the supervisors hear of it is an engineering proposal.
REPAIR: dict[str, object] = {"asks": False, "arrive_within_s": 7200, "unclaimed_s": 7200, "supervisor_after_s": 3600}


def plan_for(circle: str, family: "Family | str" = "help") -> Plan:
    """The plan of a circle for this kind of answer, before anybody has changed anything; an unknown circle is urban."""
    plan = GROUND.get(circle, URBAN)
    if family == "help":
        return plan
    return plan.model_copy(update=REPAIR if family == "technical" else LOOK)
