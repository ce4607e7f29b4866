"""Feature: one thing of the map with its shape in degrees, as it was read (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from carecircle_alerts.travel.tiles.kinds import Drawn

Properties = Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """What is drawn, what is written in the tile beside its shape, and the shape (longitude, latitude; WGS-84)."""

    drawn: Drawn
    properties: Properties
    shape: BaseGeometry


def feature(drawn: Drawn, names: Mapping[str, str], shape: BaseGeometry, **more: str | int | bool) -> Feature:
    """A feature with the properties that every one has: its kind, and its order where labels meet."""
    said: dict[str, str | int | bool] = {"kind": drawn.kind, **names, **more}
    if drawn.rank:
        said["rank"] = drawn.rank
    return Feature(drawn, said, shape)
