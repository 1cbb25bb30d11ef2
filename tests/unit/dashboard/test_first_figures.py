"""Figures within a page that a browser comes to; without them the page is as it was, and asks by itself."""

import threading
from collections.abc import Sequence
from typing import Any

import dash
import pytest
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.first_figures import THEME_COOKIE, First, FirstFigures, place, theme_of
from dashboard.tokens import Theme

OUTPUTS = (("waits", "className"), ("waits-count", "children"), ("waits-chart", "figure"))
NEVER = threading.Event()


def page() -> Component:
    parts = [dcc.Location(id="waits-address"), dcc.Store(id="waits-theme"), html.Div([None, html.B(id="waits-count")])]
    return html.Div([*parts, "words", html.P(dcc.Graph(id="waits-chart"))], id="waits", className="waiting")


def filled(answer: Any, theme: Theme | None = Theme.DARK, *, themed: bool = True) -> dict[str, Any]:
    """What stands in a page then, by id and property."""
    shown = page()
    FirstFigures(0.05).fill(shown, First("waits", OUTPUTS, answer, themed), "/reports/wait", "?range=7d", theme)
    asked = (*OUTPUTS, ("waits-address", "search"), ("waits-address", "pathname"), ("waits-theme", "data"))
    parts = {"waits": shown} | {name: shown[name] for name, _ in asked if name != "waits"}
    return {f"{name}.{prop}": getattr(parts[name], prop, None) for name, prop in asked}


def say(search: str, theme: Theme) -> Sequence[Any]:
    return "", f"7 of {search}", {"layout": {"title": theme}}


def test_what_the_callback_would_say_stands_in_the_page() -> None:
    assert filled(say) == {
        "waits.className": "",
        "waits-count.children": "7 of ?range=7d",
        "waits-chart.figure": {"layout": {"title": "dark"}},
        "waits-address.search": "?range=7d",
        "waits-address.pathname": "/reports/wait",
        "waits-theme.data": "dark",
    }


def test_what_stays_as_it_is_is_left_alone() -> None:
    told = filled(lambda *_: ("failed", dash.no_update, dash.no_update), None, themed=False)
    assert (told["waits.className"], told["waits-count.children"], told["waits-theme.data"]) == ("failed", None, None)


def late(*_: Any) -> Sequence[Any]:
    NEVER.wait(0.2)
    return say("", Theme.LIGHT)


def broken(*_: Any) -> Sequence[Any]:
    raise ValueError("no such figure")


@pytest.mark.parametrize("themed", [True, False])
def test_a_page_is_told_where_it_is_if_its_theme_calls_for_the_figures(themed: bool) -> None:
    shown = page()
    place(shown, First("waits", OUTPUTS, say, themed), "/reports/wait", "")
    assert hasattr(shown["waits-address"], "pathname") is themed


@pytest.mark.parametrize(("answer", "theme"), [(late, Theme.DARK), (broken, Theme.DARK), (say, None)])
def test_a_page_without_its_figures_asks_for_them_itself(answer: Any, theme: Theme | None) -> None:
    told = filled(answer, theme)
    assert told.pop("waits.className") == "waiting"
    assert set(told.values()) == {None}


def test_a_browser_says_its_theme_by_a_cookie() -> None:
    assert theme_of({THEME_COOKIE: "dark"}) is Theme.DARK
    assert [theme_of(each) for each in ({}, {THEME_COOKIE: "'; drop"})] == [None, None]
