"""The HTML that a browser gets first: what a page needs is asked for at once, what other pages need when it is shown.

Pure; which files there are comes in as an argument.
"""

import json
from collections.abc import Mapping, Sequence

from dashboard.files import STYLES, Files

# Where Dash has the files that it brings, and Plotly's among them.
SUITES = "_dash-component-suites/"
PLOTLY = "plotly/package_data/plotly.min.js"
_ALL = "shell.js"
# Each page's own scripts, by the last part of its address. One that is not named here gets all of them at once.
_SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "": ("live.js",),
    "live": ("live.js",),
    "service-level": ("report.js",),
    "queues": ("report.js", "numbers.js"),
    "agents": ("report.js", "numbers.js"),
    "wait": ("report.js", "numbers.js"),
    "heat-map": ("report.js", "numbers.js"),
    "staffing": ("report.js", "numbers.js"),
    "calls": ("report.js", "calls.js"),
    "data-quality": ("report.js", "books.js", "trust.js"),
    "alerts": ("alerts.js",),
    "schedules": ("schedules.js",),
    "privacy": ("privacy.js",),
    "administration": ("administration.js",),
}
_MODULES = (
    *("live.js", "report.js", "books.js", "trust.js", "numbers.js", "calls.js"),
    *("administration.js", "alerts.js", "schedules.js", "privacy.js"),
)
# All that browsers ask for, each with what it imports.
SCRIPTS = (_ALL, *_MODULES)
# Asked for as soon as Dash runs: better while its scripts are still read. The first is drawn in the reader's theme.
_LAYOUT, _DEPENDENCIES = "_dash-layout", "_dash-dependencies"
# What draws charts is there when the figures are (assets/charts.js).
_CHARTS = ("dash/dcc/async-graph.js", PLOTLY)
_CHARTED = frozenset({"", "live", "service-level", "wait", "staffing"})
_FONT = "fonts/inter-latin-wght-normal.woff2"


def index(files: Files, prefix: str, path: str, dash_script: str) -> str:
    """The document of the page at a path, with Dash's own marks in it (`{%config%}` …) and its script's address."""
    own = _own_scripts(path)
    later = [files.address(name) for name in _MODULES if name not in own]
    return (
        '<!DOCTYPE html><html lang="en"><head>{%metas%}<title>{%title%}</title>'
        f'<link rel="icon" href="{files.address("icons/brand.svg")}">'
        f'<script src="{files.address("theme.js")}" data-ask="{prefix}{_LAYOUT}"></script>{{%css%}}'
        f'<link rel="stylesheet" href="{files.address(STYLES)}">'
        f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{files.address(_FONT)}">'
        f'<link rel="preload" as="script" href="{dash_script}">'
        f'<link rel="preload" as="fetch" crossorigin href="{prefix}{_DEPENDENCIES}">'
        f"{_scripts(files, own)}{_charts(prefix, path)}</head>"
        f'<body>{{%app_entry%}}<footer>{{%config%}}<script src="{dash_script}"></script>{{%renderer%}}</footer>'
        f'<script type="application/json" id="later">{json.dumps(later)}</script></body></html>'
    )


def _own_scripts(path: str) -> tuple[str, ...]:
    return (_ALL, *_SCRIPTS.get(_page(path), _MODULES))


def _page(path: str) -> str:
    return path.rstrip("/").rpartition("/reports")[2].strip("/")


def _charts(prefix: str, path: str) -> str:
    # Read when the figures are there, so anything else may come before.
    ways = 'rel="preload" as="script" fetchpriority="low"'
    needed = _CHARTS if _page(path) in _CHARTED else ()
    return "".join(f'<link {ways} href="{prefix}{SUITES}{each}">' for each in needed)


def _scripts(files: Files, names: Sequence[str]) -> str:
    # A page's own need not wait until Dash is read; the one that all have looks at the body.
    ways = (f'type="module"{"" if name == _ALL else " async"}' for name in names)
    return "".join(
        f'<script {way} src="{files.address(name)}"></script>' for way, name in zip(ways, names, strict=True)
    )
