"""Every page of a whole installation in a real browser: the numbers are there, they move, and nobody complains.

`trunkline up` with its simulated PBX, as a newcomer starts it. Screenshots of each page in both themes, for a desk and
a phone, are kept (tests/e2e/browser.py says where).
"""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from e2e.browser import THEMES, WIDTHS, Tab, Theme, chromium, tab
from installation import PASSWORD, Installation, installation
from playwright.sync_api import Browser

PAGES = {"live": "Live", "service-level": "Service level"}
# A caller has come, been answered, and the call is over: then every tile has a figure.
FIGURES = "/[0-9]/.test(document.querySelector('[data-kpi=aht] b')?.textContent)"
BARS = "document.querySelectorAll('#{chart} .bars path').length > 0"
OFFERED = "Number(document.querySelector('#summary > div:nth-child(2) b')?.textContent.replace(',', '')) > 0"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def whole(browser: Browser) -> Iterator[Installation]:
    """An installation that has seen its first calls, in the marts too."""
    with installation() as running:
        with tab(browser, running.url, token=running.token) as opened:
            opened.open("/reports/live")
            opened.until(FIGURES)
            opened.until(BARS.format(chart="today"))
        yield running


@pytest.fixture
def desk(browser: Browser, whole: Installation) -> Iterator[Tab]:
    """A signed-in tab that must neither complain nor ask anybody else."""
    # A token is good for minutes, which this file may take longer than.
    whole.log_in()
    with tab(browser, whole.url, token=whole.token) as opened:
        yield opened
        assert (opened.complaints, opened.foreign) == ([], [])


@pytest.mark.parametrize("path", ["/", "/reports/", "/reports/service-level?range=7d"])
def test_signing_in_leads_to_the_page_that_was_asked_for(browser: Browser, whole: Installation, path: str) -> None:
    with tab(browser, whole.url) as opened:
        opened.open(path)
        opened.page.wait_for_url("**/login*")
        sign_in(opened)
        opened.page.wait_for_url(f"**{path}" if "?" in path else "**/reports/**")
        assert opened.text("h1") == ("Service level" if "service" in path else "Live")


def sign_in(opened: Tab) -> None:
    """Fill the login page in."""
    opened.page.locator("[name=username]").fill("admin")
    opened.page.locator("[type=password]").fill(PASSWORD)
    opened.page.keyboard.press("Enter")


def test_who_is_still_signed_in_needs_no_password(browser: Browser, whole: Installation) -> None:
    with tab(browser, whole.url) as opened:
        opened.open("/login")
        sign_in(opened)
        opened.page.wait_for_url("**/reports/**")
        opened.page.context.clear_cookies(name="trunkline")
        opened.page.evaluate("localStorage.setItem('trunkline-signed-in', Date.now() - 3_600_000)")
        opened.open("/reports/service-level")
        opened.page.wait_for_url("**/reports/service-level")
        opened.until("document.querySelector('#report:not(.waiting)')")


def test_signing_out_closes_the_pages(browser: Browser, whole: Installation) -> None:
    # Of its own: the sign-in ends with all its tokens.
    whole.log_in()
    token = whole.token
    whole.log_in()
    with tab(browser, whole.url, token=token) as opened:
        opened.open("/reports/live")
        opened.page.locator("[data-action=sign-out]").click()
        opened.page.wait_for_url("**/login")
        opened.open("/reports/live")
        assert opened.page.url.endswith(f"/login?next={quote('/reports/live', safe='')}")


def test_the_live_page_shows_what_rest_shows(desk: Tab, whole: Installation) -> None:
    desk.open("/reports/live")
    desk.until("document.querySelectorAll('#agent-rows tr').length > 5")
    told = whole.get("/api/pbx/manager/queues")["queues"]
    shown = desk.page.locator("#queue-rows td:first-child").all_inner_texts()
    assert sorted(shown) == sorted(queue["name"] for queue in told)
    assert desk.text("#health .pill") == "Everything heard"


def test_what_an_administrator_says_of_a_queue_is_on_the_page(desk: Tab, whole: Installation) -> None:
    queue = whole.get("/api/admin/queues")["items"][0]
    status, answer = whole.ask("PUT", f"/api/admin/queues/{queue['id']}", {"name": "The line", "target": 0.95})
    assert (status, json.loads(answer)["target"]) == (200, 0.95)
    desk.open("/reports/live")
    names = "[...document.querySelectorAll('#queue-rows td:first-child')].map((cell) => cell.innerText)"
    desk.until(f"{names}.includes('The line')")
    assert "The line" in [each["name"] for each in whole.get("/api/pbx/manager/queues")["queues"]]
    assert json.loads(whole.run("audit", "verify", "--json"))["broken"] is None


def test_numbers_move_by_push(desk: Tab) -> None:
    desk.open("/reports/live")
    desk.until("document.querySelector('#live:not(.waiting)')")
    offered = int(desk.text("[data-kpi=abandoned] small").split()[-1].replace(",", ""))
    desk.until(
        f"Number(document.querySelector('[data-kpi=abandoned] small').textContent.split(' ').at(-1)) > {offered}"
    )
    clock = json.dumps(desk.text("#agent-rows td:nth-child(3)"))
    desk.until(f"document.querySelector('#agent-rows td:nth-child(3)').textContent !== {clock}")


def test_the_report_counts_the_calls_of_today(desk: Tab) -> None:
    desk.open("/reports/service-level")
    # The warehouse loads four times a minute; the page looks again by itself.
    desk.until(OFFERED)
    assert desk.text("#summary > div:first-child b").endswith("%")
    assert desk.page.locator("#level-rows tr").count() >= 1
    assert "calls in" in desk.text("#took")


def test_the_calls_behind_a_number_and_what_proves_one_of_them(desk: Tab) -> None:
    desk.open("/reports/service-level")
    desk.until(OFFERED)
    offered = int(desk.text("#summary > div:nth-child(2) b").replace(",", ""))
    desk.page.locator("#summary > div:nth-child(2) a").click()
    desk.page.wait_for_url("**/reports/calls?show=offered")
    desk.until("/[0-9]/.test(document.querySelector('#calls-count')?.textContent)")
    # Calls go on meanwhile.
    assert int(desk.text("#calls-count").split()[0].replace(",", "")) >= offered > 0
    desk.page.locator("#calls-rows tr").filter(has_text="Answered").last.click()
    desk.until("document.querySelectorAll('#one-call .events tbody tr').length > 4")
    assert "the call began" in desk.text("#one-call .events")
    assert desk.page.locator("#one-call .lanes .bar-talk").count() > 0
    desk.open("/reports/data-quality")
    desk.until("document.querySelector('#pbxs-rows a')")
    desk.until("document.querySelector('#refused')?.textContent")


def test_going_from_page_to_page_needs_no_new_page(desk: Tab) -> None:
    desk.open("/reports/live")
    desk.until(FIGURES)
    desk.page.evaluate("window.stayed = true")
    desk.page.locator(".nav").get_by_text("Service level").click()
    desk.until("document.querySelector('#report:not(.waiting)') && document.title === 'Service level · Trunkline'")
    desk.page.locator(".nav").get_by_text("Live").click()
    desk.until(FIGURES)
    assert desk.page.evaluate("window.stayed") is True


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_each_page_fits_and_is_kept_as_a_picture(
    browser: Browser, whole: Installation, page: str, theme: Theme, width: int
) -> None:
    with tab(browser, whole.url, theme, width, whole.token) as opened:
        opened.open(f"/reports/{page}")
        opened.until(FIGURES if page == "live" else "document.querySelector('#report:not(.waiting)')")
        opened.until(BARS.format(chart="today" if page == "live" else "level-chart"))
        assert opened.text("h1") == PAGES[page]
        assert opened.page.evaluate("document.documentElement.dataset.theme") == theme
        assert opened.overflow == 0
        assert (opened.complaints, opened.foreign) == ([], [])
        assert opened.keep(f"{page}-{theme}-{width}").stat().st_size > 10_000


def test_an_administrator_maps_a_telephone_and_what_was_done_is_in_the_audit(desk: Tab, whole: Installation) -> None:
    desk.open("/reports/administration")
    desk.until("document.querySelector('#users-rows td.acts')")
    desk.page.get_by_role("button", name="New user").click()
    form = desk.page.locator("dialog.form")
    for label, value in (("User name", "mei.lin"), ("Name", "Mei Lin"), ("Password", "a long enough one")):
        form.get_by_label(label, exact=True).fill(value)
    form.get_by_role("button", name="Make the user").click()
    desk.until("document.querySelector('#users-rows').textContent.includes('Mei Lin')")
    desk.page.locator("#tab-extensions").click()
    desk.page.get_by_role("button", name="Map to a user").first.click()
    form.get_by_label("User", exact=True).select_option("Mei Lin (mei.lin)")
    form.get_by_role("button", name="Map", exact=True).click()
    desk.until("document.querySelector('#extensions-rows').textContent.includes('Mei Lin')")
    desk.page.locator("#tab-queues").click()
    desk.page.get_by_role("button", name="Edit").first.click()
    form.get_by_label("Service level: answered within").fill("33")
    form.get_by_role("button", name="Save").click()
    desk.until("document.querySelector('#queues-rows').textContent.includes('in 33 s')")
    desk.page.locator("#tab-audit").click()
    desk.until("document.querySelector('#audit-rows tr:nth-child(3)')")
    done = desk.page.locator("#audit-rows tr td:nth-child(3)").all_inner_texts()[:3]
    assert done == ["Queue changed", "Extension mapped", "User made"]
    assert desk.text("#panel-audit .chain") == "Chain whole"
    assert desk.overflow == 0
    desk.keep("administration-real-audit")
    assert [each["username"] for each in whole.get("/api/admin/extensions")["items"]] == ["mei.lin"]
