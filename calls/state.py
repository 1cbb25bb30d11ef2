"""What the reducer knows of one PBX: its open calls, agents and queues, and how far each source was applied.

Frozen values in dictionaries that are replaced, never written to. A call leaves `calls` when it has ended; what it
became is in the change that said so. Everything here can be stored in parts and read back: nothing is hidden.
"""

from enum import StrEnum

from msgspec import Struct, field

from calls.call import Call
from calls.events import BridgeListed, CallerListed, ChannelListed, Event
from calls.evidence import Evidence, Linked
from calls.presence import Interval, Presence, PresenceState
from calls.settings import Settings
from calls.tally import Tally

# Quarters of an hour kept in live state: a local day has up to 25 hours, and one more for what is still going on.
KEPT_INTERVALS_MS = 26 * 3600 * 1000


class Membership(Struct, frozen=True):
    """An agent in one queue. `status` is the device state's number, as in `events.Member`.

    `wrapping`: the pause is the wrap-up after a call.
    """

    status: int
    paused: bool
    reason: str = ""
    wrapping: bool = False


class Worked(Struct, frozen=True, array_like=True):
    """An agent's ended legs in one quarter of an hour: how many, seconds of talk and of hold."""

    handled: int = 0
    talk_s: float = 0.0
    hold_s: float = 0.0


class Engagement(Struct, frozen=True):
    """An agent's part in one open call: ringing, on_call or on_hold, since when; `queue` is None outside queues."""

    state: PresenceState
    since: int
    queue: str | None


class Agent(Struct, frozen=True):
    """An agent by interface. `queues` by queue id, `engaged` by Linkedid.

    `device` is the device state's number where it speaks of a call that we do not know, else 0. `wrap_queue` is the
    queue whose call the wrap-up until `wrap_until` follows.
    """

    interface: str
    member_name: str
    presence: Presence
    queues: dict[str, Membership] = field(default_factory=dict)
    engaged: dict[str, Engagement] = field(default_factory=dict)
    device: int = 0
    wrap_until: int | None = None
    wrap_queue: str | None = None
    worked: dict[int, Worked] = field(default_factory=dict)
    version: int = 0


class Waiting(Struct, frozen=True):
    """A caller in a queue: call by Linkedid, the waiting channel, when it entered, its number."""

    linkedid: str
    uniqueid: str
    entered_at: int
    number: str


class Queue(Struct, frozen=True):
    """A queue: who waits, first come first, and facts by the quarter of an hour of arrival."""

    queue_id: str
    waiting: tuple[Waiting, ...] = ()
    tallies: dict[int, Tally] = field(default_factory=dict)
    version: int = 0


class Resync(Struct, frozen=True):
    """What has to be made good after a gap. `channels` and `members` (queue, interface) were known when it began.

    `heard_until` is when the source was heard last (ms, 0 where nobody said), `lost` the open gap. `listed`, `bridges`
    and `callers` are what the lists have named so far, `staff` the (queue, interface) of their members; `…_done`: that
    list is complete, the other one is not.
    """

    heard_until: int = 0
    lost: "Gap | None" = None
    channels: tuple[str, ...] = ()
    members: tuple[tuple[str, str], ...] = ()
    listed: tuple[ChannelListed, ...] = ()
    bridges: tuple[BridgeListed, ...] = ()
    callers: tuple[CallerListed, ...] = ()
    staff: tuple[tuple[str, str], ...] = ()
    channels_done: bool = False
    queues_done: bool = False


class Gap(Struct, frozen=True):
    """A span in which a source was not heard, ms since the epoch; `end` is None while it lasts."""

    source: str
    cause: str
    start: int
    end: int | None = None


class Filing(Struct, frozen=True):
    """How far the PBX's files are read: `marks` counts how often all of `sources` were read to their ends.

    `since` is when they were first, `started_at` when queue_log says that the PBX came up last; `gaps` are those of AMI
    that a call which is not final yet may have fallen into, and `lost`, by source, the open ones of the files.
    """

    sources: tuple[str, ...] = ()
    marks: int = 0
    since: int = 0
    started_at: int = 0
    gaps: tuple[Gap, ...] = ()
    lost: dict[str, Gap] = field(default_factory=dict)


class Stage(StrEnum):
    """How an ingester's login counts.

    Its events do (joined), or are held (waiting) or left out (spare) while another's do; or nothing came of it any
    more, though it never said that it has lost the PBX (silent).
    """

    JOINED = "joined"
    WAITING = "waiting"
    SPARE = "spare"
    SILENT = "silent"


class Held(Struct, frozen=True, array_like=True):
    """An event that waits: its type's name, its number and time as in the event, itself as MessagePack."""

    kind: str
    sequence: int | None
    at: int
    body: bytes


class Listener(Struct, frozen=True):
    """One ingester's login. `since`: from when it listens, ms by its own clock.

    `alone`: no other was joined when it logged in, so the lists that it was given count. `began`: an event of it came.
    While it waits, `held` is what it has heard, and `quiet_since` the time of the first of it since something came of
    those who are joined (0: none did).
    """

    stage: Stage
    since: int
    alone: bool
    began: bool = False
    quiet_since: int = 0
    held: tuple[Held, ...] = ()


class Told(Struct, frozen=True):
    """The last numbered event that was applied, its number and time; the numbers of the last few, the last included.

    `ahead` are the ingesters that have told it. The next that one of them tells is new, whatever its number. `before`
    is what was told until the login of the first of them, while it may still bring some of it again.
    """

    sequence: int | None = None
    at: int = 0
    recent: tuple[int, ...] = ()
    ahead: tuple[str, ...] = ()
    before: "Told | None" = None


class State(Struct, frozen=True):
    """One PBX. `version` counts applied events; `positions` holds (epoch, seq) by `source/ingester`.

    `channels` says in which open call (by Linkedid) a channel is. `merged` maps the Linkedid of an absorbed call to the
    one that goes on. `closed` are the last calls that ended, so that a late word about them is known to be late.
    `booted_at` is when the PBX last came up, `heard_at` the time of the latest of its packets, `resync` what a gap has
    left to make good. Where files are read, `ended` are the calls that have ended and are not final, `evidence` is what
    the files have said of those that are not over in them, and `linked` says where a channel's is. `listeners` are the
    ingesters that are logged in, by name, and `told` is how far they have told what the PBX says. `rooms` are the open
    calls (by Linkedid) that meet in a bridge, by its id, as their parties say.
    """

    pbx: str
    version: int = 0
    positions: dict[str, tuple[int, int]] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    calls: dict[str, Call] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    closed: tuple[str, ...] = ()
    booted_at: int = 0
    heard_at: int = 0
    resync: Resync = Resync()
    filing: Filing = Filing()
    ended: dict[str, Call] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    linked: Linked = field(default_factory=dict)
    listeners: dict[str, Listener] = field(default_factory=dict)
    told: Told = Told()
    rooms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)


class CallChanged(Struct, frozen=True):
    """A call is new, different or ended, because of this event; `before` is None for a new one.

    Where the files put right what AMI missed, `cause` says why it did; else it is empty.
    """

    call: Call
    before: Call | None
    event: Event
    cause: str = ""


class AgentChanged(Struct, frozen=True):
    """An agent's live state differs. `spent` are the spans of its earlier state that are now over."""

    agent: Agent
    spent: tuple[Interval, ...] = ()


class QueueChanged(Struct, frozen=True):
    """A queue's live state differs."""

    queue: Queue


class GapChanged(Struct, frozen=True):
    """A gap has begun, or is over."""

    gap: Gap


class Rejected(Struct, frozen=True):
    """An event that the state does not allow, and why. It changed nothing."""

    source: str
    ingester: str
    epoch: int
    seq: int
    event: str
    reason: str


Change = CallChanged | AgentChanged | QueueChanged | GapChanged | Rejected

NEVER_SEEN = Presence(state=PresenceState.OFFLINE, since=0)
