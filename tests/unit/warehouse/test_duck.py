"""DuckDB's corners: transactions, frames, text in statements."""

from datetime import UTC, date, datetime, timedelta

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.duck import Frame, bounds, fetch, has_rows, literal, one, quoted, transaction


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; CREATE TABLE seen (moment TIMESTAMPTZ)")
    return connection


def test_what_is_done_within_a_transaction_happens_wholly(connection: duckdb.DuckDBPyConnection) -> None:
    with transaction(connection):
        connection.execute("INSERT INTO seen VALUES (now())")
    assert one(connection, "SELECT count(*) FROM seen") == (1,)


def test_or_not_at_all(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ZeroDivisionError), transaction(connection):
        connection.execute("INSERT INTO seen VALUES (now())")
        raise ZeroDivisionError
    assert one(connection, "SELECT count(*) FROM seen") == (0,)


def test_frames_go_in_and_come_out_as_they_are(connection: duckdb.DuckDBPyConnection) -> None:
    frame = pl.DataFrame(
        {"n": [1, None], "text": ["Zoë", ""], "moment": [datetime(2026, 10, 25, tzinfo=UTC), None]},
        schema_overrides={"moment": pl.Datetime("us", "UTC")},
    )
    connection.register("given", Frame(frame))
    back = fetch(connection, "FROM given WHERE n IS NULL OR n = $n", {"n": 1})
    assert back.cast({"moment": pl.Datetime("us", "UTC")}).equals(frame)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_can_stand_in_a_statement(text: str) -> None:
    assert one(duckdb.default_connection(), f"SELECT {quoted(text)}") == (text,)


def test_bounds_are_constants_around_all_there_is(connection: duckdb.DuckDBPyConnection) -> None:
    assert bounds(connection, "seen", "moment") == "IS NULL"
    connection.execute("INSERT INTO seen VALUES ('2026-10-25 00:00:00+00'), ('2026-10-26 00:00:00.5+00')")
    span = bounds(connection, "seen", "moment", timedelta(hours=1))
    assert "'2026-10-24 23:00:00+00:00'" in span
    assert "'2026-10-26 01:00:00.500000+00:00'" in span
    assert one(connection, f"SELECT count(*) FROM seen WHERE moment {span}") == (2,)


def test_whether_a_table_or_a_query_has_rows(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE OR REPLACE TEMP TABLE few AS SELECT 1 AS n")
    assert has_rows(connection, "few")
    assert not has_rows(connection, "(FROM few WHERE n > 1)")


@pytest.mark.parametrize(
    "value",
    [
        None, True, False, 7, -7, 0.1, 1e-30, float("inf"), "it's $n", "", datetime(2026, 10, 25, 1, 30, 0, 1000, UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC).replace(tzinfo=None), date(2026, 10, 25), ["a'b", "c"],
    ],
)  # fmt: skip
def test_values_are_what_they_were(connection: duckdb.DuckDBPyConnection, value: object) -> None:
    connection.execute("SET TimeZone = 'UTC'")
    assert fetch(connection, "SELECT $n AS n, $n IS NULL AS is_null", {"n": value}).rows() == [(value, value is None)]


def test_what_has_no_form_in_sql_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        literal({1})
