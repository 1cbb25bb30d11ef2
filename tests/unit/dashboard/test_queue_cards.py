"""What the queues page says of each queue."""

import json
from typing import Any

from dashboard_parts import PaperMarts, filters, links_of, parts_of, text_of

from dashboard import queue_cards
from dashboard.queue_figures import QueuesAnswer, read_queues

ROW = {
    "pbx": "pbx-1", "queue": "billing", "name": "Billing", "interval_start": None, "offered": 40, "answered": 30,
    "abandoned": 10, "flow_out": 0, "service_level": 0.75, "abandon_rate": 0.25, "asa": 14.2, "awt": 15.0, "aht": 252.0,
}  # fmt: skip


def answer(search: str = "") -> QueuesAnswer:
    return read_queues(PaperMarts(rows={"queue_summary": [ROW]}), filters(search))


def lines(shown: QueuesAnswer) -> list[list[Any]]:
    rows: list[list[Any]] = json.loads(queue_cards.table_rows(shown))["rows"]
    return rows


def test_a_queue_says_its_target_and_opens_its_own_page() -> None:
    name = lines(answer("?range=7d"))[0][0]
    assert (name["text"], name["note"]) == ("Billing", "80\u2009% in 20 s")
    assert name["href"] == "/reports/service-level?range=7d&queue=queue" or "billing" in name["href"]


def test_below_its_target_the_level_is_marked() -> None:
    assert lines(answer())[0][3]["css"] == "num warn"
    assert lines(answer())[1][3] == {"text": "–", "css": "num"}


def test_counts_open_their_calls_and_nothing_opens_nothing() -> None:
    row = lines(answer())[0]
    assert row[1]["href"] == "/reports/calls?queue=&show=offered".replace("queue=", "queue=billing")
    assert (row[5]["text"], row[5]["note"]) == ("10", "25.0\u2009%")
    assert "href" not in row[10]


def test_an_earlier_period_stands_below_each_figure() -> None:
    row = lines(answer("?compare=week"))[0]
    assert row[1]["change"] == ["unchanged", "dim", "40"]
    assert "change" not in lines(answer())[0][1]


def test_the_strip_says_how_many_queues_are_below() -> None:
    texts = [text_of(each) for each in queue_cards.summary(answer())]
    assert texts[0] == "Service level – 1 of 1 queue below target"
    assert len(texts) == 6
    assert links_of(queue_cards.summary(answer()))["0"].startswith("/reports/calls?show=")


def test_every_number_has_its_explanation() -> None:
    shown = answer("?compare=week")
    named = {
        getattr(each, "data-explain")
        for part in (queue_cards.summary(shown), queue_cards.table_head(shown))
        for each in parts_of(part)
        if hasattr(each, "data-explain")
    }
    cards = queue_cards.explanations(shown)
    assert named <= {card.definition.name for card in cards}
    assert "Change since 15 Nov 2026" in cards[0].basis


def test_how_much_was_read_is_told() -> None:
    assert queue_cards.took(answer()) == "0 calls in 0 ms"
