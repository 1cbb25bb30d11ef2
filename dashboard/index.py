"""The HTML that a browser gets first: what a page needs is asked for at once, what other pages need when it is shown.

Pure; which files there are comes in as an argument.
"""

import json
from collections.abc import Mapping, Sequence

from dashboard.files import STYLES, Files

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
# Asked for as soon as Dash runs: better while its scripts are still read.
_ASKED = ("_dash-layout", "_dash-dependencies")
_FONT = "fonts/inter-latin-wght-normal.woff2"


def index(files: Files, prefix: str, path: str) -> str:
    """The document of the page at a path, with Dash's own marks in it (`{%scripts%}` …)."""
    own = _own_scripts(path)
    later = [files.address(name) for name in _MODULES if name not in own]
    return (
        '<!DOCTYPE html><html lang="en"><head>{%metas%}<title>{%title%}</title>'
        f'<link rel="icon" href="{files.address("icons/brand.svg")}">'
        f'<script src="{files.address("theme.js")}"></script>{{%css%}}'
        f'<link rel="stylesheet" href="{files.address(STYLES)}">'
        f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{files.address(_FONT)}">'
        f"{_asked(prefix)}{_preloaded(files, own)}</head>"
        "<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer>"
        f"{''.join(_script(files, name) for name in own)}"
        f'<script type="application/json" id="later">{json.dumps(later)}</script></body></html>'
    )


def _own_scripts(path: str) -> tuple[str, ...]:
    return (_ALL, *_SCRIPTS.get(path.rstrip("/").rpartition("/reports")[2].strip("/"), _MODULES))


def _asked(prefix: str) -> str:
    return "".join(f'<link rel="preload" as="fetch" crossorigin href="{prefix}{name}">' for name in _ASKED)


def _preloaded(files: Files, scripts: Sequence[str]) -> str:
    needed = dict.fromkeys(each for name in scripts for each in files.needed(name))
    return "".join(f'<link rel="modulepreload" href="{files.address(name)}">' for name in needed)


def _script(files: Files, name: str) -> str:
    return f'<script type="module" src="{files.address(name)}"></script>'
