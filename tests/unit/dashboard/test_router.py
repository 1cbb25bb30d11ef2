"""Pages by address: with the frame for a browser that comes, alone for one that goes on."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from dash import dcc, html
from dash.development.base_component import Component
from dashboard_parts import BERLIN, NOW, PETRA
from plotly.utils import PlotlyJSONEncoder

from dashboard import guard, shell
from dashboard.first_figures import First
from dashboard.guard import ADMINISTRATORS
from dashboard.router import Page, Router

FIRST = First("waits", [("waits-count", "children")], lambda search, _: [f"7 of {search}"], themed=False)


def waits() -> Component:
    return html.Div([html.B(id="waits-count"), dcc.Location(id="waits-address")])


PAGES = (
    Page(shell.Place("/reports/live", "Live", "live"), lambda: html.Div("Waiting now")),
    Page(shell.Place("/reports/queues", "Queues", "queues"), lambda: html.Div("By queue")),
    Page(shell.Place("/reports/all", "All", "tenants", ADMINISTRATORS), lambda: html.Div("Everything")),
    Page(shell.Place("/reports/wait", "Wait", "wait"), waits, FIRST),
)
ROUTER = Router(PAGES, lambda: NOW, BERLIN)


@pytest.fixture(autouse=True)
def petra() -> Iterator[None]:
    token = guard._user.set(PETRA)
    yield
    guard._user.reset(token)


def said(part: Component | list[Component]) -> str:
    return json.dumps(part, cls=PlotlyJSONEncoder)


def address(frame: Component) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(said(frame))["props"]["children"][0]["props"]
    return told


def test_a_page_comes_with_its_frame() -> None:
    frame = ROUTER.frame(PETRA, "https://trunkline.test/reports/queues?range=7d", None)
    assert "By queue" in said(frame)
    assert said(ROUTER.navigation("/reports/queues", "?range=7d")) in said(frame)
    assert {name: address(frame)[name] for name in ("pathname", "search")} == {
        "pathname": "/reports/queues",
        "search": "?range=7d",
    }


def test_its_figures_come_with_it_but_not_with_one_that_is_gone_to() -> None:
    assert "7 of ?range=7d" in said(ROUTER.frame(PETRA, "https://trunkline.test/reports/wait?range=7d", None))
    assert "7 of" not in said(ROUTER.page("/reports/wait", ""))


@pytest.mark.parametrize("asking", ["", "https://trunkline.test/", "nonsense"])
def test_who_does_not_tell_where_they_are_says_it_later(asking: str) -> None:
    frame = ROUTER.frame(PETRA, asking, None)
    assert "Waiting now" not in said(frame)
    assert "pathname" not in address(frame)


def test_the_first_page_is_at_the_root() -> None:
    for path in ("/reports", "/reports/", "/reports/live"):
        assert "Waiting now" in said(ROUTER.page(path, ""))
        assert said(ROUTER.navigation(path, None)).count('"here"') == 1
    assert "/reports/queues?range=7d" in said(ROUTER.navigation("/reports/live", "?range=7d"))


def test_pages_of_others_are_neither_shown_nor_listed() -> None:
    assert "This page is for the role administrator. You are signed in as manager" in said(
        ROUTER.page("/reports/all", "")
    )
    assert "Everything" not in said(ROUTER.frame(PETRA, "https://trunkline.test/reports/all", None))
    assert "/reports/all" not in said(ROUTER.navigation("/reports/live", ""))
    assert "There is no page at /reports/none" in said(ROUTER.page("/reports/none", ""))
