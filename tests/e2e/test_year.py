"""Every page of the managers in a real browser, over days of simulated calls, as an installation has them.

Two weeks, made for this run; with `--year` (`make year`) a year of 200 calls a day, which is made once and kept.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from e2e.browser import LOOK_EVERY_MS, SCREENSHOTS, WIDTHS, Tab, chromium
from e2e.pages_of_year import SETTLED, Pages, findings, lead, look_back, picture, titles, useful
from filled_year import discard, fill, filled_year, midnight
from installation import installation
from playwright.sync_api import Browser

DAYS, CALLS_A_DAY = 14, 40
YEAR = 365
# How often is looked whether charts have taken a new width, before they are found too wide.
FOLLOWING = 60


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def pages(pytestconfig: pytest.Config) -> Iterator[Pages]:
    if pytestconfig.getoption("year"):
        with installation("--pbx", "simulator", data=filled_year(YEAR, "UTC")) as whole:
            yield Pages(whole, YEAR)
        return
    with few_days() as folder, installation("--pbx", "simulator", data=folder) as whole:
        yield Pages(whole, DAYS)


@contextmanager
def few_days() -> Iterator[Path]:
    """A data folder, discarded at the end."""
    folder = Path(tempfile.mkdtemp(prefix="trunkline-year-")) / "data"
    try:
        fill(folder, DAYS, midnight(), "UTC", CALLS_A_DAY)
        yield folder
    finally:
        discard(folder)


def test_every_page_in_both_themes_and_on_a_phone(
    browser: Browser, pages: Pages, record_property: Callable[[str, object], None]
) -> None:
    wrong: dict[str, list[str]] = {}
    with pages.tab(browser) as opened:
        opened.open(f"/reports/queues?{pages.range}")
        useful(opened)
        for title in titles(opened):
            lead(opened, title)
            look_back(opened, *pages.ends)
            for theme in ("light", "dark"):
                opened.until(f"document.documentElement.dataset.theme === '{theme}'")
                opened.until(SETTLED)
                opened.keep(f"{picture(title)}-{theme}")
                wrong[f"{title}, {theme}"] = [*findings(opened), *too_wide(opened)]
                opened.page.locator("[data-action=theme]").click()
        assert {page: found for page, found in wrong.items() if found} == {}
        assert len(wrong) >= 20
        assert (opened.complaints, opened.foreign) == ([], [])
    record_property("pictures", str(SCREENSHOTS))


def too_wide(opened: Tab) -> list[str]:
    """At which widths the page is wider than its window, once its charts have followed."""
    found = []
    for width in reversed(WIDTHS):
        opened.page.set_viewport_size({"width": width, "height": 900})
        for _ in range(FOLLOWING):
            if not opened.overflow:
                break
            opened.page.wait_for_timeout(LOOK_EVERY_MS)
        else:
            found.append(f"{opened.overflow} px too wide at {width}")
    return found


def test_from_a_number_to_its_calls_to_one_of_them_and_back(browser: Browser, pages: Pages) -> None:
    with pages.tab(browser) as opened:
        opened.open(f"/reports/queues?{pages.range}")
        opened.until("document.querySelectorAll('#queue-table-rows td:nth-child(2) a').length === 4")
        opened.page.locator("#menu-compare summary").click()
        opened.page.locator("#menu-compare").get_by_role("link").nth(1).click()
        opened.page.wait_for_url("**compare=previous**")
        opened.page.locator("#menu-queues summary").click()
        opened.page.locator("#menu-queues .sheet a").nth(1).click()
        opened.until("document.querySelectorAll('#queue-table-rows tr').length === 1")
        number = opened.page.locator("#queue-table-rows td:nth-child(2) a")
        counted = number.inner_text()
        number.click()
        opened.until("document.querySelector('#calls-count')?.textContent")
        assert opened.text("#calls-count").split()[0] == counted
        opened.page.locator("#calls-rows tr").first.click()
        opened.until("document.querySelectorAll('#one-call .events tbody tr').length > 5")
        assert opened.page.locator("#one-call svg").count() > 0
        assert findings(opened) == []
        opened.keep("year-one-call")
        opened.page.go_back()
        opened.until("document.querySelector('#one-call').hidden")
        opened.page.locator("#calls-rows tr").nth(2).wait_for()
        assert (opened.complaints, opened.foreign) == ([], [])


def test_back_in_time_and_the_numbers_taken_away(browser: Browser, pages: Pages) -> None:
    with pages.tab(browser) as opened:
        day = pages.range.removeprefix("from=").split("&")[0]
        opened.open(f"/reports/live?at={day}T11:00:00Z")
        opened.until("document.documentElement.classList.contains('past') && !document.querySelector('#live.waiting')")
        assert re.search(r"\d", opened.text(".kpis"))
        assert opened.page.locator("#live-notice").is_hidden()
        assert findings(opened) == []
        opened.keep("year-past")
        lead(opened, "Queues")
        opened.page.locator("#menu-export summary").click()
        with opened.page.expect_download() as taken:
            opened.page.get_by_role("link", name="CSV").click()
        assert len(taken.value.path().read_text().splitlines()) > 4
        assert (opened.complaints, opened.foreign) == ([], [])
