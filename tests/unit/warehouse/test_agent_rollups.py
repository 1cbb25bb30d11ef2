"""The agents' rollup has every column; tests/properties hold it equal to `calls.agent_tally`."""

from calls.agent_tally import AGENT_COLUMNS
from calls.presence import PresenceState
from warehouse.agent_rollups import FACTS


def test_every_column_of_a_leg_has_its_facts() -> None:
    states = {name for name in AGENT_COLUMNS if name.removesuffix("_s") in list(PresenceState)}
    assert set(FACTS) == set(AGENT_COLUMNS) - states - {"missed"}
