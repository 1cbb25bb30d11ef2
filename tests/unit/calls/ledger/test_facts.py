"""A fact's verdict, and that a rule is looked for only where two accounts differ."""

from calls.ledger.facts import Fact, Verdict, judged
from calls.ledger.rules import Rule


def test_no_rule_is_looked_for_where_two_agree() -> None:
    fact = judged("stints[0].agent", "Alice", "queue_log", "Alice", True, lambda: Rule.UNHEARD)
    assert fact == Fact("stints[0].agent", "Alice", "queue_log", "Alice", Verdict.AGREE)


def test_a_difference_is_explained_by_a_rule_or_by_nothing() -> None:
    explained = judged("talk[1001]", 5.0, "cel", 3.0, False, lambda: Rule.UNHEARD)
    assert (explained.verdict, explained.rule) == (Verdict.EXPLAINED, Rule.UNHEARD)
    unexplained = judged("talk[1001]", 5.0, "cel", 3.0, False, lambda: None)
    assert (unexplained.verdict, unexplained.rule) == (Verdict.UNEXPLAINED, None)
