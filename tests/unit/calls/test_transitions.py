"""The table of transitions: whole, and held against what it forbids."""

from calls import events as e
from calls.call import Call, Leg, Party, Ring, Status, Stint
from calls.transitions import OPEN, TRANSITIONS, refusal, status_of

POS = e.Position("ami", "a", 1, 1)
CHANNEL = e.Channel("u", "l")


def test_every_open_status_has_a_row_and_an_ended_call_has_none() -> None:
    assert all(set(row) == OPEN for row in TRANSITIONS.values())


def test_a_call_may_always_stay_what_it_is_and_only_a_channels_end_ends_it() -> None:
    for kind, row in TRANSITIONS.items():
        assert all(status in leads_to for status, leads_to in row.items())
        assert (Status.ENDED in set().union(*row.values())) == (kind in (e.Hangup, e.ChannelVanished))


def test_a_step_that_the_table_does_not_know_is_refused_in_words() -> None:
    event = e.Newchannel(pos=POS, at=0, channel=CHANNEL)
    assert refusal(event, Status.QUEUED, Status.QUEUED) is None
    assert refusal(event, Status.QUEUED, Status.CONNECTED) == "Newchannel cannot lead from queued to connected"
    assert refusal(event, Status.ENDED, Status.ENDED) == "Newchannel is not allowed while a call is ended"


def test_the_strongest_fact_decides() -> None:
    def call(**facts: object) -> Call:
        return Call(linkedid="l", pbx="p", started_at=0, tenant="t", **facts)  # type: ignore[arg-type]

    stint, ring = Stint("u", "q", 0), Ring("v", "i", "a", 0, 0)
    leg = Leg(0, "a", "i", "v", None, 0)
    assert status_of(call()) is Status.RINGING
    assert status_of(call(stints=(stint,))) is Status.QUEUED
    assert status_of(call(stints=(stint,), rings=(ring,))) is Status.RINGING
    assert status_of(call(stints=(stint,), rings=(ring,), legs=(leg,))) is Status.CONNECTED
    assert status_of(call(parties=(Party("u", "i", bridge="b"), Party("v", "j", bridge="b")))) is Status.CONNECTED
    held = Leg(0, "a", "i", "v", None, 0, held_by=("v",), held_since=1)
    assert status_of(call(legs=(held,))) is Status.ON_HOLD
    assert status_of(call(legs=(held,), ended_at=9)) is Status.ENDED
