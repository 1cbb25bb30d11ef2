"""Counting a rollup anew from the lake's own rows, cell by cell or, to verify it, whole; a month at a time so that a
whole history fits. What is in a rollup depends on nothing but the facts, so counting twice does no harm.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import duckdb
import polars as pl

from warehouse.duck import Frame, bounds, fetch

QUARTER = timedelta(minutes=15)
Say = Callable[[str], None]


class Rollup(NamedTuple):
    """A rollup of the lake.

    `cell` are the columns that name what is counted anew as one, the time last. `touched` is the temporary table of
    those that a load touches, `every` a query for all that the facts have. `rolled` counts those in `month_cells`.
    """

    table: str
    cell: tuple[str, ...]
    touched: str
    every: str
    rolled: Callable[[duckdb.DuckDBPyConnection], pl.DataFrame]

    @property
    def time(self) -> str:
        """The column that says when."""
        return self.cell[-1]


def quiet(_: str) -> None:
    """Tell nobody."""


def recount(connection: duckdb.DuckDBPyConnection, rollup: Rollup, say: Say = quiet) -> int:
    """Replace the cells of `rollup.touched`; how many rows there are now. Works within the caller's transaction."""
    counted = 0
    for month in _months(connection, f"SELECT {rollup.time} FROM {rollup.touched}", rollup):
        say(f"counting {rollup.table} of {month:%Y-%m}")
        _take_month(connection, rollup, f"SELECT {', '.join(rollup.cell)} FROM {rollup.touched}", month)
        span = bounds(connection, "month_cells", rollup.time)
        rolled = rollup.rolled(connection)
        connection.execute(
            f"DELETE FROM lake.{rollup.table} WHERE {rollup.time} {span} AND ({', '.join(rollup.cell)}) IN"
            " (FROM month_cells)"
        )
        connection.register("rolled", Frame(rolled))
        connection.execute(f"INSERT INTO lake.{rollup.table} BY NAME FROM rolled")
        connection.unregister("rolled")
        counted += len(rolled)
    return counted


class Difference(NamedTuple):
    """A row that is in the rollup and not in the recount (`stored`), or the other way round."""

    table: str
    stored: bool
    row: dict[str, object]


def differences(connection: duckdb.DuckDBPyConnection, rollup: Rollup, say: Say = quiet) -> list[Difference]:
    """What a recount of everything would change in a rollup; nothing if it is right."""
    cells = ", ".join(rollup.cell)
    every = f"SELECT DISTINCT {cells} FROM ({rollup.every}) UNION SELECT {cells} FROM lake.{rollup.table}"
    found = []
    for month in _months(connection, f"SELECT {rollup.time} FROM ({every})", rollup):
        say(f"verifying {rollup.table} of {month:%Y-%m}")
        _take_month(connection, rollup, every, month)
        rolled = rollup.rolled(connection)
        columns = ", ".join(rolled.columns)
        connection.register("rolled", Frame(rolled))
        span = bounds(connection, "month_cells", rollup.time)
        stored = f"SELECT {columns} FROM lake.{rollup.table} WHERE {rollup.time} {span}"
        counted = f"SELECT {columns} FROM rolled"
        for is_stored, query in ((True, f"{stored} EXCEPT ALL {counted}"), (False, f"{counted} EXCEPT ALL {stored}")):
            found += [Difference(rollup.table, is_stored, row) for row in fetch(connection, query).to_dicts()]
        connection.unregister("rolled")
    return found


def _months(connection: duckdb.DuckDBPyConnection, times: str, rollup: Rollup) -> list[datetime]:
    months = f"SELECT DISTINCT date_trunc('month', {rollup.time}) FROM ({times}) ORDER BY 1"
    return [month for (month,) in connection.execute(months).fetchall()]


def _take_month(connection: duckdb.DuckDBPyConnection, rollup: Rollup, cells: str, month: datetime) -> None:
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE month_cells AS SELECT DISTINCT * FROM ({cells})"
        f" WHERE date_trunc('month', {rollup.time}) = ?",
        [month],
    )
