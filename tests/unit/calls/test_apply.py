"""Putting changes into the state: queues, agents and the index of channels follow."""

from stories import NOON, told

from calls import events as e
from calls.apply import REMEMBERED, apply_call, put_agent, put_queue, reject
from calls.call import Call, Party
from calls.state import AgentChanged, CallChanged, Change, Queue, QueueChanged, Rejected, State


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
