"""Every view of the desk in both themes, wide and narrow: nothing cut off, nothing that axe calls serious; screenshots.

The page is served from its files, with the policy that the server sends, and shown made-up states; no server is needed.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from e2e.browser import THEMES, WIDTHS, Tab, Theme, chromium, tab
from e2e.phone import made_states
from playwright.sync_api import Browser, Route
from softphone_source import axe

from api.pages import FILES as STATIC
from api.phone.page import BUILT, FILES, POLICY

# Browsers allow microphones and locks here without TLS.
ORIGIN = "http://localhost:9"
STATES: dict[str, Callable[[int], made_states.State]] = {
    made.__name__: made
    for made in (
        *(made_states.at_rest, made_states.ringing, made_states.talking, made_states.on_hold, made_states.consulting),
        *(made_states.wrapping_up, made_states.wrapping_up_longer, made_states.in_trouble, made_states.newcomer),
        made_states.refused,
    )
}
# What keys open over a state.
OPENED = {
    "transfer": ("talking", "Alt+t"), "keypad": ("talking", "Alt+k"), "devices": ("at_rest", "Alt+g"),
    "keys": ("at_rest", "?"), "states": ("at_rest", "Alt+s"),
}  # fmt: skip
SHOW = """
async (state) => {
  const view = document.querySelector("trunkline-phone");
  view.act = () => undefined;
  view.leading = true;
  view.state = { ...view.state, ...state };
  await view.updateComplete;
}
"""
# In which part of the page the focus is, and whether it is seen.
FOCUSED = """
() => {
  const it = document.activeElement;
  const part = it.closest(".top, .call, .middle, .right");
  const ring = it.closest(".find") ?? it;
  const name = ["top", "call", "middle", "right"].find((each) => part?.classList.contains(each)) ?? "";
  return [name, getComputedStyle(ring).outlineStyle !== "none" && parseFloat(getComputedStyle(ring).outlineWidth) >= 2];
}
"""
# What can be pressed, by its words, and how wide and high it is; the word for the line's quality is small.
SIZES = """
() => [...document.querySelectorAll("button:not(.quality), select, summary, [role=option][id]")]
  .filter((each) => each.checkVisibility())
  .map((each) => [each.innerText.trim() || each.ariaLabel, each.getBoundingClientRect()])
  .map(([text, { width, height }]) => [text, width, height])
"""
# Of what is asked for only the name.
WRITE_DOWN = """
() => { document.querySelector("trunkline-phone").act = (intent) => window.asked.push(intent.do); }
"""
AUDIT = """
async () => (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }))
  .violations.filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all states."""
    with chromium() as opened:
        yield opened


@contextmanager
def desk(browser: Browser, theme: Theme, width: int, *, touch: bool = False) -> Iterator[Tab]:
    """The desk's page, from its files; with `touch` on a telephone."""
    with tab(browser, ORIGIN, theme, width, touch=touch) as opened:
        opened.page.emulate_media(reduced_motion="reduce")
        opened.page.route("**/*", serve)
        # A worker's own requests do not come by here.
        opened.page.add_init_script("navigator.serviceWorker.register = async () => undefined")
        opened.open("/phone")
        opened.until("document.querySelector('trunkline-phone .desk')")
        yield opened


def serve(route: Route) -> None:
    """The page's own files. The rest of the server never answers, so that nothing comes between the states shown."""
    path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
    name, static = path.removeprefix("/phone/"), path.removeprefix("/static")
    if path == "/phone":
        route.fulfill(
            path=BUILT / "index.html", headers={"content-type": "text/html", "content-security-policy": POLICY}
        )
    elif name in FILES:
        route.fulfill(path=BUILT / name, content_type=FILES[name])
    elif static in STATIC:
        folder, media = STATIC[static]
        route.fulfill(path=folder / static.removeprefix("/"), content_type=media)


def show(opened: Tab, name: str) -> None:
    """Show a state."""
    opened.page.evaluate(SHOW, made_states.empty() | STATES[name](int(time.time() * 1000)))


def troubles(opened: Tab) -> list[Any]:
    """What axe finds serious or critical."""
    return list(opened.page.evaluate(AUDIT))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_and_everybody_can_use_it(browser: Browser, theme: Theme, width: int) -> None:
    with desk(browser, theme, width) as opened:
        opened.page.evaluate(axe())
        found: dict[str, list[Any]] = {}
        for name in STATES:
            show(opened, name)
            assert opened.overflow <= 0, name
            found[name] = troubles(opened)
            opened.keep(f"phone-{name}-{theme}-{width}")
        for name, (state, key) in OPENED.items():
            show(opened, state)
            opened.page.keyboard.press(key)
            opened.page.wait_for_timeout(50)
            found[name] = troubles(opened)
            opened.keep(f"phone-{name}-{theme}-{width}")
            opened.page.keyboard.press("Escape")
        assert {name: each for name, each in found.items() if each} == {}
        assert [each for each in opened.complaints if "503" not in each] == []
        assert opened.foreign == []


def test_the_keyboard_goes_through_a_call_as_it_is_read_and_comes_back(browser: Browser) -> None:
    with desk(browser, "light", 1440) as opened:
        show(opened, "talking")
        walked: list[tuple[str, bool]] = []
        for _ in range(40):
            opened.page.keyboard.press("Tab")
            walked.append(tuple(opened.page.evaluate(FOCUSED)))
        cards = [card for card, _ in walked if card in ("top", "call", "middle", "right")]
        assert list(dict.fromkeys(cards)) == ["top", "call", "middle", "right"]
        assert all(is_seen for card, is_seen in walked if card)
        # What is closed leaves one where it was opened.
        for key, opener in (("Alt+t", "transfer"), ("Alt+k", "keypad"), ("Alt+c", "add")):
            opened.page.keyboard.press(key)
            opened.until("document.querySelector('.panel')")
            opened.page.keyboard.press("Escape")
            opened.until(f"document.activeElement.dataset.key === '{opener}'")
        show(opened, "ringing")
        assert opened.page.evaluate("getComputedStyle(document.querySelector('.toast')).animationName") == "none"


def test_fingers_find_everything_on_a_telephone(browser: Browser) -> None:
    with desk(browser, "light", 390, touch=True) as opened:
        opened.page.evaluate("window.asked = []")
        for name in ("ringing", "talking", "wrapping_up", "at_rest"):
            show(opened, name)
            assert opened.overflow <= 0, name
            assert [each for each in opened.page.evaluate(SIZES) if each[1] < 24 or each[2] < 40] == []
            opened.keep(f"phone-{name}-touch")
        show(opened, "ringing")
        opened.page.evaluate(WRITE_DOWN)
        opened.page.locator(".take").tap()
        show(opened, "talking")
        opened.page.evaluate(WRITE_DOWN)
        opened.page.locator('[data-key="hold"]').tap()
        opened.page.locator(".end").tap()
        assert opened.page.evaluate("window.asked") == ["answer", "hold", "hangUp"]


def test_what_callers_and_colleagues_write_stays_text(browser: Browser) -> None:
    with desk(browser, "light", 1440) as opened:
        state = made_states.talking(int(time.time() * 1000))
        evil = "<img src=x onerror=\"document.title='owned'\">"
        state["contact"] = state["phone"]["calls"][0]["name"] = evil
        state["notes"]["text"] = state["directory"]["people"][0]["name"] = evil
        state["history"][0]["name"] = state["notice"] = {"text": evil, "colour": "warn"}
        state["history"][0]["name"] = evil
        opened.page.evaluate(SHOW, state)
        assert evil in opened.text(".caller b")
        assert opened.page.locator("img").count() == 0
        assert opened.page.title() == "Phone · Trunkline"


def test_each_button_of_a_call_shows_its_key_and_keys_reach_everything(browser: Browser) -> None:
    with desk(browser, "light", 1440) as opened:
        show(opened, "talking")
        buttons = opened.page.locator(".call button:not(.quality)")
        assert all("Alt" in buttons.nth(place).inner_text() for place in range(buttons.count()))
        opened.page.keyboard.press("?")
        listed = opened.text(".keys")
        shown = {text for text in opened.page.locator(".desk kbd").all_inner_texts() if text.startswith("Alt")}
        assert all(text in listed for text in shown)
