"""The service-level page: its shape before a report, with one, and when there is none to be had."""

import json
from datetime import UTC, datetime

import dash
from dashboard_parts import LIGHT, NOW, PaperMarts, parts_of, report, text_of

from dashboard.pages import service_level

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_all_that_a_report_fills_has_a_place() -> None:
    places = {getattr(each, "id", None) for each in parts_of(service_level.layout())}
    assert {name for name, _ in service_level.OUTPUTS} <= places


def test_a_report_fills_every_place() -> None:
    filled = service_level.shown(report(PaperMarts(offered={MORNING: 8}), "?range=7d"), LIGHT, NOW)
    assert len(filled) == len(service_level.OUTPUTS)
    assert "By day" in filled
    assert '"Sun 22 Nov 2026", "", "8", "6", "1", "1"' in text_of(list(filled))


def test_an_empty_report_fills_every_place_too() -> None:
    filled = service_level.shown(report(PaperMarts(published=False)), LIGHT, NOW)
    assert "No calls in this range yet" in text_of(list(filled))


def test_what_went_wrong_stands_above_what_was_there() -> None:
    css, notice, bar, *others = service_level.failed("The reports cannot be read.", [])
    assert (css, text_of(notice)) == ("failed", "The reports cannot be read. It is tried again by itself.")
    assert bar == []
    assert others == [dash.no_update] * (len(service_level.OUTPUTS) - 3)


def test_a_page_of_many_intervals_stays_small() -> None:
    every = {datetime(2026, 11, 16 + n // 96, n % 96 // 4, n % 4 * 15, tzinfo=UTC): 8 for n in range(7 * 96)}
    filled = service_level.shown(report(PaperMarts(offered=every), "?range=7d&by=15m"), LIGHT, NOW)
    assert len(json.loads(filled[10])["rows"]) > 500
    # Each component costs a browser about ten milliseconds.
    assert sum(1 for part in filled for _ in parts_of(part)) < 200
