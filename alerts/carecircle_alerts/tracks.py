"""Tracks: whom a wave asks, professionals and neighbours beside each other, each at their own pace (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from carecircle_alerts.incident import Case
from carecircle_alerts.plan import Track
from carecircle_alerts.ranking import Candidate


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody to ask, and on which track."""

    candidate: Candidate
    track: str | None


def choose(case: Case, candidates: Sequence[Candidate], now: datetime) -> list[Chosen]:
    """Whom to ask now, best first on each track that is due.

    A track that has nobody left nearby gives its places to the others, also to one whose time has not come: nobody
    waits for people who are not there. When nobody rested is near, those who should rest are asked; when nobody is near
    at all, the nearest beyond the circle, at once.
    """
    due = due_tracks(case, now)
    left = case.incident.plan.most_asked - len(case.offers)
    missing = case.helpers_missing()
    able = [one for one in candidates if one.rank is not None]
    picked: list[Chosen] = []
    for track in due:
        mine = [one for one in _near(case, able, track) if one.responder.tired is None]
        picked += _first(mine, track, track.at_once * missing, picked)
    places = sum(track.at_once for track in due) * missing
    if len(picked) < places:
        picked += _others(case, able, places - len(picked), picked)
    return picked[: max(0, left)]


def due_tracks(case: Case, now: datetime) -> list[Track]:
    """The tracks that ask now: their time has come, and the last wave was long enough ago or nobody is being asked."""
    nobody_is_asked = not case.open_offers()
    return [
        track
        for track in case.incident.plan.ways()
        if _begins_at(case, track) <= now and (nobody_is_asked or _next_at(case, track, now) <= now)
    ]


def next_wave_at(case: Case, now: datetime) -> datetime:
    """When the next track asks; those that are due now have asked, and wait their time."""
    names = {track.name for track in due_tracks(case, now)}
    return min(
        now + timedelta(seconds=track.every_s)
        if track.name in names
        else max(_begins_at(case, track), _next_at(case, track, now))
        for track in case.incident.plan.ways()
    )


def track_of(case: Case, one: Candidate) -> str | None:
    """The first track on which somebody may be asked; None where none takes them."""
    who = one.responder
    return next((track.name for track in case.incident.plan.ways() if track.takes(who.role, who.skills)), None)


def reach_s(case: Case, track: Track | None = None) -> float:
    """Seconds of travel time inside which people are asked: the circle grows with each wave, of a track or of all."""
    plan = case.incident.plan
    waves = {offer.wave for offer in case.offers if track is None or offer.track == track.name}
    return plan.circle_s * (1 + plan.widen_by * len(waves))


def _begins_at(case: Case, track: Track) -> datetime:
    return case.incident.opened_at + timedelta(seconds=track.after_s)


def _next_at(case: Case, track: Track, now: datetime) -> datetime:
    asked = [offer.created_at for offer in case.offers if offer.track == track.name and offer.created_at is not None]
    return max(asked) + timedelta(seconds=track.every_s) if asked else now


def _near(case: Case, able: Sequence[Candidate], track: Track | None) -> list[Candidate]:
    """Those inside the circle, which grows with each wave of the track; without travel times all of them."""
    reach = reach_s(case, track)
    return [
        one
        for one in able
        if (one.travel is None or one.travel.p50_s <= reach)
        and (track is None or track.takes(one.responder.role, one.responder.skills))
    ]


def _others(case: Case, able: Sequence[Candidate], places: int, picked: list[Chosen]) -> list[Chosen]:
    near = _near(case, able, None)
    found = _on_any_track(case, [one for one in near if one.responder.tired is None], places, picked)
    if not picked and not found:
        found = _on_any_track(case, near, places, picked) or _on_any_track(case, able, places, picked)
    return found


def _on_any_track(case: Case, able: Sequence[Candidate], places: int, picked: list[Chosen]) -> list[Chosen]:
    found: list[Chosen] = []
    taken = {one.candidate.responder.id for one in picked}
    for one in able:
        track = track_of(case, one)
        if track is not None and one.responder.id not in taken and len(found) < places:
            found.append(Chosen(one, track))
    return found


def _first(able: Sequence[Candidate], track: Track, count: int, picked: list[Chosen]) -> list[Chosen]:
    taken = {one.candidate.responder.id for one in picked}
    return [Chosen(one, track.name) for one in able if one.responder.id not in taken][:count]
