"""A page's first figures within the page: a browser that comes need not ask once more for what it comes for.

They are what the page's callback would say. If they take too long, cannot be made, or nobody knows in which theme to
draw them, the page goes out without, and asks by its callback, which says what is wrong.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

import dash
from dash.development.base_component import Component

from dashboard.tokens import Theme

log = logging.getLogger("dashboard")

# The cookie in which a browser says its theme (assets/theme.js).
THEME_COOKIE = "trunkline-theme"
# Half of it a browser reads Dash's script meanwhile. Figures that take longer come no sooner for being waited for, and
# somebody who waits should see the page's shapes.
_WITHIN_S = 1.0
# What nobody waits for any more goes on; more than these are not begun.
_AT_ONCE = 8


@dataclass(frozen=True)
class First:
    """How to ask for a page's first figures. `name` begins the ids of its address and, if `themed`, of its theme.

    `answer`: the values of `outputs`, each (id, property), for a query (`?range=7d` or empty) and a theme.
    """

    name: str
    outputs: Sequence[tuple[str, str]]
    answer: Callable[[str, Theme], Sequence[Any]]
    themed: bool = True


class FirstFigures:
    """Puts them into pages. `within_s`: how long a page waits for them."""

    def __init__(self, within_s: float = _WITHIN_S) -> None:
        self._within_s = within_s
        self._threads = ThreadPoolExecutor(_AT_ONCE, "first-figures")

    def fill(self, page: Component, first: First, path: str, search: str, theme: Theme | None) -> None:
        """Into a page at this path and query, in place; a page whose figures are not there in time asks by itself."""
        if first.themed and theme is None:
            return
        asked = self._threads.submit(copy_context().run, first.answer, search, theme or Theme.LIGHT)
        try:
            values = asked.result(self._within_s)
        except TimeoutError:
            asked.cancel()
        except Exception:
            # The callback meets the same, and says it.
            log.warning("a page goes out without its figures", exc_info=True)
        else:
            _put(page, first, values, path, search, theme)


def theme_of(cookies: Mapping[str, str]) -> Theme | None:
    """The theme that a browser says it shows."""
    said = cookies.get(THEME_COOKIE)
    return next((each for each in Theme if each == said), None)


def place(page: Component, first: First, path: str, search: str) -> None:
    """Tell a page its path and query, in place, so that its callback is called by the theme alone, and once."""
    if first.themed:
        _place(_parts(page), first, path, search)


def _place(parts: Mapping[str, Component], first: First, path: str, search: str) -> None:
    address = parts[f"{first.name}-address"]
    address.pathname, address.search = path, search


def _put(page: Component, first: First, values: Sequence[Any], path: str, search: str, theme: Theme | None) -> None:
    parts = _parts(page)
    # With address and theme there the callback is called by neither.
    _place(parts, first, path, search)
    if first.themed:
        parts[f"{first.name}-theme"].data = theme
    for (name, prop), value in zip(first.outputs, values, strict=True):
        if value is not dash.no_update:
            setattr(parts[name], prop, value)


def _parts(page: Component) -> dict[str, Component]:
    return {each.id: each for each in _all(page) if getattr(each, "id", None)}


def _all(root: Component) -> Iterator[Component]:
    yield root
    inside = getattr(root, "children", None)
    for each in inside if isinstance(inside, list | tuple) else [inside]:
        if isinstance(each, Component):
            yield from _all(each)
