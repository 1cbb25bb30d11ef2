"""The pages of figures in a real browser, over weeks of made calls: each fits, opens its calls, can be used by keys.

And as they look empty, failing, with hundreds of rows and long names.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from agent_rows import performance
from dashboard_parts import BILLING, NOW, PaperMarts
from e2e.browser import THEMES, WIDTHS, Tab, Theme, chromium, tab
from e2e.paper_centre import Centre, login, open_centre
from made_weeks import publish_weeks
from playwright.sync_api import Browser

from warehouse.marts import MartsMissing, QueueName
from warehouse.staffing.outlook import PlannedMarts, open_planned_marts

TENANT = "Northwind Support"
LONG = "Sixty characters are quite enough for the longest of names!!"
READY = "document.querySelector('.report-page:not(.waiting)')"
# By its picture's name: address, and what is there when it is drawn.
PAGES = {
    "queues": ("queues?range=30d&compare=previous", "document.querySelectorAll('#queue-table-rows tr').length === 4"),
    "agents": ("agents?range=30d", "document.querySelectorAll('#agent-table-rows tr').length === 12"),
    "agent": ("agents?range=7d&agent=ines", "document.querySelectorAll('.strip svg').length === 7"),
    "wait": ("wait?range=30d", "document.querySelectorAll('#waits-distribution .bars path').length > 5"),
    "heat-map": ("heat-map?range=30d", "document.querySelectorAll('#heat-grid a').length > 50"),
    "staffing": ("staffing?queue=support", "document.querySelector('#whatif-said dd')?.textContent === 'as planned'"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> PlannedMarts:
    data: Path = tmp_path_factory.mktemp("weeks")
    publish_weeks(data, TENANT, NOW, 12)
    return open_planned_marts(data, TENANT)


@pytest.fixture(scope="module")
def centre(weeks: PlannedMarts) -> Iterator[Centre]:
    with open_centre(Centre(marts=weeks)) as running:  # type: ignore[arg-type]
        yield running


@contextmanager
def shown(
    browser: Browser, centre: Centre, path: str, ready: str = READY, theme: Theme = "light", width: int = 1440
) -> Iterator[Tab]:
    """A page, drawn; it must neither complain nor ask anybody else, and nothing may be cut off."""
    with tab(browser, centre.origin, theme, width, login()) as opened:
        opened.open(f"/reports/{path}")
        opened.until(ready)
        yield opened
        assert (opened.complaints, opened.foreign, opened.overflow) == ([], [], 0)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_each_page_fits_and_is_kept_as_a_picture(
    browser: Browser, centre: Centre, page: str, theme: Theme, width: int
) -> None:
    path, ready = PAGES[page]
    with shown(browser, centre, path, ready, theme, width) as opened:
        assert opened.page.locator(".nav .here").count() == 1
        assert "in " in (opened.page.locator("[id$=-took]").text_content() or "")
        assert opened.keep(f"{page}-{theme}-{width}").stat().st_size > 10_000


def test_numbers_open_their_calls_and_say_what_they_are(browser: Browser, centre: Centre) -> None:
    with shown(browser, centre, PAGES["queues"][0], PAGES["queues"][1]) as opened:
        opened.page.evaluate("window.stayed = true")
        opened.page.locator("#queue-table-rows td:nth-child(4)").first.hover()
        opened.until("document.querySelector('.tip').textContent.includes('Threshold and target')")
        assert "Change since" in opened.text(".tip")
        opened.page.locator("#queue-table-rows td:nth-child(6) a").first.click()
        opened.page.wait_for_url("**/reports/calls?range=30d&queue=*&show=abandoned")
        assert opened.page.evaluate("window.stayed") is True


def test_from_page_to_page_the_range_is_kept(browser: Browser, centre: Centre) -> None:
    with shown(browser, centre, *PAGES["queues"]) as opened:
        opened.page.locator(".nav").get_by_text("Heat map").click()
        opened.page.wait_for_url("**/reports/heat-map?range=30d&compare=previous")
        opened.until(PAGES["heat-map"][1])
        opened.page.locator("#menu-shows summary").click()
        opened.page.get_by_role("link", name="handle time").click()
        opened.until("document.querySelector('#heat-title')?.textContent.startsWith('Handle time')")


def test_an_agent_is_chosen_by_name_and_a_day_by_its_strip(browser: Browser, centre: Centre) -> None:
    with shown(browser, centre, *PAGES["agents"]) as opened:
        assert not opened.page.locator("#agent-strips").is_visible()
        opened.until("document.querySelectorAll('#agents-list option').length === 12")
        opened.page.locator("#agent-table-rows").get_by_text("Ines Moreau").click()
        opened.until("document.querySelectorAll('.strip svg').length === 30")
        opened.page.locator(".strip a").nth(2).click()
        opened.until("document.querySelectorAll('#agent-events-rows tr').length > 20")


def test_what_if_is_answered_by_the_arrow_keys(browser: Browser, centre: Centre) -> None:
    with shown(browser, centre, *PAGES["staffing"]) as opened:
        opened.page.locator("#whatif input").focus()
        opened.page.keyboard.press("ArrowLeft")
        assert opened.text("#whatif-said dd") == "1 agent fewer"
        assert opened.page.locator("#whatif-said dd.warn-text").count() == 1
        opened.page.locator("#menu-target summary").click()
        opened.page.locator("[name=level]").fill("95")
        opened.page.get_by_role("button", name="Reckon").click()
        opened.until("document.querySelector('#staffing-title')?.textContent.includes('95')")
        assert opened.text("#whatif-said dd") == "1 agent fewer"


@pytest.mark.parametrize("page", PAGES)
def test_before_the_first_load_each_page_says_how_it_fills(browser: Browser, page: str) -> None:
    with open_centre(Centre(marts=PaperMarts(published=False))) as empty:
        path = PAGES[page][0].partition("?")[0]
        with shown(browser, empty, path) as opened:
            opened.until("document.querySelector('tr.empty td, #heat-grid p')")
            opened.keep(f"{page}-empty")


def test_what_cannot_be_read_is_said(browser: Browser) -> None:
    class Broken(PaperMarts):
        def queue_names(self) -> list[QueueName]:
            raise MartsMissing("Nothing is published yet: `trunkline up` publishes.")

    with (
        open_centre(Centre(marts=Broken())) as broken,
        shown(browser, broken, "queues", "document.querySelector('.failed')") as opened,
    ):
        assert "Nothing is published yet" in opened.text("#by-queue-notice")
        opened.keep("queues-failing")


@pytest.mark.parametrize("width", WIDTHS)
def test_five_hundred_rows_with_long_names(browser: Browser, width: int) -> None:
    queues = [BILLING._replace(queue=f"q{n}", name=f"{n} {LONG}"[:60]) for n in range(500)]
    agents = [performance(f"a{n}", n, name=f"{n} {LONG}"[:60]) for n in range(500)]
    marts = PaperMarts(queues=queues, rows={"agent_performance": agents})
    with open_centre(Centre(marts=marts)) as huge:
        for name, rows in (("queues", "queue-table-rows"), ("agents", "agent-table-rows")):
            with shown(
                browser, huge, name, f"document.querySelectorAll('#{rows} tr').length === 500", width=width
            ) as it:
                it.keep(f"{name}-huge-{width}")
