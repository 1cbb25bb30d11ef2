"""State: nothing hidden, so that it can be stored and read back."""

import msgspec
from stories import told

from calls.state import State


def test_a_state_in_mid_call_survives_storage() -> None:
    state = told(
        "0 member Alice added, 0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 9 caller holds"
    ).state
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=State) == state


def test_an_empty_state_knows_its_pbx() -> None:
    assert (State(pbx="lab1").version, State(pbx="lab1").calls) == (0, {})
