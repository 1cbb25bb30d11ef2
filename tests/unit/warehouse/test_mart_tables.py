"""The SELECTs of published tables: all there, filled in, and for a part of the rows."""

from datetime import UTC, datetime

from calls.settings import Settings
from warehouse.load import Loaded
from warehouse.mart_tables import only, selects
from warehouse.schema import model

LOADED = Loaded(7, datetime(2026, 11, 22, tzinfo=UTC))


def test_every_table_of_the_file_has_its_select_in_order() -> None:
    found = selects("it's", LOADED)
    assert len(found) == model("marts.sql").count("CREATE TABLE")
    assert next(iter(found)) == "q15"
    assert list(found)[-1] == "published"
    assert "7::BIGINT" in found["published"]
    assert "tenant = 'it''s'" in found["calls"]
    assert f"coalesce(target, {Settings().target})" in found["queues"]


def test_rows_are_all_or_those_that_changed() -> None:
    for table, select in selects("default", LOADED).items():
        assert "{" not in only(select), table
    legs = selects("default", LOADED)["legs"]
    assert "AND true" in only(legs)
    part = only(legs, "call_id = 'a'", "TIMESTAMPTZ '2026-11-22'")
    assert "AND call_id = 'a'" in part and "entered_at >= TIMESTAMPTZ '2026-11-22'" in part
