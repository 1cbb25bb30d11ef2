"""Part `latency`: how long after it was written to the AMI socket an event is committed, and is on a browser's socket.

A steady 1,000 events a second, all of them kept by the ingester, one packet at a time. Both ends are read from one
machine's clock. *Committed*: PostgreSQL is asked for the offset each 2 ms, so a figure may be 2 ms too high, never too
low. *On the socket*: a real WebSocket client of the real API notes when the first frame came that shows a call, agent
or queue as of this event or of a later one; what is told together by design (a key four times a second at most, frames
ten times) counts with the whole of its wait.
"""

import asyncio
import json
import statistics
import threading
import time
import urllib.request
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from asterisk.decode import events_of
from calls.codec import Record, decode_record
from calls.reducer import advance
from calls.state import AgentChanged, CallChanged, Change, QueueChanged, Rejected, State
from calls.topics import EVENTS
from calls.views import agent_live, queue_live
from infra.ports import HOST
from tests.bench.lab import PARTITION, Lab, Measured, Round, lab
from tests.bench.path import caught_up, end_of
from tests.bench.race import load
from tests.bench.recording import PBX

ROUNDS = 3
RATE, SECONDS, WARM_S = 1_000, 35, 5
LOOK_S = 0.002
# Longer than a key's interval and a room's gathering together.
ALONE_S = 0.5
# The last frames are on their way for as long as a key's interval and a room's gathering together, and then some.
AFTERWARDS_S = 1.5
PASSWORD, JWT_SECRET = "a password of the bench", "a secret of the bench, long enough for it"

Key = tuple[str, str]
"""A frame's event and what it is about."""
NAMES = {"call:state:changed": "callId", "presence:update": "agentId", "queue:update": "queueId"}


class Commits:
    """Sees in a thread of its own how far the worker has committed."""

    def __init__(self, database: str) -> None:
        self.times: list[float] = []
        self.offsets: list[int] = []
        self._database = database
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def at(self, offset: int) -> float:
        """When the record at this offset was first seen to be committed."""
        return self.times[bisect_left(self.offsets, offset + 1)]

    def _look(self) -> None:
        with psycopg.connect(self._database, autocommit=True, prepare_threshold=0) as connection:
            while not self._over.is_set():
                row = connection.execute("SELECT next_offset FROM sink_offsets WHERE partition = 0").fetchone()
                if row and (not self.offsets or row[0] > self.offsets[-1]):
                    self.times.append(time.time())
                    self.offsets.append(int(row[0]))
                time.sleep(LOOK_S)


class Seen(NamedTuple):
    """What came of one repetition: milliseconds of each event, and how many changes had no frame.

    `alone`: of `shown`, those of a key that had not changed for `ALONE_S`, which nothing holds back by design.
    """

    committed: list[float]
    shown: list[float]
    alone: list[float]
    missed: int


async def measured(it: Round) -> Seen:
    """One repetition."""
    await asyncio.to_thread(it.work)
    api = it.ports.claim("api")
    token = await asyncio.to_thread(signed_in, it, api)
    commits, frames = Commits(it.url()), list[tuple[float, str | bytes]]()
    report = it.folder / "written.json"
    url, headers = f"ws://{HOST}:{api}/ws/pbx", {"Authorization": f"Bearer {token}"}
    async with connect(url, origin=Origin(f"http://{HOST}:{api}"), additional_headers=headers, proxy=None) as socket:
        listening = asyncio.create_task(listen(socket, frames))
        port = await asyncio.to_thread(it.feed, "steady", str(RATE), str(SECONDS), str(report))
        ingester = it.ingest(port)
        await asyncio.to_thread(ingester.wait, report.exists)
        await asyncio.to_thread(settle, it, ingester)
        await asyncio.sleep(AFTERWARDS_S)
    await listening
    commits.stop()
    written = {int(number): float(at) for number, at in json.loads(report.read_text())}
    return evaluated(await records(it.broker), written, commits, frames)


def settle(it: Round, ingester: Measured) -> None:
    """Wait until all that was heard is committed."""
    ingester.wait(it.all_sent)
    ingester.wait(caught_up(it))


def signed_in(it: Round, port: int) -> str:
    """Start the API and sign in; the token."""
    env = {
        "TRUNKLINE_KAFKA": it.broker,
        "TRUNKLINE_DATABASE": it.url("trunkline_api"),
        "TRUNKLINE_DASHBOARD": f"{HOST}:1",
        "TRUNKLINE_JWT_SECRET": JWT_SECRET,
        "TRUNKLINE_ADMIN_PASSWORD": PASSWORD,
        "TRUNKLINE_PORT": str(port),
    }
    api = Measured(it.start("api", ("api",), env), port)
    tokens: list[str] = []

    def tried() -> bool:
        form = json.dumps({"username": "admin", "password": PASSWORD}).encode()
        headers = {"Content-Type": "application/json"}
        asking = urllib.request.Request(f"http://{HOST}:{port}/api/auth/login", form, headers)
        try:
            with urllib.request.urlopen(asking, timeout=30) as answer:
                tokens.append(json.load(answer)["accessToken"])
        except OSError:
            time.sleep(1.0)
        return bool(tokens)

    api.wait(tried)
    return tokens[0]


async def listen(socket: ClientConnection, frames: list[tuple[float, str | bytes]]) -> None:
    """Note every frame and when it came; what is in it is looked at later."""
    try:
        async for frame in socket:
            frames.append((time.time(), frame))
    except ConnectionClosed:
        return


async def records(broker: str) -> list[tuple[int, Record]]:
    """Everything that the worker has read, with its offsets."""
    end = await end_of(broker)
    consumer = AIOKafkaConsumer(bootstrap_servers=broker)
    await consumer.start()
    try:
        place = TopicPartition(EVENTS.name, PARTITION)
        consumer.assign([place])
        consumer.seek(place, 0)
        found: list[tuple[int, Record]] = []
        while await consumer.position(place) < end:
            for message in (await consumer.getmany(place, timeout_ms=1000)).get(place, ()):
                found.append((message.offset, decode_record(message.value)))
        return found
    finally:
        await consumer.stop()


def evaluated(
    found: list[tuple[int, Record]],
    written: dict[int, float],
    commits: Commits,
    frames: list[tuple[float, str | bytes]],
) -> Seen:
    """Each event's two waits, the first seconds left out."""
    told, starts = versions(frames), min(written.values()) + WARM_S
    state, seen, missed = State(pbx=PBX), Seen([], [], [], 0), 0
    changed: dict[Key, float] = {}
    for offset, record in found:
        if record.source == "ami":
            late = [written[entry.seq] for entry in record.entries if written.get(entry.seq, 0) > starts]
            seen.committed.extend((commits.at(offset) - at) * 1000 for at in late)
        for event in events_of(record):
            assert not isinstance(event, Rejected)
            state, changes = advance(state, event)
            at = written.get(event.pos.seq, 0.0) if record.source == "ami" else 0.0
            for key, version in filter(None, (named(state, change) for change in changes)):
                before, changed[key] = changed.get(key, 0.0), at
                if at <= starts:
                    continue
                times, shown = told.get(key, ([], []))
                place = bisect_left(shown, version)
                if place == len(shown):
                    missed += 1
                    continue
                seen.shown.append((times[place] - at) * 1000)
                if at - before > ALONE_S:
                    seen.alone.append(seen.shown[-1])
    return seen._replace(missed=missed)


def versions(frames: list[tuple[float, str | bytes]]) -> dict[Key, tuple[list[float], list[int]]]:
    """When each key was told, and in which version."""
    told: dict[Key, tuple[list[float], list[int]]] = defaultdict(lambda: ([], []))
    for at, text in frames:
        frame = json.loads(text)
        if frame["event"] in NAMES:
            times, shown = told[frame["event"], frame["data"][NAMES[frame["event"]]]]
            times.append(at)
            shown.append(int(frame["version"]))
    return told


def named(state: State, change: Change) -> tuple[Key, int] | None:
    """What a change is about on the socket, and its version there."""
    match change:
        case CallChanged(call=call):
            return ("call:state:changed", call.call_id), call.version
        case AgentChanged(agent):
            live = agent_live(state, agent)
            return ("presence:update", live.agent_id), live.version
        case QueueChanged(queue):
            own = queue_live(state, queue)
            return ("queue:update", own.queue_id), own.version
    return None


def run() -> Iterator[str]:
    """Measure; the table."""
    with lab() as servers:
        seen = [one(servers) for _ in range(ROUNDS)]
    yield "\n".join(
        (
            f"milliseconds at {RATE:,} kept events per second for {SECONDS - WARM_S} s: median of {ROUNDS} repetitions",
            spread("event → committed row", [each.committed for each in seen]),
            spread("event → WebSocket client", [each.shown for each in seen]),
            spread("  first change of a key", [each.alone for each in seen]),
            f"  changes without a frame: {', '.join(str(each.missed) for each in seen)}"
            f" of {', '.join(f'{each.missed + len(each.shown):,}' for each in seen)}; nothing was ignored",
        )
    )
    yield load()


def one(servers: Lab) -> Seen:
    """One repetition in an empty installation."""
    with servers.round() as it:
        return asyncio.run(measured(it))


def spread(title: str, rounds: list[list[float]]) -> str:
    """A line: percentiles as medians of the repetitions, with the lowest and highest repetition."""
    shown = []
    for name, percent in (("p50", 50.0), ("p90", 90.0), ("p99", 99.0), ("max", 100.0)):
        each = [percentile(sorted(waits), percent) for waits in rounds]
        shown.append(f"{name} {statistics.median(each):6.0f} [{min(each):.0f} – {max(each):.0f}]")
    return f"  {title:<26}{'   '.join(shown)}"


def percentile(ordered: list[float], percent: float) -> float:
    """The value that so many percent do not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
