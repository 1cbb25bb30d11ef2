"""What the service-level page says of a report."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest
from dashboard_parts import BILLING, SUPPORT, PaperMarts, links_of, parts_of, report, text_of

from dashboard import report_cards
from dashboard.definitions import VARIANTS
from dashboard.reports import Report

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def read(search: str = "", **changed: object) -> Report:
    return replace(report(PaperMarts(offered={MORNING: 8, LATER: 16}), search), **changed)  # type: ignore[arg-type]


def test_the_strip_tells_the_whole_range() -> None:
    assert [text_of(figure) for figure in report_cards.summary(read())] == [
        "Service level 75.0\u2009% target 80\u2009%, met in 0 of 2 intervals",
        "Offered 24 all queues",
        "Answered 21 87.5\u2009%",
        "Abandoned 3 12.5\u2009%, 0 of them short",
        "Other 0 timeout, key, empty",
        "Wait, 90th percentile 0:52 median 0:07",
    ]


def test_below_the_target_the_level_is_marked() -> None:
    level = report_cards.summary(read())[0].children[1]
    assert level.className == "warn-text"
    assert report_cards.summary(read(target=0.7))[0].children[1].className == ""


def test_nothing_happened_is_a_dash_and_never_a_rate() -> None:
    empty = report(PaperMarts())
    texts = " ".join(text_of(figure) for figure in report_cards.summary(empty))
    assert "Service level – target 80\u2009%" in texts
    assert "Wait, 90th percentile – median –" in texts
    assert "100" not in texts


def test_queues_with_different_targets_have_none_together() -> None:
    slow = SUPPORT._replace(target=0.9, service_level_s=60.0)
    mixed = report(PaperMarts(offered={MORNING: 8}, queues=(BILLING, slow)))
    assert "each queue has its own target" in text_of(report_cards.summary(mixed)[0])
    assert report_cards.time_words(mixed) == "in time"
    assert report_cards.time_words(read()) == "in 20 s"


def table(shown: Report) -> list[list[str]]:
    rows: list[list[str]] = json.loads(report_cards.table_rows(shown))["rows"]
    return rows


def test_the_table_has_the_newest_first_and_leaves_the_empty_out() -> None:
    assert [row[:10] for row in table(read())] == [
        ["Sun 22 Nov 10:30", "", "16", "12", "2", "2", "75.0\u2009%", "0.0", "warn", "dim"],
        ["Sun 22 Nov 09:00", "", "8", "6", "1", "1", "75.0\u2009%", "", "warn", ""],
    ]
    assert report_cards.left_out(read()) == "94 without a call left out"


@pytest.mark.parametrize(("before", "change", "css"), [(0.9, "▼ 15.0", "bad-text"), (0.7, "▲ 5.0", "ok-text")])
def test_the_table_says_how_the_level_changed(before: float, change: str, css: str) -> None:
    rows = read().rows
    other = pl.when(pl.col("start") == MORNING).then(before).otherwise(pl.col("level"))
    newest = table(read(rows=rows.with_columns(level=other)))[0]
    assert (newest[7], newest[9]) == (change, css)


def test_odd_days_are_said_in_the_table() -> None:
    night = PaperMarts(offered={datetime(2026, 10, 25, 8, tzinfo=UTC): 8})
    (row,) = table(report(night, "?from=2026-10-24&to=2026-10-27&by=1d"))
    assert row[:3] == ["Sun 25 Oct 2026", "25 h", "8"]


def test_without_a_call_the_table_says_how_they_come() -> None:
    nothing = json.loads(report_cards.table_rows(report(PaperMarts(published=False))))
    assert nothing["rows"] == []
    assert "No calls in this range yet" in nothing["empty"]
    assert report_cards.left_out(report(PaperMarts())) == ""


def test_the_same_calls_are_shown_by_every_definition() -> None:
    rows = report_cards.definitions(read("?variant=sl_offered"))
    assert [text_of(row) for row in rows] == [f"{words} 75.0\u2009%" for _, words in VARIANTS.values()]
    assert [row.className for row in rows].index("on") == list(VARIANTS).index("sl_offered")
    assert links_of(rows)["of answered"] == "?variant=sl_asterisk"


def test_every_number_has_its_explanation() -> None:
    shown = read()
    named = {
        getattr(each, "data-explain")
        for part in (report_cards.summary(shown), report_cards.table_head(shown), report_cards.definitions(shown))
        for each in parts_of(part)
        if hasattr(each, "data-explain")
    }
    explained = {card.definition.name for card in report_cards.explanations(shown)}
    assert named
    assert named <= explained


def test_an_explanation_names_variant_threshold_clock_and_watermark() -> None:
    level = report_cards.explanations(read("?variant=sl_offered"))[0]
    assert level.definition.title == "Service level, of offered"
    assert level.basis == (
        "Threshold: 20 s",
        "Counted by arrival, intervals of 15 minutes, Europe/Berlin",
        "Calls changed up to 22 Nov 2026 14:03:22 Europe/Berlin",
    )


def test_how_much_was_read_is_told() -> None:
    assert report_cards.took_words(read(took_s=0.064)) == "24 calls in 64 ms"


def test_the_legend_names_the_threshold() -> None:
    assert text_of(report_cards.chart_legend(read())).startswith("answered in 20 s answered later abandoned")


def test_every_count_opens_its_calls() -> None:
    strip = links_of(report_cards.summary(read("?queue=billing")))
    assert strip["24"] == "/reports/calls?queue=billing&show=offered"
    assert table(read())[0][10:] == [
        f"/reports/calls?from=2026-11-22&to=2026-11-22&hour=10%3A30&show={show}"
        for show in ("offered", "in_time", "later", "abandoned")
    ]


def test_an_earlier_period_stands_beside_each_figure() -> None:
    week = report(PaperMarts(offered={MORNING: 24, datetime(2026, 11, 15, 8, tzinfo=UTC): 16}), "?compare=week")
    texts = [text_of(figure) for figure in report_cards.summary(week)]
    assert texts[0] == "Service level 75.0\u2009% unchanged  target 80\u2009%, met in 0 of 1 interval"
    assert texts[1] == "Offered 24 ▲ 50.0\u2009%  all queues"
    assert "15 Nov 2026" in text_of(report_cards.chart_legend(week))
    assert week.earlier is not None
    assert len([each for each in week.earlier.levels if each is not None]) == 1
