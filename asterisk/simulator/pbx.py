"""One PBX of paper: its clock, its numbering, and what it says.

Job: hold queues, agents and open channels, number new channels as Asterisk does, and turn what happens into AMI event
packets, queue_log lines and CEL lines, which wait here until somebody takes them.
Contract: the same calls in the same order give the same bytes, whatever the wall clock says; `advance` sets the time.
It must not: decide when something happens, wait, open files, or know who listens.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from random import Random
from typing import Final

from asterisk.cel import CelRecord, format_cel
from asterisk.queue_log import QueueLogEntry, format_queue_log
from asterisk.simulator.world import UNKNOWN, Agent, Channel, Member, Queue

CLASSES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "AgentCalled",
            "AgentComplete",
            "AgentConnect",
            "AgentRingNoAnswer",
            "QueueCallerAbandon",
            "QueueCallerJoin",
            "QueueCallerLeave",
            "QueueMemberAdded",
            "QueueMemberPause",
            "QueueMemberPenalty",
            "QueueMemberRemoved",
            "QueueMemberRinginuse",
            "QueueMemberStatus",
        ),
        "agent",
    ),
    "Cdr": "cdr",
    "Newexten": "dialplan",
    "VarSet": "dialplan",
    "RTCPReceived": "reporting",
    "RTCPSent": "reporting",
    "TestEvent": "reporting",
    "UserEvent": "user",
}
"""The class of each event that is not `call`."""

SETTLED_US: Final = 50_000
"""Events of one moment are 20 µs apart, as on a real PBX. When they run this far ahead of the clock, which only a
bench's rates do, they come 1 µs apart."""


@dataclass(frozen=True)
class Options:
    """How the PBX is configured, as far as its events show it."""

    name: str = "sim1"
    busy_at_one: bool = False
    """device_state_busy_at=1 on the phones: they are BUSY from the first ring on."""
    rtcp_s: float = 5.0
    sounds: tuple[str, ...] = ("vm-theperson", "vm-isunavail", "vm-intro")
    recordings: str = "/var/spool/asterisk/monitor"
    voicemail: str = "/var/spool/asterisk/voicemail/default/1001/INBOX/msg0000"


@dataclass
class Output:
    """What has been said and not yet taken: packets without their blank line, and lines without their newline."""

    events: list[bytes] = field(default_factory=list)
    queue_log: list[bytes] = field(default_factory=list)
    cel: list[bytes] = field(default_factory=list)


class Pbx:
    """The state of one PBX, and its voice."""

    def __init__(self, options: Options, begin_us: int, seed: int | str = 1) -> None:
        self.options = options
        self.now_us = begin_us
        self.started_us = begin_us
        self.queues: dict[str, Queue] = {}
        self.agents: dict[str, Agent] = {}
        self.channels: dict[str, Channel] = {}
        self.on_free: Callable[[Agent], None] = lambda agent: None
        """Called when an agent may have become available: unpaused or added."""
        self.random = Random(seed)
        self.trunk_channels = 0
        self.trunk_held = 0
        self.trunk_state = "NOT_INUSE"
        self._output = Output()
        self._stamp_us = begin_us
        self._numbers = 0
        self._calls = 0

    def advance(self, us: int) -> None:
        """Set the clock, in epoch microseconds. It never goes back."""
        self.now_us = max(self.now_us, us)

    @property
    def second(self) -> int:
        """The time as queue_log and app_queue know it: epoch seconds, cut off."""
        return max(self._stamp_us, self.now_us) // 1_000_000

    def take(self) -> Output:
        """Everything said since the last time."""
        output, self._output = self._output, Output()
        return output

    def new_channel(self, peer: str, num: str, caller: str, context: str, linkedid: str = "") -> Channel:
        """A channel of an endpoint, numbered as Asterisk does: `PJSIP/1001-0000000d`, `sim1-1795360512.13`."""
        number, self._numbers = self._numbers, self._numbers + 1
        uniqueid = f"{self.options.name}-{self.second}.{number}"
        channel = Channel(f"{peer}-{number:08x}", uniqueid, linkedid or uniqueid, num, caller, context)
        channel.sip_id = str(self.new_uuid())
        channel.created_us = self.now_us
        self.channels[channel.name] = channel
        return channel

    def channel(self, name: str) -> Channel | None:
        """A channel by its name or, as in Asterisk, by its Uniqueid."""
        found = self.channels.get(name)
        return found or next((it for it in self.channels.values() if it.uniqueid == name), None)

    def new_call_number(self) -> str:
        """The number that Asterisk's own log gives a call: `C-00000005`."""
        self._calls += 1
        return f"C-{self._calls:08x}"

    def new_uuid(self) -> uuid.UUID:
        """A random uuid, the same for the same seed."""
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    def add_member(self, queue: Queue, agent: Agent, *, dynamic: bool = False) -> Member:
        """Make an agent a member of a queue."""
        member = Member(queue, agent, self.second, dynamic=dynamic)
        queue.members.append(member)
        agent.members.append(member)
        self.agents[agent.interface] = agent
        return member

    # ---- saying

    def emit(self, name: str, *blocks: str) -> None:
        """Say one event; `blocks` are whole header lines with their line ends."""
        stamp = self._next_stamp()
        text = (
            f"{_head(name)}{stamp // 1_000_000}.{stamp % 1_000_000:06d}\r\nSystemName: {self.options.name}\r\n"
            + "".join(blocks)
        )
        self._output.events.append(text[:-2].encode("utf-8", "surrogateescape"))

    def set_variable(self, channel: Channel, variable: str, value: str) -> None:
        """Set a channel variable and say so."""
        channel.set_variable(variable, value)
        self.emit("VarSet", channel.block(), f"Variable: {variable}\r\nValue: {value}\r\n")

    def run(self, channel: Channel, application: str, data: str) -> None:
        """Let a channel execute a dialplan application, and say so."""
        channel.application, channel.data = application, data
        exten = f"Extension: {channel.exten}\r\nApplication: {application}\r\nAppData: {data}\r\n"
        self.emit("Newexten", channel.block(), exten)

    def device_state(self, device: str, state: str) -> None:
        """Say a device's new state."""
        self.emit("DeviceStateChange", f"Device: {device}\r\nState: {state}\r\n")

    def member_event(self, name: str, member: Member) -> None:
        """Say one QueueMember… event."""
        rest = f"Ringinuse: {int(member.ringinuse)}\r\nWrapuptime: 0\r\n"
        self.emit(name, f"Queue: {member.queue.name}\r\n", member.block(), rest)

    def test_event(self, state: str, source: tuple[str, str, int], *rest: str) -> None:
        """Say one TestEvent. Debian's Asterisk is built with the test framework and sends them with RTCP's class."""
        file, function, line = source
        where = f"AppFile: {file}\r\nAppFunction: {function}\r\nAppLine: {line}\r\n"
        self.emit("TestEvent", f"Type: StateChange\r\nState: {state}\r\n", where, *rest)

    def log(self, call: str, queue: str, agent: str, verb: str, *data: object) -> None:
        """Write one queue_log line, at this second."""
        entry = QueueLogEntry(self.second, call, queue, agent, verb, tuple(map(str, data)))
        self._output.queue_log.append(format_queue_log(entry))

    def cel(self, name: str, channel: Channel, extra: Mapping[str, object] | None = None, **named: str) -> None:
        """Say one channel event and write its line. `named`: `peer`, and `kind` for the column userdeftype."""
        record = CelRecord(
            event=name,
            at_us=self._next_stamp(),
            caller_name="" if channel.caller == UNKNOWN else channel.caller,
            caller_number=channel.num,
            caller_ani=channel.ani,
            caller_dnid=channel.dnid,
            exten=channel.exten,
            context=channel.context,
            channel=channel.name,
            application=channel.application,
            application_data=channel.data,
            ama_flags="3",
            uniqueid=channel.uniqueid,
            linkedid=channel.linkedid,
            peer=named.get("peer", ""),
            user_event=named.get("kind", ""),
            extra="" if extra is None else json.dumps(extra, separators=(",", ":")),
        )
        self._output.cel.append(format_cel(record))
        self.emit("CEL", _cel_block(record))

    def _next_stamp(self) -> int:
        last = self._stamp_us
        self._stamp_us = max(self.now_us, last + (20 if last - self.now_us < SETTLED_US else 1))
        return self._stamp_us


def _cel_block(record: CelRecord) -> str:
    return (
        f"EventName: {record.event}\r\nAccountCode: \r\nCallerIDnum: {record.caller_number}\r\n"
        f"CallerIDname: {record.caller_name}\r\nCallerIDani: {record.caller_ani}\r\nCallerIDrdnis: \r\n"
        f"CallerIDdnid: {record.caller_dnid}\r\nExten: {record.exten}\r\nContext: {record.context}\r\n"
        f"Channel: {record.channel}\r\nApplication: {record.application}\r\nAppData: {record.application_data}\r\n"
        f"EventTime: {seconds_text(record.at_us // 1_000_000)}\r\nAMAFlags: DOCUMENTATION\r\n"
        f"UniqueID: {record.uniqueid}\r\nLinkedID: {record.linkedid}\r\nUserfield: \r\nPeer: {record.peer}\r\n"
        f"PeerAccount: \r\nExtra: {record.extra}\r\n"
    )


@lru_cache(maxsize=128)
def _head(name: str) -> str:
    return f"Event: {name}\r\nPrivilege: {CLASSES.get(name, 'call')},all\r\nTimestamp: "


@lru_cache(maxsize=64)
def seconds_text(second: int) -> str:
    """An instant as Asterisk's files have it: `2026-11-22 15:15:12`, UTC."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S")
