"""The administration page as tests use it: opened over an API on paper, and what a reader does there."""

from collections.abc import Iterator
from contextlib import contextmanager

from e2e.browser import Tab, Theme, tab
from e2e.paper_administration import Administration, change, extension, queue, refusal, seen, user
from e2e.paper_centre import Centre, login, open_centre
from playwright.sync_api import Browser


def busy() -> Administration:
    """A tenant on an ordinary day, seen by an operator."""
    petra = user("Petra Lang", "administrator") | {"id": "u1", "isOperator": True}
    ines, tomas = user("Ines Moreau"), user("Tomas Berg", "supervisor")
    gone = user("Omar Said", is_active=False)
    lists = {
        "users": [gone, petra, ines, tomas, user("Aiko Tanaka"), user("Jonas Weber", "analyst")],
        "extensions": [extension("1001", ines), extension("1002", tomas)],
        "seen": [seen("1003"), seen("1010")],
        "queues": [queue("Billing"), queue("Support") | {"name": "Support line", "target": 0.9}, queue("Returns")],
        "dispositions": [
            {"code": "CALLBACK", "title": "Call back later", "isActive": True},
            {"code": "SOLVED", "title": "Solved", "isActive": False},
        ],
        "dial-refusals": [refusal(2, "+18765551234"), refusal(1, "+442083661177")],
        "tenants": [
            {"id": "contoso", "name": "Contoso Care", "isActive": True},
            {"id": "Northwind Support", "name": "Northwind Support", "isActive": True},
        ],
        "audit": [
            change(2, "petra.lang", "queue.change", "lab1:billing", {"target": [0.8, 0.9]}),
            change(1, "petra.lang", "user.change", ines["id"], {"role": ["supervisor", "agent"]}),
        ],
    }
    return Administration(lists)


@contextmanager
def administration(
    browser: Browser, api: Administration, section: str = "users", theme: Theme = "light", width: int = 1440
) -> Iterator[Tab]:
    """A section of the page over this API, its first answer shown. It asks nobody else."""
    with (
        open_centre(Centre(administration=api)) as centre,
        tab(browser, centre.origin, theme, width, login("administrator")) as opened,
    ):
        opened.open(f"/reports/administration#{section}")
        opened.until(f"document.querySelector('#panel-{section}:not([hidden])[aria-busy=false]')")
        yield opened
        assert opened.foreign == []


def go(opened: Tab, section: str) -> None:
    """Show a section, its answer there."""
    opened.page.locator(f"#tab-{section}").click()
    opened.until(f"document.querySelector('#panel-{section}:not([hidden])[aria-busy=false]')")


def texts(opened: Tab, selector: str) -> list[str]:
    """What stands in each, in order."""
    return [" ".join(text.split()) for text in opened.page.locator(selector).all_inner_texts()]


def press(opened: Tab, name: str) -> None:
    """Press the button of this name, on the page or in the form over it."""
    ours = opened.page.locator("dialog.form, #administration")
    ours.get_by_role("button", name=name, exact=True).click()


def fill(opened: Tab, label: str, value: str) -> None:
    """Type into the field of this label."""
    opened.page.locator("dialog").get_by_label(label, exact=True).fill(value)


def saved(opened: Tab) -> None:
    """Wait until the form is gone."""
    opened.until("!document.querySelector('dialog.form')")
