"""The data-quality page: its shape before an answer, with one, and when there is none to be had."""

import dash
from dashboard_parts import NOW, PaperMarts, filters, parts_of, text_of

from dashboard.pages import data_quality
from dashboard.trust import read_trust


def test_all_that_an_answer_fills_has_a_place() -> None:
    places = {getattr(each, "id", None) for each in parts_of(data_quality.layout())}
    assert {name for name, _ in data_quality.OUTPUTS} <= places


def test_an_answer_fills_every_place() -> None:
    filled = data_quality.shown(read_trust(lambda _: PaperMarts(), "default", filters("?range=7d")), NOW)
    assert len(filled) == len(data_quality.OUTPUTS)
    assert "16 – 22 Nov 2026" in text_of(list(filled)) and "Provisional" in text_of(list(filled))


def test_what_went_wrong_stands_above_what_was_there() -> None:
    css, notice, bar, *others = data_quality.failed("The reports cannot be read.", filters(), NOW)
    assert (css, text_of(notice)) == ("failed", "The reports cannot be read. It is tried again by itself.")
    assert "Today, 22 Nov 2026" in text_of(bar)
    assert others == [dash.no_update] * (len(data_quality.OUTPUTS) - 3)
