"""Phones that everybody can use: nothing that axe finds in any state and language; small screens, large letters."""

from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import arriving
from tests.browser.accessibility import (
    LANGUAGES,
    Look,
    keep,
    needs_axe,
    runs_out,
    settle,
    speak,
    twice_the_text,
    violations,
)
from tests.console_world import World

PHONE = (390, 844)


def arrive(browser: Browser, world: World, login: str, size: tuple[int, int] = (1440, 900)) -> Page:
    return arriving.arrive(browser, world, login, arriving.TROUBLES, size=size)


def take_on(world: World, offer: UUID, state: str = "ACCEPTED") -> UUID:
    """The offer's responder is on the way, or there."""
    assignment = uuid4()
    world.scene.run(
        "insert into assignment (id, incident_id, responder_id, offer_id, state, eta_at, accepted_at, moving_at, "
        "arrived_at) select %s, incident_id, responder_id, id, %s, now() + interval '5 minutes', now(), "
        "case when %s <> 'ACCEPTED' then now() end, case when %s = 'ARRIVED' then now() end from offer where id = %s",
        assignment, state, state, state, offer,
    )  # fmt: skip
    world.scene.run("update offer set state = 'ACCEPTED' where id = %s", offer)
    return assignment


@needs_axe
def test_faults_are_found(browser: Browser) -> None:
    """What the other tests hold pages to is seen where it is missing."""
    page = browser.new_context(viewport={"width": 320, "height": 480}).new_page()
    page.set_content(
        "<html lang=en><title>A page</title><main><h1>Faults</h1><img src=x><p style='color:#bbb'>faint</p>"
        "<div style='width:500px'>wide</div><p style='width:80px;overflow:hidden;white-space:nowrap'>much too long</p>"
    )
    assert {one.split(" ", 1)[0] for one in violations(page)} == {"image-alt", "color-contrast"}
    assert {one.split(":", 1)[0] for one in runs_out(page)} == {"page is 508 px wide", "out of the page", "cut off"}


@needs_axe
def test_axe_finds_nothing_on_phones(browser: Browser, desk: World) -> None:
    look = Look()
    phone = arrive(browser, desk, "responder", PHONE)
    phone.wait_for_selector('[data-testid="duty-button"]')
    look.at(phone, "responder-waiting")
    relative = arrive(browser, desk, "family", PHONE)
    relative.wait_for_selector('[data-testid="contacts"]')
    look.at(relative, "relative-well")
    incident = desk.incident("bed-1")
    offer = desk.offer(incident, "r-1")
    phone.wait_for_selector('[data-testid="offer-accept"]')
    look.at(phone, "responder-offer")
    phone.get_by_test_id("offer-decline").click()
    look.at(phone, "responder-decline", ("zh-CN",))
    linked = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    linked.goto(f"{desk.base_url}/offer?token={desk.link_token(offer, 'r-1')}")
    linked.wait_for_selector('[data-testid="offer-accept"]')
    look.at(linked, "responder-link")
    linked.context.set_offline(True)
    linked.get_by_test_id("offer-accept").click()
    linked.wait_for_selector('[data-testid="outbox-count"]')
    look.at(linked, "responder-offer-unsent", ("zh-CN",))
    assignment = take_on(desk, offer)
    phone.reload()
    phone.wait_for_selector('[data-testid="moving-button"]')
    look.at(phone, "responder-assignment")
    phone.context.set_offline(True)
    phone.get_by_test_id("moving-button").click()
    phone.wait_for_selector('[data-testid="outbox-count"]')
    look.at(phone, "responder-unsent")
    phone.get_by_test_id("phone-menu").click()
    phone.get_by_test_id("sign-out").click()
    expect(phone.get_by_role("dialog")).to_contain_text("还有 1 项没有发送")
    expect(phone.get_by_test_id("leave-anyway")).to_be_visible()
    look.at(phone, "responder-leaving", ("zh-CN",))
    phone.keyboard.press("Escape")
    expect(phone.get_by_test_id("outbox-count")).to_be_visible()
    phone.context.set_offline(False)
    desk.scene.run(
        "update assignment set state = 'ARRIVED', moving_at = now(), arrived_at = now() where id = %s", assignment
    )
    phone.reload()
    phone.wait_for_selector('[data-testid="handover-button"]')
    look.at(phone, "responder-report")
    relative.reload()
    relative.wait_for_selector("article.alarm")
    for details in ("family-shared",):
        relative.get_by_test_id(details).locator("summary").click()
    settle(relative)
    look.at(relative, "relative-alarm")
    assert not look.found, "\n".join(look.found)


@pytest.mark.parametrize(("width", "height"), [(320, 568), (360, 640), (390, 844), (740, 360)])
def test_phones_of_every_size_and_large_letters(browser: Browser, desk: World, width: int, height: int) -> None:
    """An offer is answered without scrolling; nothing runs out of the page, also with text twice as large."""
    found: list[str] = []
    size = (width, height)
    phone = arrive(browser, desk, "responder", size)
    relative = arrive(browser, desk, "family", size)
    relative.wait_for_selector('[data-testid="contacts"]')
    phone.wait_for_selector('[data-testid="duty-button"]')

    def look(page: Page, name: str, reach: str | None = None) -> None:
        for language in LANGUAGES:
            for scale in (1, 2):
                speak(page, language)
                if scale == 2:
                    twice_the_text(page)
                where = f"{name} {width} × {height}, {language}, text × {scale}"
                found.extend(f"{where}: {one}" for one in runs_out(page))
                box = None if reach is None else page.get_by_test_id(reach).bounding_box()
                if box is not None and (box["y"] < 0 or box["y"] + box["height"] > height):
                    found.append(f"{where}: {reach} at {box['y']:.0f} to {box['y'] + box['height']:.0f}")
                keep(page, f"phone-{name}-{width}-{language}-{scale}")
            page.reload()
            page.wait_for_selector("main")
            settle(page)
        speak(page, "zh-CN")

    look(phone, "waiting")
    look(relative, "relative")
    offer = desk.offer(desk.incident("bed-1"), "r-1")
    phone.reload()
    phone.wait_for_selector('[data-testid="offer-accept"]')
    look(phone, "offer", "offer-accept")
    take_on(desk, offer)
    phone.reload()
    phone.wait_for_selector('[data-testid="moving-button"]')
    look(phone, "assignment")
    assert not found, "\n".join(found)
