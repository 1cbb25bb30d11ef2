"""A range cut into as few pieces as there are sums for: middles of months, days, hours, and quarters for the rest.

A piece lies within one interval of the zone asked for, whatever the zone; so sums of pieces are those of the interval,
exactly. Frames in, frames out.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import polars as pl

from warehouse.coarse import DAY, EDGE_HOUR, HOUR, MIDDLE, Range
from warehouse.periods import QUARTER

LENGTHS = {MIDDLE: timedelta(days=32), DAY: timedelta(days=1), HOUR: timedelta(hours=1), EDGE_HOUR: timedelta(hours=1)}
_QUARTER = pl.col("quarter")
_IS_EDGE = (_QUARTER.dt.day() == 1) | (_QUARTER.dt.day() == _QUARTER.dt.month_end().dt.day())
# Where the piece begins that a quarter would lie in; null where there is none.
_STARTS = {
    MIDDLE: pl.when(~_IS_EDGE).then(_QUARTER.dt.truncate("1mo") + timedelta(days=1)),
    DAY: _QUARTER.dt.truncate("1d"),
    HOUR: _QUARTER.dt.truncate("1h"),
    EDGE_HOUR: pl.when(_IS_EDGE).then(_QUARTER.dt.truncate("1h")),
}


class Pieces(NamedTuple):
    """`coarse`: span, starts_at and the interval's columns of each piece; `edges`: the quarters left, as in the spine.

    `bounds`: by span, if there are any, from which start until before which end; `stretches` of time without a hole
    that the edges are.
    """

    coarse: pl.DataFrame
    edges: pl.DataFrame
    bounds: dict[str, Range]
    stretches: list[Range]


def cut(spine: pl.DataFrame, spans: Sequence[str], label: Sequence[str] = ("interval_start",)) -> Pieces:
    """The pieces of a spine (a row a quarter, in order), of these spans, longest first. `label` names an interval."""
    left, found, bounds = spine, [], dict[str, Range]()
    for span in spans:
        whole = _whole(left, span, label)
        found.append(whole.with_columns(span=pl.lit(span)))
        if len(whole):
            first, last = whole["starts_at"][0], whole["starts_at"][-1]
            bounds[span] = (first, last + LENGTHS[span])
        left = (
            left.with_columns(starts_at=_STARTS[span])
            .join(whole.select("starts_at"), on="starts_at", how="anti", maintain_order="left")
            .drop("starts_at")
        )
    coarse = pl.concat(found) if found else pl.DataFrame()
    return Pieces(coarse, left, bounds, _stretches(left["quarter"]))


def _whole(left: pl.DataFrame, span: str, label: Sequence[str]) -> pl.DataFrame:
    keyed = left.with_columns(starts_at=_STARTS[span]).filter(pl.col("starts_at").is_not_null())
    one = [pl.col(name).first() for name in label]
    same = [(pl.col(name).min() == pl.col(name).max()).alias(f"same_{name}") for name in label]
    grouped = keyed.group_by("starts_at", maintain_order=True).agg(*one, *same, quarters=pl.len())
    if span == MIDDLE:
        days = pl.col("starts_at").dt.month_end().dt.day().cast(pl.UInt32) - 2
        length = days * 96
    else:
        length = pl.lit(LENGTHS[span] // QUARTER)
    return grouped.filter(pl.col("quarters") == length, *(pl.col(f"same_{name}") for name in label)).select(
        "starts_at", *label
    )


def _stretches(quarters: pl.Series) -> list[Range]:
    breaks = pl.DataFrame({"quarter": quarters}).with_columns(
        number=(pl.col("quarter").diff() > QUARTER).fill_null(True).cum_sum()
    )
    found = breaks.group_by("number", maintain_order=True).agg(
        first=pl.col("quarter").first(), last=pl.col("quarter").last()
    )
    return [(first, last + QUARTER) for first, last in found.select("first", "last").iter_rows()]
