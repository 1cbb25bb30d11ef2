"""Which cells a load touches, and counting them anew."""

import duckdb
import pytest
from made_calls import DAY_MS, START, queue_call
from made_lake import TABLES, empty_lake, put

from calls.settings import QueueSettings
from warehouse.cells import Q15, find_cells
from warehouse.recount import recount

STRICT = QueueSettings("Support", None, 0.0, 1.0, 0.0, 0.8)
# In two months, three quarters of an hour.
CALLS = [queue_call(1), queue_call(2), queue_call(3, at=START + 900_000), queue_call(4, at=START + 30 * DAY_MS)]


@pytest.fixture
def lake() -> duckdb.DuckDBPyConnection:
    connection = empty_lake()
    put(connection, CALLS, {})
    for table in TABLES:
        connection.execute(f"DELETE FROM new_{table}")
    return connection


def rows(lake: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return lake.execute(query).fetchall()


def test_nothing_new_touches_nothing(lake: duckdb.DuckDBPyConnection) -> None:
    assert find_cells(lake) == 0
    assert recount(lake, Q15) == 0
    assert rows(lake, "SELECT sum(offered) FROM lake.q15") == [(4,)]


def test_a_changed_call_touches_the_cells_it_was_in_and_those_it_is_in(lake: duckdb.DuckDBPyConnection) -> None:
    lake.execute("INSERT INTO new_call_sessions FROM lake.call_sessions WHERE call_id = 'pbx1:l3'")
    lake.execute("INSERT INTO new_stints FROM lake.stints WHERE call_id = 'pbx1:l4'")
    find_cells(lake)
    assert rows(lake, "SELECT epoch_ms(interval_start) FROM cells ORDER BY 1") == [
        (START + 900_000,),
        (START + 30 * DAY_MS,),
    ]


def test_a_changed_queue_touches_all_of_its_history(lake: duckdb.DuckDBPyConnection) -> None:
    lake.execute("INSERT INTO new_queues VALUES ('pbx1', 'support', 'default', 'Support', 1, 0, 0, 0.8)")
    assert find_cells(lake) == 1
    lake.execute("INSERT INTO lake.queues FROM new_queues")
    assert recount(lake, Q15) == 3
    assert rows(lake, "SELECT sum(answered), sum(answered_in_sl) FROM lake.q15") == [(4, 0)]


def test_counting_twice_changes_nothing(lake: duckdb.DuckDBPyConnection) -> None:
    before = rows(lake, "FROM lake.q15 ORDER BY ALL")
    lake.execute("INSERT INTO new_stints FROM lake.stints")
    find_cells(lake)
    assert [recount(lake, Q15), recount(lake, Q15)] == [3, 3]
    assert rows(lake, "FROM lake.q15 ORDER BY ALL") == before


def test_a_cell_that_nobody_is_in_any_more_is_gone(lake: duckdb.DuckDBPyConnection) -> None:
    lake.execute("INSERT INTO new_stints FROM lake.stints WHERE call_id = 'pbx1:l4'")
    find_cells(lake)
    lake.execute("DELETE FROM lake.stints WHERE call_id = 'pbx1:l4'")
    assert recount(lake, Q15) == 0
    assert rows(lake, "SELECT count(*), sum(offered) FROM lake.q15") == [(2, 3)]
