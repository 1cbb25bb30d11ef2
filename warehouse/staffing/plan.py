"""Agents for each interval of a forecast: the fewest that meet the target by Erlang C, or A where patience is known.

Each interval stands for itself, as the formulas have it: what waits at its end is not carried on. Pure.
"""

import math
from collections.abc import Iterator
from typing import Any

import polars as pl
from msgspec import Struct
from msgspec.structs import asdict

from warehouse.staffing.erlang import Fare, Load, fewest
from warehouse.staffing.forecast import LENGTHS

# What floats add to 14 / 0.7.
DUST = 1e-9


class Target(Struct, frozen=True):
    """So many answered within `target_s` seconds, of offered. `shrinkage`: the share of paid time without calls."""

    service_level: float
    target_s: float
    patience_s: float | None = None
    shrinkage: float = 0.0


def plan(forecast: pl.DataFrame, interval: str, aht_s: float, target: Target) -> list[dict[str, Any]]:
    """A row an interval: interval_start, calls, what `Fare` has, and `rostered`, the agents with shrinkage added.

    Everything but interval_start is None where nothing is forecast.
    """
    return list(_rows(forecast, LENGTHS[interval] * 60, aht_s, target))


def _rows(forecast: pl.DataFrame, length_s: float, aht_s: float, target: Target) -> Iterator[dict[str, Any]]:
    unknown = dict.fromkeys((*Fare.__struct_fields__, "rostered"))
    for start, calls, share in forecast.select("interval_start", "calls", "share").iter_rows():
        row = {"interval_start": start, "calls": calls}
        if calls is None:
            yield row | unknown
        else:
            fare = fewest(
                Load(calls, length_s * share, aht_s, target.target_s, target.patience_s), target.service_level
            )
            yield row | asdict(fare) | {"rostered": rostered(fare.agents, target.shrinkage)}


def rostered(agents: int, shrinkage: float) -> int:
    """So many have to be on the roster for `agents` to be at work."""
    return math.ceil(agents / (1 - shrinkage) - DUST)
