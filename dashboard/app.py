"""The Dash application: its pages, and the ASGI layers around it.

Served under `/reports/` behind the API's origin; everything it needs comes from this origin. Must not read the
environment.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import dash
from dash.backends import get_backend
from dash.development.base_component import Component
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard import shell
from dashboard.dash_script import dash_script
from dashboard.exports import add_exports
from dashboard.figure_marts import FigureMarts
from dashboard.files import Files, FileServer, read_files
from dashboard.first_figures import theme_of
from dashboard.guard import AsgiApp, Guard, current_user
from dashboard.headers import Headers, content_security_policy
from dashboard.index import PLOTLY, SCRIPTS, SUITES, index
from dashboard.pages import (
    administration,
    agents,
    alerts,
    calls,
    data_quality,
    heat_map,
    live,
    privacy,
    queues,
    schedules,
    service_level,
    staffing,
    wait,
)
from dashboard.report_page import ReportPage
from dashboard.reports import Marts
from dashboard.router import Page, Router
from dashboard.tokens import ASSETS, TOKENS_FILE, read_tokens
from dashboard.trust import TrustMarts

log = logging.getLogger("dashboard")

BROUGHT = shell.PREFIX + SUITES
# Of Plotly's 4.5 MB, which a browser reads for half a second, the charts need what its edition of bars and lines has: a
# quarter. A test holds their versions equal.
SMALL_PLOTLY = "vendor/plotly-basic.min.js"
# What stands before Dash's own scripts.
BEFORE = ("vendor/regenerator-runtime.js", "charts.js")

_STYLES = (
    *("tokens.css", "shell.css", "live.css", "report.css", "books.css", "trust.css", "numbers.css", "calls.css"),
    *("alerts.css", "administration.css", "schedules.css", "privacy.css"),
)


class EveryMarts(Marts, FigureMarts, TrustMarts, Protocol):
    """The published marts of one tenant, as all pages together need them."""


@dataclass(frozen=True)
class Parts:
    """What the application is made with. `clock` tells the time, `zone` is where a day begins by default."""

    secret: str
    open_marts: Callable[[str], EveryMarts]
    clock: Callable[[], datetime]
    zone: ZoneInfo


def make_app(parts: Parts) -> AsgiApp:
    """The whole dashboard as one ASGI application."""
    files = read_files(ASSETS, shell.PREFIX + "assets/", _STYLES, SCRIPTS)
    app = _dash()
    script = dash_script(app, BROUGHT, [files.bodies[each] for each in BEFORE])
    _begin(app, files, script.address)
    tokens = read_tokens(TOKENS_FILE.read_text())
    figures: tuple[ReportPage[Any], ...] = (
        queues.PAGE,
        agents.PAGE,
        wait.PAGE,
        heat_map.PAGE,
        staffing.PAGE,
    )
    marts, clock, zone = parts.open_marts, parts.clock, parts.zone
    live.register(app, marts, clock, zone, tokens)
    pages = (
        Page(live.PLACE, lambda: live.layout(zone, current_user().role)),
        Page(alerts.PLACE, lambda: alerts.layout(zone, current_user().role)),
        Page(service_level.PLACE, service_level.layout, service_level.register(app, marts, clock, zone, tokens)),
        *(Page(each.place, each.layout, each.register(app, marts, clock, zone, tokens)) for each in figures),
        Page(calls.PLACE, calls.layout, calls.register(app, marts, clock, zone)),
        Page(data_quality.PLACE, data_quality.layout, data_quality.register(app, marts, clock, zone)),
        Page(schedules.PLACE, schedules.layout),
        Page(privacy.PLACE, lambda: privacy.layout(zone.key)),
        Page(administration.PLACE, lambda: administration.layout(current_user(), zone.key)),
    )
    _route(app, Router(pages, clock, zone))
    _add_session_route(app.server)
    _lead_on(app.server)
    add_exports(app.server, marts, clock, zone)
    served = FileServer(app.server, files, BROUGHT, {BROUGHT + PLOTLY: SMALL_PLOTLY}, {script.address: script.body})
    return Headers(Guard(served, parts.secret), content_security_policy(app.csp_hashes()))


def _dash() -> Any:
    return dash.Dash(
        "dashboard",
        backend=_backend(),
        requests_pathname_prefix=shell.PREFIX,
        routes_pathname_prefix=shell.PREFIX,
        assets_folder=str(ASSETS),
        include_assets_files=False,
        use_pages=False,
        serve_locally=True,
        compress=True,
        suppress_callback_exceptions=True,
        title="Trunkline",
        update_title=None,
        on_error=_tell,
    )


def _begin(app: Any, files: Files, script: str) -> None:
    """Have each page begin with a document of its own."""

    def document(**parts: str) -> str:
        text = index(files, shell.PREFIX, urlsplit(app.backend.request_adapter().full_path).path, script)
        for name, part in parts.items():
            text = text.replace(f"{{%{name}%}}", part)
        return text

    # Dash's own way of another document for each request.
    app.interpolate_index = document


def _backend() -> type[Any]:
    """Dash on FastAPI without its socket for callbacks: nothing uses it, and browsers would try it all the same."""
    return type("Backend", (get_backend("fastapi"),), {"websocket_capability": False})


def _tell(error: Exception) -> None:
    """What a callback did not foresee: all of it into the log, a sentence onto the page, which stays as it was."""
    log.error("a page could not be updated", exc_info=error)
    words = "This page could not be updated. It is tried again by itself; the reason stands in the dashboard's log."
    dash.set_props("notice", {"children": words, "hidden": False})


def _route(app: Any, router: Router) -> None:
    def layout() -> Component:
        asked = app.backend.request_adapter()
        return router.frame(current_user(), asked.headers.get("referer", ""), theme_of(asked.cookies))

    # Of a page that came with its frame nothing is asked again.
    at, search = dash.Input("address", "pathname"), dash.Input("address", "search")
    app.layout = layout
    known = dash.State("address", "search")
    app.callback(dash.Output("page", "children"), at, known, prevent_initial_call=True)(router.page)
    app.callback(dash.Output("nav", "children"), at, search, prevent_initial_call=True)(router.navigation)


def _lead_on(server: Any) -> None:
    async def moved(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(data_quality.PLACE.path + query, HTTPStatus.PERMANENT_REDIRECT)

    server.add_api_route(data_quality.OLD_PATH, moved, methods=["GET"], include_in_schema=False)


def _add_session_route(server: Any) -> None:
    async def session() -> Response:
        # Whoever gets here has passed the guard: the answer is that there is one.
        return Response(status_code=204)

    server.add_api_route(shell.PREFIX + "session", session, methods=["GET"], include_in_schema=False)
