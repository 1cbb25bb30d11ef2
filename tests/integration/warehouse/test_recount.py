"""Recounting rollups month by month, and telling what a recount would change."""

from collections.abc import Iterator

import duckdb
import pytest
from made_calls import DAY_MS, START, queue_call
from made_lake import empty_lake, put

from calls.call import StintOutcome
from warehouse.load import ROLLUPS
from warehouse.recount import differences, recount

CALLS = [
    queue_call(1),
    queue_call(2, StintOutcome.ABANDONED, 30),
    queue_call(3, at=START + 30 * DAY_MS),
    queue_call(4, tenant="other"),
]


@pytest.fixture
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_lake() as connection:
        put(connection, CALLS, {})
        yield connection


def test_what_was_counted_is_right_and_its_months_are_told_of(lake: duckdb.DuckDBPyConnection) -> None:
    said: list[str] = []
    assert [differences(lake, rollup, said.append) for rollup in ROLLUPS] == [[]] * 4
    assert said[0] == "verifying q15 of 2026-10 to 2026-11"
    assert len(said) == len(ROLLUPS)


@pytest.mark.parametrize(
    ("change", "stored", "counted"),
    [
        ("UPDATE lake.{table} SET tenant = 'third' WHERE tenant = 'other'", 1, 1),
        ("DELETE FROM lake.{table} WHERE tenant = 'other'", 0, 1),
        ("INSERT INTO lake.{table} FROM lake.{table} WHERE tenant = 'other'", 1, 0),
    ],
)
@pytest.mark.parametrize("table", [rollup.table for rollup in ROLLUPS])
def test_a_row_too_many_too_few_or_different_is_found(
    lake: duckdb.DuckDBPyConnection, table: str, change: str, stored: int, counted: int
) -> None:
    lake.execute(change.format(table=table))
    (rollup,) = (it for it in ROLLUPS if it.table == table)
    found = differences(lake, rollup)
    assert [sum(it.stored for it in found), sum(not it.stored for it in found)] == [stored, counted]


def test_counting_again_mends_it(lake: duckdb.DuckDBPyConnection) -> None:
    for rollup in ROLLUPS:
        lake.execute(f"DELETE FROM lake.{rollup.table}")
        assert recount(lake, rollup) > 0
        assert differences(lake, rollup) == []
