"""What the published file says of waits by interval, of patience and of transfers, beside the marts of models/.

Asked through `warehouse.marts`. `chosen` are queues: pbx, queue, name. Instants are UTC.
"""

from datetime import datetime
from typing import NamedTuple

import polars as pl

from warehouse.mart_file import MartFile

Span = tuple[datetime, datetime]
# Whom a queue let in and who left it again.
LEFT = "wait_s IS NOT NULL AND outcome NOT IN ('join_empty', 'full')"
_OF_SPAN = "SEMI JOIN chosen USING (pbx, queue) WHERE entered_at >= $start AND entered_at < $end"
_BY_INTERVAL = f"""
    SELECT spine.interval_start, count(*) AS left_queue, quantile_cont(wait_s, 0.5) AS p50,
      quantile_cont(wait_s, 0.9) AS p90, max(wait_s) AS longest
    FROM (SELECT entered_at, wait_s FROM stints {_OF_SPAN} AND {LEFT}) AS stay
    JOIN spine ON spine.quarter = time_bucket(INTERVAL 15 MINUTE, entered_at)
    GROUP BY spine.interval_start
"""
# Kaplan and Meier by the second: of those who still waited, so many hung up.
_PATIENCE = f"""
    WITH stay AS (SELECT ceil(wait_s) AS s, wait_s, outcome FROM stints {_OF_SPAN} AND {LEFT}),
    by_second AS (
      SELECT s, count(*) FILTER (outcome = 'abandoned') AS gave_up,
        sum(count(*)) OVER (ORDER BY s DESC) AS waiting
      FROM stay GROUP BY s
    )
    SELECT s::DOUBLE AS wait_s, product(1 - gave_up / waiting) OVER (ORDER BY s) AS staying, gave_up,
      (SELECT sum(wait_s) FROM stay) AS waited_s
    FROM by_second ORDER BY s
"""
_TRANSFERRED = """
    SELECT pbx, queue, count(*) AS transferred FROM legs SEMI JOIN chosen USING (pbx, queue)
    WHERE answered_at >= $start AND answered_at < $end AND transfer_to IS NOT NULL AND talk_s IS NOT NULL
    GROUP BY pbx, queue
"""


class Patience(NamedTuple):
    """How long callers were ready to wait. `curve`: wait_s, staying (the share that would wait longer), by the second.

    `median_s`: None where more than half were answered before they gave up. `mean_s`: all that was waited by each who
    gave up, which is the mean patience if that is exponential, as Erlang A has it; None if nobody did.
    """

    curve: pl.DataFrame
    gave_up: int
    median_s: float | None
    mean_s: float | None


def waits_by_interval(file: MartFile, chosen: pl.DataFrame, span: Span, spine: pl.DataFrame) -> pl.DataFrame:
    """interval_start, left_queue, p50, p90, longest of every interval; nulls where nobody left."""
    found = file.ask(_BY_INTERVAL, {"chosen": chosen, "spine": spine}, start=span[0], end=span[1])
    found = found.with_columns(pl.col("interval_start").dt.convert_time_zone("UTC"))
    every = spine.select("interval_start").unique(maintain_order=True)
    joined = every.join(found, on="interval_start", how="left", maintain_order="left")
    return joined.with_columns(pl.col("left_queue").fill_null(0))


def patience(file: MartFile, chosen: pl.DataFrame, span: Span) -> Patience:
    """The curve of those who entered in the range and left."""
    found = file.ask(_PATIENCE, {"chosen": chosen}, start=span[0], end=span[1])
    gave_up = int(found["gave_up"].sum())
    half = found.filter(pl.col("staying") <= 0.5)["wait_s"]
    mean = float(found["waited_s"][0]) / gave_up if gave_up else None
    return Patience(found.select("wait_s", "staying"), gave_up, half[0] if len(half) else None, mean)


def transferred(file: MartFile, chosen: pl.DataFrame, span: Span) -> pl.DataFrame:
    """pbx, queue, transferred: ended conversations out of a queue that began in the range and were sent on."""
    return file.ask(_TRANSFERRED, {"chosen": chosen}, start=span[0], end=span[1])
