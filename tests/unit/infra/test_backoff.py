"""One second, doubled up to thirty; a minute of life forgives everything."""

from infra.backoff import LONGEST, RECOVERED, Backoff


def test_the_pause_doubles_up_to_half_a_minute() -> None:
    backoff, pauses = Backoff(), []
    for _ in range(8):
        backoff = backoff.failed(up_for=0.0)
        pauses.append(backoff.delay)
    assert pauses == [1, 2, 4, 8, 16, LONGEST, LONGEST, LONGEST]


def test_who_was_up_for_a_minute_starts_anew() -> None:
    tired = Backoff(failures=7)
    assert tired.failed(up_for=RECOVERED).delay == 1
    assert tired.failed(up_for=RECOVERED - 0.1).delay == LONGEST


def test_who_never_failed_does_not_wait() -> None:
    assert Backoff().delay == 0


def test_a_thousand_failures_are_as_long_as_ten() -> None:
    assert Backoff(failures=1000).delay == LONGEST
