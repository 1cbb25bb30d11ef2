"""The administration page in a real browser over an API on paper: what it shows and says, also when it gets nothing."""

from collections.abc import Iterator

import pytest
from e2e.administration_page import administration, busy, go, press, texts
from e2e.browser import THEMES, WIDTHS, Theme, chromium, tab
from e2e.paper_administration import Administration, change, extension, queue, refusal, seen, user
from e2e.paper_centre import Centre, login, open_centre
from playwright.sync_api import Browser

HOSTILE = "<img src=x onerror=\"document.title='broken'\"> \u202etxet"
GIANT = "<script>alert(1)</script>" * 400
SECTIONS = ("users", "extensions", "queues", "dispositions", "dialling", "tenants", "audit")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_each_section_fits(browser: Browser, theme: Theme, width: int) -> None:
    with administration(browser, busy(), "tenants", theme, width) as opened:
        for section in SECTIONS:
            go(opened, section)
            assert opened.page.locator(f"#{section}-rows tr").count() > 1
            assert opened.overflow == 0
            opened.keep(f"administration-{section}-{theme}-{width}")
        assert opened.page.title() == "Administration · Trunkline"
        assert opened.complaints == []


def test_an_empty_list_says_how_it_fills(browser: Browser) -> None:
    alone = Administration({"users": [user("Petra Lang", "administrator") | {"id": "u1"}]})
    with administration(browser, alone) as opened:
        for section in ("extensions", "queues", "dispositions"):
            go(opened, section)
            assert " yet: " in opened.text(f"#{section}-rows")
            opened.keep(f"administration-{section}-empty")
        go(opened, "audit")
        assert opened.text("#audit-rows") == "Nothing was changed in this time."
        assert opened.page.locator("#tab-tenants").is_hidden()
        assert opened.complaints == []


def test_who_may_sign_in_stands_before_who_may_not(browser: Browser) -> None:
    with administration(browser, busy()) as opened:
        names = texts(opened, "#users-rows td:first-child")
        assert names == ["Aiko Tanaka", "Ines Moreau", "Jonas Weber", "Petra Lang", "Tomas Berg", "Omar Said"]
        assert texts(opened, "#users-rows td:nth-child(4)")[-1] == "Deactivated"


def test_a_list_can_be_searched(browser: Browser) -> None:
    with administration(browser, busy()) as opened:
        opened.page.keyboard.press("/")
        opened.page.keyboard.type("berg")
        opened.until("document.querySelectorAll('#users-rows tr').length === 1")
        assert (texts(opened, "#users-rows td:first-child"), opened.text("#panel-users .count")) == (
            ["Tomas Berg"],
            "1 of 6",
        )
        opened.page.locator("#find").fill("nobody of this name")
        opened.until("document.querySelector('#users-rows .empty')")


def test_the_audit_is_newest_first_and_says_whether_it_is_whole(browser: Browser) -> None:
    api = busy()
    with administration(browser, api, "audit") as opened:
        assert texts(opened, "#audit-rows tr:first-child td")[:3] == [
            "22 Nov 2026, 14:00:02",
            "petra.lang",
            "Queue changed",
        ]
        assert texts(opened, "#audit-rows tr:last-child td")[3:] == ["ines.moreau", "role: supervisor → agent"]
        assert opened.text("#panel-audit .chain") == "Chain whole"
        api.lists["audit"][1]["intact"] = False
        opened.page.get_by_label("From").fill("2026-11-01")
        opened.until("document.querySelector('#panel-audit .chain').textContent === 'Chain broken at row 1'")
        assert [path for _, path, _ in api.asked if "audit?from=2026-11-01&to=" in path]
        opened.keep("administration-audit-broken")


def test_tabs_by_keyboard_and_in_the_address(browser: Browser) -> None:
    with administration(browser, busy()) as opened:
        opened.page.locator("#tab-users").focus()
        opened.page.keyboard.press("ArrowRight")
        opened.until("document.querySelector('#panel-extensions:not([hidden])')")
        assert opened.page.url.endswith("#extensions")
        opened.page.keyboard.press("End")
        opened.until("document.querySelector('#panel-audit:not([hidden])')")
        assert opened.page.evaluate("document.activeElement.id") == "tab-audit"
        opened.page.keyboard.press("ArrowRight")
        opened.until("document.querySelector('#panel-users:not([hidden])')")
        assert opened.page.locator("[role=tab][aria-selected=true]").count() == 1


def test_a_list_that_cannot_be_had_says_so_and_is_asked_again(browser: Browser) -> None:
    api = busy()
    api.refuse["GET", "users"] = (503, "The database does not answer. Try again in a moment.")
    with administration(browser, api) as opened:
        assert "The database does not answer." in opened.text("#panel-users .notice")
        opened.keep("administration-failing")
        api.refuse.clear()
        press(opened, "Try again")
        opened.until("document.querySelectorAll('#users-rows tr').length === 6")
        assert opened.page.locator("#panel-users .notice").is_hidden()


def test_a_sign_in_that_ended_is_renewed_and_the_question_asked_again(browser: Browser) -> None:
    api = busy()
    with administration(browser, api) as opened:
        opened.page.evaluate("localStorage.setItem('trunkline-signed-in', Date.now() - 3_600_000)")
        api.ended = True
        go(opened, "extensions")
        assert opened.page.locator("#extensions-rows tr").count() == 4
        assert api.renewed == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_five_hundred_users_with_long_names(browser: Browser, width: int) -> None:
    many = [
        user(f"{n} Sixty characters are quite enough for the longest of names", username=f"u{n}") for n in range(500)
    ]
    with administration(browser, Administration({"users": many}), width=width) as opened:
        assert opened.page.locator("#users-rows tr").count() == 500
        assert (opened.text("#panel-users .count"), opened.overflow) == ("500", 0)
        opened.keep(f"administration-many-{width}")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [HOSTILE, GIANT], ids=["markup", "giant"])
def test_names_from_outside_are_only_text_and_cut(browser: Browser, name: str, width: int) -> None:
    hostile = user(name, username="x") | {"id": "u1"}
    api = Administration(
        {
            "users": [hostile],
            "extensions": [extension("1001", hostile) | {"interface": name}],
            "seen": [seen(name)],
            "queues": [queue("q") | {"name": name, "pbx": name}],
            "dispositions": [{"code": name, "title": name, "isActive": True}],
            "dial-refusals": [refusal(1, name) | {"username": name, "detail": name}],
            "audit": [change(1, name, name, name, {name: name})],
        }
    )
    with administration(browser, api, width=width) as opened:
        for section in ("users", "extensions", "queues", "dispositions", "dialling", "audit"):
            go(opened, section)
            cell = opened.page.locator(f"#{section}-rows bdi").first.inner_text()
            assert name.startswith(cell.removesuffix("…")) or section in ("audit", "extensions")
            assert opened.page.evaluate(f"document.querySelector('#{section}-rows').textContent.length") < 3000
            assert opened.overflow == 0
            opened.keep(f"administration-hostile-{section}-{len(name)}-{width}")
            if section not in ("audit", "dialling"):
                opened.page.locator(f"#{section}-rows button").first.click()
                assert opened.overflow == 0
                opened.keep(f"administration-hostile-{section}-form-{len(name)}-{width}")
                opened.page.keyboard.press("Escape")
        assert opened.page.locator("img, #page script").count() == 0
        assert opened.page.title() == "Administration · Trunkline"
        assert opened.complaints == []


@pytest.mark.parametrize("role", ["manager", "supervisor", "analyst"])
def test_who_may_not_administer_is_told_so(browser: Browser, role: str) -> None:
    api = busy()
    with (
        open_centre(Centre(administration=api)) as centre,
        tab(browser, centre.origin, token=login(role)) as opened,
    ):
        opened.open("/reports/administration")
        opened.until("document.querySelector('#page h1')")
        assert f"You are signed in as {role}: ask somebody who has it." in opened.text("#page p")
        assert "Administration" not in texts(opened, ".nav a")
        assert api.asked == []
        opened.keep(f"administration-{role}")
