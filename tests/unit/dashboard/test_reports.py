"""What the pages read from the marts, and how they say that they cannot."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from dashboard_parts import BERLIN, BILLING, NOW, SUPPORT, PaperMarts, filters, report

from dashboard.definitions import VARIANTS
from dashboard.errors import ReportsUnavailable
from dashboard.reports import opener, queue_key, read_day, read_report, wait_edges
from warehouse.marts import MartsMissing

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)


def marts() -> PaperMarts:
    return PaperMarts(offered={MORNING: 8, datetime(2026, 11, 22, 9, 30, tzinfo=UTC): 16})


def test_every_interval_of_the_range_is_there_also_the_empty_ones() -> None:
    rows = report(marts()).rows
    assert rows.height == 96
    assert rows.filter(pl.col("offered") > 0).select("label", "offered", "in_time", "later", "abandoned").rows() == [
        ("Sun 22 Nov 09:00", 8, 6, 1, 1),
        ("Sun 22 Nov 10:30", 16, 12, 2, 2),
    ]


def test_an_empty_interval_has_no_level() -> None:
    rows = report(marts()).rows
    assert rows.filter(pl.col("level").is_null()).height == 94
    assert rows.filter(pl.col("level").is_not_null())["level"].to_list() == [0.75, 0.75]


def test_the_marts_are_asked_for_the_very_choice() -> None:
    asked = marts()
    report(asked, "?from=2026-10-25&to=2026-10-25&queue=billing&by=1h&variant=sl_offered")
    span = (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))
    assert asked.asked == [
        (*span, ("billing",), "1h", BERLIN.key, "service_level"),
        (*span, ("billing",), "1h", BERLIN.key, "sl_offered"),
    ]


def test_every_variant_has_its_level() -> None:
    assert report(marts()).levels == dict.fromkeys(VARIANTS, 0.75)


def test_thresholds_are_told_only_where_all_queues_share_them() -> None:
    slow = SUPPORT._replace(service_level_s=60.0, target=0.9)
    both = PaperMarts(queues=(BILLING, slow))
    assert (report(both).threshold, report(both).target) == (None, None)
    assert (report(both, "?queue=support").threshold, report(both, "?queue=support").target) == (60.0, 0.9)


def test_a_queue_that_does_not_exist_is_left_out_of_the_choice() -> None:
    assert report(marts(), "?queue=closed&queue=billing").filters.queues == ("billing",)
    assert report(marts(), "?queue=pbx-1:billing").filters.queues == ("pbx-1:billing",)


def test_waits_of_all_who_left_stand_in_one_bar() -> None:
    waits = report(marts()).waits
    assert waits["callers"].to_list() == [3] * 16
    assert (waits["from_s"][0], waits["to_s"][3], waits["to_s"][-1]) == (0.0, 20.0, None)


def test_one_edge_of_the_bars_is_the_threshold() -> None:
    assert 30.0 in wait_edges(30.0)
    assert 20.0 in wait_edges(None)


def test_before_the_first_load_the_report_is_empty() -> None:
    empty = report(PaperMarts(published=False), "?queue=billing")
    assert sum(empty.waits["callers"]) == 0
    assert (empty.rows.height, dict(empty.total), empty.watermark) == (0, {}, None)
    assert empty.filters.queues == ("billing",)


def test_a_day_has_its_rows_and_target() -> None:
    day = read_day(lambda _: marts(), "northwind", filters())
    assert (day.rows.height, day.target) == (96, 0.8)
    assert read_day(lambda _: PaperMarts(published=False), "northwind", filters()).rows.height == 0


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MartsMissing("Nothing is published yet"), "Nothing is published yet"),
        (duckdb.CatalogException("no table q15"), "published reports cannot be opened"),
    ],
)
def test_what_is_wrong_is_said_in_the_pages_own_words(error: Exception, words: str) -> None:
    class Broken(PaperMarts):
        def queue_names(self) -> Any:
            raise error

    with pytest.raises(ReportsUnavailable, match=words):
        read_report(lambda _: Broken(), "northwind", filters())


def test_the_address_names_a_queue_with_its_pbx_only_where_it_must() -> None:
    twin = BILLING._replace(pbx="pbx-2")
    assert queue_key(BILLING, (BILLING, SUPPORT)) == "billing"
    assert queue_key(twin, (BILLING, twin)) == "pbx-2:billing"


def test_each_tenants_marts_are_opened_once(tmp_path: Path) -> None:
    open_marts = opener(tmp_path)
    assert open_marts("northwind") is open_marts("northwind")
    assert open_marts("northwind") is not open_marts("southwind")
    assert not open_marts("northwind").ready()


def test_reading_tells_how_fresh_it_is() -> None:
    read = report(marts())
    assert read.watermark == NOW
    assert read.took_s > 0
