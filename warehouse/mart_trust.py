"""What a published file says of how far it can be trusted: its gaps one by one, and how fresh each PBX's calls are."""

from datetime import datetime

import polars as pl

from warehouse.mart_file import MartFile

_GAPS = """
SELECT pbx, source, cause, started_at, ended_at,
  (epoch_ms(least(coalesce(ended_at, (SELECT watermark FROM published)), $end))
    - epoch_ms(greatest(started_at, $start))) / 1000 AS seconds
FROM gaps WHERE started_at < $end AND coalesce(ended_at, $end) > $start
ORDER BY started_at DESC, pbx, source LIMIT $most
"""
_FRESHNESS = """
WITH heard AS (
  SELECT pbx, max(started_at) AS last_call_at, max(ended_at) FILTER (certainty = 'final') AS last_confirmed_at,
    count(*) FILTER (ended_at IS NOT NULL AND certainty = 'provisional') AS provisional
  FROM calls GROUP BY pbx
), silent AS (
  SELECT pbx, min(started_at) AS silent_since FROM gaps WHERE ended_at IS NULL GROUP BY pbx
), known AS (
  SELECT pbx FROM heard UNION SELECT pbx FROM silent UNION SELECT pbx FROM queues
)
SELECT pbx, last_call_at, last_confirmed_at, coalesce(provisional, 0) AS provisional, silent_since
FROM known LEFT JOIN heard USING (pbx) LEFT JOIN silent USING (pbx) ORDER BY pbx
"""


def read_gaps(file: MartFile, start: datetime, end: datetime, most: int) -> pl.DataFrame:
    """Gaps that touch [start, end), newest first, at most so many: pbx, source, cause, started_at, ended_at (UTC; null
    while it lasts), seconds of the range.
    """
    frame = file.ask(_GAPS, start=start, end=end, most=most)
    return frame.with_columns(pl.col("started_at", "ended_at").dt.convert_time_zone("UTC"))


def read_freshness(file: MartFile) -> pl.DataFrame:
    """Each PBX as of the last load: pbx, last_call_at, last_confirmed_at (UTC), provisional (calls that are over and
    wait for the PBX's files), silent_since (UTC; null unless a source is not heard now).
    """
    frame = file.ask(_FRESHNESS)
    return frame.with_columns(pl.col("last_call_at", "last_confirmed_at", "silent_since").dt.convert_time_zone("UTC"))
