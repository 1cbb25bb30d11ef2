"""Charts: what is drawn of a frame, in whose colours, on which axes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from dashboard_parts import LIGHT, LOOK, PaperMarts, report
from hypothesis import given
from hypothesis import strategies as st

from dashboard import figures
from dashboard.reports import Report
from dashboard.tokens import Theme

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)
FORMULA = "answered in sl / offered"


def read(search: str = "") -> Report:
    return report(PaperMarts(offered={MORNING: 8}), search)


def level_chart(search: str = "", target: float | None = 0.8) -> dict[str, Any]:
    drawn: dict[str, Any] = figures.level_chart(read(search).rows, target, FORMULA, LIGHT).to_plotly_json()
    return drawn


def traces(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {trace["name"]: trace for trace in figure["data"]}


def test_counts_are_bars_and_the_rate_is_a_line() -> None:
    drawn = traces(level_chart())
    assert {name: trace["type"] for name, trace in drawn.items()} == {
        "answered in time": "bar",
        "answered later": "bar",
        "abandoned": "bar",
        "service level": "scatter",
    }
    at = list(drawn["abandoned"]["x"]).index("Sun 22 Nov 09:00")
    assert [drawn[name]["y"][at] for name in drawn] == [6, 1, 1, 75.0]


def test_an_interval_without_a_call_leaves_a_hole_in_the_line() -> None:
    line = traces(level_chart())["service level"]
    assert line["connectgaps"] is False
    assert sum(y is not None for y in line["y"]) == 1


def test_the_rate_has_a_fixed_axis_and_says_its_formula() -> None:
    figure = level_chart()
    low, high = figures.template(LIGHT).layout.yaxis2.range
    assert (low, 100 <= high < 110) == (0, True)
    assert FORMULA in traces(figure)["service level"]["hovertemplate"]


def test_the_target_is_a_dashed_line_with_its_value() -> None:
    figure = level_chart(target=0.85)
    (line,) = figure["layout"]["shapes"]
    assert (line["y0"], line["y1"], line["yref"]) == (85.0, 85.0, "y2")
    assert "85\u2009%" in figure["layout"]["yaxis2"]["ticktext"]


def test_without_one_target_there_is_no_line() -> None:
    figure = level_chart(target=None)
    assert "shapes" not in figure["layout"]
    assert list(figure["layout"]["yaxis2"]["ticktext"]) == ["0\u2009%", "50\u2009%", "100\u2009%"]


def test_today_puts_the_answered_into_one_bar() -> None:
    figure = figures.today_chart(read().rows, 0.8, LIGHT).to_plotly_json()
    at = list(figure["data"][0]["x"]).index("Sun 22 Nov 09:00")
    assert [(trace["name"], trace["y"][at]) for trace in figure["data"]] == [
        ("answered", 7),
        ("abandoned", 1),
        ("service level", 75.0),
    ]


def test_bars_up_to_the_threshold_are_those_in_time() -> None:
    bars = figures.wait_chart(read().waits, 20.0, LIGHT).to_plotly_json()["data"][0]
    assert list(bars["marker"]["color"]) == [LIGHT["d1"]] * 4 + [LIGHT["d3"]] * 12
    assert bars["customdata"][0] == "0 to 5 s"
    assert bars["customdata"][-1] == "75 s and longer"


def test_without_one_threshold_no_bar_is_in_time() -> None:
    figure = figures.wait_chart(read().waits, None, LIGHT).to_plotly_json()
    assert set(figure["data"][0]["marker"]["color"]) == {LIGHT["d3"]}
    assert "shapes" not in figure["layout"]


@pytest.mark.parametrize("theme", Theme)
def test_every_colour_is_one_of_the_look(theme: Theme) -> None:
    layout = figures.template(LOOK[theme]).to_plotly_json()["layout"]
    assert list(layout["colorway"]) == [LOOK[theme][f"d{n}"] for n in range(1, 8)]
    assert layout["font"]["family"] == LOOK[theme]["font"]
    assert layout["hoverlabel"]["bgcolor"] == LOOK[theme]["raised"]


def test_an_empty_range_can_be_drawn() -> None:
    empty = report(PaperMarts(published=False))
    assert len(figures.level_chart(empty.rows, None, FORMULA, LIGHT).data) == 4
    assert len(figures.today_chart(empty.rows, None, LIGHT).data) == 3
    assert len(figures.wait_chart(empty.waits, None, LIGHT).data) == 1


@given(st.lists(st.sampled_from(["22 Nov", "23 Nov", "24 Nov"]), max_size=1500))
def test_labels_below_a_chart_have_room(ticks: list[str]) -> None:
    positions, texts = figures.label_ticks(ticks)
    assert len(positions) <= figures.MOST_LABELS
    assert texts == [ticks[n] for n in positions]


def test_a_day_has_its_labels_at_full_hours() -> None:
    ticks = [f"{n // 4:02}:{n % 4 * 15:02}" for n in range(96)]
    assert figures.label_ticks(ticks)[1] == ["00:00", "04:00", "08:00", "12:00", "16:00", "20:00"]
