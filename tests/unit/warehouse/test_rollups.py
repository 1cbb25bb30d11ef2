"""The rollup's columns; tests/properties hold it equal to `stint_tally`, to the last bit."""

import polars as pl

from calls.tally import COLUMNS
from warehouse.rollups import FACTS, KEY, roll

WHO = {"call_id": pl.String, "ordinal": pl.Int32}
STINTS = WHO | {
    "tenant": pl.String, "pbx": pl.String, "queue": pl.String, "entered_at": pl.Datetime("us", "UTC"),
    "outcome": pl.String, "wait_s": pl.Float64,
}  # fmt: skip
LEGS = WHO | {"stint": pl.Int32, "talk_s": pl.Float64, "hold_s": pl.Float64}
MISSED = {"call_id": pl.String, "stint": pl.Int32}
QUEUES = {
    "pbx": pl.String, "queue": pl.String, "service_level_s": pl.Float64, "short_abandon_s": pl.Float64,
    "wrapup_s": pl.Float64,
}  # fmt: skip


def test_nothing_becomes_a_frame_without_rows_but_with_all_columns() -> None:
    empty = roll(*(pl.DataFrame(schema=schema) for schema in (STINTS, LEGS, MISSED, QUEUES)))
    assert empty.columns == [*KEY, *COLUMNS]
    assert empty.is_empty()


def test_every_column_of_a_tally_has_its_facts() -> None:
    assert tuple(FACTS) == COLUMNS
