"""From stints, legs, missed rings and queues to `q15`: the set-based form of `calls.tally.stint_tally`, in Polars.

A property test holds both forms equal for any call. Pure: frames in, a frame out; it knows neither lake nor database.
"""

import polars as pl

from calls.call import StintOutcome
from calls.settings import Settings
from calls.tally import COLUMNS, PBX_ABANDONED, REFUSED

KEY = ("tenant", "pbx", "queue", "interval_start")
# A quarter of an hour, as in calls/tally.py.
INTERVAL = "15m"

_outcome, _wait = pl.col("outcome"), pl.col("wait_s")
_let_in = ~_outcome.is_in([one.value for one in REFUSED]).fill_null(False)
_left = _let_in & _outcome.is_not_null() & _wait.is_not_null()
_answered = _left & (_outcome == StintOutcome.ANSWERED.value)
_abandoned = _left & (_outcome == StintOutcome.ABANDONED.value)
_pbx_abandoned = _left & _outcome.is_in([one.value for one in PBX_ABANDONED])
_in_sl = _wait <= pl.col("service_level_s")
_handled = _let_in & pl.col("talk_s").is_not_null()


def _where(condition: pl.Expr, value: str) -> pl.Expr:
    return pl.when(condition).then(pl.col(value)).otherwise(0)


# What one stint adds to each column.
FACTS: dict[str, pl.Expr] = {
    "offered": _let_in,
    "answered": _answered,
    "abandoned": _abandoned,
    "short_abandoned": _abandoned & (_wait <= pl.col("short_abandon_s")),
    "flow_out": _left & ~_answered & ~_abandoned,
    "refused": ~_let_in,
    "answered_in_sl": _answered & _in_sl,
    "abandoned_in_sl": _abandoned & _in_sl,
    "pbx_abandoned": _pbx_abandoned,
    "pbx_abandoned_in_sl": _pbx_abandoned & _in_sl,
    "wait_answered_s": _where(_answered, "wait_s"),
    "wait_abandoned_s": _where(_abandoned, "wait_s"),
    "wait_s": _where(_left, "wait_s"),
    "missed": _where(_let_in, "rings"),
    "handled": _handled,
    "talk_s": _where(_handled, "talk_s"),
    "hold_s": _where(_handled, "hold_s"),
    "wrap_s": _where(_handled, "wrapup_s"),
}


def roll(stints: pl.DataFrame, legs: pl.DataFrame, missed: pl.DataFrame, queues: pl.DataFrame) -> pl.DataFrame:
    """The cells of these stints: KEY and the columns of `calls.tally`, in that order.

    `stints`: call_id, ordinal, tenant, pbx, queue, entered_at (UTC), outcome, wait_s. `legs`: call_id, ordinal, stint,
    talk_s, hold_s. `missed`: call_id, stint. `queues`: pbx, queue, service_level_s, short_abandon_s, wrapup_s; a stint
    of a queue that is not in there is counted with the defaults of `calls.settings`. Legs and missed rings of other
    stints do not matter.
    """
    facts = (
        stints.lazy()
        .join(queues.lazy(), on=["pbx", "queue"], how="left")
        .join(_first_ended(legs), on=["call_id", "ordinal"], how="left")
        .join(_rings(missed), on=["call_id", "ordinal"], how="left")
        .with_columns(*_defaults(), interval_start=pl.col("entered_at").dt.truncate(INTERVAL))
        .select(*KEY, *(FACTS[name].alias(name) for name in COLUMNS))
    )
    return facts.group_by(KEY).agg(_sum(name) for name in COLUMNS).select(*KEY, *COLUMNS).sort(KEY).collect()


def _first_ended(legs: pl.DataFrame) -> pl.LazyFrame:
    ended = legs.lazy().filter(pl.col("stint").is_not_null() & pl.col("talk_s").is_not_null()).sort("ordinal")
    first = ended.group_by("call_id", "stint").agg(pl.col("talk_s", "hold_s").first())
    return first.rename({"stint": "ordinal"})


def _rings(missed: pl.DataFrame) -> pl.LazyFrame:
    counted = missed.lazy().filter(pl.col("stint").is_not_null()).group_by("call_id", "stint").agg(rings=pl.len())
    return counted.rename({"stint": "ordinal"})


def _defaults() -> list[pl.Expr]:
    names = ("service_level_s", "short_abandon_s", "wrapup_s")
    settings = Settings()
    return [pl.col("rings").fill_null(0), *(pl.col(name).fill_null(float(getattr(settings, name))) for name in names)]


def _sum(name: str) -> pl.Expr:
    total = pl.col(name).sum()
    # Seconds are whole milliseconds; rounding takes away what adding them up in another order would change.
    return total.round(3) if name.endswith("_s") else total.cast(pl.Int32)
