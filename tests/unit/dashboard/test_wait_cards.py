"""What the wait page says."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
from dashboard_parts import BILLING, PaperMarts, filters, parts_of, text_of

from dashboard import wait_cards
from dashboard.wait_figures import WaitAnswer, read_waits
from warehouse.marts import Patience

ROW: dict[str, Any] = {
    "pbx": "pbx-1", "queue": "billing", "name": "Billing", "left_queue": 8, "longest_s": 184.0,
    **{f"wait_p{percent}": float(percent) for percent in (50, 75, 90, 95, 99)},
}  # fmt: skip
GAVE_UP = Patience(pl.DataFrame({"wait_s": [70.0], "staying": [0.4]}), 4, 70.0, 130.0)


def answer(search: str = "") -> WaitAnswer:
    offered = {datetime(2026, 11, day, 8, tzinfo=UTC): 8 for day in (15, 22)}
    marts = PaperMarts(offered=offered, rows={"wait_percentiles": [ROW]}, given_up=GAVE_UP)
    return replace(read_waits(marts, filters(search)), queues=[BILLING])


def test_the_strip_tells_how_long_most_waited() -> None:
    texts = [text_of(each) for each in wait_cards.summary(answer())]
    assert texts[:2] == ["Wait, median 0:07 every second caller", "Wait, 90th percentile 0:52 nine of ten callers"]
    assert texts[5] == "Wait of the abandoned – mean of 1"
    assert "unchanged" in text_of(wait_cards.summary(answer("?compare=week"))[0])


def test_a_queue_opens_its_own_waits_and_its_callers() -> None:
    (row,) = json.loads(wait_cards.table_rows(answer()))["rows"]
    assert row[0]["href"] == "/reports/wait?queue=billing"
    assert row[1]["href"] == "/reports/calls?queue=billing&show=offered"
    assert [each["text"] for each in row[2:]] == ["0:50", "1:15", "1:30", "1:35", "1:39", "3:04"]


def test_patience_is_said_in_words() -> None:
    assert wait_cards.patience_words(answer()) == "4 gave up, mean patience 2:10"
    assert wait_cards.patience_words(WaitAnswer(filters())) == "nobody gave up"
    assert wait_cards.interval_title(answer()) == "By 15 minutes"
    assert text_of(wait_cards.distribution_legend(answer())) == "answered abandoned other"
    assert wait_cards.took(answer()) == "8 calls in 0 ms"


def test_every_number_has_its_explanation() -> None:
    shown = answer("?compare=week")
    named = {
        getattr(each, "data-explain")
        for part in (wait_cards.summary(shown), wait_cards.table_head(shown))
        for each in parts_of(part)
        if hasattr(each, "data-explain")
    }
    assert named <= {card.definition.name for card in wait_cards.explanations(shown)}
