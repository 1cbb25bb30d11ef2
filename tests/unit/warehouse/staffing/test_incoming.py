"""warehouse/staffing/incoming.py: who comes, and how long each would wait."""

from made_days import caller, day

from calls.call import StintOutcome
from warehouse.staffing.incoming import JITTER_MS, incoming

DAY = day(
    caller("answered", 1000, 1010, agent="ana", busy=60),
    caller("gave up", 2000, 2030, StintOutcome.ABANDONED),
    caller("timeout", 3000, 3060, StintOutcome.TIMEOUT),
    caller("waiting", 4000),
)


def test_unchanged_everybody_comes_and_waits_as_recorded() -> None:
    come = {it.recorded.key: it for it in incoming(DAY, 1.0, 1.0, 1)}
    assert [it.recorded for it in come.values()] == list(DAY.callers)
    # Of those who waited beyond 10 s everybody who gave up did so after 30.
    assert come["answered"].gives_up_at in (1_030_000, None)
    assert (come["gave up"].gives_up_at, come["gave up"].free_at) == (2_030_000, 2_030_000)
    assert (come["timeout"].gives_up_at, come["timeout"].gives_up) == (3_060_000, StintOutcome.TIMEOUT)
    assert come["waiting"].gives_up_at is None


def test_who_is_added_comes_near_another_and_is_anybodys() -> None:
    twice = incoming(DAY, 2.0, 1.0, 1)
    assert len(twice) == 8
    (added,) = [it for it in twice if it.recorded.key == "answered +1"]
    assert abs(added.recorded.entered_at - 1_000_000) <= JITTER_MS
    assert added.free_at == added.recorded.entered_at
    assert added.busy_ms == 60_000


def test_patience_is_a_factor_of_what_was_waited() -> None:
    come = {it.recorded.key: it for it in incoming(DAY, 1.0, 2.0, 1)}
    assert come["gave up"].gives_up_at == 2_060_000
    assert come["timeout"].gives_up_at == 3_060_000


def test_none_of_no_calls() -> None:
    assert incoming(DAY, 0.0, 1.0, 1) == []
