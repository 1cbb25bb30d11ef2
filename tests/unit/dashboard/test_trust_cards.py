"""dashboard/trust_cards.py: every number opens the calls that it counts; trouble is marked, and only trouble."""

import json
from typing import Any

from dashboard_parts import PaperMarts, filters, links_of, parts_of, text_of
from trust_parts import trusted

from dashboard.trust import Trust, read_trust
from dashboard.trust_cards import HEADS, day_rows, explanations, gap_rows, pbx_rows, summary


def trust(marts: PaperMarts | None = None, search: str = "?range=7d") -> Trust:
    return read_trust(lambda _: marts or trusted(), "default", filters(search))


def rows(text: str) -> list[list[Any]]:
    return list(json.loads(text)["rows"])


def test_figures_open_their_calls() -> None:
    shown = summary(trust())
    links = links_of(shown)
    assert links["1,200"] == "/reports/calls?range=7d&show=over"
    assert links["3.5\u2009%"] == "/reports/calls?range=7d&show=provisional"
    assert "42 of 1,200" in text_of(shown) and "1 of them now" in text_of(shown)
    assert any("warn-text" in str(getattr(each, "className", "")) for part in shown for each in parts_of(part))


def test_a_row_a_pbx_and_where_each_number_leads() -> None:
    first, second = rows(pbx_rows(trust()))
    assert first[:2] == ["pbx-1", "22 Nov 14:03:13"]
    assert first[3] == {"text": "1,000", "css": "num", "href": "/reports/calls?range=7d&pbx=pbx-1&show=over"}
    assert first[7]["css"] == "num bad"
    assert second[1] == {"text": "silent since 22 Nov 13:51:22", "css": "warn"}
    assert len(first) == len(HEADS["pbxs"])


def test_a_row_a_day_the_newest_first_on_its_own_days() -> None:
    newest, before = rows(day_rows(trust()))
    assert (newest[0], before[0]) == ("Sun 22 Nov 2026", "Sat 21 Nov 2026")
    assert newest[1]["href"] == "/reports/calls?from=2026-11-22&to=2026-11-22&show=over"
    assert newest[3] == {"text": "0", "css": "num dim"}
    assert newest[-1]["text"] == "12:34"


def test_a_month_leads_to_its_days() -> None:
    found = rows(day_rows(trust(search="?range=year")))
    assert found[0][1]["href"] == "/reports/calls?from=2026-11-22&to=2026-11-22&show=over"


def test_gaps_that_last_are_marked() -> None:
    lasts, over = rows(gap_rows(trust()))
    assert (lasts[1], lasts[4]) == ({"text": "lasts", "css": "warn"}, "connection lost")
    assert over == ["20 Nov 14:03:22", "0:34", "pbx-1", "cel", "restart"]


def test_nothing_says_how_it_fills() -> None:
    nothing = trust(PaperMarts(published=False))
    for text in (pbx_rows(nothing), day_rows(nothing), gap_rows(nothing)):
        assert json.loads(text)["rows"] == [] and json.loads(text)["empty"].endswith(".")
    assert "–" in text_of(summary(nothing))
    assert links_of(summary(nothing)) == {}


def test_every_figure_is_explained() -> None:
    explained = {each.definition.name for each in explanations(trust())}
    named = {part.to_plotly_json()["props"].get("data-explain") for part in summary(trust())}
    assert named == explained
