"""The reconciliation page in a real browser: differences, all well, empty, not readable, both themes and widths."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from dashboard_parts import NOW, PaperMarts
from e2e.browser import THEMES, WIDTHS, Tab, Theme, chromium, tab
from e2e.paper_centre import Centre, login, open_centre
from playwright.sync_api import Browser

from calls.ledger.facts import Fact, Told, Verdict
from calls.ledger.rules import Rule
from warehouse.marts import MartsMissing

LONG = "Sixty characters are quite enough for the longest of names!!"
HOSTILE = "<img src=x onerror=\"document.title='broken'\"> \u202etxet"


def differs(subject: str, ours: Told, source: str, theirs: Told, rule: Rule | None) -> Fact:
    verdict = Verdict.EXPLAINED if rule else Verdict.UNEXPLAINED
    return Fact(subject, ours, source, theirs, verdict, rule)


def call(number: int, *facts: Fact, caller: str | None = "5551234") -> tuple[Any, ...]:
    verdict = max((fact.verdict for fact in facts), key=list(Verdict).index)
    return f"lab1:lab1-{number}", NOW - timedelta(minutes=7 * number), caller, verdict.value, facts


def ordinary() -> PaperMarts:
    """A day of 1,204 calls, of which nothing explains one."""
    talk, end = "legs[0].talk_s + hold_s", "legs[0].ended_by"
    return PaperMarts(
        books={
            "compared": 1204, "agree": 1189, "explained": 14, "unexplained": 1, "provisional": 3,
            "rules": {"unheard": 9, "parked": 4, "taken": 1},
        },
        differing=[
            call(9, differs("stints[0].agent", "Ines Moreau", "queue_log", "Tomas Berg", None)),
            call(
                1,
                differs(talk, 13.026, "queue_log", 18, Rule.PARKED),
                differs(end, "system", "queue_log", "caller", Rule.PARKED),
            ),
            call(2, differs("ended_at", "2026-11-22T12:26:49.572Z", "cel", "2026-11-22T12:26:47.541Z", Rule.UNHEARD)),
            call(3, differs("call", None, "cel", "2026-11-22T12:20:00.000Z", Rule.UNHEARD), caller=None),
            call(4, differs("stints[1].uniqueid", "lab1-7.1", "queue_log", ("lab1-7.3", "lab1-7.1"), Rule.TAKEN)),
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@contextmanager
def books(
    browser: Browser, marts: PaperMarts, search: str = "", theme: Theme = "light", width: int = 1440
) -> Iterator[Tab]:
    """The page over marts on paper, its first answer shown; it must neither complain nor ask anybody else."""
    with open_centre(Centre(marts=marts)) as centre, tab(browser, centre.origin, theme, width, login()) as opened:
        opened.open(f"/reports/reconciliation{search}")
        opened.until("document.querySelector('#books-rows tr, #books.failed')")
        yield opened
        assert (opened.complaints, opened.foreign) == ([], [])


def row(opened: Tab, number: int) -> list[str]:
    return [text.strip() for text in opened.page.locator(f"#books-rows tr:nth-child({number}) td").all_inner_texts()]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_an_ordinary_day(browser: Browser, theme: Theme, width: int) -> None:
    with books(browser, ordinary(), "", theme, width) as opened:
        assert row(opened, 1) == [
            "22 Nov 13:00:22", "5551234", "Unexplained", "Agent", "Ines Moreau", "queue_log", "Tomas Berg",
        ]  # fmt: skip
        assert row(opened, 2)[2:] == ["Parked", "Talk and hold", "13.0 s", "queue_log", "18 s"]
        assert row(opened, 3)[:2] == ["", ""]
        assert row(opened, 5)[1:] == ["lab1-3", "Unheard", "The call itself", "nothing", "CEL", "13:20:00.0"]
        assert opened.page.locator("#books-summary b").all_inner_texts() == [
            "99.9\u2009%", "1,204", "1,189", "14", "1", "3",
        ]  # fmt: skip
        assert "Unheard" in opened.text("#books-rules tr")
        assert opened.text("#books-shown") == "the first 5 of 15"
        assert opened.page.locator("nav a.here").inner_text().strip() == "Reconciliation"
        assert opened.overflow == 0
        opened.keep(f"reconciliation-{theme}-{width}")


def test_a_day_on_which_all_is_well_is_calm(browser: Browser) -> None:
    counts = {"compared": 40, "agree": 40, "explained": 0, "unexplained": 0, "provisional": 0, "rules": {}}
    with books(browser, PaperMarts(books=counts)) as opened:
        assert "Every call of this range agrees with what its PBX wrote of it." in opened.text("#books-rows")
        assert opened.page.locator(".bad-text, .pill").count() == 0
        opened.keep("reconciliation-calm")


@pytest.mark.parametrize("marts", [PaperMarts(), PaperMarts(published=False)], ids=["no ledger", "nothing published"])
def test_an_empty_range_says_how_it_fills(browser: Browser, marts: PaperMarts) -> None:
    with books(browser, marts) as opened:
        assert "No call of this range was compared yet" in opened.text("#books-rows")
        assert opened.text("#books-summary b") == "–"
        opened.keep("reconciliation-empty")


def test_what_cannot_be_read_is_said(browser: Browser) -> None:
    class Broken(PaperMarts):
        def ready(self) -> bool:
            raise MartsMissing("Nothing is published yet: `trunkline up` publishes.")

    with books(browser, Broken()) as opened:
        assert "Nothing is published yet" in opened.text("#books-notice")
        opened.keep("reconciliation-failing")


@pytest.mark.parametrize("width", WIDTHS)
def test_many_calls_long_names_and_names_from_outside(browser: Browser, width: int) -> None:
    facts = (
        differs("stints[0].agent", LONG, "queue_log", HOSTILE, None),
        differs("stints[0].missed", (LONG, LONG), "queue_log", (), None),
    )
    marts = PaperMarts(
        books=dict(ordinary().books) | {"unexplained": 200}, differing=[call(n, *facts) for n in range(200)]
    )
    with books(browser, marts, "?range=7d", width=width) as opened:
        assert opened.page.locator("#books-rows tr").count() == 400
        assert row(opened, 1)[6] == HOSTILE
        assert opened.page.locator("img").count() == 0
        assert opened.overflow == 0
        opened.keep(f"reconciliation-huge-{width}")


def test_the_range_lives_in_the_address_and_every_figure_says_what_it_is(browser: Browser) -> None:
    with books(browser, ordinary()) as opened:
        opened.page.locator("#menu-range summary").click()
        opened.page.get_by_role("link", name="Last 7 days").click()
        opened.page.wait_for_url("**/reconciliation?range=7d")
        opened.until("document.querySelector('#menu-range b').textContent === '16 – 22 Nov 2026'")
        opened.page.locator("#menu-range summary").click()
        opened.page.locator("[name=from]").fill("2026-10-01")
        opened.page.locator("[name=to]").fill("2026-10-31")
        opened.page.locator("#menu-range button").click()
        opened.page.wait_for_url("**/reconciliation?from=2026-10-01&to=2026-10-31")
        opened.page.keyboard.press("Escape")
        opened.page.locator("#books-summary > div:nth-child(4)").hover()
        opened.until("document.querySelector('.tip').textContent.includes('another account shows why')")
        assert "22 Nov 2026 14:03:22 Europe/Berlin" in opened.text(".tip")
