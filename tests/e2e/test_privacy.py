"""The page Privacy in a real browser: the whole way over real parts, and its states over an API on paper."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from api_parts import PASSWORD
from api_rows import add_user
from dashboard_parts import SECRET, PaperMarts, app
from e2e.browser import THEMES, WIDTHS, Tab, Theme, chromium, tab
from e2e.paper_centre import Centre, login, open_centre
from e2e.test_schedules import serving
from made_calls import DAY_MS, START, queue_call
from made_installation import Installation
from msgspec.structs import replace
from playwright.sync_api import Browser, Route
from softphone_source import axe

from api.__main__ import server_of
from api.settings import read_settings
from warehouse.privacy.job import Erasures

BARRIERS = """
async () => (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })).violations
  .map((each) => `${each.id}: ${each.nodes.map((node) => node.target).join(", ")}`)
"""
HEARD = "document.querySelector('#privacy:not(.waiting)')"
NUMBER = "+49 30 55512345"
LONG = "Maximiliane-Friederike von und zu Hohenlohe-Langenburg-Oehringen"
AGENTS = [
    {"id": "PJSIP/1001", "pbx": "pbx-berlin", "name": LONG, "extension": "1001"},
    {"id": "PJSIP/1002", "pbx": "pbx-berlin", "name": "Ines Moreau", "extension": "1002"},
]
FOUND = {
    "calls": 1204, "transfers": 3, "notes": 41, "recordings": 388, "events": 24061, "corrections": 2, "comparisons": 9,
    "contacts": 1, "commands": 12, "dialled": 5, "refused": 1,
}  # fmt: skip
PREVIEW: dict[str, Any] = {
    "number": NUMBER, "also": ["03055512345", "903055512345", "00493055512345", "493055512345", "3055512345"],
    "firstAt": "2024-01-03T09:12:00Z", "lastAt": "2026-11-26T15:40:00Z", "found": FOUND, "running": None,
}  # fmt: skip
TITLES = (
    ("tables", "Calls, notes, contacts and what was asked of the telephone system", ""),
    ("lake", "Reports and their history", ""),
    ("recordings", "Recordings", "388 recordings are still to be deleted."),
    ("log", "The archive of what the telephone system said",
     "Days that are still being written are done once they are over: pbx-berlin 2026-11-27."),
    ("check", "A last look through everything", "Waits for its turn."),
)  # fmt: skip


def erasure(number: int, *, done: bool = True, **more: Any) -> dict[str, Any]:
    """One as the API tells of it."""
    steps = [
        {"name": name, "title": title, "isDone": done or not waits, "waitsFor": "" if done else waits,
         "changedAt": None}
        for name, title, waits in TITLES
    ]  # fmt: skip
    return {
        "id": str(number), "kind": "caller", "askedBy": "Petra Lang", "askedAt": f"2026-11-{number:02}T10:15:00Z",
        "people": 1, "isDone": done, "finishedAt": f"2026-11-{number + 1:02}T00:02:00Z" if done else None,
        "steps": steps, "certificateHash": f"{number:02}c1d2e3f4" * 6 + "a0b1" if done else None,
        "unchanged": True if done else None, "intact": True if done else None,
    } | more  # fmt: skip


class PaperPrivacy:
    """Answers as `/api/admin/privacy`; `broken`: says so instead."""

    def __init__(self, *erasures: dict[str, Any], days: int | None = None) -> None:
        self.erasures, self.days, self.recordings = list(erasures), days, 90
        self.preview, self.broken, self.asked = dict(PREVIEW), "", list[tuple[str, Any]]()

    def answer(self, route: Route) -> None:
        """One request."""
        path = route.request.url.partition("/api/admin/")[2].removeprefix("privacy/").partition("?")[0]
        body = json.loads(route.request.post_data or "null")
        self.asked.append((f"{route.request.method} {path}", body))
        if self.broken:
            return route.fulfill(status=503, json={"detail": self.broken})
        if path == "preview" and body["number"] == "2001":
            detail = "number: it has 4 digits, as an extension has; a person's number has at least 6."
            return route.fulfill(status=400, json={"detail": detail})
        if path == "preview":
            return route.fulfill(json=self.preview)
        if path == "retention":
            self.days = body["forgetCallersDays"] if body else self.days
            return route.fulfill(json={"forgetCallersDays": self.days, "recordingsKeepDays": self.recordings})
        if path == "recordings":
            self.recordings = body["keepDays"]
            return route.fulfill(json={"keepDays": self.recordings, "agentsListen": False})
        if body and body["confirm"] != body["number"]:
            detail = "confirm: that is another number; write the same once more."
            return route.fulfill(status=400, json={"detail": detail})
        if body:
            self.erasures.insert(0, erasure(27, done=False))
            return route.fulfill(status=202, json=self.erasures[0])
        return route.fulfill(json={"items": self.erasures, "total": len(self.erasures)})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def centre() -> Iterator[Centre]:
    with open_centre(Centre()) as running:
        yield running


@contextmanager
def page(browser: Browser, centre: Centre, api: PaperPrivacy, **how: Any) -> Iterator[Tab]:
    """The page over this API; it must neither ask anybody else nor be wider than its window."""
    with tab(browser, centre.origin, token=login("administrator"), **how) as opened:
        opened.page.route("**/api/admin/**", api.answer)
        opened.page.route("**/api/pbx/manager/agents", lambda route: route.fulfill(json={"agents": AGENTS}))
        opened.open("/reports/privacy")
        opened.until(HEARD)
        yield opened
        complaints = [each for each in opened.complaints if "status of " not in each]
        assert (complaints, opened.foreign, opened.overflow) == ([], [], 0)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_in_each_state(browser: Browser, centre: Centre, theme: Theme, width: int) -> None:
    more = [erasure(number) for number in (9, 8)]
    changed = erasure(5, unchanged=False, askedBy=LONG)
    api = PaperPrivacy(
        *(erasure(26, done=False), erasure(20), erasure(14, kind="retention", askedBy=None, people=1840)),
        *(erasure(12, intact=False), *more, changed),
        days=365,
    )
    with page(browser, centre, api, theme=theme, width=width) as opened:
        opened.page.get_by_label("Telephone number").fill("030 55512345")
        opened.page.get_by_role("button", name="Look up").click()
        opened.until("document.querySelector('#person-found:not([hidden])')")
        opened.until("document.querySelectorAll('#agent-choice option').length === 2")
        opened.page.evaluate(axe())
        assert opened.page.evaluate(BARRIERS) == []
        opened.keep(f"privacy-{theme}-{width}")
        opened.page.get_by_role("button", name="Erase this person…").click()
        form = opened.page.get_by_role("dialog")
        form.get_by_label("Type the number again").fill("030 55512346")
        form.get_by_role("button", name="Erase for ever").click()
        opened.until("document.querySelector('dialog .wrong:not(:empty)')")
        assert opened.page.evaluate(BARRIERS) == []
        opened.keep(f"privacy-form-{theme}-{width}")


def test_it_says_what_is_not_there_and_what_does_not_work(browser: Browser, centre: Centre) -> None:
    api = PaperPrivacy()
    api.preview |= {"found": dict.fromkeys(FOUND, 0), "firstAt": None, "lastAt": None}
    with page(browser, centre, api) as opened:
        assert "Nobody was erased yet" in opened.text("#erasures-rows")
        field, look = opened.page.get_by_label("Telephone number"), opened.page.get_by_role("button", name="Look up")
        field.fill("2001")
        look.click()
        opened.until("document.querySelector('#panel-person .notice:not([hidden])')")
        assert opened.text("#panel-person .notice").startswith("It has 4 digits, as an extension has")
        field.fill("030 5550000")
        look.click()
        opened.until("document.querySelector('#person-found:not([hidden])')")
        assert "Nothing is stored about this number" in opened.text("#person-found")
        opened.keep("privacy-empty")
        opened.page.get_by_role("button", name="Change").click()
        form = opened.page.get_by_role("dialog")
        form.get_by_label("Erase callers").fill("12")
        form.get_by_role("button", name="Save").click()
        form.get_by_label("Erase callers").fill("365")
        form.get_by_label("Delete recordings").fill("30")
        form.get_by_role("button", name="Save").click()
        opened.until("document.querySelector('#kept').textContent.includes('365 days')")
        assert ("PUT retention", {"forgetCallersDays": 365}) in api.asked
        assert ("PUT retention", {"forgetCallersDays": 12}) not in api.asked
        assert "30 days" in opened.text("#kept") and api.recordings == 30
        api.broken = "PostgreSQL does not answer."
        opened.open("/reports/privacy")
        opened.until("document.querySelector('#panel-erasures .notice:not([hidden])')")
        assert opened.text("#erasures-rows") == "Nothing can be shown yet."
        opened.page.evaluate(axe())
        assert opened.page.evaluate(BARRIERS) == []
        opened.keep("privacy-failing")
        api.broken = ""
        opened.page.get_by_role("button", name="Try again").click()
        opened.until("document.querySelector('#erasures-rows').textContent.includes('Nobody was erased yet')")


@pytest.fixture
def installation(database_as: Callable[..., str], lake_database: str, tmp_path: Path) -> Iterator[Installation]:
    """Three calls of a person in two spellings, and one of another one."""
    made = Installation(database_as(), database_as("trunkline_warehouse"), lake_database, tmp_path)
    mine, other = "+493055512345", "+493011122233"
    made.write(
        replace(queue_call(1), from_number=mine, from_name=LONG),
        replace(queue_call(2, at=START + DAY_MS), from_number="03055512345", from_name=LONG),
        replace(queue_call(3, at=START + 2 * DAY_MS), from_number=mine),
        replace(queue_call(4), from_number=other),
    )
    made.execute("UPDATE call_sessions SET certainty = 'final'")
    add_user(database_as(), "petra", "administrator")
    yield made
    made.close()


@pytest.fixture
def origin(installation: Installation, database_as: Callable[..., str]) -> Iterator[str]:
    """The API over this installation, with a dashboard behind it."""
    with ExitStack() as parts:
        dashboard: Any = app(lambda _: PaperMarts())  # type: ignore[arg-type, return-value]
        upstream = parts.enter_context(serving(uvicorn.Config(dashboard, log_config=None, access_log=False)))
        told = {
            "DATABASE": database_as("trunkline_api"), "KAFKA": "127.0.0.1:1", "DASHBOARD": upstream,
            "JWT_SECRET": SECRET, "ADMIN_PASSWORD": PASSWORD, "DATA": str(installation.data), "COUNTRY": "DE",
        }  # fmt: skip
        settings = read_settings({f"TRUNKLINE_{name}": value for name, value in told.items()})
        yield f"http://{parts.enter_context(serving(server_of(settings)))}"


def test_a_person_is_looked_up_taken_away_and_erased(browser: Browser, origin: str, installation: Installation) -> None:
    answer = httpx.post(f"{origin}/api/auth/login", json={"username": "petra", "password": PASSWORD})
    with tab(browser, origin, token=answer.json()["accessToken"]) as opened:
        opened.open("/reports/privacy")
        opened.until(HEARD)
        opened.page.get_by_label("Telephone number").fill("030 555 12345")
        opened.page.get_by_role("button", name="Look up").click()
        opened.until("document.querySelector('#person-found:not([hidden])')")
        assert opened.text(".amounts dd").startswith("3")
        with opened.page.expect_download() as taking:
            opened.page.get_by_role("button", name="Take everything away").click()
        with zipfile.ZipFile(io.BytesIO(taking.value.path().read_bytes())) as file:
            assert len(json.loads(file.read("person.json"))["calls"]) == 3
        opened.page.get_by_role("button", name="Erase this person…").click()
        form = opened.page.get_by_role("dialog")
        form.get_by_label("Type the number again").fill("+49 30 55512345")
        form.get_by_role("button", name="Erase for ever").click()
        opened.until("document.querySelectorAll('#erasures-rows .steps li').length === 5")
        opened.keep("privacy-begun")
        # What the warehouse's process does by itself.
        assert Erasures(installation.catalog, installation.source, installation.data).work() == 1
        opened.until("document.querySelector('#erasures-rows').textContent.includes('Erased, no figure changed')")
        opened.until("document.querySelector('#person-found').textContent.includes('Nothing is stored')")
        with opened.page.expect_download() as taking:
            opened.page.get_by_role("link", name="Certificate").click()
        kept = taking.value.path().read_bytes()
        assert hashlib.sha256(kept).hexdigest() == opened.text("#erasures-rows .hash")
        assert json.loads(kept)["erased"]["tables"]["calls"] == 3
        opened.keep("privacy-erased")
        opened.open("/reports/calls?from=2026-10-24&to=2026-10-27")
        opened.until("document.querySelectorAll('#calls tbody tr').length >= 4")
        assert "Erased" in opened.text("#calls tbody") and "55512345" not in opened.text("#calls tbody")
        assert (opened.complaints, opened.foreign) == ([], [])
