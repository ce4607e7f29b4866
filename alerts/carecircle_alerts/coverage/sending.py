"""Sending: what the circle looks like while one responder is away, from everybody's place of this moment (I/O)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import cos, degrees, radians

import numpy as np
from psycopg.rows import DictRow

from carecircle.errors import NotFound
from carecircle_alerts.coverage.cover import cover_of, leaving
from carecircle_alerts.coverage.day import BedPlace
from carecircle_alerts.coverage.figures import STATES
from carecircle_alerts.coverage.limits import Limits
from carecircle_alerts.coverage.matrix import Ground, MatrixSource, is_estimate
from carecircle_alerts.coverage.posts import HOURS, Post, PostMap
from carecircle_alerts.coverage.store import Connection, bed_place, fetch, read_limits
from carecircle_alerts.people.whereabouts import Known, whereabouts
from carecircle_alerts.plan import URBAN
from carecircle_alerts.travel import Place

_EARTH_RADIUS_M = 6_371_008.8
_PART = 2000
_LISTED = 200


@dataclass(slots=True)
class _Found:
    """What is gathered part by part."""

    beds: int = 0
    covered: int = 0
    uncovered: list[dict[str, object]] = field(default_factory=list)
    without_backup: list[str] = field(default_factory=list)


def what_sending_leaves(
    connection: Connection, source: MatrixSource, responder: str, area: str, now: datetime
) -> dict[str, object]:
    """Beds of an area whose only cover goes, and those that lose their backup, when this person is sent now.

    Raises `NotFound` for somebody who is not of the area. Who cannot be sent covers nothing: `why_not` says why.
    """
    rows = fetch(connection, "people_now", now=now)
    mine = [row for row in rows if row["id"] == responder and str(row["area_code"]).startswith(area)]
    if not mine:
        raise NotFound("没有这位服务人员，或不在您的可见范围内")
    posts = [post for row in rows if (post := _post(row, now)) is not None]
    place = next((post.place for post in posts if post.id == responder), None)
    limits, found = read_limits(connection), _Found()
    everything = int(fetch(connection, "beds_known", area=area)[0]["beds"])
    if place is not None:
        beds = _beds_around(connection, place, source.farthest_m(mine[0]["travel_mode"], limits.longest_s), area)
        post_map = PostMap(posts)
        for start in range(0, len(beds), _PART):
            _look(found, beds[start : start + _PART], post_map, source, responder, limits, now)
    guess = is_estimate(source.basis)
    found.uncovered.sort(key=lambda one: str(one["bed_id"]))
    return {
        "responder_id": responder,
        "area": area,
        "at": now.isoformat().replace("+00:00", "Z"),
        "basis": source.basis,
        "version": source.version,
        "is_estimate": guess,
        "why_not": None if place is not None else _why_not(mine[0]),
        "beds_in_area": everything,
        "beds_in_reach": found.beds,
        "covered_in_reach": None if guess else found.covered,
        "uncovered_beds": len(found.uncovered),
        "uncovered": found.uncovered[:_LISTED],
        "without_backup_beds": len(found.without_backup),
        "without_backup": sorted(found.without_backup)[:_LISTED],
        "share_change": None if guess or not everything else round(-len(found.uncovered) / everything, 6),
    }


def _look(
    found: _Found,
    beds: Sequence[BedPlace],
    post_map: PostMap,
    source: MatrixSource,
    responder: str,
    limits: Limits,
    now: datetime,
) -> None:
    grounds = [Ground(bed.place, bed.terrain) for bed in beds if bed.place is not None]
    limit_s = limits.of(beds)
    reach_m = {post.mode: source.farthest_m(post.mode, float(limit_s.max())) for post in post_map.posts}
    rows = post_map.all_around([ground.place for ground in grounds], reach_m)
    me = next((index for index, row in enumerate(rows) if post_map.posts[row].id == responder), None)
    found.beds += len(beds)
    matrix = source.matrix([post_map.posts[row].origin for row in rows], grounds, now)
    people = np.ones(len(rows), dtype=np.int64)
    left = leaving(matrix, limit_s, people, me) if me is not None else None
    found.covered += int((matrix.p90_s <= limit_s).any(axis=0).sum())
    if left is None:
        return
    people[me] = 0
    after = cover_of(matrix, limit_s, people)
    for bed in left.uncovered:
        nearest = int(after.nearest[bed])
        found.uncovered.append(
            {
                "bed_id": beds[bed].id,
                "division_code": beds[bed].division_code,
                "circle": beds[bed].circle,
                "limit_s": int(limit_s[bed]),
                "state_after": STATES[after.state[bed]].value,
                "next_responder_id": post_map.posts[rows[nearest]].id if nearest >= 0 else None,
                "next_p50_s": _whole(after.p50_s[bed]),
                "next_p90_s": _whole(after.p90_s[bed]),
            }
        )
    found.without_backup += [beds[bed].id for bed in left.without_backup]


def _beds_around(connection: Connection, place: Place, reach_m: float, area: str) -> list[BedPlace]:
    lat = degrees(reach_m / _EARTH_RADIUS_M)
    lon = lat / max(0.01, cos(radians(min(89.0, abs(place.lat) + lat))))
    rows = fetch(
        connection,
        "beds_within",
        south=place.lat - lat,
        north=place.lat + lat,
        west=place.lon - lon,
        east=place.lon + lon,
        area=area,
    )
    return [bed_place(row) for row in rows]


def _post(row: DictRow, now: datetime) -> Post | None:
    """Where somebody free would set out from, by the rules of dispatch; None for who is off duty, busy or nowhere."""
    if not row["on_duty"] or row["busy"]:
        return None
    known = Known(
        _place(row["lat"], row["lon"]),
        row["position_at"],
        _place(row["base_lat"], row["base_lon"]),
        _place(row["provider_lat"], row["provider_lon"]) if row["role"] == "staff" else None,
    )
    place = whereabouts(known, URBAN.position_valid_s, now).place
    return Post(row["id"], row["provider_id"], place, row["travel_mode"], (1,) * HOURS) if place else None


def _place(lat: float | None, lon: float | None) -> Place | None:
    return Place(lat, lon) if lat is not None and lon is not None else None


def _why_not(row: DictRow) -> str:
    if not row["on_duty"]:
        return "off_duty"
    return "busy" if row["busy"] else "no_position"


def _whole(seconds: np.float32) -> int | None:
    return int(np.ceil(seconds)) if np.isfinite(seconds) else None
