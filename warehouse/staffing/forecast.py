"""How many calls will come: by weekday and local time, from the weeks before; and how wrong that would have been.

The forecast of an interval is the mean of the last N same weekdays at the same wall time. From three of them on, the
highest and the lowest are left out, so that one holiday or one breakdown moves nothing. On a day on which the clocks
change, an hour that comes twice is forecast twice, and counts as one in the past: its calls an hour; one that does not
come is not there. Pure: frames in, frames out.
"""

from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

# Minutes of each length that may be asked for: what a roster is made of. The facts are kept by the quarter.
LENGTHS = {"15m": 15, "30m": 30, "1h": 60}
QUARTER = 15
WEEK = timedelta(days=7)


class Error(NamedTuple):
    """Of forecasts against what came: `wape` is the sum of absolute errors over the sum of calls, `bias` that of signed
    ones (above 0: too many were forecast). Ratios; None where nobody called.
    """

    calls: float
    wape: float | None
    bias: float | None
    naive_wape: float | None
    naive_bias: float | None


def slots(quarters: pl.DataFrame, interval: str) -> pl.DataFrame:
    """Quarters of an hour (interval_start with its zone, offered) as the intervals of local time that they make.

    interval_start, date, weekday (1 is Monday), minute (of the wall clock), share (1 but where a change of the clocks
    cuts an interval), offered.
    """
    length = LENGTHS[interval]
    start = pl.col("interval_start")
    minute = start.dt.hour().cast(pl.Int32) * 60 + start.dt.minute()
    return (
        quarters.with_columns(
            date=start.dt.date(),
            minute=minute // length * length,
            offset=start.dt.base_utc_offset() + start.dt.dst_offset(),
        )
        .group_by("date", "minute", "offset")
        .agg(start.min(), share=pl.len() * QUARTER / length, offered=pl.col("offered").sum())
        .with_columns(weekday=pl.col("date").dt.weekday())
        .sort("interval_start")
        .select("interval_start", "date", "weekday", "minute", "share", "offered")
    )


def forecast(history: pl.DataFrame, targets: pl.DataFrame, weeks: int, before: date) -> pl.DataFrame:
    """`targets` with `calls`: how many will come in each, from the last `weeks` same weekdays before the day `before`.

    Both are frames of `slots`; `calls` is null where the history has nothing of that weekday and time.
    """
    newest_first = _by_wall(history.filter(pl.col("date") < before)).sort("date", descending=True)
    past = newest_first.group_by("weekday", "minute").agg(pl.col("calls").head(weeks).alias("past"))
    means = past.select("weekday", "minute", mean=_without_outliers(pl.col("past")))
    joined = targets.join(means, on=["weekday", "minute"], how="left", maintain_order="left")
    return joined.with_columns(calls=pl.col("mean") * pl.col("share")).drop("mean")


def back_test(history: pl.DataFrame, weeks: int, tested: int, before: date) -> dict[date, Error]:
    """Each of the `tested` weeks that end before the day `before`, forecast from what came before it alone.

    By the week's first day, oldest first. Beside it the naive forecast: what came in the same interval a week earlier.
    Compared where both say something; a week of which nothing can be said is left out.
    """
    compared = {(start := before - number * WEEK): _compared(history, weeks, start) for number in range(tested, 0, -1)}
    return {start: error_of(frame) for start, frame in compared.items() if len(frame)}


def back_tested(history: pl.DataFrame, weeks: int, tested: int, before: date) -> Error:
    """The same over all these weeks together."""
    return error_of(pl.concat(_compared(history, weeks, before - number * WEEK) for number in range(tested, 0, -1)))


def error_of(compared: pl.DataFrame) -> Error:
    """Of a frame with offered, calls and naive."""
    came = float(compared["offered"].sum())
    wrong = {name: compared[name] - compared["offered"] for name in ("calls", "naive")}
    parts = [value for error in wrong.values() for value in (error.abs().sum(), error.sum())]
    return Error(came, *(float(part) / came if came else None for part in parts))


def _compared(history: pl.DataFrame, weeks: int, start: date) -> pl.DataFrame:
    week = history.filter(pl.col("date").is_between(start, start + WEEK, closed="left"))
    earlier = _by_wall(history).select(pl.col("date") + WEEK, "minute", naive="calls")
    told = forecast(history, week, weeks, start).join(earlier, on=["date", "minute"], how="left")
    return (
        told.with_columns(pl.col("naive") * pl.col("share"))
        .select(pl.col("offered", "calls", "naive").cast(pl.Float64))
        .drop_nulls()
    )


def _by_wall(history: pl.DataFrame) -> pl.DataFrame:
    """Calls of a whole interval by day and wall time: those of an hour that comes twice are halved."""
    return history.group_by("date", "weekday", "minute").agg(calls=pl.col("offered").sum() / pl.col("share").sum())


def _without_outliers(past: pl.Expr) -> pl.Expr:
    count, total = past.list.len(), past.list.sum()
    trimmed = (total - past.list.min() - past.list.max()) / (count - 2)
    # What floats leave of a sum of nothing but equal counts.
    return pl.when(count >= 3).then(trimmed.clip(lower_bound=0)).otherwise(total / count)
