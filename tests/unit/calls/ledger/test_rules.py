"""Gaps as an explanation: which spans they meet, and what they say of whom."""

from told_lines import ms

from calls.ledger.rules import MEANINGS, Gaps, Rule, missed
from calls.state import Gap

GAPS = Gaps((Gap("ami", "cut", ms(10), ms(20)), Gap("cel", "torn", ms(30), None)))


def test_a_gap_meets_what_it_touches() -> None:
    assert GAPS.cover("ami", ms(5), ms(10)) and GAPS.cover("ami", ms(20.2), ms(25))
    assert not GAPS.cover("ami", ms(5), ms(9.6)) and not GAPS.cover("ami", ms(20.4), ms(25))
    assert GAPS.cover("cel", ms(100), ms(100)) and not GAPS.cover("queue_log", ms(15), ms(15))


def test_what_ami_missed_is_unheard_and_what_nobody_wrote_was_cut_off() -> None:
    assert missed(GAPS, "queue_log", ms(15), ms(15), "abandoned") is Rule.UNHEARD
    assert missed(GAPS, "queue_log", ms(15), ms(15), None) is Rule.CUT_OFF
    assert missed(GAPS, "cel", ms(40), ms(40), None) is Rule.UNREAD
    assert missed(GAPS, "queue_log", ms(25), ms(25), "abandoned") is None


def test_before_and_after_listening_nothing_is_known() -> None:
    gaps = Gaps(begin=ms(0), end=ms(60))
    assert missed(gaps, "cel", ms(-5), ms(10), "x") is Rule.UNHEARD and missed(gaps, "cel", ms(1), ms(10), "x") is None
    assert gaps.outside(ms(-1)) and gaps.outside(ms(61)) and not gaps.outside(ms(30))
    assert not Gaps().outside(ms(30))


def test_every_rule_says_what_it_means() -> None:
    assert set(MEANINGS) == set(Rule)
