"""Charts: from a Polars frame to a Plotly figure, in the look's colours. Pure.

One template, made of the tokens, gives every chart its type, lines and colours; a figure only says what is drawn. Bars
are counts, lines are rates on a fixed axis from 0 to 100 %, the target is a dashed line with its value.
"""

from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl

from dashboard import formats
from dashboard.tokens import Tokens

# As many labels have room below a chart on a phone.
MOST_LABELS = 6
# Every how many intervals a label may stand, so that it stands at full hours and the same days of the week.
_STEPS = (1, 2, 4, 7, 8, 12, 16, 24, 28, 48, 96, 168)
# A line of more points than this is a shape, and its points would hide it.
_MOST_POINTS = 60
# A rate is drawn on 0-100 with this much air above, so that a line at 100 % is not cut in half.
_RATE_RANGE = (0, 104)
# Callers are whole: an axis that ends below this would have halves on it.
_LEAST_TOP = 4


def template(tokens: Tokens) -> go.layout.Template:
    """What all charts have in common."""
    axis = {
        "color": tokens["ink-3"],
        "gridcolor": tokens["line"],
        "zeroline": False,
        "linecolor": tokens["line"],
        "automargin": False,
        "fixedrange": True,
        "title": {"text": ""},
        "ticklabelstandoff": 6,
        "spikecolor": tokens["line-2"],
        "spikethickness": 1,
        "spikedash": "solid",
    }
    return go.layout.Template(
        layout={
            "font": {"family": tokens["font"], "size": 11, "color": tokens["ink-2"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [tokens[f"d{n}"] for n in range(1, 8)],
            "margin": {"l": 42, "r": 50, "t": 12, "b": 26},
            "showlegend": False,
            "barmode": "stack",
            "bargap": 0.14,
            "hovermode": "x unified",
            "hoverlabel": {
                "bgcolor": tokens["raised"],
                "bordercolor": tokens["line-2"],
                "font": {"family": tokens["font"], "size": 12, "color": tokens["ink"]},
            },
            "xaxis": {**axis, "showgrid": False, "type": "category", "tickangle": 0},
            "yaxis": {
                **axis,
                "rangemode": "tozero",
                "tickformat": "~s",
                "nticks": 5,
                "autorangeoptions": {"include": _LEAST_TOP},
            },
            "yaxis2": {**axis, "showgrid": False, "range": _RATE_RANGE, "overlaying": "y", "side": "right"},
        }
    )


def level_chart(
    rows: pl.DataFrame,
    target: float | None,
    formula: str,
    tokens: Tokens,
    earlier: Sequence[float | None] = (),
    before: str = "",
) -> go.Figure:
    """Callers by what became of them, and the service level.

    `rows`: label, tick, in_time, later, abandoned (counts), level (0-1 or null), one per interval in order. `target`
    0-1, or None when the queues shown have different ones. `formula` is said on hovering over the level. `earlier`: the
    levels of the days `before`, interval by interval, a quieter line.
    """
    bars = (
        ("answered in time", "in_time", "d1", 0.62),
        ("answered later", "later", "d3", 0.55),
        ("abandoned", "abandoned", "d6", 0.7),
    )
    figure = go.Figure(layout={"template": template(tokens)})
    for name, column, colour, opacity in bars:
        figure.add_trace(_bar(rows, name, column, tokens[colour], opacity))
    if earlier:
        figure.add_trace(_earlier(rows, earlier, before, tokens["ink-3"]))
    figure.add_trace(_rate(rows, formula, tokens["ink"], tokens["surface"]))
    _finish(figure, rows, target, tokens)
    return figure


def today_chart(rows: pl.DataFrame, target: float | None, tokens: Tokens) -> go.Figure:
    """The day so far by quarters of an hour. `rows` as for `level_chart`, the answered ones in one bar."""
    answered = rows.with_columns(answered=pl.col("in_time") + pl.col("later"))
    figure = go.Figure(layout={"template": template(tokens)})
    figure.add_trace(_bar(answered, "answered", "answered", tokens["d1"], 0.8))
    figure.add_trace(_bar(answered, "abandoned", "abandoned", tokens["d6"], 0.95))
    figure.add_trace(_rate(rows, "", tokens["ink-2"], tokens["surface"]))
    _finish(figure, rows, target, tokens)
    return figure


def wait_chart(waits: pl.DataFrame, threshold: float | None, tokens: Tokens) -> go.Figure:
    """How long callers waited. `waits`: from_s, to_s (seconds, equal widths, to_s null in the last), callers (count).

    Bars up to `threshold` (seconds) are those in time; None when the queues shown have different ones.
    """
    in_time = [threshold is not None and to is not None and to <= threshold for to in waits["to_s"]]
    figure = go.Figure(layout={"template": template(tokens)})
    figure.add_trace(
        go.Bar(
            x=waits["from_s"].to_list(),
            y=waits["callers"].to_list(),
            marker={"color": [tokens["d1"] if each else tokens["d3"] for each in in_time], "opacity": 0.85},
            customdata=[_wait_words(*each) for each in waits.select("from_s", "to_s").iter_rows()],
            hovertemplate="%{customdata}: %{y:,} callers<extra></extra>",
        )
    )
    width = float(waits["from_s"][1] - waits["from_s"][0]) if waits.height > 1 else 1.0
    figure.update_traces(width=width * 0.88, offset=width * 0.06)
    figure.update_layout(margin={"l": 42, "r": 10}, hovermode="x", bargap=0.1)
    figure.update_xaxes(type="linear", ticksuffix=" s", showticksuffix="all", nticks=6)
    if threshold is not None:
        threshold_line(figure, threshold, tokens)
    return figure


def label_ticks(ticks: Sequence[str]) -> tuple[list[int], list[str]]:
    """Positions and texts of the labels below a chart: evenly chosen, never two the same beside each other."""
    step = next((each for each in _STEPS if len(ticks) <= each * MOST_LABELS), -(-len(ticks) // MOST_LABELS))
    chosen = [n for n in range(0, len(ticks), step) if n < step or ticks[n] != ticks[n - step]]
    return chosen, [ticks[n] for n in chosen]


def _bar(rows: pl.DataFrame, name: str, column: str, colour: str, opacity: float) -> go.Bar:
    return go.Bar(
        name=name,
        x=rows["label"].to_list(),
        y=rows[column].to_list(),
        marker={"color": colour, "opacity": opacity, "line": {"width": 0}},
        hovertemplate=f"%{{y:,}} {name}<extra></extra>",
    )


def _rate(rows: pl.DataFrame, formula: str, colour: str, ground: str) -> go.Scatter:
    few = rows.height <= _MOST_POINTS
    said = f"<br><span style='font-size:11px'>{formula}</span>" if formula else ""
    return go.Scatter(
        name="service level",
        x=rows["label"].to_list(),
        y=(rows["level"] * 100).to_list(),
        yaxis="y2",
        mode="lines+markers",
        line={"color": colour, "width": 1.8},
        # An interval between empty ones has no line: its point alone must be seen.
        marker={"size": 5 if few else 2, "color": colour, "line": {"color": ground, "width": int(few)}},
        connectgaps=False,
        hovertemplate=f"service level %{{y:.1f}}{formats.THIN_SPACE}%{said}<extra></extra>",
    )


def _earlier(rows: pl.DataFrame, levels: Sequence[float | None], before: str, colour: str) -> go.Scatter:
    return go.Scatter(
        name=before,
        x=rows["label"].to_list(),
        y=[None if level is None else level * 100 for level in levels[: rows.height]],
        yaxis="y2",
        mode="lines",
        line={"color": colour, "width": 1.2},
        opacity=0.7,
        connectgaps=False,
        hovertemplate=f"%{{y:.1f}}{formats.THIN_SPACE}% in {before}<extra></extra>",
    )


def _finish(figure: go.Figure, rows: pl.DataFrame, target: float | None, tokens: Tokens) -> None:
    positions, texts = label_ticks(rows["tick"].to_list())
    figure.update_xaxes(tickmode="array", tickvals=positions, ticktext=texts, range=(-0.6, rows.height - 0.4))
    rates = (0, 50, 100) if target is None else (0, 50, 100, round(target * 100, 1))
    figure.update_layout(
        yaxis2={
            "tickmode": "array",
            "tickvals": rates,
            "ticktext": [f"{rate:g}{formats.THIN_SPACE}%" for rate in rates],
        }
    )
    if target is not None:
        figure.add_shape(
            type="line", xref="paper", x0=0, x1=1, yref="y2", y0=target * 100, y1=target * 100,
            line={"color": tokens["ink-3"], "width": 1, "dash": "3px,3px"},
        )  # fmt: skip


def threshold_line(figure: go.Figure, threshold: float, tokens: Tokens, words: str = "") -> None:
    """A dashed upright line at so many seconds, with its name."""
    figure.add_shape(
        type="line", xref="x", x0=threshold, x1=threshold, yref="paper", y0=0, y1=1,
        line={"color": tokens["ink-2"], "width": 1, "dash": "3px,3px"},
    )  # fmt: skip
    figure.add_annotation(
        xref="x", x=threshold, yref="paper", y=1, xanchor="left", yanchor="top", xshift=4, showarrow=False,
        text=words or f"target {formats.seconds(threshold)}", font={"color": tokens["ink-2"], "size": 11},
    )  # fmt: skip


def _wait_words(from_s: float, to_s: float | None) -> str:
    return f"{from_s:g} s and longer" if to_s is None else f"{from_s:g} to {to_s:g} s"
