"""The Dash application: its pages, its router, and the ASGI layers around it.

Served under `/reports/` behind the API's origin; everything it needs comes from this origin. Must not read the
environment.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import dash
from dash import dcc, html
from dash.backends import get_backend
from dash.development.base_component import Component
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard import shell
from dashboard.exports import add_exports
from dashboard.figure_marts import FigureMarts
from dashboard.files import Files, FileServer, read_files
from dashboard.filters import parse
from dashboard.guard import AsgiApp, Guard, User, current_user
from dashboard.headers import Headers, content_security_policy
from dashboard.index import index
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
from dashboard.tokens import ASSETS, TOKENS_FILE, read_tokens
from dashboard.trust import TrustMarts

log = logging.getLogger("dashboard")

# Where Dash has the files that it brings. Of Plotly's 4.5 MB, which a browser reads for half a second, the charts need
# what its edition of bars and lines has: a quarter. A test holds their versions equal.
BROUGHT = shell.PREFIX + "_dash-component-suites/"
PLOTLY = "plotly/package_data/plotly.min.js"
SMALL_PLOTLY = "vendor/plotly-basic.min.js"

_STYLES = (
    *("tokens.css", "shell.css", "live.css", "report.css", "books.css", "trust.css", "numbers.css", "calls.css"),
    *("alerts.css", "administration.css", "schedules.css", "privacy.css"),
)


class EveryMarts(Marts, FigureMarts, TrustMarts, Protocol):
    """The published marts of one tenant, as all pages together need them."""


@dataclass(frozen=True)
class Page:
    """One page: where it stands and what draws it before its figures come."""

    place: shell.Place
    layout: Callable[[], Component]


@dataclass(frozen=True)
class Parts:
    """What the application is made with. `clock` tells the time, `zone` is where a day begins by default."""

    secret: str
    open_marts: Callable[[str], EveryMarts]
    clock: Callable[[], datetime]
    zone: ZoneInfo


def make_app(parts: Parts) -> AsgiApp:
    """The whole dashboard as one ASGI application."""
    files = read_files(ASSETS, shell.PREFIX + "assets/", _STYLES)
    app = _dash(files)
    tokens = read_tokens(TOKENS_FILE.read_text())
    figures: tuple[ReportPage[Any], ...] = (
        queues.PAGE,
        agents.PAGE,
        wait.PAGE,
        heat_map.PAGE,
        staffing.PAGE,
    )
    pages = (
        Page(live.PLACE, lambda: live.layout(parts.zone, current_user().role)),
        Page(alerts.PLACE, lambda: alerts.layout(parts.zone, current_user().role)),
        Page(service_level.PLACE, service_level.layout),
        *(Page(each.place, each.layout) for each in figures),
        Page(calls.PLACE, calls.layout),
        Page(data_quality.PLACE, data_quality.layout),
        Page(schedules.PLACE, schedules.layout),
        Page(privacy.PLACE, lambda: privacy.layout(parts.zone.key)),
        Page(administration.PLACE, lambda: administration.layout(current_user(), parts.zone.key)),
    )
    app.layout = lambda: _layout(current_user())
    _route(app, pages, parts.clock, parts.zone)
    for page in (live, service_level):
        page.register(app, parts.open_marts, parts.clock, parts.zone, tokens)
    for each in figures:
        each.register(app, parts.open_marts, parts.clock, parts.zone, tokens)
    for one in (calls, data_quality):
        one.register(app, parts.open_marts, parts.clock, parts.zone)
    _add_session_route(app.server)
    _lead_on(app.server)
    add_exports(app.server, parts.open_marts, parts.clock, parts.zone)
    served = FileServer(app.server, files, BROUGHT, {BROUGHT + PLOTLY: SMALL_PLOTLY})
    return Headers(Guard(served, parts.secret), content_security_policy(app.csp_hashes()))


def _dash(files: Files) -> Any:
    app = dash.Dash(
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

    def document(**parts: str) -> str:
        text = index(files, shell.PREFIX, urlsplit(app.backend.request_adapter().full_path).path)
        for name, part in parts.items():
            text = text.replace(f"{{%{name}%}}", part)
        return text

    # Dash's own way of another document for each request.
    app.interpolate_index = document
    return app


def _backend() -> type[Any]:
    """Dash on FastAPI without its socket for callbacks: nothing uses it, and browsers would try it all the same."""
    return type("Backend", (get_backend("fastapi"),), {"websocket_capability": False})


def _tell(error: Exception) -> None:
    """What a callback did not foresee: all of it into the log, a sentence onto the page, which stays as it was."""
    log.error("a page could not be updated", exc_info=error)
    words = "This page could not be updated. It is tried again by itself; the reason stands in the dashboard's log."
    dash.set_props("notice", {"children": words, "hidden": False})


def _layout(user: Any) -> Component:
    return html.Div([dcc.Location(id="address", refresh="callback-nav"), shell.frame(user)])


def _route(app: Any, pages: Sequence[Page], clock: Callable[[], datetime], zone: ZoneInfo) -> None:
    drawn = {page.place.path: page for page in pages}

    def here(path: str) -> str:
        return pages[0].place.path if path.rstrip("/") == shell.PREFIX.rstrip("/") else path

    def show(path: str) -> Component:
        return _drawn(drawn.get(here(path)), path, current_user())

    def lead(path: str, search: str | None) -> list[Component]:
        theirs = [page.place for page in pages if current_user().role in page.place.roles]
        return shell.navigation(theirs, here(path), parse(search or "", clock(), zone).address())

    app.callback(dash.Output("page", "children"), dash.Input("address", "pathname"))(show)
    app.callback(dash.Output("nav", "children"), dash.Input("address", "pathname"), dash.Input("address", "search"))(
        lead
    )


def _drawn(page: Page | None, path: str, user: User) -> Component:
    if page is None:
        return _said("Not found", f"There is no page at {path}. The pages are listed at the side.")
    if user.role not in page.place.roles:
        theirs = " or ".join(sorted(page.place.roles))
        words = f"This page is for the role {theirs}. You are signed in as {user.role}: ask somebody who has it."
        return _said(page.place.title, words)
    return page.layout()


def _said(title: str, words: str) -> Component:
    return html.Div([shell.top(title), html.P(words, className="mid")])


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
