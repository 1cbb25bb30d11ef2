"""Counting a rollup anew from the lake's own rows, cell by cell or, to verify it, whole; so many months at a time that
they fit. What is in a rollup depends on nothing but the facts, so counting twice does no harm.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import duckdb
import polars as pl

from warehouse.duck import Frame, bounds, fetch

QUARTER = timedelta(minutes=15)
# A cell of q15 is of some four stints: a million stints and their legs are a few hundred MB.
MOST_CELLS = 250_000
Say = Callable[[str], None]


class Rollup(NamedTuple):
    """A rollup of the lake.

    `cell` are the columns that name what is counted anew as one, the time last. `touched` is the temporary table of
    those that a load touches, `every` a query for all that the facts have, each once. `rolled` counts those in
    `month_cells`.
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
    cells = f"SELECT {', '.join(rollup.cell)} FROM {rollup.touched}"
    for months in _chunks(connection, rollup, cells):
        say(f"counting {rollup.table} of {months}")
        _take(connection, rollup, cells, months)
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
    for months in _chunks(connection, rollup, every):
        say(f"verifying {rollup.table} of {months}")
        _take(connection, rollup, every, months)
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


class Months(NamedTuple):
    """Months that are counted together, the last one inclusive."""

    first: datetime
    last: datetime

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}" if self.first == self.last else f"{self.first:%Y-%m} to {self.last:%Y-%m}"


def _chunks(connection: duckdb.DuckDBPyConnection, rollup: Rollup, cells: str) -> list[Months]:
    query = f"SELECT date_trunc('month', {rollup.time}), count(*) FROM ({cells}) GROUP BY 1 ORDER BY 1"
    chunks: list[Months] = []
    room = 0
    for month, number in connection.execute(query).fetchall():
        if number > room:
            chunks.append(Months(month, month))
            room = MOST_CELLS
        else:
            chunks[-1] = chunks[-1]._replace(last=month)
        room -= number
    return chunks


def _take(connection: duckdb.DuckDBPyConnection, rollup: Rollup, cells: str, months: Months) -> None:
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE month_cells AS SELECT DISTINCT * FROM ({cells})"
        f" WHERE date_trunc('month', {rollup.time}) BETWEEN ? AND ?",
        [*months],
    )
