"""A state in parts is the state: whatever is in it, and however it came to be."""

from msgspec.structs import replace
from streamed.records import recorded

from asterisk.decode import events_of
from calls.call import Call
from calls.reducer import advance
from calls.settings import Settings
from calls.state import Rejected, State
from streams.parts import MANY, SINGLE, Head, Part, PartName, changed_parts, join

ONE = Call("1", "pbx", 0, "default")
TWO = Call("2", "pbx", 0, "default")


def test_every_field_of_the_state_is_in_some_part_or_follows_from_them() -> None:
    assert {"pbx", "rooms", "linked", *Head.__struct_fields__, *SINGLE, *MANY.values()} == set(State.__struct_fields__)


def test_an_unchanged_state_has_no_changed_parts() -> None:
    state = State(pbx="pbx", calls={"1": ONE})
    assert changed_parts(state, state) == ([], [])


def test_only_what_differs_is_written_and_what_is_gone_is_named() -> None:
    old = State(pbx="pbx", calls={"1": ONE, "2": TWO})
    new = replace(old, version=7, calls={"1": replace(ONE, version=7)})
    written, gone = changed_parts(old, new)
    assert [(part.kind, part.key) for part in written] == [("head", ""), ("call", "1")]
    assert gone == [PartName("call", "2")]


def test_settings_are_written_only_when_they_change() -> None:
    old = State(pbx="pbx")
    written, _ = changed_parts(old, replace(old, version=1, settings=Settings(wrapup_s=10)))
    assert [part.kind for part in written] == ["head", "settings"]


def test_no_parts_are_an_empty_state() -> None:
    assert join("pbx", []) == State(pbx="pbx")


def test_a_state_that_is_kept_up_part_by_part_is_the_state_that_was_folded() -> None:
    stored: dict[tuple[str, str], Part] = {}
    committed = state = State(pbx="lab1")
    for record in recorded("s19_positions_three_callers_one_agent", packed=7):
        for event in events_of(record):
            assert not isinstance(event, Rejected)
            state, _ = advance(state, event)
        written, gone = changed_parts(committed, state)
        stored.update({(part.kind, part.key): part for part in written})
        for name in gone:
            del stored[name.kind, name.key]
        committed = state
        assert join("lab1", stored.values()) == state
