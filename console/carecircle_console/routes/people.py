"""Rosters, duty and consent of responders, and opening hours of providers, as the centre keeps them."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from carecircle.errors import Invalid, NotFound
from carecircle_alerts.desk import Actor
from carecircle_alerts.people.hours import BEIJING, Span, is_open, local_day
from carecircle_alerts.people.rows import hours_of
from carecircle_console.context import Console
from carecircle_console.errors import BadRequest
from carecircle_console.gate import Deciding, Dispatching, Staff, TheConsole
from carecircle_console.people_views import (
    ConsentGiven,
    DayHours,
    DutyChange,
    PeopleChange,
    Provider,
    ResponderDetail,
    Roster,
    RosteredPerson,
    RosteredShift,
    Shift,
    ShiftNumber,
    ShiftToAdd,
    Week,
    Why,
)
from carecircle_console.scope import Viewer

router = APIRouter(prefix="/api", tags=["people"])
_LOOKS_BACK = timedelta(days=7)
# Far beyond any roster, and within every calendar.
_EARLIEST, _LATEST = date(2020, 1, 1), date(2100, 1, 1)


@router.get("/responders/{responder_id}")
async def responder(responder_id: str, viewer: Staff, console: TheConsole) -> ResponderDetail:
    """One person with their roster from last week on."""
    return await _responder(console, viewer, responder_id)


@router.get("/rosters")
async def roster(
    viewer: Staff,
    console: TheConsole,
    first: Annotated[date | None, Query(description="the first local day; without it today")] = None,
    days: Annotated[int, Query(ge=1, le=42)] = 7,
) -> Roster:
    """The roster of the area for some local days, with everybody who could be on it."""
    now = console.clock.now()
    day = first or local_day(now)
    if not _EARLIEST <= day <= _LATEST:
        raise BadRequest("日期须在2020年至2100年之间")
    since = datetime.combine(day, time(), BEIJING)
    people = await console.store.fetch("rostered_people", area=_area(viewer), now=now)
    shifts = await console.store.fetch(
        "shifts_in_area", area=_area(viewer), since=since, until=since + timedelta(days=days)
    )
    return Roster(
        people=tuple(map(RosteredPerson.model_validate, people)),
        shifts=tuple(map(RosteredShift.model_validate, shifts)),
    )


@router.put("/responders/{responder_id}/duty")
async def set_duty(responder_id: str, form: DutyChange, viewer: Dispatching, console: TheConsole) -> ResponderDetail:
    """Set another person's switch; what they are being asked is declined when they go off duty."""
    await console.people.set_duty(responder_id, _area(viewer), form.reason, _actor(viewer), on_duty=form.on_duty)
    return await _responder(console, viewer, responder_id)


@router.post("/responders/{responder_id}/shifts")
async def add_shift(responder_id: str, form: ShiftToAdd, viewer: Deciding, console: TheConsole) -> ShiftNumber:
    """Put somebody on the roster; 409 where it overlaps."""
    number = await console.people.add_shift(
        responder_id, _area(viewer), form.begins_at, form.ends_at, form.reason, _actor(viewer)
    )
    return ShiftNumber(id=number)


@router.post("/responders/{responder_id}/shifts/{shift_id}/remove")
async def remove_shift(
    responder_id: str, shift_id: int, form: Why, viewer: Deciding, console: TheConsole
) -> ResponderDetail:
    """Take somebody off the roster; what is over stays."""
    await console.people.remove_shift(responder_id, _area(viewer), shift_id, form.reason, _actor(viewer))
    return await _responder(console, viewer, responder_id)


@router.put("/responders/{responder_id}/consent")
async def give_consent(responder_id: str, form: ConsentGiven, viewer: Deciding, console: TheConsole) -> ResponderDetail:
    """Somebody has agreed to be asked and found."""
    await console.people.give_consent(responder_id, _area(viewer), form.consented_at, form.reason, _actor(viewer))
    return await _responder(console, viewer, responder_id)


@router.post("/responders/{responder_id}/consent/withdraw")
async def withdraw_consent(responder_id: str, form: Why, viewer: Dispatching, console: TheConsole) -> ResponderDetail:
    """Somebody does not want to be asked any more; their position is forgotten."""
    await console.people.withdraw_consent(responder_id, _area(viewer), form.reason, _actor(viewer))
    return await _responder(console, viewer, responder_id)


@router.get("/people-changes")
async def changes(
    viewer: Staff, console: TheConsole, responder: str | None = None, provider: str | None = None
) -> list[PeopleChange]:
    """Who changed what about people and providers of the area, newest first."""
    rows = await console.store.fetch("people_changes", area=_area(viewer), responder=responder, provider=provider)
    return [PeopleChange.model_validate(row) for row in rows]


@router.get("/providers")
async def providers(viewer: Staff, console: TheConsole) -> list[Provider]:
    """The providers of the area with their hours, and whether they are open now."""
    return await _providers(console, viewer)


@router.put("/providers/{provider_id}/hours")
async def set_hours(provider_id: str, form: Week, viewer: Deciding, console: TheConsole) -> Provider:
    """Set a provider's week."""
    week = [(one.weekday, Span(one.opens_min, one.closes_min)) for one in form.hours]
    await console.people.set_hours(provider_id, _area(viewer), week, form.reason, _actor(viewer))
    return await _provider(console, viewer, provider_id)


@router.put("/providers/{provider_id}/exceptions/{day}")
async def set_exception(provider_id: str, day: date, form: DayHours, viewer: Deciding, console: TheConsole) -> Provider:
    """Other hours on one day, or closed."""
    for field, one, other in (
        ("opens_min", form.opens_min, form.closes_min),
        ("closes_min", form.closes_min, form.opens_min),
    ):
        if one is None and other is not None:
            raise Invalid(field, "needed", "请同时填写开始和结束时间，或都不填表示全天休息")
    span = Span(form.opens_min, form.closes_min) if form.opens_min is not None and form.closes_min is not None else None
    await console.people.set_exception(provider_id, _area(viewer), day, span, form.reason, _actor(viewer))
    return await _provider(console, viewer, provider_id)


@router.post("/providers/{provider_id}/exceptions/{day}/remove")
async def clear_exception(provider_id: str, day: date, form: Why, viewer: Deciding, console: TheConsole) -> Provider:
    """The usual week holds again."""
    await console.people.clear_exception(provider_id, _area(viewer), day, form.reason, _actor(viewer))
    return await _provider(console, viewer, provider_id)


async def _responder(console: Console, viewer: Viewer, responder_id: str) -> ResponderDetail:
    now = console.clock.now()
    rows = await console.store.fetch("responder_detail", id=responder_id, area=_area(viewer), now=now)
    if not rows:
        raise NotFound("没有这位服务人员，或不在您的可见范围内")
    shifts = await console.store.fetch("shifts_of", id=responder_id, since=now - _LOOKS_BACK)
    return ResponderDetail.model_validate({**rows[0], "shifts": [Shift.model_validate(row) for row in shifts]})


async def _providers(console: Console, viewer: Viewer) -> list[Provider]:
    now = console.clock.now()
    rows = await console.store.fetch("providers", area=_area(viewer), today=local_day(now))
    shown = set(Provider.model_fields)
    return [
        Provider.model_validate(
            {key: value for key, value in row.items() if key in shown} | {"is_open": is_open(hours_of(row), now)}
        )
        for row in rows
    ]


async def _provider(console: Console, viewer: Viewer, provider_id: str) -> Provider:
    return next(one for one in await _providers(console, viewer) if one.id == provider_id)


def _area(viewer: Viewer) -> str:
    assert viewer.scope.area is not None, "the database holds that people of the centre have an area"
    return viewer.scope.area


def _actor(viewer: Viewer) -> Actor:
    return Actor("account", str(viewer.account_id), viewer.name)
