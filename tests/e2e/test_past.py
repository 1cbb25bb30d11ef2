"""Looking back on the wallboard, in a real browser: any instant of a simulated morning, played on, and back to now."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from e2e.browser import THEMES, WIDTHS, Tab, Theme, chromium, tab
from e2e.paper_centre import Centre, login, open_centre, queue
from e2e.paper_past import PaperPast, made_morning
from playwright.sync_api import Browser
from softphone_source import axe

# A Monday's busiest time, in Berlin an hour later.
THEN = "2025-01-06T10:34:00Z"
SHOWN = "document.querySelector('#live.past:not(.waiting)')"
AUDIT = """
async () => (await axe.run(
  { include: [["#past-bar"], ["#scrub"]] }, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }))
  .violations.filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`)
"""
CLOCK = "document.querySelector('#live-clock').textContent"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> PaperPast:
    return PaperPast(made_morning(tmp_path_factory.mktemp("data")))


@contextmanager
def looking_back(
    browser: Browser, past: PaperPast, theme: Theme = "light", width: int = 1440, at: str = THEN
) -> Iterator[Tab]:
    """The wallboard of an instant; it must neither complain nor ask anybody else."""
    centre = Centre([queue("Now", (5,), 10, 0.9)], past=past)
    with open_centre(centre), tab(browser, centre.origin, theme, width, login()) as opened:
        opened.open(f"/reports/live?at={at}")
        opened.until("document.querySelector('#live.past')")
        yield opened
        assert opened.foreign == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", (*WIDTHS, 1920))
def test_the_past_is_shown_and_nobody_takes_it_for_now(
    browser: Browser, past: PaperPast, theme: Theme, width: int
) -> None:
    with looking_back(browser, past, theme, width) as opened:
        opened.until(SHOWN)
        assert opened.text(".past-said") == "2025-01-06 11:34:00"
        assert opened.text(".past-kind") == "Past, not live"
        assert "Past 11:34:00" in opened.text("#live-clock")
        assert opened.page.locator("#queue-rows tr").count() == 4
        assert opened.overflow == 0
        opened.keep(f"past-{width}-{theme}")
        opened.page.evaluate(axe())
        assert opened.page.evaluate(AUDIT) == []
        assert opened.complaints == []


def test_it_is_played_stands_still_and_leads_back_to_now(browser: Browser, past: PaperPast) -> None:
    with looking_back(browser, past) as opened:
        opened.until(SHOWN)
        before = opened.text("#agent-rows")
        opened.page.get_by_role("button", name="60×").click()
        opened.page.keyboard.press("Escape")
        opened.page.keyboard.press(" ")
        opened.until(f"{CLOCK} > 'Past 11:36:00'")
        assert opened.text("#agent-rows") != before
        opened.page.get_by_role("button", name="Pause").click()
        opened.page.get_by_role("button", name="Play").wait_for()
        stands = opened.text(".past-said")
        assert "at=2025-01-06T10" in opened.page.url
        opened.page.wait_for_timeout(300)
        assert opened.text(".past-said") == stands
        opened.page.get_by_role("button", name="Back to now").click()
        opened.until("document.querySelector('#live:not(.past):not(.waiting)')")
        assert "at=" not in opened.page.url
        assert "Now" in opened.text("#queue-rows")
        assert opened.complaints == []


def test_a_day_a_time_and_a_place_on_the_track_are_gone_to(browser: Browser, past: PaperPast) -> None:
    with looking_back(browser, past) as opened:
        opened.until(SHOWN)
        opened.page.get_by_label("Time", exact=True).fill("09:15:00")
        opened.page.get_by_label("Time", exact=True).blur()
        opened.until(f"{CLOCK} == 'Past 09:15:00'")
        opened.page.get_by_label("Time of the day that is shown").fill("43200")
        opened.until(f"{CLOCK} == 'Past 12:00:00'")


def test_before_anything_was_heard_the_page_says_so(browser: Browser, past: PaperPast) -> None:
    with looking_back(browser, past, at="2024-01-06T10:34:00Z") as opened:
        opened.until("document.querySelector('#live-notice')?.hidden === false")
        assert "Nothing had been heard yet" in opened.text("#live-notice")
        assert opened.text(".past-said") == "2024-01-06 11:34:00"
        assert opened.page.get_by_role("button", name="Back to now").is_visible()
        opened.keep("past-nothing")
