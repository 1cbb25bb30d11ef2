"""The pages in the states that a real centre is seldom in, in a real browser: empty, huge, hostile, behind, cut off."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from dashboard_parts import BILLING, NOW, PaperMarts
from e2e.browser import THEMES, WIDTHS, Tab, Theme, chromium, tab
from e2e.paper_centre import Centre, agent, login, now_ms, open_centre, queue
from msgspec.structs import replace
from playwright.sync_api import Browser

from api.live.freshness import Gap
from api.live.messages import PRESENCE_UPDATE, QUEUE_UPDATE, message
from warehouse.marts import MartsMissing, QueueName

LONG = "Sixty characters are quite enough for the longest of names!!"
HOSTILE = "<img src=x onerror=\"document.title='broken'\"> \u202etxet"


def busy(marts: PaperMarts | None = None) -> Centre:
    """A centre on an ordinary day: a queue past both limits, an agent who paused too long."""
    queues = [
        queue("Billing", (5, 20, 30, 44, 70, 134), 388, 0.713),
        queue("Support", (10, 38), 514, 0.849),
        queue("Returns", (), 88, 0.886),
        queue("Night line"),
    ]
    agents = [
        agent("Ines Moreau", "paused", 2292, reason="lunch"),
        agent("Tomas Berg", "on_call", 1060, "billing", "Anna"),
        agent("Aiko Tanaka", "on_hold", 363, "billing"),
        agent("Lucia Conti", "wrap_up", 72, "support"),
        agent("Noah Fischer", "ringing", 9, "billing"),
        agent("Jonas Weber", "available", 227),
        agent("Omar Said", "offline", 9000),
    ]
    return Centre(queues, agents, marts=marts or PaperMarts())


# Eight callers in each quarter of an hour of a working morning.
MORNING = {datetime(2026, 11, 22, 7, tzinfo=UTC) + timedelta(minutes=15 * n): 8 + n % 5 * 4 for n in range(20)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@contextmanager
def live(browser: Browser, centre: Centre, theme: Theme = "light", width: int = 1440) -> Iterator[Tab]:
    """The live page of a centre, its first snapshot shown; it must neither complain nor ask anybody else."""
    with open_centre(centre), tab(browser, centre.origin, theme, width, login()) as opened:
        opened.open("/reports/live")
        opened.until("document.querySelector('#live:not(.waiting)')")
        yield opened
        assert opened.foreign == []


@contextmanager
def service_level(browser: Browser, marts: PaperMarts, search: str = "", width: int = 1440) -> Iterator[Tab]:
    """The service-level page over marts on paper, its first answer shown."""
    with open_centre(Centre(marts=marts)) as centre, tab(browser, centre.origin, "light", width, login()) as opened:
        opened.open(f"/reports/service-level{search}")
        opened.until("document.querySelector('#report:not(.waiting)')")
        yield opened
        assert (opened.complaints, opened.foreign) == ([], [])


def column(opened: Tab, rows: str, number: int) -> list[str]:
    """The texts of a table's column."""
    return [text.strip() for text in opened.page.locator(f"#{rows} td:nth-child({number})").all_inner_texts()]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_busy_centre(browser: Browser, theme: Theme, width: int) -> None:
    with live(browser, busy(PaperMarts(MORNING)), theme, width) as opened:
        opened.until("document.querySelectorAll('#today .bars path').length > 20")
        assert column(opened, "queue-rows", 1) == ["Billing", "Support", "Returns", "Night line"]
        assert column(opened, "agent-rows", 1)[0] == "Ines Moreau"
        assert "Omar Said" not in column(opened, "agent-rows", 1)
        assert opened.text("[data-kpi=waiting] b") == "8"
        assert opened.text("[data-kpi=service_level] b") == "82.2\u2009%"
        assert opened.page.locator("tr.queue.bad").count() == 1
        assert opened.overflow == 0
        opened.keep(f"live-busy-{theme}-{width}")
        assert opened.complaints == []


def test_an_empty_centre_says_how_it_fills(browser: Browser) -> None:
    with live(browser, Centre()) as opened:
        assert "a queue appears here as soon as a PBX tells of it" in opened.text("#queue-rows")
        assert "an agent appears here on joining a queue" in opened.text("#agent-rows")
        assert opened.text("[data-kpi=longest] b") == "–"
        opened.until("document.querySelector('#today-note').textContent.includes('No calls today yet')")
        opened.keep("live-empty")


def test_one_row(browser: Browser) -> None:
    one = Centre([queue("Billing", (3,), 1)], [agent("Ines Moreau", "paused", 5, reason="After-call work")])
    with live(browser, one) as opened:
        assert (opened.text("#agent-rows .pill"), opened.text("#agent-rows .mid")) == ("Paused", "After-call work")
        assert column(opened, "queue-rows", 2) == ["1"]
        assert "1 signed in" in opened.text("#agent-count")
        opened.keep("live-one-row")


@pytest.mark.parametrize("width", WIDTHS)
def test_five_hundred_agents_with_long_names(browser: Browser, width: int) -> None:
    queues = [queue(f"{n} {LONG}"[:60], (n,), 1000 + n, 0.9) for n in range(60)]
    agents = [agent(f"{n} {LONG}"[:60], "on_call", n, queues[n % 60].queue_id, reason=LONG) for n in range(500)]
    with live(browser, Centre(queues, agents), width=width) as opened:
        assert opened.page.locator("#agent-rows tr").count() == 500
        assert opened.page.locator("#queue-rows tr").count() == 60
        assert opened.overflow == 0
        opened.keep(f"live-huge-{width}")


def test_names_from_outside_are_only_text(browser: Browser) -> None:
    hostile = Centre([queue(HOSTILE, (3,), 1)], [agent(HOSTILE, "on_call", 5, HOSTILE.lower(), HOSTILE, HOSTILE)])
    with live(browser, hostile) as opened:
        assert opened.text("#agent-rows td") == HOSTILE
        assert opened.text("#queue-rows td") == HOSTILE
        assert opened.page.locator("img").count() == 0
        assert opened.page.title() == "Live · Trunkline"
        assert opened.complaints == []


def test_changes_arrive_by_push_and_clocks_count_by_themselves(browser: Browser) -> None:
    centre = Centre([queue("Billing", (3,), 10, 0.9)], [agent("Ines Moreau", "available", 5)])
    with live(browser, centre) as opened:
        opened.until("document.querySelector('#queue-rows .num').textContent >= '0:05'")
        centre.tell(message(QUEUE_UPDATE, queue("Billing", (61, 3), 11, 0.7)))
        opened.until("document.querySelector('#queue-rows tr').className === 'queue warn'")
        centre.tell(message(PRESENCE_UPDATE, agent("Ines Moreau", "on_call", 1, "billing")))
        opened.until("document.querySelector('#agent-rows .pill').textContent === 'On call'")
        assert opened.text("#agent-rows td:nth-child(4)") == "Billing · ••• 218"
        assert centre.snapshots == 1


def test_a_missed_event_brings_a_new_snapshot(browser: Browser) -> None:
    centre = Centre([queue("Billing", (3,))])
    with live(browser, centre) as opened:
        centre.queues = [queue("Billing", (3, 4, 5))]
        centre.tell(message(QUEUE_UPDATE, queue("Billing")), lose=1)
        opened.until("document.querySelector('#queue-rows td:nth-child(2) b').textContent === '3'")
        assert centre.snapshots == 2
        opened.until("!document.querySelector('#live').classList.contains('stale')")


@pytest.mark.parametrize("theme", THEMES)
def test_a_lost_feed_is_said_and_comes_back(browser: Browser, theme: Theme) -> None:
    centre = busy()
    with live(browser, centre, theme) as opened:
        centre.close()
        opened.until("document.querySelector('#live.stale')")
        assert "The live feed was lost at" in opened.text("#live-notice")
        assert opened.text("[data-kpi=waiting] .stale-mark").startswith("stale since ")
        assert opened.text("#health .pill") == "Not connected"
        opened.keep(f"live-stale-{theme}")
        clock = opened.text("[data-kpi=longest] b")
        centre.closed = False
        opened.until("!document.querySelector('#live.stale') && document.querySelector('#live-notice').hidden")
        opened.until(f"document.querySelector('[data-kpi=longest] b').textContent !== '{clock}'")
        assert "Live " in opened.text("#live-clock")


def test_being_behind_is_said(browser: Browser) -> None:
    centre = busy()
    with live(browser, centre) as opened:
        centre.behind_ms = 8_000
        centre.tell_summary()
        opened.until("document.querySelector('#live.stale')")
        assert "events arrive 0:08 late" in opened.text("#live-notice")
        centre.behind_ms = 40
        centre.tell_summary()
        opened.until("!document.querySelector('#live.stale')")


def test_a_pbx_that_is_not_heard_is_said(browser: Browser) -> None:
    centre = busy()
    with live(browser, centre) as opened:
        centre.gap = Gap("lab1", "ami", "Asterisk closed the connection", now_ms() - 9_000, None)
        centre.tell_summary()
        opened.until("document.querySelector('#live.stale')")
        assert "lab1 has not been heard since" in opened.text("#live-notice")
        assert "Asterisk closed the connection" in opened.text("#live-notice")
        assert opened.text("#health .pill") == "Not heard"
        centre.gap = replace(centre.gap, end=now_ms())
        centre.tell_summary()
        opened.until("!document.querySelector('#live.stale')")
        assert "Last gap" in opened.text("#health")


def test_the_table_of_agents_can_be_narrowed(browser: Browser) -> None:
    with live(browser, busy()) as opened:
        opened.page.keyboard.press("/")
        opened.page.keyboard.type("berg")
        opened.until("document.querySelectorAll('#agent-rows tr').length === 1")
        assert "No queue has that name." in opened.text("#queue-rows")
        opened.page.locator("#find").fill("")
        opened.page.locator("#agent-states summary").click()
        opened.page.get_by_role("button", name="Offline").click()
        opened.until("document.querySelectorAll('#agent-rows tr').length === 1")
        assert column(opened, "agent-rows", 1) == ["Omar Said"]


def test_keys_theme_and_explanations(browser: Browser) -> None:
    with live(browser, busy()) as opened:
        opened.page.keyboard.press("?")
        assert "Full screen, for a wall" in opened.text("dialog[open]")
        opened.page.keyboard.press("Escape")
        opened.page.keyboard.press("t")
        assert opened.page.evaluate("document.documentElement.dataset.theme") == "dark"
        opened.page.reload()
        opened.until("document.documentElement.dataset.theme === 'dark'")
        opened.page.locator("[data-kpi=service_level]").hover()
        assert "short abandons left out" in opened.text(".tip:not([hidden])")
        opened.keep("live-explained")


def test_a_wall_shows_figures_only(browser: Browser) -> None:
    with live(browser, busy()) as opened:
        opened.page.keyboard.press("f")
        opened.until("document.documentElement.classList.contains('wall')")
        assert not opened.page.locator(".side").is_visible()
        assert opened.overflow == 0


def test_when_the_login_ends_the_page_leads_back_to_it(browser: Browser) -> None:
    centre = busy()
    with live(browser, centre) as opened:
        opened.page.context.clear_cookies()
        centre.close()
        opened.page.wait_for_url("**/login?next=*")
        assert opened.page.url.endswith("/login?next=%2Freports%2Flive")


def test_a_report_before_the_first_load(browser: Browser) -> None:
    with service_level(browser, PaperMarts(published=False)) as opened:
        assert "No calls in this range yet" in opened.text("#level-rows")
        assert opened.text("#summary b") == "–"
        opened.keep("service-level-empty")


def test_a_report_that_cannot_be_read(browser: Browser) -> None:
    class Broken(PaperMarts):
        def queue_names(self) -> list[QueueName]:
            raise MartsMissing("Nothing is published yet: `trunkline up` publishes.")

    with service_level(browser, Broken()) as opened:
        assert "Nothing is published yet" in opened.text("#report-notice")
        assert "By 15 minutes" in " ".join(opened.text("#filters").split())
        opened.keep("service-level-failing")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_report_of_many_rows_and_long_names(browser: Browser, width: int) -> None:
    every = {NOW.replace(day=16, hour=0, minute=0, second=0) + timedelta(minutes=15 * n): 8 for n in range(6 * 96)}
    queues = [BILLING._replace(queue=f"q{n}", name=f"{n} {LONG}"[:60]) for n in range(40)]
    search = "?range=7d&by=15m&queue=q1&queue=q2"
    with service_level(browser, PaperMarts(every, queues), search, width) as opened:
        assert opened.page.locator("#level-rows tr").count() > 500
        assert opened.overflow == 0
        opened.page.locator("#menu-queues summary").click()
        assert opened.overflow == 0
        opened.keep(f"service-level-huge-{width}")


def test_filters_live_in_the_address(browser: Browser) -> None:
    with service_level(browser, PaperMarts(MORNING)) as opened:
        opened.page.locator("#menu-range summary").click()
        opened.page.get_by_role("link", name="Last 7 days").click()
        opened.page.wait_for_url("**?range=7d")
        opened.until("document.querySelector('#chart-title').textContent === 'By day'")
        opened.page.locator("#menu-queues summary").click()
        opened.page.get_by_role("link", name="Billing").click()
        opened.page.wait_for_url("**?range=7d&queue=billing")
        opened.page.get_by_role("link", name="Support").click()
        opened.page.wait_for_url("**?range=7d&queue=billing&queue=support")
        opened.until("document.querySelector('#menu-queues b').textContent.includes(',')")
        opened.page.keyboard.press("Escape")
        opened.page.locator("#menu-range summary").click()
        opened.page.locator("[name=from]").fill("2026-10-01")
        opened.page.locator("[name=to]").fill("2026-10-31")
        opened.page.locator("#menu-range button").click()
        opened.page.wait_for_url("**from=2026-10-01&to=2026-10-31")
        opened.page.go_back()
        opened.until("document.querySelector('#menu-range b').textContent === '16 – 22 Nov 2026'")


def test_every_number_of_a_report_says_what_it_is(browser: Browser) -> None:
    with service_level(browser, PaperMarts(MORNING)) as opened:
        for selector, words in (
            ("#summary > div:first-child", "Threshold: 20 s"),
            ("#level-rows td:nth-child(3)", "within the threshold"),
            ("#definitions tr:nth-child(2) td:last-child", "Of offered"),
        ):
            opened.page.locator(selector).first.hover()
            opened.until(f"document.querySelector('.tip').textContent.includes('{words}')")
            assert "22 Nov 2026 14:03:22 Europe/Berlin" in opened.text(".tip")
