"""A state in parts is the state, whatever is in it."""

from hypothesis import given, settings
from msgspec.structs import replace
from streamed.structures import values_of

from calls.apply import rooms_of
from calls.evidence import linked_of
from calls.state import State
from streams.parts import join, split


@settings(max_examples=30)
@given(values_of(State))
def test_what_was_split_joins_to_the_same(state: State) -> None:
    evidence = state.evidence
    state = replace(state, rooms=rooms_of(state.calls.values()), linked=linked_of(evidence.values()))
    assert join(state.pbx, split(state)) == state
