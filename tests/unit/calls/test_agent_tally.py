"""Agents' facts: legs, rings, transfers, and time in states."""

from hypothesis import given
from hypothesis import strategies as st

from calls.agent_tally import AgentTally, call_tallies, state_tallies, transferred_to
from calls.call import Call, Leg, MissedRing, Stint, Transfer
from calls.presence import Interval, PresenceState

QUARTER = 900_000


def leg(answered: int, ended: int | None = None, to: str | None = None, **more: object) -> Leg:
    transfer = Transfer("blind", to) if to else None
    return Leg(0, "Anna", "PJSIP/1001", "u2", None, answered, ended_at=ended, transfer=transfer, **more)  # type: ignore[arg-type]


def call(*legs: Leg, stints: tuple[Stint, ...] = (), missed: tuple[MissedRing, ...] = ()) -> Call:
    return Call("l1", "pbx1", 0, "default", stints=stints, legs=legs, missed=missed)


def test_a_leg_counts_where_it_was_answered_and_a_ring_where_it_began() -> None:
    one = call(
        leg(1_000, QUARTER + 2_000, hold_ms=500, holds=2, mos=4.4), missed=(MissedRing(0, "B", "PJSIP/1002", 700, 5),)
    )
    found = call_tallies(one, lambda interface: interface.removeprefix("PJSIP/"), frozenset())
    assert found == [
        ("1001", 1_000, AgentTally(handled=1, from_queue=1, talk_s=900.5, hold_s=0.5, held=1, mos_legs=1, mos_sum=4.4)),
        ("1002", 700, AgentTally(missed=1)),
    ]
    assert call_tallies(call(leg(1_000)), str, frozenset()) == []


def test_a_dialled_leg_neither_rang_nor_came_from_a_queue() -> None:
    dialled = call(Leg(None, "Anna", "a", "u2", None, 0, ended_at=1_000))
    transferred = call(Leg(None, "Anna", "a", "u2", 5, 10, ended_at=1_000))
    assert [call_tallies(it, str, frozenset())[0][2].dialled for it in (dialled, transferred)] == [1, 0]


def test_a_transfer_leads_into_a_queue_to_the_house_or_out_of_it() -> None:
    sent = leg(1_000, 5_000, "700")
    extensions = frozenset({"1002"})
    into = (Stint("u1", "sales", 5_100),)
    follower = Leg(None, "Ben", "PJSIP/1002", "u3", 5_000, 8_000, ended_at=9_000)
    assert transferred_to(call(sent, stints=into), sent, extensions) == "queue"
    assert transferred_to(call(sent, follower, stints=into), sent, extensions) == "queue"
    assert transferred_to(call(sent, follower), sent, extensions) == "internal"
    assert transferred_to(call(sent), sent, extensions) == "external"
    inside = leg(1_000, 5_000, "1002")
    assert transferred_to(call(inside), inside, extensions) == "internal"
    assert transferred_to(call(leg(0, 1)), leg(0, 1), extensions) is None


def test_time_in_a_state_is_split_and_being_offline_is_not_counted() -> None:
    spans = [
        Interval(PresenceState.AVAILABLE, QUARTER - 60_000, QUARTER + 30_000),
        Interval(PresenceState.OFFLINE, QUARTER + 30_000, 9 * QUARTER),
    ]
    assert state_tallies(spans) == [(0, AgentTally(available_s=60.0)), (QUARTER, AgentTally(available_s=30.0))]


@given(st.integers(0, 10**9), st.integers(0, 10**8))
def test_split_time_adds_up(start: int, length: int) -> None:
    parts = state_tallies([Interval(PresenceState.ON_CALL, start, start + length)])
    whole = AgentTally()
    for _, tally in parts:
        whole = whole + tally
    assert whole.on_call_s == length / 1000
