"""A page's cells as values: what is printed is what is meant, and words stay words."""

import pytest

from dashboard import formats, strip, tables
from dashboard.changes import Change
from dashboard.export_tables import (
    Duration,
    Figure,
    Number,
    Ratio,
    Table,
    Value,
    figures_of,
    headings_of,
    table,
    value_of,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (formats.count(412_806), Number(412_806)),
        (formats.percent(0.8163), Ratio(0.816, 1)),
        (formats.percent(1.0, 0), Ratio(1.0, 0)),
        (formats.duration(252.9), Duration(252)),
        (formats.duration(3_725), Duration(3_725)),
        (formats.hours(6_714_000), Duration(6_714_000, by_hour=True)),
        ("1.5", Number(1.5, 1)),
        (formats.NOTHING, None),
        ("", None),
        ("▲ 1.2", "▲ 1.2"),
    ],
)
def test_a_printed_number_is_read_back_as_what_it_is(text: str, value: Value) -> None:
    assert value_of(text) == value


def test_what_stands_below_a_cell_gets_its_own_column_and_a_trend_none() -> None:
    change = Change("▲ 10.0 %", "20")
    line = [
        tables.cell("Billing", "name", note="80\u2009% in 20 s"),
        tables.cell("22", change=change),
        tables.cell("", "num trend", spark=[0.5, 1.0]),
    ]
    made = table("Queues", ["Queue", "Offered", "Trend"], tables.rows([line], 3, "none"))
    assert made.headings == ("Queue", "Queue: note", "Offered", "Offered: before")
    assert made.rows == (("Billing", "80\u2009% in 20 s", Number(22), Number(20)),)


def test_words_that_look_like_numbers_stay_words() -> None:
    made = table("Queues", ["Queue", "Offered"], tables.rows([[tables.cell("00420", "name"), "12:30"]], 2, ""))
    assert made.rows == (("00420", "12:30"),)


def test_an_empty_table_keeps_its_headings() -> None:
    head = tables.head([("Queue", ""), ("Offered", "offered")])
    assert table("Queues", headings_of(head), tables.rows([], 2, "none")) == Table("Queues", ("Queue", "Offered"), ())


def test_the_figures_above_a_table_are_read_from_their_strip() -> None:
    change = Change("▲ 10.0 %", "20")
    shown = [
        strip.figure("offered", "Offered", "22", "all queues", href="/reports/calls", change=change),
        strip.figure("gaps", "Gaps", "0", ""),
    ]
    assert figures_of(shown) == (Figure("Offered", "22", "▲ 10.0 % · all queues"), Figure("Gaps", "0", ""))
