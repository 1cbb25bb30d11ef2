"""Which relation of a mart is put together from sums, and of what."""

from datetime import UTC, datetime, timedelta

from calls.spans import Rule
from warehouse.coarse import WINDOWS
from warehouse.mart_models import MARTS, mart_model
from warehouse.mart_reports import Asked, asked_spine
from warehouse.pieces import cut
from warehouse.scopes import ALL, asked_relations
from warehouse.summed import SUMMED, from_pieces, summed_in

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def test_every_mart_that_adds_up_reads_one_relation_of_sums() -> None:
    read = {name: summed_in(mart_model(name).sql, Rule.BY_ARRIVAL, WINDOWS[0]) for name in MARTS}
    assert {name for name, relation in read.items() if relation is None} == {
        "agent_timeline", "abandoned_calls", "wait_distribution", "wait_percentiles", "transfers", "call_trace",
    }  # fmt: skip
    assert set(read.values()) - {None} == set(SUMMED)


def test_another_rule_and_another_window_are_counted_row_by_row() -> None:
    assert summed_in("FROM cells", Rule.BY_EVENT, 7) is None
    assert summed_in("FROM contact_cells", Rule.BY_ARRIVAL, 5) is None
    assert summed_in("FROM contact_cells", Rule.BY_EVENT, 30) == "contact_cells"


def test_what_sums_stand_for_can_be_had_from_facts_too() -> None:
    assert set(SUMMED) <= set(ALL)
    assert {"cells", "contact_cells"} <= set(asked_relations(Rule.BY_ARRIVAL))


def test_only_spans_that_the_range_has_are_read() -> None:
    end = FIRST + timedelta(days=1, minutes=15)
    pieces = cut(asked_spine(FIRST, end, Asked(FIRST, end)), SUMMED["contact_cells"].subject.spans)
    text = from_pieces("contact_cells", pieces, 30)
    assert "span = 'day'" in text and "'middle'" not in text
    assert "JOIN edges" in text and "repeats_30 AS repeats" in text
