"""A log of many days, as an ingester writes it of simulated traffic, and beside it what really happened.

The truth is the simulator's own: after each of its steps what its queues wrote and what its agents are is noted down,
to the millisecond. None of it has gone through the decoder or the reducer. Made once and kept, a year takes minutes.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from asterisk.actions import QueueStatus
from asterisk.ami import parse_packet
from asterisk.decode import Link
from asterisk.encoding import encode_action
from asterisk.simulator.actions import Actions
from asterisk.simulator.arrivals import OFFICE
from asterisk.simulator.pbx import Options, Pbx
from asterisk.simulator.traffic import Plan, Traffic
from asterisk.simulator.world import Agent, Call
from calls.codec import RECORD_VERSION, Entry, Record
from calls.settings import Settings
from ingest.batcher import Batcher
from ingest.log import Log

PBX = "sim1"
BEGIN_S = int(datetime(2025, 1, 6, tzinfo=UTC).timestamp())
DAY_S = 86_400
CALLS_A_DAY = 200
QUEUES, AGENTS = 4, 12
WRAPUP_S = 5.0
# Those by which callers come to a queue and leave it.
VERBS = frozenset({"ENTERQUEUE", "CONNECT", "ABANDON", "EXITWITHTIMEOUT", "EXITWITHKEY", "EXITEMPTY"})
# As the ingester packs them.
PACK_MS = 15
# Change it when the log comes out differently.
EDITION = 1


class QueueNote(Struct, frozen=True, array_like=True):
    """What a queue wrote: when (ms), which queue, whose channel, which verb."""

    at: int
    queue: str
    channel: str
    verb: str


class AgentNote(Struct, frozen=True, array_like=True):
    """What an agent is from then on (ms): logged in to which queues, its device's state, paused in all of them, why.

    `free_at`: when wrap-up ends. `held`: one of both who talk has put the other on hold.
    """

    at: int
    interface: str
    queues: tuple[str, ...]
    device: str
    paused: bool
    reason: str
    free_at: int
    held: bool


class Truth(Struct, frozen=True):
    """All that happened, in order."""

    queues: list[QueueNote]
    agents: list[AgentNote]


def made_year(days: int = 365, seed: int = 1) -> Path:
    """A data folder with the log of so many days, made if it is not there yet. The truth lies in it as `truth`."""
    folder = cache() / f"year-{EDITION}-{seed}-{days}"
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
        make(unfinished, days, seed)
        unfinished.rename(folder)
    return folder


def cache() -> Path:
    """Where what took minutes is kept for the next time."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trunkline"


def truth_of(folder: Path) -> Truth:
    """What really happened."""
    return msgspec.msgpack.decode((folder / "truth").read_bytes(), type=Truth)


def make(folder: Path, days: float, seed: int = 1, calls_a_day: int = CALLS_A_DAY, begin_s: int = BEGIN_S) -> None:
    """Write log and truth of so many days from `begin_s` (epoch seconds) on into the folder."""
    pbx = Pbx(Options(name=PBX), begin_s * 1_000_000, seed)
    plan = Plan(rate=calls_a_day / DAY_S, queues=QUEUES, agents=AGENTS, wrapup_s=WRAPUP_S, shape=OFFICE)
    traffic, writer, witness = Traffic(pbx, plan), Writer(Log(folder / "log" / PBX)), Witness(pbx)
    traffic.start()
    writer.log_in(pbx)
    for now_us in _steps(traffic, round((begin_s + days * DAY_S) * 1_000_000)):
        said = pbx.take()
        witness.see(now_us, said.queue_log)
        if said.events:
            writer.write(said.events, now_us // 1000)
    writer.close()
    (folder / "truth").write_bytes(msgspec.msgpack.encode(Truth(witness.queues, witness.agents)))


def _steps(traffic: Traffic, end_us: int) -> Iterator[int]:
    while (next_us := traffic.agenda.next_us) is not None and next_us < end_us:
        traffic.agenda.run_until(next_us)
        yield next_us


class Writer:
    """An ingester's log, written by the clock of the PBX."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._batcher = Batcher(PBX, "a")
        self._since = 0

    def log_in(self, pbx: Pbx) -> None:
        """The settings, the login, and the list that is asked for behind it."""
        at = pbx.now_us // 1000
        settings = msgspec.json.encode(Settings(wrapup_s=WRAPUP_S))
        self._log.append([_record("settings", at, settings), _record("link", at, msgspec.json.encode(Link("ami", at)))])
        self._batcher.begin(at)
        answer = Actions(pbx).answer(parse_packet(encode_action(QueueStatus(), "a/1").strip()))
        booted = b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 60\r\nLastReload: 60\r\nStatus: Fully Booted"
        self.write([booted, *answer], at)

    def write(self, packets: list[bytes], at: int) -> None:
        """Packets that came at this time (ms since the epoch)."""
        if at - self._since > PACK_MS:
            self._log.append(self._batcher.flush())
            self._since = at
        self._log.append(self._batcher.add(packets, at))

    def close(self) -> None:
        """Write the rest."""
        self._log.append(self._batcher.flush())
        self._log.close()


def _record(source: str, at: int, raw: bytes) -> Record:
    return Record(RECORD_VERSION, PBX, source, "a", at, [Entry(0, at, raw)])


class Witness:
    """Notes what happens on the floor."""

    def __init__(self, pbx: Pbx) -> None:
        self.queues: list[QueueNote] = []
        self.agents: list[AgentNote] = []
        self._pbx = pbx
        self._known: dict[str, Any] = {}

    def see(self, now_us: int, lines: list[bytes]) -> None:
        """After a step of the simulator."""
        at = now_us // 1000
        for line in lines:
            _, channel, queue, _, verb, *_ = line.decode().split("|")
            if verb in VERBS:
                self.queues.append(QueueNote(at, queue, channel, verb))
        calls = [channel.call for channel in self._pbx.channels.values() if channel.call is not None]
        held = {call.handed_to or call.ringing_member.agent for call in calls if _is_held(call)}
        for agent in self._pbx.agents.values():
            seen = (*_seen(agent), agent in held)
            if self._known.get(agent.interface) != seen:
                self._known[agent.interface] = seen
                self.agents.append(AgentNote(at, agent.interface, *seen))


def _is_held(call: Call) -> bool:
    """Whether the agent waits, or lets wait: who talks to a colleague meanwhile does not."""
    asked = call.consultation
    return call.held_by is not None and not (asked is not None and asked.answered_us)


def _seen(agent: Agent) -> tuple[tuple[str, ...], str, bool, str, int]:
    members = agent.members
    reason = next((it.reason for it in members if it.reason), "")
    paused = bool(members) and all(it.paused for it in members)
    return tuple(it.queue.name for it in members), agent.device, paused, reason, agent.free_at_us // 1000
