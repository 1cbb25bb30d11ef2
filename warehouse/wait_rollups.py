"""From stints to histograms of waits by day, and from days to months: the set-based form of `calls.waits`, in Polars.

Pure: frames in, a frame out. Held equal to Python's form by a property test.
"""

import polars as pl

from calls.call import StintOutcome
from calls.tally import REFUSED
from calls.waits import BINS, EDGES_MS, bin_value_s

WAIT_KEY = ("tenant", "pbx", "queue", "day", "outcome", "bin")
_EDGES = pl.Series(EDGES_MS, dtype=pl.Int64)
_COUNTED = (pl.col("n").sum().cast(pl.Int64), pl.col("longest_s").max())


def wait_bins() -> pl.DataFrame:
    """The bins: bin, above_s (exclusive), up_to_s (inclusive), value_s (what stands for the waits in it)."""
    uppers = [edge / 1000 for edge in EDGES_MS]
    return pl.DataFrame(
        {
            "bin": pl.Series(range(BINS + 1), dtype=pl.Int32),
            "above_s": [-0.001, *uppers[:-1]],
            "up_to_s": uppers,
            "value_s": [bin_value_s(number) for number in range(BINS + 1)],
        }
    )


def roll_waits(stints: pl.DataFrame) -> pl.DataFrame:
    """WAIT_KEY, n, longest_s of those who were let in and left. `stints`: tenant, pbx, queue, entered_at (UTC),
    outcome, wait_s. `outcome` becomes answered, abandoned or flow_out.
    """
    kept = (StintOutcome.ANSWERED.value, StintOutcome.ABANDONED.value)
    left = stints.filter(
        pl.col("wait_s").is_not_null()
        & pl.col("outcome").is_not_null()
        & ~pl.col("outcome").is_in([it.value for it in REFUSED])
    )
    bins = _EDGES.search_sorted((left["wait_s"] * 1000).round().cast(pl.Int64), side="left")
    counted = left.select(
        "tenant",
        "pbx",
        "queue",
        day=pl.col("entered_at").dt.convert_time_zone("UTC").dt.date(),
        outcome=pl.when(pl.col("outcome").is_in(kept)).then("outcome").otherwise(pl.lit("flow_out")),
        bin=pl.Series(bins, dtype=pl.Int32).clip(upper_bound=BINS),
        n=pl.lit(1),
        longest_s="wait_s",
    )
    return counted.group_by(WAIT_KEY).agg(_COUNTED).sort(WAIT_KEY)


def add_up(days: pl.DataFrame) -> pl.DataFrame:
    """The same by `month`, the date of its first day, of rows by day."""
    key = tuple("month" if name == "day" else name for name in WAIT_KEY)
    months = days.with_columns(month=pl.col("day").dt.truncate("1mo"))
    return months.group_by(key).agg(_COUNTED).sort(key)
