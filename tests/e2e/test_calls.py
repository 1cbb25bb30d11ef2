"""The calls page in a real browser: lists in every state, one call as the look draws it, both themes and widths."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

import pytest
from dashboard_parts import PaperMarts
from e2e.browser import THEMES, WIDTHS, Tab, Theme, chromium, tab
from e2e.paper_centre import Centre, login, open_centre
from e2e.paper_history import RECORDING, History, part, stay, whole
from history_parts import row
from msgspec.structs import replace
from playwright.sync_api import Browser
from softphone_source import axe

from api.history.forms import CallRow

LONG = "Sixty characters are quite enough for the longest of names!!"
HOSTILE = "<img src=x onerror=\"document.title='broken'\"> \u202etxet"
# Of what axe finds, what keeps somebody from using the page.
FINDINGS = """
async () => (await axe.run("#page", { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })).violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html).join(" ")}`)
"""
LISTED = "document.querySelector('#calls-rows tr')?.cells.length > 1"
SHOWN = "document.querySelector('#one-call .events tbody tr') && document.querySelector('#one-call svg')"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@contextmanager
def calls(
    browser: Browser,
    history: History,
    search: str = "?range=7d",
    theme: Theme = "light",
    width: int = 1440,
    until: str = LISTED,
    complaints: int = 0,
) -> Iterator[Tab]:
    """The page over calls on paper; it must neither complain, but of refused answers, nor ask anybody else."""
    centre = Centre(marts=PaperMarts(), history=history)
    with open_centre(centre), tab(browser, centre.origin, theme, width, login()) as opened:
        opened.open(f"/reports/calls{search}")
        opened.until(until)
        yield opened
        assert len(opened.complaints) <= complaints, opened.complaints
        assert opened.foreign == []


def usable(opened: Tab) -> None:
    """Nothing is wider than the window, and nothing keeps anybody from using it."""
    assert opened.overflow == 0
    # What lies under the bar at the top cannot be hit; nobody would try.
    opened.page.evaluate("scrollTo(0, 0)")
    opened.page.evaluate(axe())
    assert opened.page.evaluate(FINDINGS) == []


def mixed() -> list[CallRow]:
    """Calls of every kind."""
    return [
        row(1),
        row(2, outcome="abandoned", agents=[], talk_s=None, hold_s=None, mos=None, recordings=0, disposition=None,
            disposition_title=None, wait_s=74.0),
        row(3, direction="outbound", to_number="+4930998877", contact="Lind AG", queues=[], transfers=1,
            transfer_to="Billing", mos=3.2),
        row(4, from_name=None, from_number=None, certainty="provisional", has_notes=True, verdict="unexplained"),
        row(5, status="CONNECTED", outcome=None, ended_at=None, certainty="provisional", mos=None),
        row(6, is_known=False, call_id="pbx-1:1795.7", direction=None, from_name=None, from_number=None, outcome=None,
            status=None, queues=[], agents=[], talk_s=None, hold_s=None, wait_s=None, mos=None, recordings=0),
        *(row(n) for n in range(7, 20)),
    ]  # fmt: skip


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_list(browser: Browser, theme: Theme, width: int) -> None:
    with calls(browser, History(rows=mixed()), "?range=7d&show=offered", theme, width) as opened:
        opened.until("document.querySelector('#calls-count')?.textContent === '19 offered'")
        texts = opened.page.locator("#calls-rows tr:first-child td").all_inner_texts()
        assert texts[0].strip() == "22 Nov, 12:59:00"
        assert "Mira Costa" in texts[1] and texts[4].strip() == "Answered"
        assert opened.text("#calls-rows tr:nth-child(6) td:nth-child(5)") == "Not heard"
        assert opened.page.locator("#calls-rows tr:nth-child(6) a").count() == 0
        usable(opened)
        opened.keep(f"calls-{theme}-{width}")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_one_call(browser: Browser, theme: Theme, width: int) -> None:
    history = History(recordings=[RECORDING])
    with calls(browser, history, f"?range=7d&call={whole().call_id}", theme, width, SHOWN) as opened:
        opened.until("document.querySelector('#one-call audio')")
        assert opened.text(".one-name") == "Mira Costa, +15550140040"
        assert opened.page.locator(".facts b").all_inner_texts() == ["1:07", "6:14", "0:47", "3.4"]
        facts = opened.page.locator(".events .fact").all_inner_texts()
        assert [text.strip() for text in facts[1:7]] == [
            "entered Support at place 2", "Tomas Berg did not answer",
            "answered by Samir Haddad, answered in Support after 0:18",
            "Samir Haddad's caller put on hold, now on hold",
            "taken off hold, now on call", "blind transfer to Billing",
        ]  # fmt: skip
        assert opened.page.locator(".lanes .bar-hold").count() == 2
        assert "Transfer to Billing" in opened.page.locator(".lane-mark-words").all_text_contents()
        usable(opened)
        opened.keep(f"call-{theme}-{width}")


def test_where_a_recording_plays_is_shown_on_the_axis(browser: Browser) -> None:
    history = History(recordings=[RECORDING])
    with calls(browser, history, f"?range=7d&call={whole().call_id}", until=SHOWN) as opened:
        opened.until("document.querySelector('#one-call audio')")
        line = "document.querySelector('.lane-now')"
        assert opened.page.evaluate(f"{line}.style.display") == "none"
        opened.page.evaluate("document.querySelector('audio').dispatchEvent(new Event('seeking'))")
        # It begins 32 seconds into the call of 502.
        assert opened.page.evaluate(f"Number({line}.getAttribute('x1'))") == pytest.approx(150 + 32 / 502 * 1000)
        assert opened.page.evaluate(f"{line}.style.display") == ""
        assert opened.page.locator("#one-call audio").get_attribute("preload") == "none"
        opened.page.evaluate("document.querySelector('audio').dispatchEvent(new Event('ended'))")
        assert opened.page.evaluate(f"{line}.style.display") == "none"


def test_from_the_list_to_a_call_to_the_next_and_back_without_a_new_page(browser: Browser) -> None:
    rows = [row(n) for n in range(1, 80)]
    history = History(rows=rows)
    with calls(browser, history, "?range=7d&show=abandoned&queue=billing") as opened:
        opened.page.evaluate("window.stayed = true")
        assert opened.page.locator("#calls-rows tr").count() == 50
        opened.page.locator("#calls-more").click()
        opened.until("document.querySelectorAll('#calls-rows tr').length === 79")
        assert not opened.page.locator("#calls-more").is_visible()
        opened.page.locator("#calls-rows tr:nth-child(3)").click()
        opened.page.wait_for_url("**/reports/calls?range=7d&queue=billing*call=pbx%3A3*")
        opened.until(SHOWN)
        opened.until("document.querySelector('#calls-ways a:nth-child(3)').href")
        opened.page.locator("#calls-ways").get_by_text("Older").click()
        opened.page.wait_for_url("**call=pbx%3A4*")
        opened.page.locator("#calls-ways").get_by_text("Back to 79 abandoned, 16 – 22 Nov 2026").click()
        opened.until("document.querySelector('#one-call').hidden")
        assert opened.page.locator("#calls-rows tr").count() == 79
        opened.page.go_back()
        opened.until("document.querySelector('#one-call')?.hidden === false")
        assert opened.page.evaluate("window.stayed") is True
        asked = parse_qs(history.asked[0])
        assert (asked["show"], asked["queue"], asked["startDate"]) == (["abandoned"], ["billing"], ["2026-11-16"])


def test_filters_live_in_the_address_and_can_be_dropped(browser: Browser) -> None:
    history = History()
    with calls(browser, history, "?range=7d&weekday=1&hour=09:15&pbx=pbx-1") as opened:
        assert "Mondays" in opened.text("#calls-filters")
        opened.page.get_by_placeholder("Part of a number").fill("0140 0")
        opened.page.keyboard.press("Enter")
        opened.page.wait_for_url("**number=0140+0*")
        opened.until(
            "[...document.querySelectorAll('.chip')].some((chip) => chip.textContent.includes('number has 0140 0'))"
        )
        opened.page.locator(".chip").get_by_text("Mondays").click()
        opened.until("!document.querySelector('#calls-filters').textContent.includes('Mondays')")
        opened.page.locator("#menu-show summary").click()
        opened.page.get_by_role("link", name="with bad sound").click()
        opened.page.wait_for_url("**show=bad_quality*")
        opened.until("document.querySelector('#calls-count')?.textContent.includes('with bad sound')")
    last = parse_qs(history.asked[-1])
    assert (last["number"], last["hour"], last["minute"], last["pbx"]) == (["0140 0"], ["9"], ["15"], ["pbx-1"])
    assert "weekday" not in last


def test_an_empty_list_says_how_it_fills(browser: Browser) -> None:
    empty = "document.querySelector('#calls-rows tr.empty')?.textContent.includes('There is no call')"
    with calls(browser, History(rows=[]), "", until=empty) as opened:
        assert "Calls appear here as soon as they begin." in opened.text("#calls-rows")
        usable(opened)
        opened.keep("calls-empty")
    nothing = "document.querySelector('#calls-rows tr.empty')?.textContent.includes('Nothing counts as')"
    with calls(browser, History(rows=[]), "?show=abandoned&queue=billing", until=nothing) as opened:
        assert "drop one, or take more days" in opened.text("#calls-rows")


def test_while_it_loads_and_when_it_fails(browser: Browser) -> None:
    history = History(held=threading.Event(), rows=[row(1)])
    loading = "document.querySelector('#calls-rows tr.empty')?.textContent === 'Loading…'"
    with calls(browser, history, until=loading) as opened:
        opened.keep("calls-loading")
        assert history.held is not None
        history.held.set()
        opened.until(LISTED)
    history = History(refuse=(503, "The database does not answer."))
    with calls(
        browser, history, until="document.querySelector('#calls-notice')?.hidden === false", complaints=9
    ) as opened:
        assert "The database does not answer." in opened.text("#calls-notice")
        opened.keep("calls-failing")
        history.refuse = None
        opened.page.get_by_role("button", name="Try again").click()
        opened.until(LISTED)
        assert not opened.page.locator("#calls-notice").is_visible()


def test_a_call_that_is_not_there_and_a_recording_that_may_not_be_heard(browser: Browser) -> None:
    missing = "document.querySelector('#calls-notice')?.hidden === false"
    with calls(browser, History(), "?call=pbx:nowhere", until=missing, complaints=2) as opened:
        assert "There is no such call" in opened.text("#calls-notice")
    history = History(refuse_recordings=(403, "The role analyst does not open this."))
    with calls(browser, history, "?call=pbx:1", until=SHOWN, complaints=2) as opened:
        opened.until("document.querySelector('.recording-card').textContent.includes('does not play recordings')")


@pytest.mark.parametrize("width", WIDTHS)
def test_long_and_hostile_names_are_text_and_stay_inside(browser: Browser, width: int) -> None:
    strange = [row(n, from_name=HOSTILE if n % 2 else LONG, agents=[HOSTILE, LONG], queues=[LONG]) for n in range(500)]
    evil = {"from_name": HOSTILE, "disposition_title": HOSTILE, "notes": HOSTILE * 5, "from_number": HOSTILE}
    call = whole(
        **evil, stays=[stay(HOSTILE, 0, 30, LONG)],
        parts=[part(HOSTILE, LONG, (20, 30, 400)), part(LONG, "1", (20, 30, 502))], to_number=LONG, merged=[HOSTILE],
    )  # fmt: skip
    first = replace(History().events[1], proved={"stints[0].entered_at": HOSTILE, "stints[0].queue": HOSTILE})
    history = History(rows=strange, call=call, events=[first, replace(first, event=HOSTILE, source=HOSTILE)])
    with calls(browser, history, width=width) as opened:
        opened.page.locator("#calls-more").click()
        opened.until("document.querySelectorAll('#calls-rows tr').length === 100")
        assert opened.page.locator("#calls-rows tr:nth-child(2) .name").inner_text() == HOSTILE
        usable(opened)
        opened.keep(f"calls-hostile-{width}")
        opened.page.locator("#calls-rows tr:nth-child(2)").click()
        opened.until(SHOWN)
        opened.page.locator(".events button").first.click()
        usable(opened)
        assert opened.page.locator("img").count() == 0
        assert opened.page.title() == "Calls · Trunkline"
        opened.keep(f"call-hostile-{width}")


def test_agents_find_no_such_page(browser: Browser) -> None:
    with open_centre(Centre()) as centre, tab(browser, centre.origin, token=login("agent")) as opened:
        opened.page.goto(f"{centre.origin}/reports/calls")
        assert "Mira Costa" not in opened.page.content()
