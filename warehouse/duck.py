"""DuckDB's corners, used everywhere here: transactions, Polars frames in and out without pyarrow, text in statements.

Knows no table and opens nothing.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import duckdb
import polars as pl

from warehouse.quoting import quoted

__all__ = ["Frame", "bounds", "fetch", "has_rows", "literal", "one", "quoted", "transaction"]


_VALUE = re.compile(r"\$(\w+)")


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All that is done within happens, or nothing of it."""
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        # A commit that failed has ended the transaction already.
        with suppress(duckdb.TransactionException):
            connection.rollback()
        raise


class Frame(NamedTuple):
    """A Polars frame as DuckDB can scan it: `connection.register(name, Frame(frame))`. Needs no pyarrow."""

    frame: pl.DataFrame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def fetch(connection: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """The result of a query as a Polars frame; `$name` in it stands for a value.

    Values are written into the text: with parameters DuckDB would copy the result twice, which took four times as long.
    """
    known = values or {}
    return pl.DataFrame(connection.sql(_VALUE.sub(lambda it: literal(known[it[1]]), query)))


def literal(value: Any) -> str:
    """A value as SQL that is of its type. Raises TypeError for what has no such form here."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case int():
            return f"({value})"
        case float():
            return f"{quoted(repr(value))}::DOUBLE"
        case str():
            return quoted(value)
        case datetime():
            kind = "TIMESTAMP" if value.tzinfo is None else "TIMESTAMPTZ"
            return f"{kind} {quoted(value.isoformat())}"
        case date():
            return f"DATE {quoted(value.isoformat())}"
        case list() | tuple():
            return f"[{', '.join(map(literal, value))}]"
    raise TypeError(f"A {type(value).__name__} cannot stand in a query.")


def one(connection: duckdb.DuckDBPyConnection, text: str, values: list[Any] | None = None) -> tuple[Any, ...]:
    """The one row of a query; `?` in it stands for a value."""
    row: tuple[Any, ...] | None = connection.execute(text, values or []).fetchone()
    assert row is not None
    return row


def has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether there is a row in `table`, which may be a query in brackets."""
    return bool(one(connection, f"SELECT EXISTS (FROM {table})")[0])


def bounds(connection: duckdb.DuckDBPyConnection, table: str, column: str, slack: timedelta = timedelta()) -> str:
    """`BETWEEN … AND …` over all of `column` in `table`, as constants: by them whole files are skipped."""
    first, last = one(connection, f"SELECT min({column}), max({column}) FROM {table}")
    if first is None:
        return "IS NULL"
    return f"BETWEEN {quoted(str(first - slack))}::TIMESTAMPTZ AND {quoted(str(last + slack))}::TIMESTAMPTZ"
