"""What the reconciliation page says: figures, rules with their meaning, facts in words."""

import json
from datetime import timedelta
from typing import Any

import pytest
from dashboard_parts import BERLIN, NO_BOOKS, NOW, PaperMarts, filters, text_of

from calls.ledger.facts import Fact, Told, Verdict
from calls.ledger.rules import MEANINGS, Rule
from dashboard import book_cards
from dashboard.reports import Books, read_books

COUNTS = {"compared": 200, "agree": 190, "explained": 8, "unexplained": 2, "provisional": 3, "rules": {"parked": 8}}
PARKED = Fact("legs[0].ended_by", "system", "queue_log", "caller", Verdict.EXPLAINED, Rule.PARKED)
AGENT = Fact("stints[1].agent", "Alice", "queue_log", "Bob", Verdict.UNEXPLAINED)
CALL = ("lab1:l1", NOW - timedelta(hours=1), "5551234", "unexplained", (AGENT, PARKED))


def books(counts: dict[str, Any] | None = None, *calls: Any, published: bool = True) -> Books:
    marts = PaperMarts(published=published, books=counts or NO_BOOKS, differing=calls)
    return read_books(lambda _: marts, "default", filters())


def table(found: Books) -> Any:
    return json.loads(book_cards.differences(found))


def test_the_figures_are_those_of_the_range() -> None:
    words = text_of(book_cards.summary(books(COUNTS)))
    assert "Accounted for 99.0\u2009% agree or explained" in words
    assert "Unexplained 2 1.0\u2009% of compared" in words


@pytest.mark.parametrize("found", [books(), books(published=False)], ids=["no ledger", "nothing published"])
def test_without_a_call_nothing_is_a_hundred_percent(found: Books) -> None:
    assert text_of(book_cards.summary(found)).startswith("Accounted for –")
    assert table(found)["rows"] == [] and "was compared yet" in table(found)["empty"]


def test_where_all_is_well_it_says_so() -> None:
    assert table(books(COUNTS))["empty"] == "Every call of this range agrees with what its PBX wrote of it."


def test_every_rule_stands_there_with_its_meaning_and_those_needed_first() -> None:
    words = [text_of(row) for row in book_cards.rules(books(COUNTS))]
    assert words[0] == f"Parked {MEANINGS[Rule.PARKED]} 8"
    assert len(words) == len(Rule) and words[1].endswith(" 0")


def test_a_call_has_a_row_a_fact() -> None:
    assert table(books(COUNTS, CALL))["rows"] == [
        [
            "22 Nov 13:03:22",
            "5551234",
            "/reports/calls?call=lab1%3Al1",
            "Unexplained",
            "Agent, stay 2",
            "Alice",
            "queue_log",
            "Bob",
            "bad",
        ],
        ["", "", "", "Parked", "Who ended it", "system", "queue_log", "caller", ""],
    ]


def test_a_call_that_only_a_file_knows_goes_by_its_name() -> None:
    assert table(books(COUNTS, ("lab1:l7", NOW, None, "unexplained", (AGENT,))))["rows"][0][1:3] == ["l7", ""]


def test_it_says_how_many_calls_are_not_shown() -> None:
    assert book_cards.shown_words(books(COUNTS, CALL)) == "the first 1 of 10"
    assert book_cards.shown_words(books(COUNTS | {"explained": 0, "unexplained": 1}, CALL)) == ""


def test_every_figure_is_explained_with_its_watermark() -> None:
    cards = book_cards.explanations(books(COUNTS))
    assert {card.definition.name for card in cards} == {"accounted", *COUNTS} - {"rules", "provisional"}
    assert all("22 Nov 2026 14:03:22 Europe/Berlin" in card.basis[1] for card in cards)
    assert book_cards.explanations(books(published=False))[0].basis[1] == "Nothing loaded yet"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("call", "The call itself"),
        ("stints[0]", "Stay in a queue"),
        ("stints[]", "Stay in a queue"),
        ("legs[2].talk_s + hold_s", "Talk and hold, part 3"),
        ("talk[1001]", "Talk of 1001"),
        ("direction", "Direction"),
        ("stints[1].extra", "extra, stay 2"),
    ],
)
def test_a_path_becomes_words(subject: str, words: str) -> None:
    assert book_cards.subject_words(subject) == words


@pytest.mark.parametrize(
    ("subject", "value", "words"),
    [
        ("call", None, "nothing"),
        ("stints[0].missed", (), "none"),
        ("stints[0].missed", ("Alice", "Bob"), "Alice, Bob"),
        ("stints[0].wait_s", 4.25, "4.2 s"),
        ("stints[0].wait_s", 4, "4 s"),
        ("hangup_cause", 16, "16"),
        ("stints[0].outcome", "exit_key", "exit key"),
        ("ended_at", "2026-11-22T12:26:49.572Z", "13:26:49.5"),
    ],
)
def test_a_value_becomes_words(subject: str, value: Told, words: str) -> None:
    assert book_cards.value_words(subject, value, BERLIN) == words
