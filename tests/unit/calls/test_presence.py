"""Presence: what time alone ends, and the spans it leaves."""

from calls.presence import GUIDE_STATUS, Interval, Presence, PresenceState, intervals, presence_at, same

WRAP = Presence(PresenceState.WRAP_UP, 1000, until=6000, then=PresenceState.PAUSED, then_reason="Lunch")


def test_wrap_up_lasts_until_its_instant_and_no_longer() -> None:
    assert presence_at(WRAP, 5999) is WRAP
    assert presence_at(WRAP, 6000) == Presence(PresenceState.PAUSED, 6000, reason="Lunch")


def test_spans_of_a_state_that_ended_by_an_event() -> None:
    assert intervals(WRAP, 4000) == (Interval(PresenceState.WRAP_UP, 1000, 4000),)


def test_spans_of_a_state_that_ended_by_time() -> None:
    assert intervals(WRAP, 9000) == (
        Interval(PresenceState.WRAP_UP, 1000, 6000),
        Interval(PresenceState.PAUSED, 6000, 9000, "Lunch"),
    )


def test_a_span_of_no_length_is_none() -> None:
    assert intervals(WRAP, 1000) == ()


def test_another_instant_alone_is_no_change() -> None:
    assert same(WRAP, Presence(PresenceState.WRAP_UP, 2000, until=6000, then=PresenceState.PAUSED, then_reason="Lunch"))
    assert not same(WRAP, Presence(PresenceState.WRAP_UP, 1000))


def test_every_state_has_a_word_of_the_guide() -> None:
    assert set(GUIDE_STATUS) == set(PresenceState)
