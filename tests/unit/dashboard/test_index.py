"""The first document: the page's own scripts at once, the others behind them."""

import json
import re

import pytest

from dashboard.files import Files
from dashboard.index import index

NAMES = (
    *("shell", "live", "report", "books", "trust", "numbers", "calls"),
    *("administration", "alerts", "schedules", "privacy"),
)
REPORT = {"report.js": b'import "./tips.js";', "tips.js": b""}
FILES = Files("/reports/assets/~1/", {f"{name}.js": b"" for name in NAMES} | REPORT)


def scripts(text: str) -> list[str]:
    """The scripts that are run at once."""
    return re.findall(r'<script type="module" src="/reports/assets/~1/(\w+)\.js">', text)


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
    text = index(FILES, "/reports/", path)
    assert scripts(text) == ["shell", *own]
    assert sorted([*own, *later(text)]) == sorted(NAMES[1:])


def test_what_a_script_imports_is_asked_for_with_it() -> None:
    text = index(FILES, "/reports/", "/reports/wait")
    preloaded = re.findall(r'<link rel="modulepreload" href="/reports/assets/~1/(\w+)\.js">', text)
    assert sorted(preloaded) == ["numbers", "report", "shell", "tips"]


def test_what_dash_asks_for_is_under_way_meanwhile() -> None:
    assert '<link rel="preload" as="fetch" crossorigin href="/reports/_dash-layout">' in index(FILES, "/reports/", "/")
