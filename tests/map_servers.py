"""Stand-ins of map services on real sockets, which misbehave as the real ones do: error bodies with HTTP 200, quotas,
slowness, half answers, nobody there."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from carecircle_alerts.travel import Place
from carecircle_alerts.travel.gcj02 import from_gcj02
from carecircle_alerts.travel.straight_line import air_distance_m

Answer = tuple[int, str]


@dataclass
class MapServer:
    """What it was asked, and how it behaves; `broken` is an answer given instead of any other."""

    url: str = ""
    broken: Answer | None = None
    slow_s: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    quota: int = 10**9


def metres(one: Place, other: Place) -> float:
    """The stand-ins' roads are one and a half times the way by air, at ten metres a second."""
    return air_distance_m(one, other) * 1.5


def osrm(server: MapServer, path: str, _body: bytes) -> Answer:
    """osrm-routed's table: 100 places at most, null where there is no way, HTTP 400 with a code where it fails."""
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    places = [Place(*map(float, reversed(pair.split(",")))) for pair in parts.path.rpartition("/")[2].split(";")]
    server.asked.append({"places": places, **query})
    if len(places) > 100:
        return 400, json.dumps({"code": "TooBig", "message": "Too many table coordinates"})
    bed = places[int(query["destinations"][0])]
    people = [places[int(index)] for index in query["sources"][0].split(";")]
    ways = [metres(place, bed) for place in people]
    waypoint = {"hint": "", "name": "", "location": [0, 0], "distance": 12.0}
    return 200, json.dumps({
        "code": "Ok",
        "durations": [[None if way > 60_000 else way / 10] for way in ways],
        "distances": [[None if way > 60_000 else way] for way in ways],
        "sources": [waypoint] * len(people),
        "destinations": [waypoint],
        "data_version": "2026-11-01",
    })  # fmt: skip


def valhalla(server: MapServer, path: str, body: bytes) -> Answer:
    """Valhalla's matrix and isochrones; its errors have a code of their own beside HTTP's."""
    asked = json.loads(body)
    server.asked.append({"action": path.strip("/"), **asked})
    if path == "/isochrone":
        if len(asked["contours"]) > 4:
            return 400, json.dumps({"error_code": 152, "error": "Exceeded max contours: 4", "status_code": 400})
        ring = {"type": "Polygon", "coordinates": [[[101.7, 36.6], [101.8, 36.6], [101.8, 36.7], [101.7, 36.6]]]}
        outlines = [
            {"type": "Feature", "properties": {"contour": one["time"], "metric": "time"}, "geometry": ring}
            for one in asked["contours"]
        ]
        return 200, json.dumps({"type": "FeatureCollection", "features": outlines})
    bed = asked["targets"][0]
    ways = [metres(Place(one["lat"], one["lon"]), Place(bed["lat"], bed["lon"])) for one in asked["sources"]]
    if max(ways) > 400_000:
        return 400, json.dumps({
            "error_code": 154, "error": "Path distance exceeds the max distance limit: 400000 meters",
            "status_code": 400, "status": "Bad Request",
        })  # fmt: skip
    cells = [
        {"time": None, "distance": None, "from_index": n, "to_index": 0}
        if way > 60_000
        else {"time": int(way / 10), "distance": round(way / 1000, 3), "from_index": n, "to_index": 0}
        for n, way in enumerate(ways)
    ]
    return 200, json.dumps({"sources_to_targets": [[cell] for cell in cells], "units": "kilometers"})


def amap(server: MapServer, path: str, _body: bytes) -> Answer:
    """AMap's distance service: HTTP 200 whatever happens, places in GCJ-02, walking up to 5 km only."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    server.asked.append(query)
    if query["key"] != "right":
        return 200, json.dumps({"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"})
    server.quota -= 1
    if server.quota < 0:
        return 200, json.dumps({"status": "0", "info": "DAILY_QUERY_OVER_LIMIT", "infocode": "10003"})
    bed = _from_amap(query["destination"])
    results = []
    for number, text in enumerate(query["origins"].split("|"), 1):
        way = metres(_from_amap(text), bed)
        result = {
            "origin_id": str(number),
            "dest_id": "1",
            "distance": str(round(way)),
            "duration": str(round(way / 10)),
        }
        if query["type"] == "3" and way > 5000:
            result |= {"distance": "0", "duration": "0", "info": "OVER_DIRECTION_RANGE", "code": "3"}
        results.append(result)
    return 200, json.dumps({"status": "1", "info": "OK", "infocode": "10000", "results": results})


def _from_amap(text: str) -> Place:
    lon, lat = text.split(",")
    return from_gcj02(Place(float(lat), float(lon)))


@contextmanager
def serving(answer: Callable[[MapServer, str, bytes], Answer]) -> Iterator[MapServer]:
    """Run one of them on a free port."""
    server = MapServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers["Content-Length"])))

        def _reply(self, body: bytes) -> None:
            time.sleep(server.slow_s)
            status, text = server.broken or answer(server, self.path, body)
            payload = text.encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json;charset=UTF-8")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)
            except ConnectionError:  # whoever asked has gone
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
