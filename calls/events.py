"""What the reducer reads: one frozen value for each thing a PBX may tell, named as Asterisk's manager names it.

Times are integer milliseconds since the epoch, UTC, taken from the PBX where it says one. `pos` is where the event
stands in its source; it makes redelivery harmless and is never a time. Nothing here knows bytes, sockets or files.
"""

from typing import NamedTuple

from msgspec import Struct

from calls.settings import Settings


class Position(NamedTuple):
    """Where an event stands: `epoch` is one login or one file generation, `seq` a packet number or a byte offset."""

    source: str
    ingester: str
    epoch: int
    seq: int


class Channel(Struct, frozen=True, gc=False):
    """The snapshot of a channel that most events carry. `name` is like `PJSIP/1001-0000000d`; empty text is unknown."""

    uniqueid: str
    linkedid: str
    name: str = ""
    number: str = ""
    caller_name: str = ""
    exten: str = ""
    context: str = ""
    direction: str = ""

    @property
    def interface(self) -> str:
        """Where the channel leads, `PJSIP/1001`: the name without its number."""
        return self.name.rpartition("-")[0] or self.name


class Event(Struct, frozen=True, kw_only=True):
    """The base of all events. `sequence`: the PBX's own number of it, if any, the same for everybody whom it tells."""

    pos: Position
    at: int
    sequence: int | None = None


class ChannelEvent(Event, frozen=True, kw_only=True):
    """An event of one channel."""

    channel: Channel


class Newchannel(ChannelEvent, frozen=True, kw_only=True):
    """A channel came to be."""


class Newstate(ChannelEvent, frozen=True, kw_only=True):
    """A channel's state or snapshot changed; `state` is Asterisk's number (4 ringing, 6 up)."""

    state: int


class HangupRequest(ChannelEvent, frozen=True, kw_only=True):
    """A party asked to end: the first one of a conversation is who ended it."""


class SoftHangupRequest(ChannelEvent, frozen=True, kw_only=True):
    """The PBX itself asked a channel to end."""

    cause: int


class Hangup(ChannelEvent, frozen=True, kw_only=True):
    """A channel is gone. `cause` is the Q.850 number."""

    cause: int


class ChannelVanished(ChannelEvent, frozen=True, kw_only=True):
    """A channel is gone that nobody saw go: it fell into a gap that began at `at`. Made by `calls.resync`."""


class Hold(ChannelEvent, frozen=True, kw_only=True):
    """The party of this channel pressed hold."""


class Unhold(ChannelEvent, frozen=True, kw_only=True):
    """The party of this channel resumed; also sent spuriously before a transfer."""


class BridgeEnter(ChannelEvent, frozen=True, kw_only=True):
    """A channel joined a bridge, perhaps in another's place.

    In a `conference` the parties of several calls talk and stay in their calls; in a `holding` bridge, such as a
    parking lot's, nobody talks. Whoever else meets in a bridge is one call from then on. `listed`: a list shows it.
    """

    bridge: str
    swap: str = ""
    conference: bool = False
    holding: bool = False
    listed: bool = False


class BridgeLeave(ChannelEvent, frozen=True, kw_only=True):
    """A channel left a bridge."""

    bridge: str


class DialBegin(Event, frozen=True, kw_only=True):
    """A dial attempt. `channel` is None where the PBX itself dials (Originate)."""

    channel: Channel | None
    dest: Channel


class DialEnd(Event, frozen=True, kw_only=True):
    """A dial attempt ended with `status`: ANSWER, BUSY, NOANSWER, CANCEL, CONGESTION, CHANUNAVAIL …"""

    channel: Channel | None
    dest: Channel
    status: str


class QueueCallerJoin(ChannelEvent, frozen=True, kw_only=True):
    """A caller entered a queue at `position` (1 is next, 0 unknown)."""

    queue: str
    position: int


class QueueCallerLeave(ChannelEvent, frozen=True, kw_only=True):
    """A caller left a queue, for whatever reason."""

    queue: str


class QueueCallerAbandon(ChannelEvent, frozen=True, kw_only=True):
    """A caller left unanswered: abandoned, or timed out, or withdrawn. By itself it does not say which."""

    queue: str


class QueueAsked(ChannelEvent, frozen=True, kw_only=True):
    """The dialplan sends a caller to a queue; whether it lets the caller in is told later, or never."""

    queue: str


class QueueStatusSet(ChannelEvent, frozen=True, kw_only=True):
    """The variable QUEUESTATUS, by which the dialplan learns why Queue() ended: TIMEOUT, JOINEMPTY, LEAVEEMPTY …"""

    value: str


class AgentEvent(Event, frozen=True, kw_only=True):
    """An event between a waiting caller and a member. Under load Asterisk leaves out either channel, or both."""

    channel: Channel | None
    dest: Channel | None
    queue: str
    interface: str
    member: str


class AgentCalled(AgentEvent, frozen=True, kw_only=True):
    """A member is being rung."""


class AgentConnect(AgentEvent, frozen=True, kw_only=True):
    """A member took the call. `hold_s` is Asterisk's own whole-second wait."""

    hold_s: int


class AgentComplete(AgentEvent, frozen=True, kw_only=True):
    """The queue's view of a conversation's end; `reason` is caller, agent or transfer."""

    reason: str


class AgentRingNoAnswer(AgentEvent, frozen=True, kw_only=True):
    """A ring that was not answered, after `ring_ms` (0 for a busy or refusing phone)."""

    ring_ms: int


class BlindTransfer(Event, frozen=True, kw_only=True):
    """`transferer` sent `transferee` on to `exten`."""

    transferer: Channel
    transferee: Channel | None
    exten: str
    ok: bool


class AttendedTransfer(Event, frozen=True, kw_only=True):
    """`transferer` (on the first call) and `second` (on the consultation) left their parties talking.

    `takes_place`: nobody talked to `second` yet, so `transferee` goes on where it was, such as waiting in a queue.
    """

    transferer: Channel
    second: Channel
    transferee: Channel | None
    target: Channel | None
    ok: bool
    takes_place: bool = False


class RecordingNamed(ChannelEvent, frozen=True, kw_only=True):
    """The file of the recording of this channel that begins next: the variable MIXMONITOR_FILENAME."""

    file: str


class MixMonitorStart(ChannelEvent, frozen=True, kw_only=True):
    """A recording of this channel began. `file` is the channel's RECORDING_FILE, for want of a RecordingNamed."""

    file: str


class MixMonitorStop(ChannelEvent, frozen=True, kw_only=True):
    """The recording of this channel stopped."""


class CallPickedUp(ChannelEvent, frozen=True, kw_only=True):
    """This channel took the call that rang at `target`, from another phone."""

    target: Channel


class RtcpReport(ChannelEvent, frozen=True, kw_only=True):
    """How a stream of this channel arrived: at the PBX (`by_pbx`), or at the phone, which told the PBX.

    `lost` is the fraction (0-1) since the report before, `jitter` in units of the RTP clock. `ntp` (seconds, 0 for
    none) and `rtp` are the reporting side's own clocks at that moment.
    """

    by_pbx: bool
    lost: float
    jitter: int
    round_trip_ms: float | None = None
    ntp: float = 0.0
    rtp: int = 0


class CallParked(ChannelEvent, frozen=True, kw_only=True):
    """This channel's party waits in a parking space; who parked it, the `parker`'s interface, talks to it no more."""

    space: str
    parker: str = ""


class VoicemailLeft(ChannelEvent, frozen=True, kw_only=True):
    """A mailbox got a message from this channel."""


class Member(Event, frozen=True, kw_only=True):
    """A queue member as the PBX sees it: added, changed or listed.

    `status` is the device state's number (1 idle, 2 in use, 3 busy, 5 unavailable, 6 ringing, 7 ringing and in use,
    8 on hold); 0 and 4 are unknown and invalid. Times are seconds since the epoch, 0 for never. `listed`: a list names
    it, nothing may have changed.
    """

    queue: str
    interface: str
    name: str
    status: int
    paused: bool
    reason: str = ""
    last_pause: int = 0
    listed: bool = False


class MemberRemoved(Event, frozen=True, kw_only=True):
    """A member left a queue."""

    queue: str
    interface: str


class QueueParams(Event, frozen=True, kw_only=True):
    """A queue exists; `service_level_s` is the threshold it was configured with."""

    queue: str
    service_level_s: int


class PbxBooted(Event, frozen=True, kw_only=True):
    """The PBX says that it is up, since `uptime_s` seconds; also sent at each login."""

    uptime_s: int


class PbxStopped(Event, frozen=True, kw_only=True):
    """The PBX says that it goes down."""


class LinkLost(Event, frozen=True, kw_only=True):
    """A source fell silent: `at` is when it was heard last. Everything until `LinkRestored` is a gap."""

    source: str
    cause: str


class LinkRestored(Event, frozen=True, kw_only=True):
    """A source is heard again, from `at` on."""

    source: str


class BridgeListed(Event, frozen=True, kw_only=True):
    """A bridge that is there now, as a list after a login shows it; `conference` and `holding` as in `BridgeEnter`."""

    bridge: str
    conference: bool
    holding: bool


class ChannelListed(ChannelEvent, frozen=True, kw_only=True):
    """A channel that is there now, as a list after a login shows it: `age_s` old, in `bridge` ("" for none).

    `queue` is the queue whose application it executes. A caller whom the queue has connected may carry the member's
    `interface` and name and the `waited_ms`; None where the list does not say.
    """

    age_s: int
    bridge: str = ""
    queue: str = ""
    interface: str = ""
    member: str = ""
    waited_ms: int | None = None


class ChannelsListed(Event, frozen=True, kw_only=True):
    """The list of channels is complete: what we knew before the gap and was not listed is gone."""


class CallerListed(ChannelEvent, frozen=True, kw_only=True):
    """A caller who waits in a queue now, since `waited_s`. The list does not say to which call the channel belongs."""

    queue: str
    position: int
    waited_s: int


class QueuesListed(Event, frozen=True, kw_only=True):
    """The list of queues is complete: who was not listed waits no more, and is a member no more."""


class SettingsChanged(Event, frozen=True, kw_only=True):
    """What must be known beyond events changed."""

    settings: Settings
