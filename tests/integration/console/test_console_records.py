"""Reads of health data are on record, silence is said plainly, and every answer carries its security headers."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.console_world import Tab, World


def test_every_read_of_one_bed_is_on_record(world: World) -> None:
    client = world.signed_in("dispatcher")
    client.get("/api/beds/bed-1")
    client.get("/api/beds/bed-1")
    client.get("/api/beds/far-bed")
    assert world.accesses() == [("dispatcher", "resident-bed-1", "bed")] * 2


def test_an_incident_is_a_read_and_the_board_is_one_read_in_five_minutes(world: World) -> None:
    incident = world.incident()
    client = world.signed_in("auditor")
    client.get(f"/api/incidents/{incident}")
    for _ in range(3):
        client.get("/api/beds")
    world.clock.shift = timedelta(minutes=6)
    client.get("/api/beds")
    board = [("auditor", "resident-bed-1", "bed_board"), ("auditor", "resident-bed-2", "bed_board")]
    assert world.accesses() == [("auditor", "resident-bed-1", "incident"), *board, *board]


def test_relatives_and_those_on_the_way_are_on_record_too(world: World) -> None:
    offer = world.offer(world.incident(), "r-1")
    world.signed_in("family").get("/api/family")
    phone = world.signed_in("responder")
    phone.get("/api/my/offers")
    phone.post(f"/api/offers/{offer}/accept")
    assert world.accesses() == [
        ("family", "resident-bed-1", "family"),
        ("responder", "resident-bed-1", "on_the_way"),
    ]


def test_what_the_stream_shows_is_on_record(world: World) -> None:
    world.incident("bed-2")
    tab = Tab(world.signed_in("dispatcher"))
    tab.next("snapshot")
    world.incident("bed-1")
    tab.next("incident")
    world.incident("far-bed")
    tab.next("beat")
    assert world.accesses() == [
        ("dispatcher", "resident-bed-2", "stream"),
        ("dispatcher", "resident-bed-1", "stream"),
    ]


def test_a_relative_reads_one_plain_sentence(world: World) -> None:
    client = world.signed_in("family")

    def sentence() -> str:
        ((relative),) = client.get("/api/family").json()
        return str(relative["sentence"])

    assert sentence() == "还没有收到过设备数据，目前的情况不清楚。"
    world.vitals("bed-1", age_s=5 * 60 + 10, heart_rate=70)
    assert sentence() == "目前没有求助，5分钟前有体征数据。"
    world.vitals("bed-1", age_s=3 * 3600 + 60, heart_rate=70)
    assert sentence() == "已3小时没有收到设备数据，目前的情况不清楚，请致电确认。"
    incident = world.incident()
    assert sentence().endswith("按了呼叫按钮，正在寻找最近的救助人员。")
    offer = world.offer(incident, "r-1")
    phone = world.signed_in("responder")
    assignment = phone.post(f"/api/offers/{offer}/accept").json()["assignment"]["id"]
    assert "人员r-1已接单，预计" in sentence()
    phone.post(f"/api/assignments/{assignment}/moving")
    assert "人员r-1正在赶来，预计" in sentence()
    phone.post(f"/api/assignments/{assignment}/arrived")
    assert "人员r-1已于" in sentence()
    closing = {"outcome_code": "helped_on_site", "note": ""}
    world.signed_in("dispatcher").post(f"/api/incidents/{incident}/close", json=closing)
    assert "处理完毕。已3小时没有收到设备数据" in sentence()


def test_a_value_that_is_no_longer_fresh_is_not_shown_as_current(world: World) -> None:
    world.vitals("bed-1", age_s=16 * 60, heart_rate=70, spo2=93, in_bed=True)
    client = world.signed_in("dispatcher")
    (bed,) = [one for one in client.get("/api/beds").json() if one["id"] == "bed-1"]
    assert (bed["heart_rate"], bed["spo2"], bed["in_bed"]) == (None, None, None)
    detail = client.get("/api/beds/bed-1").json()
    assert {one["metric"]: one["value"] for one in detail["vitals"]} == {"heart_rate": 70, "spo2": 93, "in_bed": True}
    assert detail["vitals"][0]["unit"] == "/min"
    measured_at = datetime.fromisoformat(detail["vitals"][0]["measured_at"])
    assert timedelta(minutes=15) < datetime.now(UTC) - measured_at < timedelta(minutes=18)
    assert detail["devices"][0]["battery"] == 80


def test_health_says_what_is_broken_and_what_is_alarming(world: World) -> None:
    client = world.client()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "alarm", "no engine has ever left a pulse"
    world.pulse()
    assert client.get("/healthz").json()["status"] == "ok"
    incident = world.incident()
    assert client.get("/healthz").json()["never_silent"]["open"] == 1
    world.scene.run("delete from due")
    figures = client.get("/healthz").json()
    assert figures["status"] == "alarm"
    assert figures["never_silent"]["unattended"] == 1
    owner = world.signed_in("dispatcher")
    owner.post(f"/api/incidents/{incident}/acknowledge")
    world.scene.run("delete from due")
    assert client.get("/healthz").json()["status"] == "ok", "a live owner is enough"
    owner.delete("/api/session")
    assert client.get("/healthz").json()["never_silent"]["unattended"] == 1, "an owner who has left is none"
    world.scene.run(
        "insert into due (due_at, incident_id, epoch, kind) "
        "select now() - interval '9 s', id, epoch, 'wave' from incident"
    )
    assert client.get("/healthz").json()["never_silent"] | {"engine_age_s": 0, "check_age_s": 0} == {
        "ok": False, "open": 1, "unattended": 0, "late_due": 1, "engine_age_s": 0, "check_age_s": 0, "broken": {},
    }  # fmt: skip
    world.scene.run("delete from due")
    world.pulse(ago_s=30)
    assert client.get("/healthz").json()["never_silent"]["ok"] is False


def test_a_broken_promise_and_a_check_that_does_not_run_put_the_light_out(world: World) -> None:
    client = world.client()
    world.pulse(broken={"crowded": 2})
    light = client.get("/healthz").json()["never_silent"]
    assert (light["ok"], light["broken"]) == (False, {"crowded": 2})
    world.pulse()
    assert client.get("/healthz").json()["never_silent"]["ok"] is True
    world.scene.run("update engine_pulse set at = at - interval '1 minute' where service = 'promises'")
    assert client.get("/healthz").json()["never_silent"]["ok"] is False


def test_a_lifeline_that_has_fallen_silent_is_alarming_and_having_none_is_not(world: World) -> None:
    client = world.client()
    world.pulse()
    assert client.get("/healthz").json()["status"] == "ok"
    world.scene.run("insert into engine_pulse (service, at) values ('lifeline', now() - interval '30 s')")
    figures = client.get("/healthz").json()
    assert (figures["status"], figures["never_silent"]["ok"]) == ("alarm", True)
    world.scene.run("update engine_pulse set at = now() where service = 'lifeline'")
    assert client.get("/healthz").json()["status"] == "ok"


def test_a_client_that_has_thought_for_a_while_goes_on_over_its_connection(world: World) -> None:
    """A second longer than servers wait by default; a request must not meet a connection that is being closed."""
    address = urlsplit(world.base_url)
    connection = HTTPConnection(str(address.hostname), address.port, timeout=60)
    with closing(connection):
        for pause_s in (6, 0):
            connection.request("GET", "/api/me")
            assert connection.getresponse().read()
            first = connection.sock
            time.sleep(pause_s)
        assert connection.sock is first is not None


def test_every_answer_carries_the_security_headers(world: World) -> None:
    for path in ("/", "/healthz", "/api/me", "/api/nothing", "/assets/none.js", "/api/incidents"):
        headers = world.client().get(path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
        assert (headers.get("cache-control") == "no-store") == path.startswith(("/api", "/healthz"))


def test_unknown_addresses_of_the_interface_are_no_pages(world: World) -> None:
    for path in ("/api", "/api/nothing", "/api/incidents/"):
        answer = world.client().get(path)
        assert answer.status_code in {401, 404}
        assert answer.json()["error"]["message"]
