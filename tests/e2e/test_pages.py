"""What a newcomer sees after `make run`: the login, the live page and the report of a real installation, in a real
browser, with the simulator's centre at work behind them.
"""

from collections.abc import Iterator

import pytest
from e2e.browser import THEMES, WIDTHS, Tab, Theme, chromium, tab
from installation import PASSWORD, Installation, installation
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def centre() -> Iterator[Installation]:
    """A whole installation with the simulator as its PBX."""
    with installation("--pbx", "simulator") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    with chromium() as running:
        yield running


def offered(opened: Tab) -> int:
    """How many callers the queues of the live page had today, all together."""
    return sum(
        int(text.replace(",", "")) for text in opened.page.locator("#queue-rows td:nth-child(5)").all_inner_texts()
    )


def test_a_newcomer_logs_in_and_sees_queues_moving(centre: Installation, browser: Browser) -> None:
    with tab(browser, centre.url) as opened:
        opened.open("/")
        opened.page.wait_for_url("**/login**")
        opened.keep("login")
        opened.page.fill("input[name=username]", "admin")
        opened.page.fill("input[name=password]", PASSWORD)
        opened.page.keyboard.press("Enter")
        opened.page.wait_for_url("**/reports/**")
        opened.until("document.querySelectorAll('#queue-rows tr').length >= 6")
        before = offered(opened)
        for _ in range(600):
            if offered(opened) > before:
                break
            opened.page.wait_for_timeout(100)
        assert offered(opened) > before
        assert (opened.complaints, opened.foreign) == ([], [])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_each_page_in_both_themes_at_a_desk_and_on_a_phone(
    centre: Installation, browser: Browser, theme: Theme, width: int
) -> None:
    with tab(browser, centre.url, theme, width, centre.token) as opened:
        opened.open("/reports/live")
        opened.until("document.querySelector('#live:not(.waiting)')")
        opened.until("document.querySelectorAll('#agent-rows tr').length >= 10")
        opened.keep(f"live-{theme}-{width}")
        assert opened.overflow == 0
        opened.open("/reports/service-level")
        opened.until("document.querySelector('#report:not(.waiting)')")
        opened.keep(f"service-level-{theme}-{width}")
        assert opened.overflow == 0
        assert (opened.complaints, opened.foreign) == ([], [])


def test_a_wrong_password_is_refused_in_words(centre: Installation, browser: Browser) -> None:
    with tab(browser, centre.url) as opened:
        opened.open("/login")
        opened.page.fill("input[name=username]", "admin")
        opened.page.fill("input[name=password]", "not the password")
        opened.page.keyboard.press("Enter")
        opened.until("document.querySelector('#problem:not([hidden])')")
        assert opened.text("#problem") != ""
        assert "/reports" not in opened.page.url
