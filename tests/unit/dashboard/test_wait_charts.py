"""Charts of waits."""

import polars as pl
from dashboard_parts import LIGHT

from dashboard import wait_charts

BARS = pl.DataFrame(
    {"from_s": [0.0, 5.0], "to_s": [5.0, None], "answered": [3, 1], "abandoned": [0, 2], "flow_out": [0, 0]}
)
LINES = pl.DataFrame(
    {"label": ["a", "b"], "tick": ["a", "b"], "left_queue": [1, 0], "p50": [7.0, None], "p90": [9.0, None]}
)
CURVE = pl.DataFrame({"wait_s": [2.0, 70.0, 400.0], "staying": [0.9, 0.4, 0.1]})


def test_bars_are_by_what_became_of_the_callers() -> None:
    figure = wait_charts.distribution(BARS, 5.0, LIGHT)
    assert [(trace.name, list(trace.y)) for trace in figure.data[:3]] == [
        ("answered", [3, 1]), ("abandoned", [0, 2]), ("other", [0, 0])
    ]  # fmt: skip
    assert (figure.data[3].mode, list(figure.data[3].text)) == ("text", ["3", "3"])
    assert figure.layout.shapes[0].x0 == 5.0
    assert not wait_charts.distribution(BARS, None, LIGHT).layout.shapes


def test_lines_have_holes_where_nobody_waited() -> None:
    figure = wait_charts.percentiles(LINES, LIGHT)
    assert [trace.name for trace in figure.data] == ["90th percentile", "median"]
    assert list(figure.data[0].y) == [9.0, None]
    assert list(figure.data[0].customdata) == ["0:09", "–"]


def test_patience_begins_with_all_and_ends_where_few_are_left() -> None:
    figure = wait_charts.patience(CURVE, 70.0, LIGHT)
    assert list(figure.data[0].x) == [0.0, 2.0, 70.0]
    assert list(figure.data[0].y) == [100.0, 90.0, 40.0]
    assert figure.layout.annotations[0].text == "half gone 1:10"
    assert not wait_charts.patience(CURVE, None, LIGHT).layout.shapes


def test_an_empty_range_can_be_drawn() -> None:
    assert len(wait_charts.distribution(BARS.clear(), None, LIGHT).data) == 4
    assert len(wait_charts.percentiles(LINES.clear(), LIGHT).data) == 2
    assert len(wait_charts.patience(CURVE.clear(), None, LIGHT).data) == 1
