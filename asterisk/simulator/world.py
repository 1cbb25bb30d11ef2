"""What a PBX consists of while it runs: channels, bridges, agents, queues, and the calls between them.

Job: hold the state that events are told from, and the text blocks in which Asterisk describes a channel or a member.
Contract: plain values; nothing here decides anything or says anything. A channel's text is cached, so a channel is
changed through `set` only. Two of a kind are never equal: they refer to one another, so comparing would not end.
It must not know the clock, the dice, or any connection.
"""

from dataclasses import dataclass, field
from typing import Literal

CHANNEL_VARIABLES = ("CALL_DIRECTION", "CUSTOMER_ID", "RECORDING_FILE")
"""manager.conf's `channelvars`: these come with every event of a channel."""

STATES = {0: "Down", 4: "Ring", 5: "Ringing", 6: "Up"}
"""AST_STATE numbers that a queue call goes through."""

UNKNOWN = "<unknown>"

Device = Literal["NOT_INUSE", "INUSE", "BUSY", "RINGING", "ONHOLD"]
MEMBER_STATUS: dict[Device, int] = {"NOT_INUSE": 1, "INUSE": 2, "BUSY": 3, "RINGING": 6, "ONHOLD": 8}
"""Device states as QueueMemberStatus numbers them."""

Stage = Literal["waiting", "ringing", "talking", "transferring", "transferred", "handed_over", "voicemail", "gone"]
"""A call in the hands of another agent is `transferred` after a blind transfer, which ends the queue's part, and
`handed_over` after an attended one, with which the queue's part goes on."""


class Channel:
    """One channel, with what Asterisk repeats of it in every event."""

    def __init__(self, name: str, uniqueid: str, linkedid: str, num: str, caller: str, context: str) -> None:
        self.name = name
        self.uniqueid = uniqueid
        self.linkedid = linkedid
        self.num = num
        self.caller = caller
        self.context = context
        self.state = 0
        self.connected_num = UNKNOWN
        self.connected_name = UNKNOWN
        self.exten = "s"
        self.priority = 1
        self.application = ""
        self.data = ""
        self.ani = ""
        self.dnid = ""
        self.variables = dict.fromkeys(CHANNEL_VARIABLES, "")
        """Those that events repeat."""
        self.all_variables: dict[str, str] = {}
        self.sip_id = ""
        self.log_id = ""
        """The number of the call in Asterisk's own log: `C-00000005`."""
        self.ssrc = 0
        self.loss = 0.0
        """Share of this phone's packets that do not arrive, 0-1."""
        self.jitter_ms = 2.0
        self.summed_up = False
        """Whether its quality has been told; once at its end."""
        self.bridge: Bridge | None = None
        self.call: Call | None = None
        self.created_us = 0
        self._blocks: dict[str, str] = {}

    @property
    def device(self) -> str:
        """The endpoint that the channel belongs to: `PJSIP/1001` of `PJSIP/1001-0000000d`."""
        return self.name.rpartition("-")[0]

    def set(self, **changes: object) -> None:
        """Change attributes; the texts made of them are made anew."""
        for name, value in changes.items():
            setattr(self, name, value)
        self._blocks.clear()

    def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable. Leading underscores mean inheritance."""
        name = name.lstrip("_")
        self.all_variables[name] = value
        if name in self.variables:
            self.variables[name] = value
            self._blocks.clear()

    def block(self, prefix: str = "") -> str:
        """The channel's headers, each with its line end: 14 and one for each channel variable."""
        found = self._blocks.get(prefix)
        if found is None:
            found = self._blocks[prefix] = self._told(prefix)
        return found

    def _told(self, prefix: str) -> str:
        headers = (
            ("Channel", self.name),
            ("ChannelState", self.state),
            ("ChannelStateDesc", STATES[self.state]),
            ("CallerIDNum", self.num),
            ("CallerIDName", self.caller),
            ("ConnectedLineNum", self.connected_num),
            ("ConnectedLineName", self.connected_name),
            ("Language", "en"),
            ("AccountCode", ""),
            ("Context", self.context),
            ("Exten", self.exten),
            ("Priority", self.priority),
            ("Uniqueid", self.uniqueid),
            ("Linkedid", self.linkedid),
            *(("ChanVariable", f"{name}={value}") for name, value in self.variables.items()),
        )
        return "".join(f"{prefix}{name}: {value}\r\n" for name, value in headers)


@dataclass(eq=False, repr=False)
class Bridge:
    """A basic bridge of two channels."""

    uniqueid: str
    channels: list[Channel] = field(default_factory=list)

    def block(self, prefix: str = "") -> str:
        """The bridge's headers, each with its line end."""
        headers = (
            ("Uniqueid", self.uniqueid),
            ("Type", "basic"),
            ("Technology", "simple_bridge"),
            ("Creator", UNKNOWN),
            ("Name", UNKNOWN),
            ("NumChannels", len(self.channels)),
            ("VideoSourceMode", "none"),
        )
        return "".join(f"{prefix}Bridge{name}: {value}\r\n" for name, value in headers)


@dataclass(eq=False, repr=False)
class Agent:
    """A person at a phone. Calls taken and the last call count for all of their queues (`shared_lastcall`)."""

    interface: str
    name: str
    device: Device = "NOT_INUSE"
    calls_taken: int = 0
    last_call: int = 0
    claimed: bool = False
    """About to be rung, or in a call."""
    free_at_us: int = 0
    """When wrap-up after the last call ends."""
    members: list["Member"] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The extension: `1001` of `PJSIP/1001`."""
        return self.interface.partition("/")[2]


@dataclass(eq=False, repr=False)
class Member:
    """An agent's membership of one queue. Times in epoch seconds, 0 for never."""

    queue: "Queue"
    agent: Agent
    login_time: int
    dynamic: bool = False
    penalty: int = 0
    paused: bool = False
    reason: str = ""
    last_pause: int = 0
    in_call: bool = False
    ringinuse: bool = False
    last_rung: int = 0
    """Order of the last ring in this queue, for rrmemory."""

    def block(self, name: str = "MemberName", interface: str = "Interface") -> str:
        """The member's headers from MemberName to PausedReason; a list item names two of them differently."""
        agent = self.agent
        return (
            f"{name}: {agent.name}\r\n{interface}: {agent.interface}\r\nStateInterface: {agent.interface}\r\n"
            f"Membership: {'dynamic' if self.dynamic else 'static'}\r\nPenalty: {self.penalty}\r\n"
            f"CallsTaken: {agent.calls_taken}\r\nLastCall: {agent.last_call}\r\nLastPause: {self.last_pause}\r\n"
            f"LoginTime: {self.login_time}\r\nInCall: {int(self.in_call)}\r\n"
            f"Status: {MEMBER_STATUS[agent.device]}\r\nPaused: {int(self.paused)}\r\nPausedReason: {self.reason}\r\n"
        )


@dataclass(eq=False, repr=False)
class Queue:
    """One queue: how it works, who waits, and app_queue's own counters. Durations in seconds."""

    name: str
    number: str
    """The extension at which callers reach it."""
    strategy: Literal["rrmemory", "leastrecent"] = "rrmemory"
    ring_s: float = 15.0
    retry_s: float = 1.0
    wrapup_s: float = 5.0
    max_wait_s: int = 300
    service_level_s: int = 20
    interface_variables: bool = False
    """setinterfacevar: seven variables on each leg when an agent answers."""
    queue_variables: bool = False
    """setqueuevar and setqueueentryvar: about 50 variables a call."""
    weight: float = 1.0
    """Its share of the arrivals."""
    members: list[Member] = field(default_factory=list)
    waiting: list["Call"] = field(default_factory=list)
    completed: int = 0
    abandoned: int = 0
    completed_in_time: int = 0
    abandoned_in_time: int = 0
    hold_time: int = 0
    talk_time: int = 0
    rings: int = 0

    def performance(self) -> float:
        """ServicelevelPerf: percent of the completed calls that were answered in time."""
        return 100.0 * self.completed_in_time / self.completed if self.completed else 0.0

    def performance2(self) -> float:
        """ServicelevelPerf2: the same with the abandoned ones."""
        total = self.completed + self.abandoned
        return 100.0 * (self.completed_in_time + self.abandoned_in_time) / total if total else 0.0


@dataclass(eq=False, repr=False)
class Segment:
    """A call detail record in the making: a channel's part with one destination. Times in epoch microseconds."""

    start_us: int
    destination: str = ""
    disposition: str = "ANSWERED"
    end_us: int = 0
    application: str = "Queue"
    data: str = ""
    answered_us: int | None = None
    """0 for never; None: from the start on, as after the Answer of a queue's dialplan."""


@dataclass(eq=False, repr=False)
class Consultation:
    """A call that an agent makes to ask another one, while the caller is on hold. Times in epoch microseconds."""

    agent: Agent
    target: Agent
    own: Channel
    """The agent's second channel."""
    leg: Channel
    """The other agent's."""
    began_us: int
    answered_us: int = 0


@dataclass(eq=False, repr=False)
class Call:
    """One caller from the trunk, and what has become of them. Times in epoch microseconds."""

    caller: Channel
    queue: Queue
    stage: Stage = "waiting"
    joined_us: int = 0
    connected_us: int = 0
    rang_us: int = 0
    original_position: int = 0
    member: Member | None = None
    leg: Channel | None = None
    """The agent's channel, ringing or talking; after a transfer the new agent's."""
    held_by: Channel | None = None
    hears_prompt: bool = False
    segments: list[Segment] = field(default_factory=list)
    tried: list[Member] = field(default_factory=list)
    """Who has just been busy: not tried again before the pause between two rounds."""
    resting: bool = False
    """In that pause."""
    loses_snapshot: bool = False
    """Asterisk builds AgentComplete after the caller's snapshot has gone, about once in a hundred calls."""
    dial_status: str = ""
    transferred_to: tuple[str, str] | None = None
    """Extension and context that the caller was sent to."""
    consultation: Consultation | None = None
    """It can outlast the call, where the caller hangs up meanwhile."""
    handed_to: Agent | None = None
    """Who talks after an attended transfer."""

    @property
    def destination(self) -> tuple[str, str]:
        """Extension and context, as the detail records have them at the end."""
        return self.transferred_to or (self.queue.number, "pbx-inbound")

    @property
    def agent_channel(self) -> Channel:
        """The agent's channel, where there must be one."""
        if self.leg is None:
            raise LookupError(f"{self.caller.uniqueid} has no agent")
        return self.leg

    @property
    def ringing_member(self) -> Member:
        """The member who rings or talks, where there must be one."""
        if self.member is None:
            raise LookupError(f"{self.caller.uniqueid} has no member")
        return self.member
