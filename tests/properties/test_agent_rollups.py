"""The rollup of agents against `calls.agent_tally`: equal for any calls and any presence, to the last bit."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from made_calls import AGENTS, START, many_calls, part_frame

from calls.agent_tally import AgentTally, call_tallies, state_tallies
from calls.call import Call
from calls.presence import Interval, PresenceState
from calls.tally import interval_start
from warehouse.agent_rollups import AGENT_KEY, roll_agents

WHO: dict[str, Any] = {"call_id": pl.String, "tenant": pl.String, "pbx": pl.String}
LEGS = WHO | {
    "interface": pl.String, "stint": pl.Int32, "rang_at": "time", "answered_at": "time", "talk_s": pl.Float64,
    "hold_s": pl.Float64, "holds": pl.Int32, "transfer_to": pl.String, "mos": pl.Float64,
}  # fmt: skip
MISSED = WHO | {"interface": pl.String, "rang_at": "time"}
STINTS = {"call_id": pl.String, "entered_at": "time"}
KNOWN = pl.DataFrame(
    {"pbx": ["pbx1"], "interface": [AGENTS[0]], "agent_id": ["anna"], "extension": ["1002"]}
)  # fmt: skip
spans = st.lists(
    st.builds(
        lambda state, start, length: Interval(state, START + start, START + start + length),
        st.sampled_from(PresenceState), st.integers(0, 10_000_000), st.integers(0, 5_000_000),
    ),
    max_size=5,
)  # fmt: skip


def agent_of(interface: str) -> str:
    return "anna" if interface == AGENTS[0] else interface


def presence_frame(mine: list[Interval]) -> pl.DataFrame:
    times = pl.Datetime("us", "UTC")
    rows = [("default", "pbx1", "anna", it.state.value, it.start * 1000, it.end * 1000) for it in mine]
    schema = {"tenant": pl.String, "pbx": pl.String, "agent_id": pl.String, "state": pl.String}
    frame = pl.DataFrame(rows, schema=schema | {"started_at": pl.Int64, "ended_at": pl.Int64}, orient="row")
    return frame.with_columns(pl.col("started_at", "ended_at").cast(times))


def tallied(calls: list[Call], mine: list[Interval]) -> dict[tuple[Any, ...], AgentTally]:
    cells: dict[tuple[Any, ...], AgentTally] = {}
    found = [
        (call.tenant, call.pbx, agent, at, tally)
        for call in calls
        for agent, at, tally in call_tallies(call, agent_of, frozenset({"1002"}))
    ]
    found += [("default", "pbx1", "anna", at, tally) for at, tally in state_tallies(mine)]
    for tenant, pbx, agent, at, tally in found:
        key = (tenant, pbx, agent, datetime.fromtimestamp(interval_start(at) / 1000, UTC))
        cells[key] = cells.get(key, AgentTally()) + tally
    return cells


@settings(max_examples=30)
@given(many_calls(), spans)
def test_the_rollup_of_anything_is_the_sum_of_its_tallies(calls: list[Call], mine: list[Interval]) -> None:
    parts = (
        part_frame(calls, part, schema) for part, schema in (("legs", LEGS), ("missed", MISSED), ("stints", STINTS))
    )
    rolled = roll_agents(presence_frame(mine), *parts, KNOWN)
    cells = {row[: len(AGENT_KEY)]: AgentTally(*row[len(AGENT_KEY) :]) for row in rolled.iter_rows()}
    assert cells == tallied(calls, mine)
