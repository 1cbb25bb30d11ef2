"""What we may ask of Asterisk, as types that cannot be turned into something else.

Job: one frozen class for each AMI action that we use.
Contract: a value is refused (InvalidAction, on construction) where Asterisk would take part of it for something else:
an application argument, a shell command, a pattern. `asterisk.encoding` does the rest: line ends, lengths, variables.
Reading Asterisk's own answer is left to the caller; what each action answers was observed on Asterisk 22.
It must not: send anything, know about connections, or check whether a channel, queue or extension exists.
"""

from dataclasses import dataclass, field
from hashlib import md5
from typing import ClassVar

from asterisk.encoding import Action as Action
from asterisk.encoding import Variables as Variables
from asterisk.encoding import encode_action as encode_action
from asterisk.errors import InvalidAction


def _refuse(value: str | None, characters: str, header: str, reason: str) -> None:
    if value and any(character in value for character in characters):
        raise InvalidAction(header, f"may not contain any of {characters} ({reason})")


# ---- the connection itself


@dataclass(frozen=True, slots=True)
class Challenge(Action):
    """Ask for the challenge of an MD5 login."""

    name: ClassVar[str] = "Challenge"
    constants: ClassVar[tuple[tuple[str, str], ...]] = (("AuthType", "MD5"),)


@dataclass(frozen=True, slots=True)
class Login(Action):
    """Log in with the secret itself. Only where the peer cannot do challenges: it goes over the line in clear."""

    name: ClassVar[str] = "Login"
    username: str
    secret: str = field(repr=False)
    events: str = "on"


@dataclass(frozen=True, slots=True)
class Md5Login(Action):
    """Log in with `md5_key(challenge, secret)`, so that the secret does not travel."""

    name: ClassVar[str] = "Login"
    constants: ClassVar[tuple[tuple[str, str], ...]] = (("AuthType", "MD5"),)
    username: str
    key: str = field(repr=False)
    events: str = "on"


def md5_key(challenge: str, secret: str) -> str:
    """The key of an MD5 login. MD5 is what AMI has; `usedforsecurity` would refuse it on hardened systems."""
    return md5((challenge + secret).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Logoff(Action):
    """End the connection in order."""

    name: ClassVar[str] = "Logoff"


@dataclass(frozen=True, slots=True)
class Ping(Action):
    """Ask for a sign of life."""

    name: ClassVar[str] = "Ping"


@dataclass(frozen=True, slots=True)
class Events(Action):
    """Which classes of events this connection gets: `on`, `off`, or a list such as `call,agent,system`."""

    name: ClassVar[str] = "Events"
    event_mask: str


@dataclass(frozen=True, slots=True)
class Filter(Action):
    """Filter this connection's events, e.g. match_criteria `action(exclude),name(VarSet)` (late 20.x and 22.x).

    Without match_criteria, `filter` is a regular expression over the whole packet, excluding if it begins with `!`.
    """

    name: ClassVar[str] = "Filter"
    constants: ClassVar[tuple[tuple[str, str], ...]] = (("Operation", "Add"),)
    match_criteria: str | None = None
    filter: str | None = None


# ---- what is there now: each answers with a list


@dataclass(frozen=True, slots=True)
class CoreShowChannels(Action):
    """Every channel: CoreShowChannel items."""

    name: ClassVar[str] = "CoreShowChannels"


@dataclass(frozen=True, slots=True)
class Status(Action):
    """Every channel, or one, with seconds and bridge: Status items. `variables`: names to report, comma-separated."""

    name: ClassVar[str] = "Status"
    channel: str | None = None
    variables: str | None = None
    all_variables: bool | None = None


@dataclass(frozen=True, slots=True)
class BridgeList(Action):
    """Every bridge: BridgeListItem items."""

    name: ClassVar[str] = "BridgeList"


@dataclass(frozen=True, slots=True)
class ShowDialPlan(Action):
    """What the dialplan has for an extension, includes and patterns considered: ListDialplan items.

    Refused with `Did not find …` where it has nothing.
    """

    name: ClassVar[str] = "ShowDialPlan"
    extension: str
    context: str


@dataclass(frozen=True, slots=True)
class QueueStatus(Action):
    """Queues, members, waiting callers: QueueParams, QueueMember, QueueEntry items. An unknown queue gives none."""

    name: ClassVar[str] = "QueueStatus"
    queue: str | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class QueueSummary(Action):
    """One QueueSummary item for each queue, or for one."""

    name: ClassVar[str] = "QueueSummary"
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class ShowEndpoint(Action):
    """A phone as PJSIP knows it: an EndpointDetail with its DeviceState, and more."""

    name: ClassVar[str] = "PJSIPShowEndpoint"
    endpoint: str


@dataclass(frozen=True, slots=True)
class ReceivedPackets(Action):
    """How many packets of sound a channel has received: Value in the answer. A fixed question, never a caller's."""

    name: ClassVar[str] = "Getvar"
    constants: ClassVar[tuple[tuple[str, str], ...]] = (("Variable", "CHANNEL(rtcp,rxcount)"),)
    channel: str


@dataclass(frozen=True, slots=True)
class ReloadPhones(Action):
    """Let PJSIP read its configuration again, and find phones that are new in the database. No call is touched."""

    name: ClassVar[str] = "Reload"
    constants: ClassVar[tuple[tuple[str, str], ...]] = (("Module", "res_pjsip.so"),)


# ---- queues: these and all below change something


@dataclass(frozen=True, slots=True)
class QueueAdd(Action):
    """Make an interface a member of a queue. Refused with `Already there` when it is one."""

    name: ClassVar[str] = "QueueAdd"
    changes_state: ClassVar[bool] = True
    queue: str
    interface: str
    penalty: int | None = None
    paused: bool | None = None
    member_name: str | None = None
    state_interface: str | None = None

    def __post_init__(self) -> None:
        # app_queue keeps dynamic members in its database joined by these two.
        for header, value in (
            ("Interface", self.interface),
            ("MemberName", self.member_name),
            ("StateInterface", self.state_interface),
        ):
            _refuse(value, "|;", header, "they separate stored members")


@dataclass(frozen=True, slots=True)
class QueueRemove(Action):
    """Take a dynamic member out of a queue. A call in progress goes on."""

    name: ClassVar[str] = "QueueRemove"
    changes_state: ClassVar[bool] = True
    queue: str
    interface: str


@dataclass(frozen=True, slots=True)
class QueuePause(Action):
    """Pause or unpause a member, in one queue or in all of its queues."""

    name: ClassVar[str] = "QueuePause"
    changes_state: ClassVar[bool] = True
    interface: str
    paused: bool
    queue: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        _refuse(self.reason, "|", "Reason", "it separates the fields of queue_log")


# ---- calls


@dataclass(frozen=True, slots=True)
class Originate(Action):
    """Ring `channel`; when it answers, run it at an extension. Always asynchronous: OriginateResponse tells the result.

    Give `channel_id`: it becomes the Uniqueid, and it is all there is to find the call by when it fails. There is no
    Application form: an application's arguments would be a way to run commands. `timeout_ms`: how long it may ring.
    """

    name: ClassVar[str] = "Originate"
    changes_state: ClassVar[bool] = True
    constants: ClassVar[tuple[tuple[str, str], ...]] = (("Async", "true"),)
    channel: str
    context: str
    exten: str
    priority: int = 1
    caller_id: str | None = field(default=None, metadata={"header": "CallerID"})
    timeout_ms: int = field(default=30_000, metadata={"header": "Timeout"})
    channel_id: str | None = None
    other_channel_id: str | None = None
    variables: Variables = field(default=(), metadata={"header": "Variable"})


@dataclass(frozen=True, slots=True)
class AnsweredOriginate(Originate):
    """The same, and the phone is asked to answer by itself: pages do, and desk phones that are set up for it."""

    # A constant: as a variable of the caller's, the name of a function would be refused.
    constants: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Async", "true"),
        ("Variable", r"PJSIP_HEADER(add,Call-Info)=<sip:trunkline>\;answer-after=0"),
    )


@dataclass(frozen=True, slots=True)
class Bridge(Action):
    """Join two channels. Whoever they talked to is hung up."""

    name: ClassVar[str] = "Bridge"
    changes_state: ClassVar[bool] = True
    channel1: str
    channel2: str
    tone: str = "no"


@dataclass(frozen=True, slots=True)
class Redirect(Action):
    """Send a channel to an extension; its partner is hung up, unless it is sent along as `extra_channel`.

    Asterisk says Success for a context that does not exist and then drops the call: check it before.
    """

    name: ClassVar[str] = "Redirect"
    changes_state: ClassVar[bool] = True
    channel: str
    context: str
    exten: str
    priority: int = 1
    extra_channel: str | None = None
    extra_context: str | None = None
    extra_exten: str | None = None
    extra_priority: int | None = None


@dataclass(frozen=True, slots=True)
class BlindTransfer(Action):
    """Send the partner of `channel` (the agent's) to an extension; `channel` is hung up."""

    name: ClassVar[str] = "BlindTransfer"
    changes_state: ClassVar[bool] = True
    channel: str
    context: str
    exten: str


@dataclass(frozen=True, slots=True)
class Atxfer(Action):
    """Begin an attended transfer from `channel` (the agent's): the partner is put on hold, the extension is rung."""

    name: ClassVar[str] = "Atxfer"
    changes_state: ClassVar[bool] = True
    channel: str
    context: str
    exten: str


@dataclass(frozen=True, slots=True)
class CancelAtxfer(Action):
    """Drop the consultation of an attended transfer; the agent is back with the partner."""

    name: ClassVar[str] = "CancelAtxfer"
    changes_state: ClassVar[bool] = True
    channel: str


@dataclass(frozen=True, slots=True)
class MuteAudio(Action):
    """Mute a channel: `direction` in, out or all; `state` on or off. No event follows."""

    name: ClassVar[str] = "MuteAudio"
    changes_state: ClassVar[bool] = True
    channel: str
    direction: str
    state: str


@dataclass(frozen=True, slots=True)
class MixMonitor(Action):
    """Record a channel to an absolute file name. MixMonitorStart follows, which does not name the file."""

    name: ClassVar[str] = "MixMonitor"
    changes_state: ClassVar[bool] = True
    channel: str
    file: str
    options: str | None = None

    def __post_init__(self) -> None:
        # Asterisk joins file, options and a shell command with commas and splits them again.
        for header, value in (("File", self.file), ("Options", self.options)):
            _refuse(value, ",", header, "a shell command would follow it")


@dataclass(frozen=True, slots=True)
class StopMixMonitor(Action):
    """End the recording of a channel."""

    name: ClassVar[str] = "StopMixMonitor"
    changes_state: ClassVar[bool] = True
    channel: str


@dataclass(frozen=True, slots=True)
class Hangup(Action):
    """Hang up one channel with a Q.850 cause."""

    name: ClassVar[str] = "Hangup"
    changes_state: ClassVar[bool] = True
    channel: str
    cause: int = 16

    def __post_init__(self) -> None:
        if self.channel.startswith("/"):
            raise InvalidAction("Channel", "begins with /, which would hang up every channel that matches a pattern")


@dataclass(frozen=True, slots=True)
class PJSIPNotify(Action):
    """Send a NOTIFY to the phone of a channel, e.g. (("Event", "talk"),). Success does not say that it obeyed."""

    name: ClassVar[str] = "PJSIPNotify"
    changes_state: ClassVar[bool] = True
    channel: str
    variables: Variables = field(metadata={"header": "Variable"})
