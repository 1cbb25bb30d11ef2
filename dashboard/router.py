"""Which page an address leads to, for whom, and the side bar around it.

A browser that comes gets frame and page in one answer: the address is that of the document which asks. Later addresses
are asked for by Dash's callbacks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import shell
from dashboard.filters import parse
from dashboard.first_figures import First, FirstFigures, place
from dashboard.guard import User, current_user
from dashboard.tokens import Theme


@dataclass(frozen=True)
class Page:
    """One page: where it stands, what draws it before its figures come, and how to ask for those beforehand."""

    place: shell.Place
    layout: Callable[[], Component]
    first: First | None = None


class Router:
    """The pages of an application, the first of them at the root. `zone` is the clock where an address names none."""

    def __init__(self, pages: Sequence[Page], clock: Callable[[], datetime], zone: ZoneInfo) -> None:
        self._pages = pages
        self._drawn = {page.place.path: page for page in pages}
        self._clock = clock
        self._zone = zone
        self._figures = FirstFigures()

    def frame(self, user: User, asking: str, theme: Theme | None) -> Component:
        """The frame, and in it the page of the document that asks (its URL), with figures if it has some.

        Who does not tell where they are gets an empty one.
        """
        parts = urlsplit(asking)
        address = dcc.Location(id="address", refresh="callback-nav")
        if not parts.path.startswith(shell.PREFIX.rstrip("/")):
            return html.Div([address, shell.frame(user)])
        search = f"?{parts.query}" if parts.query else ""
        address.pathname, address.search = parts.path, search
        shown = self.page(parts.path, search)
        page = self._drawn.get(self._here(parts.path))
        if page is not None and page.first is not None and user.role in page.place.roles:
            self._figures.fill(shown, page.first, parts.path, search, theme)
        return html.Div([address, shell.frame(user, self.navigation(parts.path, search), shown)])

    def page(self, path: str, search: str | None) -> Component:
        """The page at a path and query, or why there is none for the one who asks."""
        page, user = self._drawn.get(self._here(path)), current_user()
        if page is None:
            return _said("Not found", f"There is no page at {path}. The pages are listed at the side.")
        if user.role not in page.place.roles:
            theirs = " or ".join(sorted(page.place.roles))
            words = f"This page is for the role {theirs}. You are signed in as {user.role}: ask somebody who has it."
            return _said(page.place.title, words)
        shown = page.layout()
        if page.first is not None:
            place(shown, page.first, path, search or "")
        return shown

    def navigation(self, path: str, search: str | None) -> list[Component]:
        """The side bar's links, with the range and so on of the address."""
        theirs = [page.place for page in self._pages if current_user().role in page.place.roles]
        choice = parse(search or "", self._clock(), self._zone).address()
        return shell.navigation(theirs, self._here(path), choice)

    def _here(self, path: str) -> str:
        return self._pages[0].place.path if path.rstrip("/") == shell.PREFIX.rstrip("/") else path


def _said(title: str, words: str) -> Component:
    return html.Div([shell.top(title), html.P(words, className="mid")])
