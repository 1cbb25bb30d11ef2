"""The reducer, told in stories: what a call, its agents and its queues come to."""

import pytest
from stories import NOON, told

from calls import events as e
from calls.call import Call, Outcome, Status, StintOutcome
from calls.reducer import MEETING_STEPS, NAMED_STEPS, STEPS, advance, replay
from calls.settings import AgentSettings, QueueSettings, Settings
from calls.state import CallChanged, QueueChanged, Rejected, State
from calls.transitions import TRANSITIONS

ANSWERED = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 65 caller ends, 65 agent Alice leaves"


def seconds(at: int | None) -> float | None:
    """An instant as seconds into the story."""
    return None if at is None else (at - NOON) / 1000


def test_an_answered_call() -> None:
    call = told(ANSWERED).call
    (stint,), (leg,) = call.stints, call.legs
    assert (call.status, call.outcome, call.direction, call.to_number) == ("ended", "answered", "inbound", "2001")
    assert [seconds(t) for t in (call.started_at, call.answered_at, call.ended_at)] == [0, 5, 65]
    assert (stint.outcome, stint.wait_ms, stint.agent, stint.position) == ("answered", 4000, "Alice", 1)
    assert (leg.agent, leg.talk_ms, leg.ended_by, seconds(leg.rang_at)) == ("Alice", 60000, "caller", 2)


def test_a_call_that_the_agent_ends() -> None:
    told_ = told("0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 9 agent Alice ends, 9 caller ends")
    assert told_.call.legs[0].ended_by == "agent"
    assert told_.state.calls == {}


def test_an_abandoned_call() -> None:
    call = told("0 arrives, 1 joins support, 2 rings Alice, 9 abandons support, 9 agent Alice leaves").call
    assert (call.outcome, call.stints[0].outcome, call.stints[0].wait_ms) == ("abandoned", "abandoned", 8000)
    assert (call.legs, call.missed) == ((), ())


def test_a_timeout_is_not_an_abandoned_call() -> None:
    call = told("0 arrives, 1 joins support, 31 queue support TIMEOUT, 40 caller ends").call
    assert (call.outcome, call.stints[0].outcome, call.stints[0].wait_ms) == ("timeout", "timeout", 30000)


@pytest.mark.parametrize(
    ("value", "outcome"), [("LEAVEEMPTY", "exit_empty"), ("WITHDRAW", "withdrawn"), ("LEAVEUNAVAIL", "exit_empty")]
)
def test_why_a_queue_let_go(value: str, outcome: str) -> None:
    call = told(f"0 arrives, 1 joins support, 31 queue support {value}, 40 caller ends").call
    assert (call.stints[0].outcome, call.outcome) == (outcome, Outcome.OTHER)


@pytest.mark.parametrize(("value", "outcome"), [("JOINEMPTY", "join_empty"), ("FULL", "full")])
def test_a_caller_who_is_not_let_in(value: str, outcome: str) -> None:
    told_ = told(f"0 arrives, 1 queue support {value}, 2 caller ends")
    (stint,) = told_.call.stints
    assert (stint.queue, stint.outcome, stint.wait_ms) == ("support", outcome, 0)
    (tally,) = told_.state.queues["support"].tallies.values()
    assert (tally.offered, tally.refused) == (0, 1)


def test_a_caller_who_leaves_by_a_key() -> None:
    story = "0 arrives, 1 joins support"
    told_ = told(story)
    channel = e.Channel("one", "one")
    told_.feed(e.QueueCallerLeave(pos=told_.position(), at=NOON + 4000, channel=channel, queue="support"))
    told_.feed(e.Hangup(pos=told_.position(), at=NOON + 9000, channel=channel, cause=16))
    assert (told_.call.stints[0].outcome, told_.call.stints[0].wait_ms) == ("exit_key", 3000)


def test_a_missed_ring_and_another_agent() -> None:
    call = told(
        "0 arrives, 1 joins support, 2 rings Alice, 7 misses Alice, 8 rings Bob, 10 answers Bob, 20 caller ends"
    ).call
    (missed,) = call.missed
    assert (missed.agent, missed.ring_ms, seconds(missed.rang_at), missed.stint) == ("Alice", 5000, 2, 0)
    assert [leg.agent for leg in call.legs] == ["Bob"]


def test_a_busy_agent_is_a_missed_ring_of_no_length() -> None:
    call = told("0 arrives, 1 joins support, 2 rings Alice, 2 misses Alice 0, 9 abandons support").call
    assert [(missed.agent, missed.ring_ms) for missed in call.missed] == [("Alice", 0)]


def test_only_the_winner_of_a_ringall_has_a_leg() -> None:
    call = told(
        "0 arrives, 1 joins support, 2 rings Alice, 2 rings Bob, 4 answers Bob, 4 agent Alice leaves, 9 caller ends"
    ).call
    assert ([leg.agent for leg in call.legs], call.missed) == (["Bob"], ())


def test_hold_by_both_sides_counts_the_time_once() -> None:
    call = told(
        "0 arrives, 1 joins support, 2 rings Alice, 10 answers Alice, 20 agent Alice holds, 22 caller holds,"
        "25 agent Alice resumes, 30 caller resumes, 40 caller ends"
    ).call
    (leg,) = call.legs
    assert (leg.holds, leg.hold_ms, leg.talk_ms) == (2, 10000, 20000)


def test_a_call_that_ends_on_hold() -> None:
    told_ = told("0 arrives, 1 joins support, 2 rings Alice, 10 answers Alice, 20 agent Alice holds")
    assert told_.call.status is Status.ON_HOLD
    told_ = told("0 arrives, 1 joins support, 2 rings Alice, 10 answers Alice, 20 agent Alice holds, 50 caller ends")
    assert told_.call.legs[0].hold_ms == 30000


def test_an_unhold_of_who_never_held_is_nothing() -> None:
    call = told("0 arrives, 1 joins support, 2 rings Alice, 10 answers Alice, 20 agent Alice resumes").call
    assert (call.status, call.legs[0].hold_ms) == (Status.CONNECTED, 0)


def test_a_blind_transfer_to_another_queue_is_a_second_stint_of_the_same_call() -> None:
    call = told(
        "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 15 agent Alice transfers 2002, 16 joins sales,"
        "17 rings Bob sales, 20 answers Bob sales, 50 caller ends"
    ).call
    first, second = call.legs
    assert (first.ended_by, first.transfer and first.transfer.to, first.talk_ms) == ("transfer", "2002", 10000)
    assert (second.agent, second.stint, second.ended_by) == ("Bob", 1, "caller")
    assert [(stint.queue, stint.outcome) for stint in call.stints] == [("support", "answered"), ("sales", "answered")]


def test_agents_and_queues_follow() -> None:
    told_ = told("0 member Alice added, 0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 65 caller ends")
    assert told_.presences("Alice") == ["available", "ringing", "on_call", "available"]
    queue = told_.state.queues["support"]
    (tally,) = queue.tallies.values()
    assert (queue.waiting, tally.offered, tally.answered, tally.answered_in_sl) == ((), 1, 1, 1)
    assert (tally.wait_answered_s, tally.handled, tally.talk_s) == (4.0, 1, 60.0)


def test_who_waits_is_known_while_they_wait() -> None:
    told_ = told("0 arrives, 1 joins support, 2 two: arrives, 3 two: joins support")
    assert [waiting.uniqueid for waiting in told_.state.queues["support"].waiting] == ["one", "two"]


def test_an_agent_complete_without_its_channels_still_finds_its_call() -> None:
    told_ = told("0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice")
    told_.feed(
        e.AgentComplete(
            pos=told_.position(), at=NOON + 30000, channel=None, dest=None, queue="support",
            interface="PJSIP/alice", member="Alice", reason="agent",
        )
    )  # fmt: skip
    assert (told_.call.legs[0].ended_by, told_.call.legs[0].talk_ms) == ("agent", 25000)


def test_redelivery_changes_nothing() -> None:
    state = State(pbx="pbx")
    event = e.Newchannel(pos=e.Position("ami", "a", 1, 5), at=NOON, channel=e.Channel("one", "one"))
    state, changes = advance(state, event)
    assert len(changes) == 1
    assert advance(state, event) == (state, ())
    earlier = e.Hangup(pos=e.Position("ami", "a", 1, 4), at=NOON, channel=e.Channel("one", "one"), cause=16)
    assert advance(state, earlier) == (state, ())


def test_what_the_state_does_not_allow_is_a_reject_and_changes_nothing_else() -> None:
    told_ = told("0 arrives")
    before = told_.state
    told_.feed(
        e.AgentConnect(
            pos=told_.position(), at=NOON, channel=e.Channel("one", "one"), dest=None, queue="support",
            interface="PJSIP/alice", member="Alice", hold_s=0,
        )
    )  # fmt: skip
    (reject,) = told_.rejects
    assert (reject.event, "nobody who waits" in reject.reason) == ("AgentConnect", True)
    assert (told_.state.calls, told_.state.agents) == (before.calls, before.agents)


def test_the_end_of_a_call_that_was_never_seen_is_a_reject_and_a_late_word_is_not() -> None:
    stranger = told("0 caller ends")
    assert {reject.reason for reject in stranger.rejects} == {"no open call one"}
    late = told(ANSWERED)
    late.feed(e.Hangup(pos=late.position(), at=NOON + 66000, channel=e.Channel("one", "one"), cause=16))
    assert late.rejects == []


def test_a_call_that_began_before_we_listened_is_told_from_where_we_came_in() -> None:
    call = told("5 joins support, 6 rings Alice, 9 answers Alice, 20 caller ends, 20 agent Alice leaves").call
    assert (seconds(call.started_at), call.outcome) == (5, Outcome.ANSWERED)


def test_a_pbx_that_died_fails_its_calls_and_forgets_its_members() -> None:
    told_ = told("0 member Alice added, 0 arrives, 1 joins support, 60 boots")
    call = told_.call
    assert (call.outcome, call.hangup_cause, call.stints[0].outcome) == (Outcome.FAILED, None, None)
    assert told_.presences("Alice") == ["available", "offline"]
    assert told_.state.calls == {} and told_.state.queues["support"].waiting == ()


def test_settings_name_tenants_agents_and_wrap_up() -> None:
    settings = Settings(
        default_tenant="acme",
        queues={"support": QueueSettings(tenant="north", wrapup_s=10)},
        agents={"PJSIP/alice": AgentSettings(agent_id="a-1", name="Alice Adams")},
    )
    told_ = told(f"0 member Alice added, {ANSWERED}", settings)
    assert told_.call.tenant == "north"
    presence = told_.state.agents["PJSIP/alice"].presence
    assert (presence.state, seconds(presence.until), presence.then) == ("wrap_up", 75, "available")


def test_every_event_of_a_call_has_a_row_in_the_table() -> None:
    assert set(STEPS) | set(NAMED_STEPS) | set(MEETING_STEPS) == set(TRANSITIONS)


def test_replay_is_advance_again_and_again() -> None:
    told_ = told(ANSWERED)
    assert [change for _, changes in replay(State(pbx="pbx"), []) for change in changes] == []
    assert isinstance(told_.call, Call) and told_.call.stints[0].outcome is StintOutcome.ANSWERED
    assert not any(isinstance(change, Rejected) for change in told_.changes)


def test_a_queue_tells_anew_how_many_are_logged_in() -> None:
    told_ = told("0 member Alice added, 0 member Bob added, 5 member Bob unreachable, 9 member Alice removed")
    versions = [change.queue.version for change in told_.changes if isinstance(change, QueueChanged)]
    assert sorted(set(versions)) == [1, 2, 3, 4]


BAD = {"by_pbx": True, "lost": 0.05, "jitter": 160}


def test_reports_of_how_it_sounds_are_told_once_when_the_leg_ends() -> None:
    told_ = told("0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice")
    silent = len(told_.changes)
    for second in (10, 15, 20):
        told_.hears(second, e.RtcpReport, channel=e.Channel("one-Alice", "one"), **BAD)
    assert len(told_.changes) == silent
    told_.goes_on("65 caller ends")
    (leg,) = told_.call.legs
    assert (leg.mos, leg.mos_method) == (4.0, "e_model_rtcp")


def test_reports_of_channels_that_have_no_leg_are_nothing() -> None:
    told_ = told("0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice")
    before = told_.state.calls
    for who in ("one", "stranger"):
        told_.hears(10, e.RtcpReport, channel=e.Channel(who, who), **BAD)
    told_.goes_on("65 caller ends")
    assert (before, told_.call.legs[0].mos, told_.rejects) == (before, None, [])


def test_a_queues_ring_that_somebody_else_picks_up_is_their_call() -> None:
    told_ = told("0 member Alice added, 0 member Bob added sales, 0 arrives, 1 joins support, 2 rings Alice")
    taker = e.Channel("one-Bob", "one", "PJSIP/bob-one", "1002")
    told_.hears(4, e.CallPickedUp, channel=taker, target=e.Channel("one-Alice", "one", "PJSIP/alice-one"))
    assert (told_.call.status, told_.presences("Alice")[-1]) == (Status.RINGING, "available")
    connect = {"dest": taker, "queue": "support", "interface": "PJSIP/alice", "member": "Alice", "hold_s": 3}
    told_.hears(4, e.QueueCallerLeave, channel=e.Channel("one", "one"), queue="support")
    told_.hears(4, e.AgentConnect, channel=e.Channel("one", "one"), **connect)
    for channel in (taker, e.Channel("one", "one")):
        told_.hears(4, e.BridgeEnter, channel=channel, bridge="bridgeone")
    told_.goes_on("64 caller ends")
    (leg,) = told_.call.legs
    assert (leg.agent, leg.stint, leg.talk_ms, told_.call.missed) == ("Bob", 0, 60_000, ())
    assert told_.presences("Bob") == ["available", "ringing", "on_call", "available"]
    assert told_.rejects == []


def test_a_change_knows_the_call_before_it_and_the_event_that_made_it() -> None:
    told_ = told("0 arrives, 1 joins support")
    first, *later = [change for change in told_.changes if isinstance(change, CallChanged)]
    assert (first.before, type(first.event)) == (None, e.Newchannel)
    assert [change.before for change in later] == [first.call, later[0].call]
    assert [type(change.event) for change in later] == [e.QueueAsked, e.QueueCallerJoin]
