"""warehouse/past/folding.py: what a tenant is shown of a state, and what of it a change made different."""

from msgspec.structs import replace
from stories import NOON, told

from calls.codec import RECORD_VERSION, Entry, Record
from calls.events import Position, SettingsChanged
from calls.past import Unheard
from calls.reducer import advance
from calls.settings import AgentSettings, Settings
from calls.state import Gap, Resync, State
from warehouse.past.folding import changed, fold, fold_entry, shown


def story() -> State:
    """A caller waits in support, where Alice is available."""
    return told("0 arrives, 1 joins support, 2 rings Alice").state


def settings(**changes: object) -> SettingsChanged:
    return SettingsChanged(pos=Position("settings", "file", 9, 0), at=NOON, settings=Settings(**changes))  # type: ignore[arg-type]


def test_a_board_has_what_is_published_of_ones_own_tenant() -> None:
    board = shown(story(), "default")
    assert [agent.presence.state for agent in board.agents] == ["ringing"]
    assert [len(queue.waiting) for queue in board.queues] == [1]
    other = shown(story(), "other")
    assert not other.agents
    assert not other.queues


def test_an_agent_with_two_phones_is_one_the_one_that_changed_last() -> None:
    state = story()
    (interface,) = state.agents
    second = replace(state.agents[interface], interface="PJSIP/2", version=state.version + 5)
    both = {name: AgentSettings(agent_id="alice") for name in (interface, "PJSIP/2")}
    state, _ = advance(replace(state, agents={**state.agents, "PJSIP/2": second}), settings(agents=both))
    (one,) = shown(state, "default").agents
    assert one.agent_id == "alice"


def test_only_what_changed_is_new() -> None:
    state, changes = advance(story(), settings(default_tenant="new"))
    assert len(changed(state, changes, "new").agents) == 1
    assert changed(state, changes, "default").agents == []
    assert changed(state, (), "new").queues == []


def test_a_gap_is_shown() -> None:
    state = replace(story(), resync=Resync(lost=Gap("ami", "the cable", NOON)))
    assert shown(state, "default").unheard == [Unheard(state.pbx, NOON, "the cable")]


def test_an_entry_that_makes_us_stumble_takes_no_other_with_it() -> None:
    good = b"Event: QueueMemberAdded\r\nQueue: q\r\nMemberName: Bo\r\nInterface: PJSIP/1\r\nStatus: 1\r\nPaused: 0"
    # A record of bytes that are none: it cannot have come from a log, but whatever it is, nothing else is lost.
    bad = Entry(1, NOON, None)  # type: ignore[arg-type]
    record = Record(RECORD_VERSION, "p", "ami", "a", 1, [bad, Entry(2, NOON, good)])
    state = fold(State(pbx="p"), record)
    assert list(state.agents) == ["PJSIP/1"]
    assert fold_entry(state, record, 1) == (state, ())
