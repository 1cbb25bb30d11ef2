"""`dim_interval`: what each quarter of an hour (UTC) is called in a zone: local start, date, weekday and hour.

Facts are kept by the UTC quarter and quarters are translated, not rows. An hour that comes twice has eight quarters of
one name, one that is skipped none. The lake has whole months for the zones of the installation; any other zone is
computed when asked. Works within the load's transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import duckdb
import polars as pl

from warehouse.duck import Frame, fetch
from warehouse.periods import wall_time

COLUMNS = ("zone", "interval_start", "local_start", "local_date", "weekday", "hour")


def local_times(quarters: pl.Series, zone: str) -> pl.DataFrame:
    """COLUMNS for these quarters (UTC). `weekday` is 1 for Monday to 7. Raises BadRange for an unknown zone."""
    local = wall_time(quarters, zone)
    return pl.DataFrame({"interval_start": quarters, "local_start": local}).select(
        pl.lit(zone).alias("zone"),
        "interval_start",
        "local_start",
        local_date=pl.col("local_start").dt.date(),
        weekday=pl.col("local_start").dt.weekday().cast(pl.Int32),
        hour=pl.col("local_start").dt.hour().cast(pl.Int32),
    )


def add_months(connection: duckdb.DuckDBPyConnection, zones: Iterable[str], cells: Sequence[str]) -> int:
    """Fill `lake.dim_interval` for the months that the temporary tables `cells` touch; how many rows are new."""
    times = " UNION ".join(f"SELECT DISTINCT date_trunc('month', interval_start) FROM {table}" for table in cells)
    wanted = {month for (month,) in connection.execute(times).fetchall()}
    there = fetch(
        connection, "SELECT DISTINCT zone, date_trunc('month', interval_start) AS month FROM lake.dim_interval"
    )
    known = set(there.iter_rows())
    frames = [
        local_times(_month(month), zone)
        for zone in sorted(set(zones))
        for month in sorted(wanted)
        if (zone, month) not in known
    ]
    if not frames:
        return 0
    rows = pl.concat(frames)
    connection.register("new_times", Frame(rows))
    connection.execute("INSERT INTO lake.dim_interval BY NAME FROM new_times")
    connection.unregister("new_times")
    return len(rows)


def _month(start: datetime) -> pl.Series:
    following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return pl.datetime_range(start, following, "15m", closed="left", time_zone="UTC", time_unit="us", eager=True)
