"""Phones: installed, without a line, at the door; what was not sent is said, and the centre gets everything once."""

import json
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Platform
from tests.scene import LAT, LON

PICTURE = Path(__file__).parents[2] / "console/web/public/icons/responder-512.png"
NARROW = {"width": 360, "height": 640}


def at(page: Page, test_id: str) -> Locator:
    return page.get_by_test_id(test_id)


def worker_ready(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def smallest_target(page: Page) -> float:
    """The height of the lowest button or link that can be seen."""
    script = """() => Math.min(...[...document.querySelectorAll('button, a, select, summary')]
        .map(one => one.getBoundingClientRect()).filter(box => box.width > 0).map(box => box.height))"""
    return float(page.evaluate(script))


def test_yes_without_a_line_is_said_to_be_unsent_and_comes_once(platform: Platform) -> None:
    phone = platform.page("responder", **NARROW)
    daughter = platform.page("family", width=390, height=844)
    expect(at(phone, "duty-button")).to_be_visible()
    worker_ready(phone)
    platform.press("bed-1")
    expect(at(phone, "offer-accept")).to_be_visible(timeout=8000)
    assert smallest_target(phone) >= 48

    phone.context.set_offline(True)
    at(phone, "offer-accept").click()
    expect(at(phone, "unsent-answer")).to_contain_text("现在不算接单")
    expect(at(phone, "outbox-count")).to_have_text("1 项尚未发送")
    platform.keep(phone, "responder-unsent")
    assert platform.world.scene.rows("select 1 from assignment") == []

    # The page is closed and opened again without a line: nothing is lost, and nothing is taken for done.
    phone.goto(platform.world.base_url + "/responder")
    expect(at(phone, "outbox-count")).to_have_text("1 项尚未发送", timeout=15000)
    expect(at(phone, "old").first).to_contain_text("没有网络")
    phone.context.set_offline(False)
    expect(at(phone, "assignment-address")).to_have_text("某路bed-1号", timeout=15000)
    expect(at(phone, "outbox")).to_have_count(0)
    assert platform.world.scene.rows("select count(*) from assignment") == [(1,)]
    accepted = "select count(*) from incident_event where step = 'accepted'"
    assert platform.world.scene.rows(accepted) == [(1,)]
    expect(at(daughter, "family-sentence")).to_contain_text("人员r-1")


def test_a_refusal_that_comes_later_is_shown(platform: Platform) -> None:
    phone = platform.page("responder", width=390, height=844)
    platform.press("bed-1")
    expect(at(phone, "offer-accept")).to_be_visible(timeout=8000)
    phone.context.set_offline(True)
    at(phone, "offer-accept").click()
    expect(at(phone, "outbox-count")).to_be_visible()
    platform.world.scene.run("update offer set state = 'EXPIRED'")
    phone.context.set_offline(False)
    expect(at(phone, "outbox-refusal")).to_contain_text("这条派单已过期", timeout=15000)
    assert platform.world.scene.rows("select 1 from assignment") == []


def test_the_phone_shows_where_it_is_and_reports_with_a_picture(platform: Platform) -> None:
    phone = platform.page("responder", width=390, height=844)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": LAT + 0.02, "longitude": LON, "accuracy": 10})
    platform.press("bed-1")
    at(phone, "offer-accept").click(timeout=8000)
    href = at(phone, "map-amap").get_attribute("href")
    assert href is not None
    assert href.startswith("https://uri.amap.com/navigation?to=101.")
    at(phone, "moving-button").click()
    platform.keep(phone, "responder-way")
    at(phone, "arrived-button").click()
    expect(at(phone, "arrival-distance")).to_contain_text("2.2 公里")
    at(phone, "bed-code").fill("123 456")
    at(phone, "arrive-by-code").click()
    expect(phone.get_by_role("alert")).to_contain_text("编码不对")
    platform.keep(phone, "responder-not-proven")
    phone.get_by_role("button", name="返回").click()
    phone.context.set_geolocation({"latitude": LAT, "longitude": LON, "accuracy": 10})
    at(phone, "arrived-button").click()
    expect(at(phone, "outcome-helped_on_site")).to_be_visible()
    assert platform.world.scene.rows("select proof from arrival") == [("geofence",)]

    expect(at(phone, "handover-button")).to_be_disabled()
    at(phone, "outcome-helped_on_site").click()
    phone.get_by_text("体征（可不填）").click()
    at(phone, "heart_rate_bpm").fill("700")
    expect(phone.get_by_role("alert")).to_contain_text("心率")
    at(phone, "heart_rate_bpm").fill("88")
    at(phone, "photo-input").set_input_files(PICTURE)
    expect(phone.get_by_role("img", name="照片 1")).to_be_visible()
    assert smallest_target(phone) >= 48
    platform.keep(phone, "responder-report")
    phone.context.set_offline(True)
    at(phone, "handover-button").click()
    expect(at(phone, "outbox-count")).to_have_text("3 项尚未发送")
    phone.context.set_offline(False)
    expect(at(phone, "outbox")).to_have_count(0, timeout=20000)
    assert platform.world.scene.rows("select outcome, heart_rate_bpm from visit_report") == [("helped_on_site", 88)]
    ((picture,),) = platform.world.scene.rows("select jpeg from visit_photo")
    assert isinstance(picture, bytes)
    assert picture[:2] == b"\xff\xd8"
    assert platform.world.scene.rows("select state from assignment") == [("RELEASED",)]


def test_it_can_be_installed_starts_without_a_line_and_tells_of_messages(platform: Platform) -> None:
    phone = platform.page("responder", **NARROW)
    expect(at(phone, "duty-button")).to_be_visible()
    worker_ready(phone)
    browser = phone.context.new_cdp_session(phone)
    manifest = browser.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["name"] == "照护响应"
    errors = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in errors if one["errorId"] != "in-incognito"] == []
    shells = phone.evaluate("caches.keys()")
    assert len(shells) == 1

    phone.context.set_offline(True)
    phone.reload()
    expect(at(phone, "old")).to_contain_text("没有网络", timeout=15000)
    expect(phone.get_by_text("现在没有任务")).to_be_visible()
    phone.context.set_offline(False)
    expect(at(phone, "old")).to_have_count(0, timeout=15000)
    expect(at(phone, "push")).to_have_attribute("data-state", "off")
    platform.keep(phone, "responder-settings")

    phone.context.grant_permissions(["notifications"])
    registrations: list[str] = []
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: registrations.extend(one["registrationId"] for one in said["registrations"]),
    )
    browser.send("ServiceWorker.enable")
    phone.wait_for_timeout(200)
    offer = {"id": "m-1", "title": "有人需要帮助", "text": "请接单", "url": "/offer?token=x", "lang": "zh-CN"}
    for said in (json.dumps(offer, ensure_ascii=False), json.dumps(offer, ensure_ascii=False), "no JSON at all"):
        browser.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": platform.world.base_url, "registrationId": registrations[0], "data": said},
        )
    shown = """() => navigator.serviceWorker.ready.then(one => one.getNotifications())
        .then(all => all.map(one => [one.title, one.body, one.data.url]).sort())"""
    wanted = [["有人需要帮助", "请接单", "/offer?token=x"], ["照护中心", "有新消息，请打开查看。", "/"]]
    # The same message twice is one: while it is put in place of the first, both may be listed for a moment.
    phone.wait_for_function(
        f"wanted => ({shown})().then(all => JSON.stringify(all) === JSON.stringify(wanted))", arg=wanted
    )


def test_a_new_build_takes_the_place_of_the_old_one(platform: Platform) -> None:
    phone = platform.page("family", width=390, height=844)
    expect(at(phone, "family-sentence")).to_be_visible()
    worker_ready(phone)
    script = phone.request.get(platform.world.base_url + "/sw.js").text()
    (before,) = phone.evaluate("caches.keys()")
    version = before.removeprefix("shell-")
    newer = script.replace(version, "0123456789abcdef")
    assert newer != script
    headers = {"Content-Type": "text/javascript"}
    phone.context.route("**/sw.js", lambda route: route.fulfill(body=newer, headers=headers))
    phone.evaluate("navigator.serviceWorker.getRegistration().then(one => one.update()).then(() => undefined)")
    phone.wait_for_function("caches.keys().then(all => all.includes('shell-0123456789abcdef'))")
    phone.reload()
    expect(at(phone, "family-sentence")).to_be_visible()
    again = newer.replace("0123456789abcdef", "fedcba9876543210")
    phone.context.unroute("**/sw.js")
    phone.context.route("**/sw.js", lambda route: route.fulfill(body=again, headers=headers))
    phone.evaluate("navigator.serviceWorker.getRegistration().then(one => one.update()).then(() => undefined)")
    phone.wait_for_function(f"caches.keys().then(all => all.length === 2 && !all.includes('{before}'))")
