"""Reports by mail in a real browser: the real API, the real dashboard over made weeks, a real mail server."""

import csv
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from api_parts import PASSWORD
from api_rows import add_user, change
from dashboard_parts import NOW, SECRET, app
from e2e.browser import THEMES, WIDTHS, Tab, Theme, chromium, tab
from made_weeks import publish_weeks
from mail_server import Letters, mail_server
from playwright.sync_api import Browser
from softphone_source import axe

from api.__main__ import server_of
from api.settings import read_settings
from warehouse.staffing.outlook import open_planned_marts

TENANT = "default"
# Fixed days: the made weeks end at a moment of their own.
WEEK = "from=2026-11-02&to=2026-11-08"
# Of what axe finds, what keeps somebody from using the page.
BARRIERS = """
async () => (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })).violations
  .map((each) => `${each.id}: ${each.nodes.map((node) => node.target).join(", ")}`)
"""
ROWS = "document.querySelectorAll('#schedules-rows tr:not(.empty)').length"


@dataclass
class Site:
    """The origin, the letters that it sent, its database, and a token of a manager."""

    origin: str
    letters: Letters
    database: str
    token: str


@contextmanager
def serving(config: uvicorn.Config | uvicorn.Server) -> Iterator[str]:
    """Serve in a thread; `host:port`."""
    server = config if isinstance(config, uvicorn.Server) else uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, module_database_as: Callable[..., str]) -> Iterator[Site]:
    data: Path = tmp_path_factory.mktemp("weeks")
    publish_weeks(data, TENANT, NOW, 4)
    marts = open_planned_marts(data, TENANT)
    add_user(module_database_as(), "petra", "manager", TENANT)
    change(module_database_as(), "UPDATE users SET name = 'Petra Lang' WHERE username = 'petra'")
    with ExitStack() as parts:
        letters = parts.enter_context(mail_server())
        dashboard: Any = app(lambda _: marts)  # type: ignore[arg-type, return-value]
        upstream = parts.enter_context(serving(uvicorn.Config(dashboard, log_config=None, access_log=False)))
        told = {
            "DATABASE": module_database_as("trunkline_api"), "KAFKA": "127.0.0.1:1", "DASHBOARD": upstream,
            "JWT_SECRET": SECRET, "ADMIN_PASSWORD": PASSWORD, "DATA": str(data), "TIMEZONE": "Europe/Berlin",
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(letters.port), "SMTP_TLS": "none",
            "SMTP_FROM": "Trunkline <reports@example.com>",
        }  # fmt: skip
        settings = read_settings({f"TRUNKLINE_{name}": value for name, value in told.items()})
        origin = f"http://{parts.enter_context(serving(server_of(settings)))}"
        yield Site(origin, letters, module_database_as(), signed_in(origin))


def signed_in(origin: str) -> str:
    """A token of the manager, once the origin answers."""
    for _ in range(600):
        try:
            answer = httpx.post(f"{origin}/api/auth/login", json={"username": "petra", "password": PASSWORD})
            return str(answer.raise_for_status().json()["accessToken"])
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the origin does not answer")


@contextmanager
def shown(browser: Browser, site: Site, path: str, theme: Theme = "light", width: int = 1440) -> Iterator[Tab]:
    """The page, its list there; it must neither complain nor ask anybody else, and nothing may be cut off."""
    with tab(browser, site.origin, theme, width, site.token) as opened:
        opened.open(f"/reports/{path}")
        yield opened
        # The browser itself says of each refusal that there was one.
        complaints = [each for each in opened.complaints if "status of 400" not in each]
        assert (complaints, opened.foreign, opened.overflow) == ([], [], 0)


def test_a_report_is_mailed_from_its_page_with_the_pages_numbers(browser: Browser, site: Site) -> None:
    change(site.database, "DELETE FROM report_schedules")
    with shown(browser, site, f"queues?{WEEK}&queue=billing&queue=support") as opened:
        opened.until("document.querySelectorAll('#queue-table-rows tr').length === 2")
        drawn = opened.page.locator("#queue-table-rows tr").all_inner_texts()
        heads = opened.page.locator("[id$=-summary] > div b").all_inner_texts()
        asked = f"/reports/export/queues.csv?{WEEK}&queue=billing&queue=support"
        taken = opened.page.request.get(site.origin + asked).body()
        opened.page.locator("#menu-export summary").click()
        opened.page.get_by_role("link", name="By mail…").click()
        opened.until("document.querySelector('dialog.form')")
        form = opened.page.locator("dialog.form")
        assert form.get_by_label("Report").input_value() == "queues"
        assert form.get_by_label("Only queue: billing, queue: support").is_checked()
        form.get_by_label("As", exact=True).select_option("CSV")
        form.get_by_label("When").select_option("Mondays")
        form.get_by_label("To", exact=True).fill("ann@example.com, eve@evil.example")
        form.get_by_role("button", name="Make the schedule").click()
        opened.until("document.querySelector('dialog .wrong:not(:empty)')")
        assert "eve@evil.example" in opened.text("dialog .row:has([aria-invalid=true]) .wrong")
        form.get_by_label("To", exact=True).fill("ann@example.com, never-bob@example.com")
        opened.page.evaluate(axe())
        assert opened.page.evaluate(BARRIERS) == []
        opened.keep("schedules-form")
        form.get_by_role("button", name="Make the schedule").click()
        opened.until(f"{ROWS} === 1")
        opened.page.get_by_role("button", name="Send now").click()
        opened.until("document.querySelector('#schedules-rows').textContent.includes('Sent')")
        assert "not to never-bob@example.com: 550" in opened.text("#schedules-rows td:nth-child(5)")
        opened.page.get_by_role("button", name="History").click()
        opened.until("document.querySelectorAll('#sendings-rows tr:not(.empty)').length === 1")
        assert opened.page.evaluate(BARRIERS) == []
    ((people, message),) = site.letters.came
    assert people == ("ann@example.com",)
    (file,) = message.iter_attachments()
    body = file.get_payload(decode=True)
    assert (body, file.get_content_type()) == (taken, "text/csv")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))[1:]
    for row, text in zip(rows, drawn, strict=False):
        words, whole = text.split(), [value for value in row[1:] if value.isdigit()]
        assert row[0] in text and whole and all(f"{int(value):,}" in words for value in whole)
    plain = message.get_body(("plain",))
    assert len(drawn) == 2 and len(heads) > 3 and plain is not None
    assert all(head in plain.get_content() for head in heads) and "Nov 2026" in message["subject"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_in_each_state(browser: Browser, site: Site, theme: Theme, width: int) -> None:
    fill(site)
    with shown(browser, site, "schedules", theme, width) as opened:
        opened.until(f"{ROWS} === 4")
        opened.page.get_by_role("button", name="History").first.click()
        opened.until("document.querySelectorAll('#sendings-rows tr:not(.empty)').length === 5")
        opened.page.evaluate(axe())
        assert opened.page.evaluate(BARRIERS) == []
        opened.keep(f"schedules-{theme}-{width}")
        opened.page.get_by_role("button", name="Edit").first.click()
        opened.until("document.querySelector('dialog.form')")
        opened.keep(f"schedules-edit-{theme}-{width}")
        opened.page.keyboard.press("Escape")


def test_without_a_mail_server_and_without_an_answer_it_says_what_to_do(browser: Browser, site: Site) -> None:
    change(site.database, "DELETE FROM report_schedules")
    nothing = {"isSet": False, "sender": "", "domains": [], "timeZone": "UTC"}
    missing = {"missing": ["TRUNKLINE_SMTP_HOST", "TRUNKLINE_SMTP_FROM"]}
    with tab(browser, site.origin, token=site.token) as opened:
        opened.page.route("**/api/schedules/mail", lambda route: route.fulfill(json=nothing | missing))
        opened.open("/reports/schedules")
        opened.until("document.querySelector('#no-mail')?.hidden === false")
        assert "the operator sets TRUNKLINE_SMTP_HOST and TRUNKLINE_SMTP_FROM" in opened.text("#no-mail")
        assert opened.page.get_by_role("button", name="New schedule").is_disabled()
        assert "No report goes out yet" in opened.text("#schedules-rows")
        opened.page.evaluate(axe())
        assert opened.page.evaluate(BARRIERS) == []
        opened.keep("schedules-no-mail")
        assert opened.complaints == []
        opened.page.unroute("**/api/schedules/mail")
        opened.page.route("**/api/schedules", lambda route: route.abort())
        opened.open("/reports/schedules")
        opened.until("document.querySelector('#panel-schedules .notice')?.textContent.includes('does not answer')")
        opened.page.unroute("**/api/schedules")
        opened.page.get_by_role("button", name="Try again").click()
        opened.until("document.querySelector('#schedules-rows').textContent.includes('No report goes out yet')")


ADD = """
INSERT INTO report_schedules (tenant_id, user_id, page, query, kind, recipients, every, days, day_of_month, at_time,
  time_zone, is_active, paused_because, next_at)
SELECT 'default', id, %s, %s, %s, %s, %s, %s, 1, '07:00', 'Europe/Berlin', %s, %s, '2026-11-30T06:00Z' FROM users
WHERE username = 'petra'
"""
ADD_SENDING = """
INSERT INTO report_sendings (tenant_id, schedule_id, due_at, status, detail, file, waiting, taken, refused, look_at)
SELECT 'default', id, '2026-11-27T06:00Z'::timestamptz - make_interval(days => %s), %s, %s, 'trunkline-queues.xlsx',
  '{}', ARRAY['ann@example.com'], %s, now() FROM report_schedules WHERE page = 'queues'
"""
LONG = "q" * 60


def fill(site: Site) -> None:
    """Schedules of each kind, one with a long name, one that was stopped; of the first what may become of it."""
    change(site.database, "DELETE FROM report_schedules")
    people = ["ann@example.com", "bob.the.manager.of.the.whole.centre@example.com"]
    stopped = "Petra Lang is no manager any more: somebody who is may start it again."
    for page, query, kind, every, days, active, why in (
        ("queues", "range=7d&queue=billing", "xlsx", "week", [1, 2, 3, 4, 5], True, ""),
        ("service-level", "range=yesterday", "pdf", "day", [], True, ""),
        ("agents", f"range=last-month&agent={LONG}", "csv", "month", [], True, ""),
        ("wait", "range=30d", "csv", "week", [2, 4], False, stopped),
    ):
        change(site.database, ADD, page, query, kind, people, every, days, active, why)
    for number, (status, detail, refused) in enumerate(
        (
            ("sent", "", "{}"),
            ("sent", "", '{"bob@example.com": "550 5.1.1 nobody of that name"}'),
            ("failed", "The report could not be made: the dashboard does not answer. It was tried 4 times.", "{}"),
            ("unknown", "Nobody knows whether the mail server took it, so it is not sent again.", "{}"),
            ("skipped", "Not sent (23 Nov 2026, 07:00 Europe/Berlin): Trunkline was not running.", "{}"),
        )
    ):
        change(site.database, ADD_SENDING, number, status, detail, refused)


def test_a_list_of_calls_is_mailed_as_well(site: Site) -> None:
    form = {"page": "calls", "kind": "csv", "recipients": ["calls@example.com"], "every": "day", "at": "07:00"}
    with httpx.Client(base_url=site.origin, headers={"authorization": f"Bearer {site.token}"}) as client:
        made = client.post("/api/schedules", json=form | {"query": f"{WEEK}&show=abandoned"}).raise_for_status().json()
        client.post(f"/api/schedules/{made['id']}/send").raise_for_status()
        for _ in range(600):
            if found := [letter for to, letter in site.letters.came if to == ("calls@example.com",)]:
                break
            time.sleep(0.05)
        client.delete(f"/api/schedules/{made['id']}").raise_for_status()
    site.letters.came[:] = [each for each in site.letters.came if each[1] not in found]
    (file,) = found[0].iter_attachments()
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes) and content.decode("utf-8-sig").startswith("When,Caller,Number")
    assert file.get_filename() == "trunkline-calls-2026-11-02-2026-11-08.csv"
    assert found[0]["subject"] == "Calls: 2 Nov 2026 – 8 Nov 2026"
