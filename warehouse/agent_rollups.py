"""From presence, legs and missed rings to `agent15`: the set-based form of `calls.agent_tally`, in Polars.

A property test holds both forms equal for anything. Pure: frames in, a frame out; it knows neither lake nor database.
"""

import polars as pl

from calls.agent_tally import AGENT_COLUMNS, STATES
from warehouse.rollups import INTERVAL

AGENT_KEY = ("tenant", "pbx", "agent_id", "interval_start")
_SECONDS = ("_s", "_sum")
_start, _end, _quarter = pl.col("started_at"), pl.col("ended_at"), pl.col("interval_start")
_transferred = pl.col("transfer_to").is_not_null()
_to_queue = pl.col("entered").is_not_null() & (pl.col("followed").is_null() | (pl.col("entered") <= pl.col("followed")))
_to_house = pl.col("followed").is_not_null() | pl.col("is_extension").fill_null(False)

# What one ended leg adds to each column.
FACTS: dict[str, pl.Expr] = {
    "handled": pl.lit(1),
    "from_queue": pl.col("stint").is_not_null(),
    "dialled": pl.col("stint").is_null() & pl.col("rang_at").is_null(),
    "talk_s": pl.col("talk_s"),
    "hold_s": pl.col("hold_s"),
    "held": pl.col("holds") > 0,
    "transferred": _transferred,
    "transferred_queue": _transferred & _to_queue,
    "transferred_internal": _transferred & ~_to_queue & _to_house,
    "transferred_external": _transferred & ~_to_queue & ~_to_house,
    "mos_legs": pl.col("mos").is_not_null(),
    "mos_sum": pl.col("mos").fill_null(0.0),
}


def roll_agents(
    presence: pl.DataFrame, legs: pl.DataFrame, missed: pl.DataFrame, stints: pl.DataFrame, agents: pl.DataFrame
) -> pl.DataFrame:
    """The cells of these facts: AGENT_KEY and the columns of `calls.agent_tally`, in that order.

    `presence`: tenant, pbx, agent_id, state, started_at, ended_at. `legs`, all of each call: call_id, tenant, pbx,
    interface, stint, rang_at, answered_at, talk_s, hold_s, holds, transfer_to, mos. `missed`: tenant, pbx, interface,
    rang_at. `stints` of the calls of those legs: call_id, entered_at. `agents`: pbx, interface, agent_id, extension; an
    interface that is not in there is its own agent. Instants are UTC.
    """
    names = agents.lazy().select("pbx", "interface", "agent_id").unique(["pbx", "interface"], keep="first")
    parts = (
        _states(presence.lazy()),
        _conversations(legs.lazy(), stints.lazy(), agents.lazy(), names),
        _named(missed.lazy(), names).select(*AGENT_KEY[:3], _quarter_of("rang_at"), missed=pl.lit(1, pl.Int32)),
    )
    whole = pl.concat(parts, how="diagonal_relaxed")
    return whole.group_by(AGENT_KEY).agg(_sum(name) for name in AGENT_COLUMNS).sort(AGENT_KEY).collect()


def _states(presence: pl.LazyFrame) -> pl.LazyFrame:
    spans = presence.filter(pl.col("state").is_in([it.value for it in STATES]) & (_end > _start)).with_columns(
        interval_start=pl.datetime_ranges(_start.dt.truncate(INTERVAL), _end, INTERVAL, closed="left")
    )
    until = _quarter.dt.offset_by(INTERVAL)
    spent = pl.min_horizontal(_end, until) - pl.max_horizontal(_start, _quarter)
    seconds = spent.dt.total_milliseconds() / 1000
    columns = (
        pl.when(pl.col("state") == it.value).then(seconds).otherwise(0.0).alias(f"{it.value}_s") for it in STATES
    )
    return spans.explode("interval_start").select(*AGENT_KEY, *columns)


def _conversations(legs: pl.LazyFrame, stints: pl.LazyFrame, agents: pl.LazyFrame, names: pl.LazyFrame) -> pl.LazyFrame:
    numbered = legs.with_row_index("number")
    sent = numbered.filter(_transferred).select("number", "call_id", "answered_at")
    known = agents.select("pbx", transfer_to="extension", is_extension=pl.lit(True)).unique()
    facts = (
        _named(numbered.filter(pl.col("talk_s").is_not_null()), names)
        .join(_next(sent, stints.select("call_id", entered="entered_at"), "entered"), on="number", how="left")
        .join(_next(sent, legs.select("call_id", followed="answered_at"), "followed"), on="number", how="left")
        .join(known, on=["pbx", "transfer_to"], how="left")
    )
    return facts.select(*AGENT_KEY[:3], _quarter_of("answered_at"), *(it.alias(name) for name, it in FACTS.items()))


def _next(sent: pl.LazyFrame, others: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """The first of `others` of the same call after each leg was answered."""
    later = sent.join(others, on="call_id").filter(pl.col(column) > pl.col("answered_at"))
    return later.group_by("number").agg(pl.col(column).min())


def _named(rows: pl.LazyFrame, names: pl.LazyFrame) -> pl.LazyFrame:
    return rows.join(names, on=["pbx", "interface"], how="left").with_columns(
        agent_id=pl.coalesce("agent_id", "interface")
    )


def _quarter_of(column: str) -> pl.Expr:
    return pl.col(column).dt.truncate(INTERVAL).alias("interval_start")


def _sum(name: str) -> pl.Expr:
    total = pl.col(name).sum()
    # As in warehouse/rollups.py: sums of milliseconds, without what the order of adding them would leave.
    return total.round(3) if name.endswith(_SECONDS) else total.cast(pl.Int32)
