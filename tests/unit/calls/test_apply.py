"""Putting changes into the state: queues, agents and the index of channels follow."""

from msgspec.structs import replace
from stories import NOON, Told, told

from calls import events as e
from calls.apply import REMEMBERED, apply_call, put_agent, put_queue, reject, revise
from calls.call import Call, Party, StintOutcome
from calls.state import AgentChanged, CallChanged, Change, Filing, Queue, QueueChanged, Rejected, State


def stop(at: int) -> e.PbxStopped:
    """Some event."""
    return e.PbxStopped(pos=e.Position("ami", "a", 3, 9), at=at)


def test_the_index_knows_the_channels_of_open_calls_only() -> None:
    call = Call(linkedid="l", pbx="p", started_at=NOON, tenant="t", parties=(Party("u1", "i"), Party("u2", "j")))
    state, _ = apply_call(State(pbx="p"), None, call, stop(NOON))
    assert state.channels == {"u1": "l", "u2": "l"}
    over = Call(linkedid="l", pbx="p", started_at=NOON, tenant="t", ended_at=NOON + 1)
    state, changes = apply_call(state, state.calls["l"], over, stop(NOON + 1))
    assert (state.channels, state.calls, state.closed) == ({}, {}, ("l",))
    assert [type(change) for change in changes] == [CallChanged]


def test_only_so_many_ended_calls_are_remembered() -> None:
    state = State(pbx="p", closed=tuple(str(n) for n in range(REMEMBERED)))
    state, _ = apply_call(state, None, Call(linkedid="l", pbx="p", started_at=0, tenant="t", ended_at=1), stop(1))
    assert (len(state.closed), state.closed[0], state.closed[-1]) == (REMEMBERED, "1", "l")


def test_what_is_put_has_the_states_version_and_is_a_change() -> None:
    changes: list[Change] = []
    state = put_queue(State(pbx="p", version=7), Queue("q"), changes)
    assert state.queues["q"].version == 7 and isinstance(changes[0], QueueChanged)


def test_an_agent_who_is_the_same_is_no_change() -> None:
    told_ = told("0 member Alice added")
    agent, changes = told_.state.agents["PJSIP/alice"], list[Change]()
    assert put_agent(told_.state, agent, agent, NOON, changes) is told_.state
    assert changes == [] and any(isinstance(change, AgentChanged) for change in told_.changes)


def test_a_reject_says_where_and_why() -> None:
    event = stop(0)
    state, (change,) = reject(State(pbx="p"), event, "no")
    assert (state, change) == (State(pbx="p"), Rejected("ami", "a", 3, 9, "PbxStopped", "no"))


HEARD = "0 member Alice added, 0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice"
OVER = f"{HEARD}, 65 caller ends, 65 agent Alice leaves"


def waiting_for_files() -> State:
    """A call has ended, and files are read."""
    story = Told()
    story.state = State(pbx="pbx", filing=Filing(marks=1))
    story.goes_on(OVER)
    return story.state


def test_where_files_are_read_an_ended_call_waits_for_them() -> None:
    assert list(waiting_for_files().ended) == ["one"]
    assert told(OVER).state.ended == {}


def test_a_call_that_is_told_better_is_counted_anew_and_waits_no_more() -> None:
    state = waiting_for_files()
    before = state.ended["one"]
    abandoned = replace(before, stints=(replace(before.stints[0], outcome=StintOutcome.ABANDONED),), legs=())
    state, changes = revise(replace(state, version=99), before, abandoned, stop(NOON + 70_000), "the cable")
    assert (state.ended, state.calls, state.closed) == ({}, {}, ("one",))
    (tally,) = state.queues["support"].tallies.values()
    assert (tally.offered, tally.answered, tally.abandoned) == (1, 0, 1)
    (worked,) = state.agents["PJSIP/alice"].worked.values()
    assert (worked.handled, worked.talk_s) == (0, 0.0)
    first = changes[0]
    assert isinstance(first, CallChanged) and (first.cause, first.call.version) == ("the cable", 99)
    assert {type(change) for change in changes[1:]} == {QueueChanged, AgentChanged}


def test_what_its_agents_do_now_stays_as_it_is() -> None:
    state = waiting_for_files()
    presence = state.agents["PJSIP/alice"].presence
    before = state.ended["one"]
    state, _ = revise(state, before, replace(before, legs=()), stop(NOON + 70_000))
    assert state.agents["PJSIP/alice"].presence == presence


def test_a_confirmed_call_changes_nothing_but_itself() -> None:
    state = waiting_for_files()
    before = state.ended["one"]
    after, changes = revise(state, before, replace(before, certainty="final"), stop(NOON + 70_000))
    assert [type(change) for change in changes] == [CallChanged]
    assert (after.agents, after.queues) == (state.agents, state.queues)


def test_a_call_that_nobody_had_heard_of_is_counted() -> None:
    before = waiting_for_files().ended["one"]
    state, _ = revise(State(pbx="pbx"), None, before, stop(NOON + 70_000), "the cable")
    assert sum(tally.answered for tally in state.queues["support"].tallies.values()) == 1
    assert (state.closed, state.agents) == (("one",), {})
