"""A queue's limits on the wallboard, in a real browser: managers set them in its row, and everybody sees it."""

from collections.abc import Iterator

import pytest
from e2e.browser import THEMES, Theme, chromium, tab
from e2e.paper_centre import Centre, login, open_centre, queue
from playwright.sync_api import Browser

ROW = "document.querySelector('#queue-rows tr')"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize("theme", THEMES)
def test_a_manager_sets_limits_and_trouble_rises(browser: Browser, theme: Theme) -> None:
    centre = Centre([queue("Sales", (), 900, 0.95), queue("Billing", (20, 31, 44), 388, 0.85)])
    with open_centre(centre), tab(browser, centre.origin, theme, token=login()) as opened:
        opened.open("/reports/live")
        opened.until(f"{ROW}?.textContent.startsWith('Sales')")
        assert opened.page.locator("tr.warn, tr.bad").count() == 0
        opened.page.get_by_role("button", name="Limits of Billing").click()
        form = opened.page.get_by_role("dialog")
        form.get_by_label("Longest wait: amber past").fill("40")
        form.get_by_label("Longest wait: red past").fill("30")
        form.get_by_role("button", name="Save").click()
        opened.until("document.querySelector('dialog.form').textContent.includes('red comes after amber')")
        form.get_by_label("Longest wait: red past").fill("600")
        form.get_by_label("Callers waiting: red past").fill("2")
        opened.keep(f"limits-form-{theme}")
        form.get_by_role("button", name="Save").click()
        opened.until(f"{ROW}.className === 'queue bad'")
        assert "Billing" in opened.text("#queue-rows tr")
        assert opened.page.locator("#queue-rows tr.bad td.num.warn").inner_text().startswith("0:4")
        opened.keep(f"limits-{theme}")
        kept = centre.limits.kept["pbx-1:billing"]
        assert (kept["waitAmberSeconds"], kept["waitRedSeconds"], kept["waitingRed"]) == (40, 600, 2)
        assert kept["levelRed"] is None


def test_who_only_watches_sees_the_colours_and_no_button(browser: Browser) -> None:
    centre = Centre([queue("Billing", (20, 31, 44), 388, 0.85)])
    centre.limits.kept["pbx-1:billing"] = {"levelRed": 0.9, "waitAmberSeconds": 10}
    with open_centre(centre), tab(browser, centre.origin, token=login("supervisor")) as opened:
        opened.open("/reports/live")
        opened.until("document.querySelector('#queue-rows tr.warn')")
        assert opened.page.locator("button.limits:visible").count() == 0
        # Somebody else sets others: an open page takes them without being loaded again.
        centre.limits.kept["pbx-1:billing"] = {"levelRed": 0.9, "waitAmberSeconds": 1, "waitRedSeconds": 2}
        opened.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        opened.until("document.querySelector('#queue-rows tr.bad')")
        # What was counted today opens its calls.
        number = opened.page.locator("#queue-rows tr td:nth-child(5) a")
        assert number.get_attribute("href") == "/reports/calls?queue=pbx-1%3Abilling&show=offered"
        opened.page.locator("#queue-rows tr td:nth-child(5)").hover()
        assert "Offered" in opened.text(".tip b")
