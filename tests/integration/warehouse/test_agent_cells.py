"""Which cells of agents a load touches, and counting them anew."""

from collections.abc import Iterator

import duckdb
import pytest
from made_calls import AGENTS, START, queue_call
from made_lake import TABLES, empty_lake, put

from calls.form import iso
from warehouse.agent_cells import AGENT15, find_agent_cells
from warehouse.recount import recount

QUARTER = 900_000
ANNA = {
    "pbx": "pbx1", "agent_id": "anna", "tenant": "default", "name": "Anna", "interface": AGENTS[0], "extension": "1001"
}  # fmt: skip
SPAN = {
    "pbx": "pbx1", "agent_id": "anna", "tenant": "default", "state": "available", "reason": "",
    "started_at": iso(START), "ended_at": iso(START + 2 * QUARTER + 1_000), "changed_at": iso(START),
}  # fmt: skip


@pytest.fixture
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_lake() as connection:
        put(connection, [queue_call(1), queue_call(2, at=START + QUARTER)], {}, {"presence_intervals": [SPAN]})
        for table in TABLES:
            connection.execute(f"DELETE FROM new_{table}")
        yield connection


def rows(lake: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return lake.execute(query).fetchall()


def know(lake: duckdb.DuckDBPyConnection, **changes: str) -> int:
    """Let Anna be known, with these changes; how many agents are new or different."""
    values = ANNA | changes
    lake.execute("DELETE FROM new_agents")
    lake.execute(
        f"INSERT INTO new_agents BY NAME SELECT {', '.join(f'? AS {it}' for it in values)}", [*values.values()]
    )
    changed = find_agent_cells(lake)
    lake.execute("DELETE FROM lake.agents; INSERT INTO lake.agents FROM new_agents")
    recount(lake, AGENT15)
    return changed


def test_whoever_is_not_known_is_an_agent_by_interface(lake: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT agent_id, sum(handled), sum(available_s) FROM lake.agent15 GROUP BY ALL ORDER BY ALL"
    assert rows(lake, query) == [(AGENTS[0], 2, 0), ("anna", 0, 1801)]


def test_a_new_agent_has_all_that_the_interface_did(lake: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT agent_id, sum(handled), sum(available_s) FROM lake.agent15 GROUP BY ALL ORDER BY ALL"
    assert know(lake) == 1
    assert rows(lake, query) == [("anna", 2, 1801)]
    # Reached elsewhere: what the old phone did is nobody's but the phone's.
    assert know(lake, interface=AGENTS[1]) == 2
    assert rows(lake, query) == [(AGENTS[0], 2, 0), ("anna", 0, 1801)]


def test_nothing_new_touches_nothing(lake: duckdb.DuckDBPyConnection) -> None:
    assert find_agent_cells(lake) == 0
    assert rows(lake, "FROM agent_cells") == []
    assert recount(lake, AGENT15) == 0


def test_a_span_that_was_corrected_touches_where_it_was_and_where_it_is(lake: duckdb.DuckDBPyConnection) -> None:
    lake.execute("INSERT INTO new_presence_intervals FROM lake.presence_intervals")
    lake.execute("UPDATE new_presence_intervals SET state = 'paused', ended_at = started_at + INTERVAL 1 SECOND")
    find_agent_cells(lake)
    assert rows(lake, "SELECT count(*) FROM agent_cells") == [(3,)]
    lake.execute("DELETE FROM lake.presence_intervals; INSERT INTO lake.presence_intervals FROM new_presence_intervals")
    recount(lake, AGENT15)
    query = "SELECT sum(available_s), sum(paused_s) FROM lake.agent15 WHERE agent_id = 'anna'"
    assert rows(lake, query) == [(0, 1)]
