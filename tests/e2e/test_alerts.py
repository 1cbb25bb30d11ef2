"""The alerts page in a real browser over an API on paper, and what is raised on the live page."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from e2e.browser import THEMES, Tab, Theme, chromium, tab
from e2e.paper_alerts import PaperAlerts, alert, delivery, fired
from e2e.paper_centre import Centre, login, now_ms, open_centre, queue
from playwright.sync_api import Browser
from softphone_source import axe

from api.live.messages import ALERT_CLEARED, ALERT_RAISED, AlertUpdate, message

DAY = "2026-11-25"
LONG = "Sixty characters are quite enough for the longest of names!!"
HOSTILE = "<img src=x onerror=\"document.title='broken'\">"
FINDINGS = """
async () => (await axe.run("#page", { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })).violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html).join(" ")}`)
"""
LISTED = "document.querySelector('#rules-rows tr')?.cells.length > 1"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def trial() -> dict[str, Any]:
    """A day whose waits come in two waves."""
    wave = [max(0.0, 160 * math.sin((it - 150) / 30)) if 150 < it < 340 else 0.0 for it in range(480)]
    firings = [
        {"raisedAt": f"{DAY}T{hour}:12:30.250Z", "value": 150.0, "clearedAt": f"{DAY}T{hour}:{over}:04.000Z"}
        for hour, over in (("08", 52), ("14", 58))
    ]
    return {"firings": firings, "curve": {"start": f"{DAY}T00:00:00.000Z", "stepSeconds": 180.0, "values": wave}}


def busy() -> PaperAlerts:
    """Rules of each kind, what they did, and a trial."""
    told = (delivery("mail", "failed", detail="no mail server is set"), delivery("webhook", "sent"))
    raised = {"raisedAt": f"{DAY}T11:58:00.000Z", "value": 150.0, "clearedAt": None}
    level = {"metric": "service_level_recent", "side": "below", "limit": 0.8, "queues": ["pbx-1:billing"]}
    some = ["pbx-1:billing", "pbx-1:sales", "gone:x", "gone:y"]
    rules = [
        alert(1, raised, webhook="https://hooks.example.com/x", mail=["ana@lind.example"]),
        alert(2, name="Few answered in time", **level, weekdays=[0, 1, 2, 3, 4], awakeFrom=480, awakeUntil=1080),
        alert(3, name=LONG, metric="waiting", limit=12.0, isActive=False, forS=0),
        alert(4, name=HOSTILE, metric="abandon_rate", limit=0.05, queues=some),
    ]
    past = (
        fired(f"{DAY}T11:58:00.000Z", None, *told),
        fired(f"{DAY}T09:10:11.000Z", f"{DAY}T09:34:11.000Z", *told, delivery("webhook", "waiting", "cleared")),
        fired("2026-11-24T09:10:11.000Z", "2026-11-24T09:10:41.000Z", name=HOSTILE),
    )
    return PaperAlerts(*rules, fired=past, trial=trial())


@contextmanager
def page(browser: Browser, api: PaperAlerts, search: str = "", role: str = "manager", **how: Any) -> Iterator[Tab]:
    """The page over these alerts, its first answer shown."""
    with open_centre(Centre(alerts=api)) as centre, tab(browser, centre.origin, token=login(role), **how) as opened:
        opened.open(f"/reports/alerts{search}")
        opened.until(
            "document.querySelector('#rules-rows tr') && !document.querySelector('#alerts').innerText.includes('Load')"
        )
        yield opened
        assert opened.foreign == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)])
def test_rules_a_trial_and_history(browser: Browser, theme: Theme, width: int) -> None:
    api = busy()
    with page(browser, api, f"?alert=1&day={DAY}", theme=theme, width=width) as opened:
        opened.until("document.querySelectorAll('#trial-chart .firing').length === 2")
        assert opened.text("#trial-notice") == "It would have fired twice, for 1 h 25 min in all."
        asked = api.asked[0]
        assert (asked["from"], asked["to"]) == (f"{DAY}T00:00:00", "2026-11-26T00:00:00")
        rows = [text.split("\n") for text in opened.page.locator("#rules-rows tr td:first-child").all_inner_texts()]
        assert rows[0] == ["Callers wait too long", "Longest wait at or above 2:00 for 30 s", "All queues"]
        assert rows[1][1:] == [
            "Service level of the last half hour below 80.0\u2009% for 30 s", "Billing · Mon–Fri · 08:00–18:00",
        ]  # fmt: skip
        assert rows[3][0] == HOSTILE
        assert opened.page.locator("#fired-rows tr").count() == 3
        assert opened.overflow == 0
        opened.page.evaluate(axe())
        assert opened.page.evaluate(FINDINGS) == []
        opened.keep(f"alerts-{theme}-{width}")
        opened.page.get_by_role("button", name="Edit: Few answered").click()
        opened.keep(f"alerts-form-{theme}-{width}")
        assert opened.complaints == []


def test_a_manager_makes_changes_and_removes_one(browser: Browser) -> None:
    api = PaperAlerts()
    with page(browser, api) as opened:
        assert "No alerts yet" in opened.text("#rules-rows")
        opened.keep("alerts-empty")
        opened.page.get_by_role("button", name="New alert").click()
        form = opened.page.get_by_role("dialog")
        form.get_by_label("Name").fill("Abandoned too often")
        form.get_by_label("Watch", exact=True).select_option("abandon_rate")
        form.get_by_label("Limit").fill("0")
        form.get_by_label("Queues").select_option(["pbx-1:sales"])
        # What nobody has chosen is not asked for.
        assert not any(form.get_by_label(each, exact=True).is_visible() for each in ("From", "Mail to", "Webhook"))
        opened.keep("alerts-form-new")
        form.get_by_label("Only on some days").check()
        form.get_by_label("From").fill("08:30")
        form.get_by_label("By webhook").check()
        form.get_by_label("Webhook", exact=True).fill("https://hooks.example.com/x")
        form.get_by_label("By e-mail").check()
        form.get_by_label("Mail to").fill("a@b.example, c@d.example")
        form.get_by_role("button", name="Save").click()
        opened.until("document.querySelector('dialog.form').textContent.includes('give more than 0')")
        form.get_by_label("Limit").fill("7.5")
        form.get_by_role("button", name="Save").click()
        opened.until("document.querySelector('dialog.form input')?.value === 'c2VjcmV0LW9mLXRlc3Rz'")
        opened.keep("alerts-secret")
        opened.page.get_by_role("button", name="Done", exact=True).click()
        sent = api.asked[-1]
        assert sent["mail"] == ["a@b.example", "c@d.example"]
        rule = sent["rule"]
        assert (rule["limit"], rule["queues"], rule["awakeFrom"]) == (0.075, ["pbx-1:sales"], 510)
        opened.until(LISTED)
        opened.page.get_by_role("button", name="Edit: Abandoned too often").click()
        assert form.get_by_label("Limit").input_value() == "7.5"
        # What is hidden again is not sent, and what was wrong in it hinders nobody.
        form.get_by_label("From", exact=True).fill("at eight")
        form.get_by_label("Only on some days").uncheck()
        form.get_by_label("By webhook").uncheck()
        form.get_by_role("button", name="Save").click()
        opened.until("!document.querySelector('dialog.form')")
        assert (api.asked[-1]["webhook"], api.asked[-1]["rule"]["awakeFrom"], len(api.asked[-1]["mail"])) == ("", 0, 2)
        opened.page.get_by_role("button", name="Edit: Abandoned too often").click()
        form.get_by_role("button", name="Remove…").click()
        opened.page.get_by_role("button", name="Remove", exact=True).click()
        opened.until("document.querySelector('#rules-rows').textContent.includes('No alerts yet')")
        # A refused form is an answer of 400.
        assert len(opened.complaints) == 1


def test_who_only_watches_tries_and_hears_what_is_wrong(browser: Browser) -> None:
    api = busy()
    api.trial = None
    with page(browser, api, role="supervisor") as opened:
        assert opened.page.get_by_role("button", name="New alert").count() == 0
        assert opened.page.get_by_role("button", name="Edit").count() == 0
        opened.page.get_by_role("button", name="Try: Callers wait").click()
        opened.until("document.querySelector('#trial-notice.bad')?.textContent.includes('Nothing had been heard')")
        api.broken = "Try again in a moment."
        opened.page.reload()
        opened.until("document.querySelector('#alerts-notice')?.hidden === false")
        assert "Try again in a moment." in opened.text("#alerts-notice")
        opened.keep("alerts-failing")


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_raised_stands_on_the_live_page_until_it_is_over(browser: Browser, theme: Theme) -> None:
    centre = Centre([queue("Billing", (20, 131), 388, 0.85)], alerts=busy())
    with open_centre(centre), tab(browser, centre.origin, theme, token=login("supervisor")) as opened:
        opened.open("/reports/live")
        opened.until(
            "document.querySelector('#live-alerts')?.textContent.startsWith('Callers wait too long: longest wait 2:30')"
        )
        update = AlertUpdate("9", HOSTILE, "waiting", "at_least", 3.0, 4.0, now_ms(), None)
        centre.tell(message(ALERT_RAISED, update))
        opened.until("document.querySelectorAll('#live-alerts b').length === 2")
        opened.keep(f"live-raised-{theme}")
        centre.tell(message(ALERT_CLEARED, update))
        opened.until("document.querySelectorAll('#live-alerts b').length === 1")
        assert opened.complaints == []
