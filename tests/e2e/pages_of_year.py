"""The managers' pages of an installation that has seen many days, as a browser is led through them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from e2e.browser import Tab, Theme, tab
from installation import Installation
from playwright.sync_api import Browser
from softphone_source import axe

# Set by the page itself (dashboard/assets/useful.js).
USEFUL = "performance.getEntriesByName('useful').some((mark) => mark.detail === location.pathname)"
# Of what axe finds, what keeps somebody from using the page.
FINDINGS = """
async () => (await axe.run("#page", { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })).violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html).join(" ")}`)
"""


# No answer is awaited, which would be shown paler, and every chart has the width of its box.
SETTLED = """
!document.querySelector("[data-dash-is-loading]") && [...document.querySelectorAll(".dash-graph")].every((chart) =>
  !chart.clientWidth || Math.abs(chart.clientWidth - (chart.querySelector(".main-svg")?.clientWidth ?? 0)) < 2)
"""


@dataclass(frozen=True)
class Pages:
    """The installation, and how many days it has seen, yesterday the last of them."""

    whole: Installation
    days: int

    @property
    def ends(self) -> tuple[date, date]:
        """The first and the last of them."""
        last = datetime.now(UTC).date() - timedelta(days=1)
        return last - timedelta(days=self.days - 1), last

    @property
    def range(self) -> str:
        """The query of all those days."""
        return "from={}&to={}".format(*self.ends)

    @contextmanager
    def tab(self, browser: Browser, theme: Theme = "light", width: int = 1440) -> Iterator[Tab]:
        """A tab of an administrator, who may open every page."""
        with tab(browser, self.whole.url, theme, width, self.whole.token) as opened:
            yield opened


def titles(opened: Tab) -> list[str]:
    """Every page that the side bar leads to."""
    return opened.page.locator(".nav a").all_inner_texts()


def lead(opened: Tab, title: str) -> None:
    """By the side bar to a page, until it shows its figures."""
    opened.page.locator(".nav").get_by_role("link", name=title, exact=True).click()
    opened.until(f"document.querySelector('#page h1')?.textContent.startsWith({title!r})")
    useful(opened)


def look_back(opened: Tab, first: date, last: date) -> None:
    """Have the page show these days, if it has a range that was not chosen yet."""
    if "?" not in opened.page.url and opened.page.locator("#menu-range").count():
        opened.page.locator("#menu-range summary").click()
        for name, day in (("from", first), ("to", last)):
            opened.page.locator(f"#menu-range [name={name}]").fill(day.isoformat())
        opened.page.locator("#menu-range").get_by_role("button", name="Show").click()
        opened.until("document.querySelector('#menu-range summary')?.textContent.includes(' – ')")
        useful(opened)


def useful(opened: Tab) -> None:
    """Wait until the page shows its first figures."""
    opened.until("document.querySelector('#page > *') && !document.querySelector('#page > .waiting')")


def findings(opened: Tab) -> list[str]:
    """What keeps somebody from using the page."""
    # What lies under the bar at the top cannot be hit; nobody would try.
    opened.page.evaluate("scrollTo(0, 0)")
    if not opened.page.evaluate("'axe' in window"):
        opened.page.evaluate(axe())
    found: list[str] = opened.page.evaluate(FINDINGS)
    return found


def picture(title: str) -> str:
    """A file's name of a page's title."""
    return f"year-{title.lower().replace(' ', '-')}"
