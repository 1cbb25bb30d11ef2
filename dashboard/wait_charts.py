"""Charts of waits: how many waited how long, the percentiles by interval, and how many would have stayed. Pure."""

import plotly.graph_objects as go
import polars as pl

from dashboard import formats
from dashboard.figures import label_ticks, template, threshold_line
from dashboard.tokens import Tokens

# Further right than the patience of nearly all; the rest of the curve rests on a handful of callers.
_MOST_S = 300.0
_OUTCOMES = (("answered", "answered", "d1"), ("abandoned", "abandoned", "d6"), ("other", "flow_out", "d5"))


def distribution(bars: pl.DataFrame, threshold: float | None, tokens: Tokens) -> go.Figure:
    """Bars of equal widths by what became of the callers. `bars`: from_s, to_s, answered, abandoned, flow_out."""
    width = float(bars["from_s"][1]) if bars.height > 1 else 1.0
    figure = go.Figure(layout={"template": template(tokens)})
    for name, column, colour in (
        ("answered", "answered", "d1"),
        ("abandoned", "abandoned", "d6"),
        ("other", "flow_out", "d5"),
    ):
        figure.add_trace(
            go.Bar(
                name=name,
                x=bars["from_s"].to_list(),
                y=bars[column].to_list(),
                width=width * 0.88,
                offset=width * 0.06,
                marker={"color": tokens[colour], "opacity": 0.8, "line": {"width": 0}},
                hovertemplate=f"%{{y:,}} {name}<extra></extra>",
            )
        )  # fmt: skip
    # Beside one bar of thousands those of some tens cannot be told from none.
    heights = bars.select(pl.sum_horizontal("answered", "abandoned", "flow_out")).to_series()
    figure.add_trace(
        go.Scatter(
            x=(bars["from_s"] + width / 2).to_list(),
            y=heights.to_list(),
            text=[formats.count(each) if each else "" for each in heights],
            mode="text",
            textposition="top center",
            textfont={"color": tokens["ink-2"], "size": 11},
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    figure.update_layout(margin={"l": 42, "r": 12})
    figure.update_xaxes(type="linear", ticksuffix=" s", nticks=9, unifiedhovertitle={"text": "from %{x} on"})
    if threshold is not None:
        threshold_line(figure, threshold, tokens)
    return figure


def percentiles(rows: pl.DataFrame, tokens: Tokens) -> go.Figure:
    """The wait of every second caller and of nine of ten. `rows`: label, tick, left_queue, p50, p90."""
    figure = go.Figure(layout={"template": template(tokens)})
    few = rows.height <= 60
    for name, column, colour in (("90th percentile", "p90", "d1"), ("median", "p50", "d3")):
        figure.add_trace(
            go.Scatter(
                name=name,
                x=rows["label"].to_list(),
                y=rows[column].to_list(),
                mode="lines+markers",
                line={"color": tokens[colour], "width": 1.8},
                marker={"size": 5 if few else 2, "color": tokens[colour]},
                customdata=[formats.duration(value) for value in rows[column]],
                connectgaps=False,
                hovertemplate=f"{name} %{{customdata}}<extra></extra>",
            )
        )
    positions, texts = label_ticks(rows["tick"].to_list())
    figure.update_layout(margin={"l": 46, "r": 12})
    figure.update_xaxes(tickmode="array", tickvals=positions, ticktext=texts, range=(-0.6, rows.height - 0.4))
    figure.update_yaxes(ticksuffix=" s", nticks=5, tickformat=",")
    return figure


def patience(curve: pl.DataFrame, median_s: float | None, tokens: Tokens) -> go.Figure:
    """The share of callers who would still wait after so many seconds. `curve`: wait_s, staying."""
    shown = curve.filter(pl.col("wait_s") <= _MOST_S)
    figure = go.Figure(layout={"template": template(tokens)})
    figure.add_trace(
        go.Scatter(
            name="would still wait",
            x=[0.0, *shown["wait_s"].to_list()],
            y=[100.0, *(shown["staying"] * 100).to_list()],
            mode="lines",
            line={"color": tokens["d1"], "width": 1.8, "shape": "hv"},
            hovertemplate=f"%{{y:.0f}}{formats.THIN_SPACE}% would still wait<extra></extra>",
        )
    )
    figure.update_layout(margin={"l": 46, "r": 12})
    figure.update_xaxes(type="linear", ticksuffix=" s", nticks=6)
    rates = (0, 50, 100)
    words = [f"{rate}{formats.THIN_SPACE}%" for rate in rates]
    figure.update_yaxes(range=(0, 104), tickmode="array", tickvals=rates, ticktext=words)
    if median_s is not None and median_s <= _MOST_S:
        threshold_line(figure, median_s, tokens, f"half gone {formats.duration(median_s)}")
    return figure
