"""Views: the JSON about the map (pure)."""

from carecircle_console.wire import Wire


class MapAbout(Wire):
    """The map of this installation: vector tiles in one file, to be asked for in parts (`Range`), PMTiles 3.

    `url` changes with the file and is null where there is none; with `is_awaited` one is set that is not there yet, and
    comes by itself: ask again soon. `attribution` has to be shown; with `is_synthetic` the
    streets are made up, which the page says. `bounds` are west, south, east, north; `center` is where to begin.
    """

    url: str | None
    is_awaited: bool
    attribution: str
    is_synthetic: bool
    extract_date: str
    bounds: tuple[float, float, float, float] | None
    center: tuple[float, float] | None
