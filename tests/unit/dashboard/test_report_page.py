"""What the pages over the marts have in common: reading, failing, files to take away."""

import pytest
from dash import no_update
from dashboard_parts import BILLING, LIGHT, NOW, PaperMarts, filters, links_of, parts_of, text_of

from dashboard.errors import ReportsUnavailable
from dashboard.pages.queues import PAGE
from dashboard.report_page import table_card, today_of
from warehouse.marts import MartsMissing, QueueName


def test_queues_and_agents_that_are_no_more_are_left_out() -> None:
    found = PAGE.answer(lambda _: PaperMarts(), "northwind", filters("?queue=billing&queue=gone&agent=ines&agent=who"))
    assert (found.filters.queues, found.filters.agents) == (("billing",), ("ines",))
    assert (found.queues[0], found.watermark) == (BILLING, NOW)
    assert found.took_s > 0


def test_what_cannot_be_read_is_said_and_something_else_can_be_chosen() -> None:
    class Broken(PaperMarts):
        def queue_names(self) -> list[QueueName]:
            raise MartsMissing("Nothing is published yet.")

    with pytest.raises(ReportsUnavailable, match="Nothing is published yet"):
        PAGE.answer(lambda _: Broken(), "northwind", filters())
    css, notice, bar, *others = PAGE.failed("Nothing is published yet.", filters(), NOW)
    assert (css, notice) == ("report-page failed", ["Nothing is published yet. It is tried again by itself."])
    assert "Range" in text_of(bar)
    assert others == [no_update] * (len(PAGE.outputs) - 3)


def test_the_numbers_can_be_taken_away_as_they_are_shown() -> None:
    answer = PAGE.answer(lambda _: PaperMarts(), "northwind", filters("?range=7d&queue=billing"))
    files = links_of(PAGE.shown(answer, LIGHT, NOW)[3])
    assert files == {
        words: f"/reports/export/queues.{kind}?range=7d&queue=billing"
        for words, kind in (("Excel", "xlsx"), ("CSV", "csv"), ("PDF", "pdf"))
    } | {"By mail…": "/reports/schedules?page=queues&query=range%3D7d%26queue%3Dbilling"}


def test_today_is_the_day_of_the_clock() -> None:
    assert today_of(filters("?clock=Pacific/Kiritimati"), NOW).day == 23


def test_a_card_has_a_place_for_each_part_of_its_table() -> None:
    places = {getattr(each, "id", None) for each in parts_of(table_card("some", "Some"))}
    assert {"some-head", "some-rows", "some-data", "some-note"} <= places
