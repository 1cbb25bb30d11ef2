"""warehouse/mart_sums.py: a range's sums out of a published file are those that Python counts of its calls."""

from datetime import UTC, datetime
from functools import reduce
from operator import add

import pytest
from made_day import (
    AGENTS,
    DAYS_END,
    DAYS_START,
    EXTENSIONS,
    HOUR_MS,
    QUEUES,
    agent_of,
    agent_rows,
    made_calls,
    made_presence,
    presence_rows,
)  # fmt: skip
from made_lake import publish_calls

from calls.agent_tally import AgentTally, call_tallies, state_tallies
from calls.settings import QueueSettings
from calls.tally import NOTHING, Tally, stint_tally
from warehouse.marts import Marts, open_marts

RULES = QueueSettings("Support", None, 10.0, 20.0, 5.0, 0.8)
CALLS = made_calls(300)
PRESENCE = made_presence()
FROM, TO = DAYS_START + 5 * HOUR_MS, DAYS_START + 31 * HOUR_MS
RANGES = [(DAYS_START, DAYS_END), (FROM, TO)]


def at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Marts:
    data = tmp_path_factory.mktemp("data")
    more = {"agents": agent_rows(), "presence_intervals": presence_rows(PRESENCE)}
    publish_calls(data, CALLS, dict.fromkeys(QUEUES, RULES), more)
    return open_marts(data, "default")


def counted(start: int, end: int, interface: str | None) -> Tally:
    facts = (
        stint_tally(call, n, RULES)
        for call in CALLS
        for n, stint in enumerate(call.stints)
        if start <= stint.entered_at < end
        and (interface is None or any(leg.stint == n and leg.interface == interface for leg in call.legs))
    )
    return reduce(add, facts, NOTHING)


@pytest.mark.parametrize(("start", "end"), RANGES)
@pytest.mark.parametrize("interface", [None, AGENTS[0], AGENTS[-1], "PJSIP/nobody"])
def test_stints_of_a_range_and_of_those_whom_one_agent_answered(
    marts: Marts, start: int, end: int, interface: str | None
) -> None:
    assert marts.tally(at(start), at(end), interface) == counted(start, end, interface)


@pytest.mark.parametrize(("start", "end"), RANGES)
@pytest.mark.parametrize("interface", [AGENTS[0], AGENTS[-1]])
def test_what_an_agent_did(marts: Marts, start: int, end: int, interface: str) -> None:
    parts = [
        (moment, facts)
        for call in CALLS
        for agent, moment, facts in call_tallies(call, agent_of, frozenset(EXTENSIONS[:-1]))
        if agent == agent_of(interface)
    ]
    whole = [facts for moment, facts in [*parts, *state_tallies(PRESENCE[interface])] if start <= moment < end]
    assert marts.agent_tally("pbx1", agent_of(interface), at(start), at(end)) == reduce(add, whole, AgentTally())


def test_what_is_not_known_is_nothing(marts: Marts) -> None:
    assert marts.agent_tally("pbx1", "nobody", at(FROM), at(TO)) == AgentTally()
    assert marts.filed("pbx1", agent_of(AGENTS[0]), at(FROM), at(TO)) == {}
    assert (marts.interface_of("pbx1", "agent-0"), marts.interface_of("pbx2", "agent-0")) == (AGENTS[0], None)
    # A lake without a load knows of no instant before which all is in it.
    assert marts.settled() is None
