"""A real worker between a real broker and a real database."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from streamed.records import recorded
from streamed.worker import (
    Workers,
    applied,
    produce,
    replayed,
    stored,
    stored_state,
    until_applied,
    until_ended,
    until_owner,
    until_published,
    workers,
)

from asterisk.replay import replay_records
from calls.codec import RECORD_VERSION, Entry, Record
from calls.live import GapLive, RejectLive, decode_agent, decode_call, decode_gap, decode_queue, decode_reject
from calls.topics import EVENTS
from calls.views import agent_live, queue_live
from infra.server import Server
from streams.broker import Broker, cluster_id
from streams.committer import MAX_ATTEMPTS

ENDING = "from streams.worker import end_process; from streams.errors import LogCut; end_process({})"


@pytest.fixture
def lab(topics: str, database_as: Callable[..., str], tmp_path: Path) -> Iterator[Workers]:
    with workers(topics, database_as("trunkline_streams"), tmp_path) as several:
        yield several


def asked(database: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database) as connection:
        return connection.execute(query).fetchall()


async def test_records_become_rows_and_messages_and_duplicates_nothing(lab: Workers, database: str) -> None:
    records = recorded("load_300")
    await produce(lab.broker, [*records, *records[-40:], *records[:3]])
    worker = lab.start()
    await until_applied(lab)
    assert await stored(database) == replayed(records)
    state = replay_records(records).states["lab1"]
    assert stored_state(database, "lab1") == state

    agents = {f"lab1:{name}".encode(): agent_live(state, agent) for name, agent in state.agents.items()}
    await until_published(lab.broker, "agents", agents, decode_agent)
    queues = {f"lab1:{name}".encode(): queue_live(state, queue) for name, queue in state.queues.items()}
    await until_published(lab.broker, "queues", queues, decode_queue)
    calls = {key.encode(): form for key, form in replayed(records).items()}
    await until_published(lab.broker, "calls", calls, lambda value: decode_call(value).call)

    worker.ask_to_stop()
    assert await until_ended(worker) == 0


async def test_a_second_worker_takes_its_share(
    own_kafka: Server, database: str, database_as: Callable[..., str], tmp_path: Path
) -> None:
    pbxs = [f"lab{number}" for number in range(4)]
    records = {pbx: recorded("load_300", pbx=pbx) for pbx in pbxs}
    # A broker of its own: a static member stays in the group for a session, and would be in the next test's.
    with workers(own_kafka.address, database_as("trunkline_streams"), tmp_path) as lab:
        lab.start("1")
        for number, pbx in enumerate(pbxs):
            await produce(lab.broker, records[pbx][:100], number)
        second = lab.start("2")
        # The first may have applied all before the second is there.
        await until_owner(lab, "2")
        await until_applied(lab, range(4))
        for number, pbx in enumerate(pbxs):
            await produce(lab.broker, records[pbx][100:], number)
        await until_applied(lab, range(4))
        assert "partitions taken over" in second.log.tail()
    assert await stored(database) == replayed(record for pbx in pbxs for record in records[pbx])


async def test_a_poisonous_record_is_rejected_after_the_third_attempt(lab: Workers, database: str) -> None:
    records = recorded("s01_queue_caller_hangup", packed=10)
    # Received at a time that no calendar has: the call can be reduced, but not be written.
    mad = b"Event: Newchannel\r\nUniqueid: mad.1\r\nLinkedid: mad.1"
    bad = Record(RECORD_VERSION, "lab2", "ami", "b", 1, [Entry(1, 10**17, mad)])
    await produce(lab.broker, [*records[:2], bad, *records[2:]])
    codes = [await until_ended(lab.start()) for _ in range(MAX_ATTEMPTS)]
    lab.start()
    await until_applied(lab)
    assert codes == [70, 70, 70]
    assert await stored(database) == replayed(records)
    ((reason,),) = asked(database, "SELECT reason FROM rejects")
    assert asked(database, "SELECT ingester, seq, raw FROM rejects") == [("b", 1, mad)]
    reject = RejectLive("lab2", "ami", "b", 1, 1, str(reason), mad)
    await until_published(lab.broker, "rejects", {b"lab2:ami:b:1:1": reject}, decode_reject)
    assert lab.metric("1", "trunkline_streams_rejects_total") == 1
    assert asked(database, "SELECT * FROM sink_attempts") == []


async def test_what_kafka_no_longer_holds_is_a_gap(lab: Workers, database: str) -> None:
    records = recorded("s01_queue_caller_hangup", packed=10)
    await produce(lab.broker, records)
    admin = AIOKafkaAdminClient(bootstrap_servers=lab.broker)
    await admin.start()
    await admin.delete_records({TopicPartition(EVENTS.name, 0): RecordsToDelete(2)})
    await admin.close()
    lab.start()
    await until_applied(lab)
    assert asked(database, "SELECT source, cause, detail FROM gaps") == [
        ("kafka", "records lost in Kafka", {"partition": 0, "from": 0, "to": 2})
    ]
    gap = GapLive("", "kafka", "records lost in Kafka", None, None, {"partition": 0, "from": 0, "to": 2})
    await until_published(lab.broker, "gaps", {b":kafka:0:0": gap}, decode_gap)
    assert (await stored(database)).keys() == replayed(records[2:]).keys()


async def test_a_gap_is_published_as_it_begins_and_as_it_ends(lab: Workers, database: str) -> None:
    lost, back = b'{"source": "ami", "at": 1000, "cause": "a dead line"}', b'{"source": "ami", "at": 9000}'
    lab.start()
    for seq, (raw, end) in enumerate([(lost, None), (back, 9000)], 1):
        await produce(lab.broker, [Record(RECORD_VERSION, "lab1", "link", "a", 1, [Entry(seq, 9500, raw)])])
        gap = GapLive("lab1", "ami", "a dead line", 1000, end)
        await until_published(lab.broker, "gaps", {b"lab1:ami:1000": gap}, decode_gap)
    assert asked(database, "SELECT count(*), max(ended_at) IS NOT NULL FROM gaps") == [(1, True)]


async def test_a_log_that_was_cut_ends_the_worker(lab: Workers, database: str) -> None:
    cluster = await cluster_id(Broker(lab.broker))
    with psycopg.connect(database) as owner:
        owner.execute("INSERT INTO sink_offsets VALUES (%s, %s, 0, 1000)", (cluster, EVENTS.name))
    await produce(lab.broker, recorded("s01_queue_caller_hangup"))
    worker = lab.start()
    assert await until_ended(worker) == 71
    assert "delete its rows in sink_offsets" in worker.log.tail()
    assert applied(database)[0] == 1000


def ended(error: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", ENDING.format(error)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])


def test_an_error_ends_the_process_with_its_code_and_says_why() -> None:
    cut, unknown = ended("LogCut(0, 5, 3)"), ended("ValueError('no')")
    assert (cut.returncode, unknown.returncode) == (71, 70)
    assert "ending" in cut.stderr and "ValueError" in unknown.stderr
