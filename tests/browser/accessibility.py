"""What keeps people from using a page as it stands: axe's findings, what runs out of it, what moves (I/O)."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import SCREENSHOTS

AXE = Path(__file__).parents[2] / "console" / "web" / "node_modules" / "axe-core" / "axe.min.js"
LANGUAGES = ("zh-CN", "en", "bo")

needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm ci in console/web)")

_CHOOSE = """language => {
    const list = document.querySelector('[data-testid="language"]');
    if (list === null) return false;
    list.value = language;
    list.dispatchEvent(new Event('change', { bubbles: true }));
    return true;
}"""
# The words of the administration come in a file of their own, a moment later: two frames after the last request. A map
# is drawn anew in another language, and for a while the one before it is there as well.
_SETTLED = """() => new Promise(done => {
    const maps = '[data-testid="map"], [data-testid="place-map"]';
    const isReady = () => [...document.querySelectorAll(maps)].every(one =>
        one.dataset.state !== 'loading' && one.querySelectorAll('canvas').length < 2);
    const until = Date.now() + 10000;
    const look = () => isReady() || Date.now() > until
        ? requestAnimationFrame(() => requestAnimationFrame(done)) : setTimeout(look, 20);
    setTimeout(look, 40);
})"""
# A region that scrolls sideways, as wide tables do, is reached by keys and fingers; what is cut off is not.
_OUT = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = one =>
        one !== null && (/(auto|scroll)/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
    const unseen = '.visually-hidden, .skip, canvas, svg, [aria-hidden="true"], .maplibregl-map';
    const isHidden = one => one.closest(unseen) !== null || getComputedStyle(one).clipPath === 'inset(50%)';
    const found = [];
    const wide = document.documentElement.scrollWidth;
    if (wide > width) found.push(`page is ${wide} px wide`);
    for (const one of document.body.querySelectorAll('*')) {
        const says = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '');
        if (!(says || one.matches('button, input, select, textarea')) || isHidden(one)) continue;
        const box = one.getBoundingClientRect();
        const style = getComputedStyle(one);
        if (box.width === 0 || box.height === 0 || style.visibility === 'hidden') continue;
        const isLonger = says && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0;
        const isCut = isLonger && /(hidden|clip)/.test(style.overflowX) && !one.title;
        const isOut = (box.right > width + 1 || box.left < -1) && !scrolls(one.parentElement);
        if (isCut || isOut) found.push(`${isCut ? 'cut off' : 'out of the page'}: ${one.outerHTML.slice(0, 140)}`);
    }
    return found;
}"""
# Words stand in their own place and not upon each other's: each text within the box that holds it, unless that box
# shortens it and has the whole in its title; and no two texts of a region over each other. Rolled away is unseen.
_TOGETHER = """selector => {
    const unseen = '.visually-hidden, select, svg, canvas, .maplibregl-map, [aria-hidden="true"]';
    const found = new Set();
    const seenPart = (rect, box, root) => {
        let {left, right, top, bottom} = rect;
        for (let one = box; one !== null; one = one.parentElement) {
            const style = getComputedStyle(one);
            if (style.overflowY !== 'visible' || style.overflowX !== 'visible') {
                const edge = one.getBoundingClientRect();
                [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
                [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
            }
            if (one === root) break;
        }
        return {left, right, top, bottom};
    };
    for (const root of document.querySelectorAll(selector)) {
        const words = [];
        const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
            const text = node.data.trim();
            const parent = node.parentElement;
            if (text === '' || parent.closest(unseen) || getComputedStyle(parent).clipPath === 'inset(50%)') continue;
            let box = parent;
            while (getComputedStyle(box).display === 'inline') box = box.parentElement;
            const edge = box.getBoundingClientRect();
            const isShort = getComputedStyle(box).textOverflow === 'ellipsis' && box.title !== '';
            const range = document.createRange();
            range.selectNodeContents(node);
            for (const rect of range.getClientRects()) {
                const seen = seenPart(rect, box, root);
                if (seen.bottom - seen.top < 4 || seen.right - seen.left < 1) continue;
                if (!isShort && (rect.left < edge.left - 1 || rect.right > edge.right + 1))
                    found.add(`runs out of its place: ${text}`);
                words.push({text, node, ...seen});
            }
        }
        words.forEach((one, at) => words.slice(at + 1).forEach(other => {
            if (one.node !== other.node && one.left < other.right - 1 && other.left < one.right - 1
                && one.top + 3 < other.bottom - 3 && other.top + 3 < one.bottom - 3)
                found.add(`run into each other: ${one.text} / ${other.text}`);
        }));
    }
    return [...found];
}"""
_TWICE_THE_TEXT = """() => {
    const all = [...document.body.querySelectorAll('*')].filter(one => !one.closest('svg'));
    const sizes = all.map(one => parseFloat(getComputedStyle(one).fontSize));
    all.forEach((one, index) => { one.style.fontSize = `${sizes[index] * 2}px`; });
}"""


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")


def settle(page: Page) -> None:
    """Wait until nothing is fetched and what was fetched is drawn; a stream that stays open is no fetching."""
    page.evaluate(_SETTLED)


def speak(page: Page, language: str) -> None:
    """Choose a language as people do, or as those have done whose page has no list of them."""
    if page.evaluate("document.documentElement.lang") == language:
        return
    if not page.evaluate(_CHOOSE, language):
        page.evaluate("language => localStorage.setItem('carecircle.language', language)", language)
        page.reload()
    page.wait_for_function("language => document.documentElement.lang === language", arg=language)
    settle(page)


def at_each(page: Page, sizes: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    """The page in each language at each size, settled, as (language, width, height); Chinese at the end."""
    for language in LANGUAGES:
        speak(page, language)
        for width, height in sizes:
            page.set_viewport_size({"width": width, "height": height})
            settle(page)
            yield language, width, height
    speak(page, "zh-CN")


def violations(page: Page) -> list[str]:
    """What axe finds, one line each: the rule, how grave, and the first place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found = page.evaluate(
        "() => axe.run(document, {resultTypes: ['violations'], preload: false}).then((said) => said.violations)"
    )
    return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]} × {len(one['nodes'])}" for one in found]


def runs_out(page: Page) -> list[str]:
    """What is wider than the page or cut off at its edge."""
    return [str(one) for one in page.evaluate(_OUT)]


def runs_together(page: Page, regions: str) -> list[str]:
    """Texts of these regions (a selector) that leave their place, are cut off or stand upon each other."""
    return [str(one) for one in page.evaluate(_TOGETHER, regions)]


def twice_the_text(page: Page) -> None:
    """Have every text at twice its size, as a phone does whose owner has set large letters."""
    page.evaluate(_TWICE_THE_TEXT)
    settle(page)


def keep(page: Page, name: str) -> None:
    """Keep a picture of what was seen, where `CARECIRCLE_SCREENSHOTS` says; without it none, as pictures cost time."""
    if not os.environ.get("CARECIRCLE_SCREENSHOTS"):
        return
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


# One picture of a screen with 60 Hz.
_PICTURE_MS = 1000 / 60
_MOVES = """() => document.getAnimations()
    .filter(one => one.playState === 'running')
    .map(one => ({
        what: one.effect.target.getAttribute('class') ?? one.effect.target.tagName,
        for_ever: one.effect.getTiming().iterations === Infinity,
        ms: Number(one.effect.getTiming().duration),
    }))"""


@dataclass(frozen=True, slots=True)
class Motion:
    """Something that moves: the class of its element, whether it never ends, how long one round takes."""

    what: str
    for_ever: bool
    ms: float


def motions(page: Page) -> list[Motion]:
    """Everything on the page that can be seen to move at the moment.

    Whatever is over before the next picture is drawn is a change and no motion: pages shorten their transitions to a
    millisecond for whoever wants none, so that what waits for their end still hears of it.
    """
    found = [Motion(**one) for one in page.evaluate(_MOVES)]
    return [one for one in found if one.for_ever or one.ms >= _PICTURE_MS]


@dataclass
class Look:
    """What was found in all the states that were looked at."""

    found: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    def at(self, page: Page, state: str, languages: Sequence[str] = LANGUAGES, *, is_dark: bool = True) -> None:
        """Look at a state of the page in each language; the picture is of the Chinese one.

        `is_dark`: also in dark surroundings, as phones are; pages that stay grey need no second look.
        """
        self.states.append(state)
        for language in languages:
            speak(page, language)
            self.found += [f"{state}, {language}: {one}" for one in violations(page) + runs_out(page)]
            if language == "zh-CN":
                keep(page, state)
        speak(page, "zh-CN")
        if not is_dark:
            return
        page.emulate_media(color_scheme="dark")
        self.found += [f"{state}, dark: {one}" for one in violations(page)]
        keep(page, f"{state}-dark")
        page.emulate_media(color_scheme="light")
