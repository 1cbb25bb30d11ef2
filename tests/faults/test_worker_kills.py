"""Kills in the middle of the work: what PostgreSQL holds in the end is what a replay of the same records gives."""

import asyncio
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
from streamed.records import recorded
from streamed.worker import (
    Workers,
    produce,
    replayed,
    stored,
    stored_state,
    until_applied,
    until_published,
    workers,
)

from asterisk.replay import replay_records
from calls.codec import Record
from calls.live import decode_agent, decode_call
from calls.views import agent_live

# Fixed, so that a failure can be run again as it was.
CHANCE = random.Random(20261122)


async def write_slowly(address: str, records: Sequence[Record], seconds: float) -> None:
    """Produce in bursts, as an ingester would, over this time."""
    pieces = [records[start : start + 10] for start in range(0, len(records), 10)]
    for piece in pieces:
        await produce(address, piece)
        await asyncio.sleep(seconds / len(pieces))


async def kill_now_and_then(lab: Workers, times: int) -> None:
    """Kill the worker with SIGKILL at any moment, and start it again at once."""
    for _ in range(times):
        await asyncio.sleep(CHANCE.uniform(2.0, 5.0))
        lab.running["1"].kill()
        lab.start("1")


async def assert_exact(lab: Workers, database: str, records: Sequence[Record]) -> None:
    """Calls, state, agents and intervals are those of the replay, field by field; live topics show them."""
    replay = replay_records(records)
    wanted, found = replayed(records), await stored(database)
    assert {call_id: found.get(call_id) for call_id in wanted} == wanted
    assert found.keys() == wanted.keys()
    state = replay.states["lab1"]
    assert stored_state(database, "lab1") == state
    agents = {f"lab1:{name}".encode(): agent_live(state, agent) for name, agent in state.agents.items()}
    await until_published(lab.broker, "agents", agents, decode_agent)
    calls = {call_id.encode(): form for call_id, form in wanted.items()}
    await until_published(lab.broker, "calls", calls, lambda value: decode_call(value).call)
    with psycopg.connect(database) as connection:
        intervals = connection.execute("SELECT count(*) FROM presence_intervals").fetchone()
        gaps = connection.execute("SELECT * FROM gaps").fetchall()
    assert intervals == (len({(it.agent.interface, span.start) for it in replay.spent for span in it.spent}),)
    assert gaps == []


async def test_twelve_hundred_calls_while_the_worker_is_killed_five_times(
    topics: str, database: str, database_as: Callable[..., str], tmp_path: Path
) -> None:
    records = recorded("load_300", copies=4)
    with workers(topics, database_as("trunkline_streams"), tmp_path) as lab:
        lab.start("1")
        await asyncio.gather(write_slowly(topics, records, 18.0), kill_now_and_then(lab, 5))
        await until_applied(lab)
        await assert_exact(lab, database, records)
