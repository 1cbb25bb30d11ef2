"""Part `pages`: how long each page of the managers takes to its first figures, over a year of simulated calls.

In Chromium, on a whole installation that has that year in log, tables, lake and marts; the year is made once and kept
(ten minutes). A page says itself when its figures are there. `first`: in a browser that has never been here; `again`:
in one that has; `from page to page`: by the side bar. Beside them an empty page of Dash.
"""

import socket
import statistics
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import dash
import uvicorn
from dash import dcc, html
from e2e.browser import Tab, chromium, tab
from e2e.pages_of_year import USEFUL, Pages, lead, useful
from filled_year import filled_year
from installation import installation
from playwright.sync_api import Browser

from tests.bench.race import load

DAYS = 365
VISITS = 20
# A page that asks further takes no part in the next visit's time.
REST_MS = 300
LIMIT_MS = 1000
# When the page's figures were there, ms after the address was entered; what it asked last; and what it says itself.
SEEN = """
() => {
  const all = performance.getEntriesByType("resource");
  const asked = all.filter(({ name }) => /_dash-update-component|\\/api\\//.test(name));
  const mark = performance.getEntriesByName("useful").find(({ detail }) => detail === location.pathname);
  return {
    useful: mark.startTime,
    asked: Math.max(0, ...asked.filter((each) => each.responseEnd <= mark.startTime).map((each) => each.duration)),
    said: document.querySelector("[id$=took]")?.textContent ?? "",
    requests: all.filter(({ startTime }) => startTime < mark.startTime).length,
  };
}
"""
HEAD = (
    f"  {'p50 and p95':<24}{'first':>14}{'again':>14}{'page to page':>14}{'a question':>14}"
    "  requests first and again; what the page says"
)
EMPTY = "document.querySelector('#said')?.textContent === 'here'"


def run() -> Iterator[str]:
    """The tables."""
    folder = filled_year(DAYS, "UTC")
    with installation("--pbx", "simulator", data=folder) as whole, chromium() as browser, empty_page() as empty:
        pages = Pages(whole, DAYS)
        yield f"pages: ms to the first figures of {DAYS} days, limit {LIMIT_MS}; {VISITS} visits each; {load()}"
        yield HEAD
        for title, path in _addresses(browser, pages):
            yield _row(title, *_visits(browser, pages, path), _led(browser, pages, title))
        yield _row("an empty page of Dash", *_empty_visits(browser, empty), [])
        yield f"  {load()}"


def _addresses(browser: Browser, pages: Pages) -> list[tuple[str, str]]:
    with pages.tab(browser) as opened:
        opened.open(f"/reports/queues?{pages.range}")
        useful(opened)
        links = opened.page.locator(".nav a").evaluate_all(
            "(all) => all.map((a) => [a.innerText, a.getAttribute('href')])"
        )
        return [(title, path if "?" in path else f"{path}?{pages.range}") for title, path in links]


Seen = list[dict[str, Any]]


def _visits(browser: Browser, pages: Pages, path: str) -> tuple[Seen, Seen]:
    pages.whole.log_in()
    first = []
    for _ in range(VISITS):
        with pages.tab(browser) as opened:
            first.append(_visit(opened, path))
    with pages.tab(browser) as opened:
        _visit(opened, path)
        return first, [_visit(opened, path) for _ in range(VISITS)]


def _visit(opened: Tab, path: str) -> dict[str, Any]:
    opened.open(path)
    opened.until(USEFUL)
    seen: dict[str, Any] = opened.page.evaluate(SEEN)
    opened.page.wait_for_timeout(REST_MS)
    return seen


def _led(browser: Browser, pages: Pages, title: str) -> list[float]:
    """From another page by the side bar."""
    took = []
    with pages.tab(browser) as opened:
        other = "Wait" if title == "Queues" else "Queues"
        opened.open(f"/reports/{other.lower()}?{pages.range}")
        useful(opened)
        for _ in range(VISITS):
            opened.page.wait_for_timeout(REST_MS)
            opened.page.evaluate("performance.clearMarks()")
            began = opened.page.evaluate("performance.now()")
            lead(opened, title)
            opened.until(USEFUL)
            took.append(opened.page.evaluate(SEEN)["useful"] - began)
            lead(opened, other)
    return took


@contextmanager
def empty_page() -> Iterator[str]:
    """The origin of an application of Dash with nothing but a callback."""
    app = dash.Dash("empty", backend="fastapi", serve_locally=True, compress=True)
    app.layout = html.Div([dcc.Location(id="address"), html.P(id="said")])
    app.callback(dash.Output("said", "children"), dash.Input("address", "pathname"))(lambda _: "here")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app.server, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def _empty_visits(browser: Browser, origin: str) -> tuple[Seen, Seen]:
    first = []
    for _ in range(VISITS):
        with tab(browser, origin) as opened:
            first.append(_empty(opened))
    with tab(browser, origin) as opened:
        _empty(opened)
        return first, [_empty(opened) for _ in range(VISITS)]


def _empty(opened: Tab) -> dict[str, Any]:
    mark = "performance.mark('useful', { detail: location.pathname })"
    look = f"const look = () => {EMPTY} ? {mark} : requestAnimationFrame(look)"
    opened.page.add_init_script(f"{{ {look}; requestAnimationFrame(look); }}")
    return _visit(opened, "/")


def _row(title: str, first: Seen, again: Seen, led: Sequence[float]) -> str:
    times = {
        "first": [each["useful"] for each in first],
        "again": [each["useful"] for each in again],
        "page to page": led,
    }
    cells = "".join(f"{_cut(ms):>14}" for ms in (*times.values(), [each["asked"] for each in again]))
    late = [name for name, ms in times.items() if ms and _p95(ms) > LIMIT_MS]
    told = f"{first[-1]['requests']} and {again[-1]['requests']}; {again[-1]['said']}"
    return f"  {title:<24}{cells}  {told}" + (f"  OVER THE LIMIT: {', '.join(late)}" if late else "")


def _cut(ms: Sequence[float]) -> str:
    return f"{statistics.median(ms):.0f} {_p95(ms):6.0f}" if ms else "–"


def _p95(ms: Sequence[float]) -> float:
    return statistics.quantiles(ms, n=20, method="inclusive")[-1]
