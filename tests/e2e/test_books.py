"""The data-quality page in a real browser: what was heard, differences, all well, empty, failing, themes and widths."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from dashboard_parts import NOW, PaperMarts
from e2e.browser import THEMES, WIDTHS, Tab, Theme, chromium, tab
from e2e.paper_centre import Centre, login, open_centre
from playwright.sync_api import Browser
from softphone_source import axe
from trust_parts import trusted

from calls.ledger.facts import Fact, Told, Verdict
from calls.ledger.rules import Rule
from warehouse.marts import MartsMissing

LONG = "Sixty characters are quite enough for the longest of names!!"
# Of what axe finds, what keeps somebody from using the page.
FINDINGS = """
async () => (await axe.run("#page", { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })).violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html).join(" ")}`)
"""
HOSTILE = "<img src=x onerror=\"document.title='broken'\"> \u202etxet"


def differs(subject: str, ours: Told, source: str, theirs: Told, rule: Rule | None) -> Fact:
    verdict = Verdict.EXPLAINED if rule else Verdict.UNEXPLAINED
    return Fact(subject, ours, source, theirs, verdict, rule)


def call(number: int, *facts: Fact, caller: str | None = "5551234") -> tuple[Any, ...]:
    verdict = max((fact.verdict for fact in facts), key=list(Verdict).index)
    return f"lab1:lab1-{number}", NOW - timedelta(minutes=7 * number), caller, verdict.value, facts


def ordinary() -> PaperMarts:
    """A day of 1,204 calls, of which nothing explains one; a PBX is silent."""
    talk, end = "legs[0].talk_s + hold_s", "legs[0].ended_by"
    return trusted(
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
        opened.open(f"/reports/data-quality{search}")
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
            "99.9\u2009%", "1,204", "1,189", "14", "1",
        ]  # fmt: skip
        assert "Unheard" in opened.text("#books-rules tr")
        assert opened.text("#books-shown") == "the first 5 of 15"
        assert opened.page.locator("nav a.here").inner_text().strip() == "Data quality"
        assert opened.page.locator("#heard-summary b").all_inner_texts() == [
            "1,200",
            "3.5\u2009%",
            "3",
            "1",
            "1",
            "12:34",
        ]
        assert "silent since 22 Nov 13:51:22" in opened.text("#pbxs-rows tr:nth-child(2)")
        assert opened.page.locator("#days-rows tr, #gaps-rows tr").count() == 4
        opened.until("document.querySelector('#refused')?.textContent.startsWith('17 packets and lines refused')")
        assert opened.overflow == 0
        opened.page.evaluate(axe())
        assert opened.page.evaluate(FINDINGS) == []
        opened.keep(f"data-quality-{theme}-{width}")


def test_a_day_on_which_all_is_well_is_calm(browser: Browser) -> None:
    counts = {"compared": 40, "agree": 40, "explained": 0, "unexplained": 0, "provisional": 0, "rules": {}}
    with books(browser, PaperMarts(books=counts)) as opened:
        assert "Every call of this range agrees with what its PBX wrote of it." in opened.text("#books-rows")
        assert opened.page.locator(".bad-text, .pill").count() == 0
        opened.keep("data-quality-calm")


@pytest.mark.parametrize("marts", [PaperMarts(), PaperMarts(published=False)], ids=["no ledger", "nothing published"])
def test_an_empty_range_says_how_it_fills(browser: Browser, marts: PaperMarts) -> None:
    with books(browser, marts) as opened:
        assert "No call of this range was compared yet" in opened.text("#books-rows")
        assert opened.text("#books-summary b") == "–"
        opened.keep("data-quality-empty")


def test_what_cannot_be_read_is_said(browser: Browser) -> None:
    class Broken(PaperMarts):
        def ready(self) -> bool:
            raise MartsMissing("Nothing is published yet: `trunkline up` publishes.")

    with books(browser, Broken()) as opened:
        assert "Nothing is published yet" in opened.text("#books-notice")
        opened.keep("data-quality-failing")


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
        opened.keep(f"data-quality-huge-{width}")


def test_the_range_lives_in_the_address_and_every_figure_says_what_it_is(browser: Browser) -> None:
    with books(browser, ordinary()) as opened:
        opened.page.locator("#menu-range summary").click()
        opened.page.get_by_role("link", name="Last 7 days").click()
        opened.page.wait_for_url("**/data-quality?range=7d")
        opened.until("document.querySelector('#menu-range b').textContent === '16 – 22 Nov 2026'")
        opened.page.locator("#menu-range summary").click()
        opened.page.locator("[name=from]").fill("2026-10-01")
        opened.page.locator("[name=to]").fill("2026-10-31")
        opened.page.locator("#menu-range button").click()
        opened.page.wait_for_url("**/data-quality?from=2026-10-01&to=2026-10-31")
        opened.page.keyboard.press("Escape")
        opened.page.locator("#books-summary > div:nth-child(4) label").hover()
        opened.until("document.querySelector('.tip').textContent.includes('another account shows why')")
        assert "22 Nov 2026 14:03:22 Europe/Berlin" in opened.text(".tip")


def test_numbers_and_callers_open_their_calls_and_the_old_address_leads_here(browser: Browser) -> None:
    with books(browser, ordinary(), "?range=7d") as opened:
        opened.page.locator("#heard-summary").get_by_text("3.5").click()
        opened.page.wait_for_url("**/reports/calls?range=7d&show=provisional")
        opened.until("document.querySelector('#calls-count')?.textContent === '7 provisional'")
        opened.open("/reports/reconciliation?range=7d")
        opened.page.wait_for_url("**/reports/data-quality?range=7d")
        opened.until("document.querySelector('#books-rows a')")
        opened.page.locator("#books-rows a").first.click()
        opened.page.wait_for_url("**/reports/calls?range=7d&call=lab1%3Alab1-9")
        opened.until("document.querySelector('#one-call .events')")
