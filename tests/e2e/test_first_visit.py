"""A browser that comes gets a page with its figures; one that does not say where, or goes on, asks for them once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from dashboard_parts import PaperMarts
from e2e.browser import Tab, chromium, tab
from e2e.paper_centre import Centre, login, open_centre
from playwright.sync_api import Browser, Request, Route

MORNING = {datetime(2026, 11, 22, 7, tzinfo=UTC) + timedelta(minutes=15 * n): 8 + n % 5 * 4 for n in range(20)}
DAY = "from=2026-11-22&to=2026-11-22"
SHOWN = "document.querySelector('#report:not(.waiting) .main-svg') && !document.querySelector('[data-dash-is-loading]')"
# In the body of what the service-level page's callback asks.
FIGURES = '"id":"report","property":"className"'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def without_referer(route: Route) -> None:
    """As browsers ask that keep to themselves where they are."""
    told = {name: value for name, value in route.request.headers.items() if name != "referer"}
    route.fulfill(response=route.fetch(headers=told))


def lead(opened: Tab, title: str) -> None:
    opened.page.locator(".nav").get_by_role("link", name=title, exact=True).click()


@pytest.mark.parametrize("tells", [True, False])
def test_figures_come_with_a_page_or_are_asked_for_once(browser: Browser, tells: bool) -> None:
    asked: list[str] = []

    def hear(request: Request) -> None:
        if FIGURES in (request.post_data or ""):
            asked.append(request.url)

    with open_centre(Centre(marts=PaperMarts(MORNING))) as centre, tab(browser, centre.origin, token=login()) as opened:
        opened.page.on("request", hear)
        if not tells:
            opened.page.route("**/_dash-layout", without_referer)
        opened.open(f"/reports/service-level?{DAY}")
        opened.until(SHOWN)
        assert (opened.text("#summary > :nth-child(2) b"), len(asked)) == ("320", 0 if tells else 1)
        assert opened.text("#menu-range summary b") == "22 Nov 2026"
        opened.page.locator("[data-action=theme]").click()
        opened.until("document.documentElement.dataset.theme === 'dark'")
        opened.until(SHOWN)
        lead(opened, "Live")
        opened.until("document.querySelector('#live:not(.waiting)')")
        asked.clear()
        lead(opened, "Service level")
        opened.until(SHOWN)
        assert len(asked) == 1
        assert (opened.complaints, opened.foreign) == ([], [])


def test_charts_of_the_first_answer_are_drawn_in_the_readers_theme(browser: Browser) -> None:
    with open_centre(Centre(marts=PaperMarts(MORNING))) as centre:
        colours = set()
        for theme in ("light", "dark"):
            with tab(browser, centre.origin, theme, token=login()) as opened:
                opened.open(f"/reports/service-level?{DAY}")
                opened.until(SHOWN)
                colours.add(opened.page.evaluate("getComputedStyle(document.querySelector('.xtick text')).fill"))
        assert len(colours) == 2
