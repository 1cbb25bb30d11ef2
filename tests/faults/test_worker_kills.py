"""Kills in the middle of the work: what PostgreSQL holds in the end is what a replay of the same records gives."""

import asyncio
import random
import signal
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
from infra.process import Process
from infra.server import Server

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


async def test_broker_and_database_are_killed_under_the_worker(
    own_kafka: Server, own_postgres: tuple[Server, Callable[..., str]], tmp_path: Path
) -> None:
    postgres, url = own_postgres
    records = recorded("load_300", copies=2)
    third = len(records) // 3
    with workers(own_kafka.address, url("trunkline", "trunkline_streams"), tmp_path) as lab:
        worker = lab.start("1")
        await write_slowly(own_kafka.address, records[:third], 4.0)
        postgres.kill()
        await write_slowly(own_kafka.address, records[third : 2 * third], 2.0)
        postgres.start()
        await asyncio.sleep(1.0)
        own_kafka.kill()
        own_kafka.start()
        await write_slowly(own_kafka.address, records[2 * third :], 2.0)
        await until_applied(lab)
        await assert_exact(lab, url("trunkline"), records)
        assert worker.running
        said = worker.log.tail()
        assert (said.count("database is lost"), said.count("database is back")) == (1, 1)


async def test_a_worker_that_slept_does_no_harm(
    own_kafka: Server, database: str, database_as: Callable[..., str], tmp_path: Path
) -> None:
    records = recorded("load_300", copies=2)
    half = len(records) // 2
    with workers(own_kafka.address, database_as("trunkline_streams"), tmp_path) as lab:
        sleeper = lab.start("1")
        await asyncio.gather(write_slowly(lab.broker, records[:half], 3.0), fall_asleep(sleeper))
        lab.start("2")
        # The group gives the sleeper's partitions away after a session of ten seconds.
        await until_applied(lab, limit=40)
        sleeper.send_signal(signal.SIGCONT)
        await write_slowly(lab.broker, records[half:], 3.0)
        await until_applied(lab)
        await assert_exact(lab, database, records)


async def fall_asleep(process: Process) -> None:
    """Stop a worker in the middle of its work, as a frozen machine would."""
    await asyncio.sleep(2.5)
    process.send_signal(signal.SIGSTOP)
