"""Each table that rows are made for has its statement, in an order that foreign keys allow."""

from streams.call_rows import CHILDREN
from streams.rows import QueueRow
from streams.statements import REBUILD, STATEMENTS, upsert


def test_an_upsert_names_its_columns_once_and_guards_the_update() -> None:
    text = upsert("queues", QueueRow, ("pbx", "queue_id"), "queues.version < excluded.version", ", is_active = true")
    assert text.startswith("INSERT INTO queues (pbx, queue_id, tenant_id, ")
    assert "json_populate_recordset(NULL::queues, %s::json) ON CONFLICT (pbx, queue_id) DO UPDATE SET tenant_id" in text
    assert text.endswith("version = excluded.version, is_active = true WHERE queues.version < excluded.version")


def test_a_call_is_written_before_what_refers_to_it() -> None:
    order = list(STATEMENTS)
    for table, _ in CHILDREN.values():
        assert order.index("call_sessions") < order.index(table) < order.index("-" + table)


def test_a_calls_timeline_comes_after_it_and_is_written_once_for_each_of_its_versions() -> None:
    order = list(STATEMENTS)
    assert order.index("call_sessions") < order.index("call_timelines")
    assert "ON CONFLICT (call_id, version) DO UPDATE SET steps" in STATEMENTS["call_timelines"]


def test_an_older_version_changes_nothing() -> None:
    for table in ("call_sessions", "agent_extensions", "queues"):
        assert f"WHERE {table}.version < excluded.version" in STATEMENTS[table]


def test_late_changes_can_be_found() -> None:
    for table in ("call_sessions", "presence_intervals"):
        assert "changed_at = clock_timestamp()" in STATEMENTS[table]


def test_a_rebuilt_call_is_written_whole_over_the_version_that_it_was_compared_with() -> None:
    assert "WHERE call_sessions.version = excluded.version" in REBUILD["call_sessions"]
    order = list(REBUILD)
    tables = [table for table, _ in CHILDREN.values()]
    assert order[0] == "call_sessions" and {it.lstrip("-") for it in order[1:]} == {
        *tables,
        "call_timelines",
        "corrections",
    }
    for told in ("call_timelines", "corrections"):
        assert order.index(f"-{told}") < order.index(told)
