"""The reconciliation page: its shape before an answer, with one, and when there is none to be had."""

import dash
from dashboard_parts import NOW, PaperMarts, filters, parts_of, text_of

from dashboard.pages import reconciliation
from dashboard.reports import read_books


def test_all_that_an_answer_fills_has_a_place() -> None:
    places = {getattr(each, "id", None) for each in parts_of(reconciliation.layout())}
    assert {name for name, _ in reconciliation.OUTPUTS} <= places


def test_an_answer_fills_every_place() -> None:
    filled = reconciliation.shown(read_books(lambda _: PaperMarts(), "default", filters("?range=7d")), NOW)
    assert len(filled) == len(reconciliation.OUTPUTS)
    assert "16 – 22 Nov 2026" in text_of(list(filled)) and "Provisional" in text_of(list(filled))


def test_what_went_wrong_stands_above_what_was_there() -> None:
    css, notice, bar, *others = reconciliation.failed("The reports cannot be read.", filters(), NOW)
    assert (css, text_of(notice)) == ("failed", "The reports cannot be read. It is tried again by itself.")
    assert "Today, 22 Nov 2026" in text_of(bar)
    assert others == [dash.no_update] * (len(reconciliation.OUTPUTS) - 3)
