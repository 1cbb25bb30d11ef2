"""The first document: the page's own scripts at once, the others behind them."""

import json
import re

import pytest

from dashboard.files import Files
from dashboard.index import PLOTLY, index

NAMES = (
    *("shell", "live", "report", "books", "trust", "numbers", "calls"),
    *("administration", "alerts", "schedules", "privacy"),
)
FILES = Files("/reports/assets/~1/", {f"{name}.js": b"" for name in NAMES})


def scripts(text: str) -> list[str]:
    """The scripts that are run at once."""
    return re.findall(r'<script type="module"(?: async)? src="/reports/assets/~1/(\w+)\.js">', text)


def later(text: str) -> list[str]:
    """Those that come behind them."""
    (said,) = re.findall(r'<script type="application/json" id="later">(.*?)</script>', text)
    return [each.removeprefix("/reports/assets/~1/").removesuffix(".js") for each in json.loads(said)]


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/reports/", ["live"]),
        ("/reports", ["live"]),
        ("/reports/service-level", ["report"]),
        ("/reports/calls/", ["report", "calls"]),
        ("/reports/nowhere", list(NAMES[1:])),
        ("/reports/calls/pbx:1", list(NAMES[1:])),
    ],
)
def test_each_page_begins_with_its_own_scripts(path: str, own: list[str]) -> None:
    text = index(FILES, "/reports/", path, "/dash.js")
    assert scripts(text) == ["shell", *own]
    assert sorted([*own, *later(text)]) == sorted(NAMES[1:])


def test_dash_has_one_script_which_is_asked_for_first() -> None:
    head, _, body = index(FILES, "/reports/", "/reports/wait", "/dash.js").partition("<body>")
    assert head.index('<link rel="preload" as="script" href="/dash.js">') < head.index('<script type="module"')
    assert body.count('<script src="/dash.js"></script>{%renderer%}') == 1


def test_what_dash_asks_for_is_under_way_meanwhile() -> None:
    text = index(FILES, "/reports/", "/", "/dash.js")
    assert '<link rel="preload" as="fetch" crossorigin href="/reports/_dash-dependencies">' in text
    assert 'theme.js" data-ask="/reports/_dash-layout">' in text


@pytest.mark.parametrize(("path", "has"), [("/reports/", True), ("/reports/wait", True), ("/reports/calls", False)])
def test_plotly_is_under_way_where_there_are_charts(path: str, has: bool) -> None:
    assert (f'/reports/_dash-component-suites/{PLOTLY}">' in index(FILES, "/reports/", path, "/dash.js")) is has
