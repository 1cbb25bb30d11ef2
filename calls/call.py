"""What a call is: frozen values for a call, its stints, legs, missed rings and recordings.

Times are integer milliseconds since the epoch, UTC; spans are milliseconds too. The public form (ISO times, seconds) is
in `calls/form.py`. These values know nothing of events; `calls/reducer.py` makes new ones from old ones.
"""

from enum import StrEnum

from msgspec import Struct

from calls.media import Media


class Status(StrEnum):
    """Where a call is now."""

    QUEUED = "queued"
    RINGING = "ringing"
    CONNECTED = "connected"
    ON_HOLD = "on_hold"
    ENDED = "ended"


class Outcome(StrEnum):
    """How a call ended, for the caller."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMEOUT = "timeout"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    VOICEMAIL = "voicemail"
    OTHER = "other"


class StintOutcome(StrEnum):
    """How a stay in a queue ended. join_empty and full were never let in and do not count as offered."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMEOUT = "timeout"
    EXIT_KEY = "exit_key"
    EXIT_EMPTY = "exit_empty"
    WITHDRAWN = "withdrawn"
    SYSTEM = "system"
    JOIN_EMPTY = "join_empty"
    FULL = "full"


class Stint(Struct, frozen=True):
    """One stay in one queue. `uniqueid` is the channel that waited, `position` where it stood on entering."""

    uniqueid: str
    queue: str
    entered_at: int
    position: int | None = None
    left_at: int | None = None
    outcome: StintOutcome | None = None
    agent: str | None = None

    @property
    def wait_ms(self) -> int | None:
        """How long the caller waited, None while waiting."""
        return None if self.left_at is None else max(0, self.left_at - self.entered_at)


class Transfer(Struct, frozen=True):
    """Where an agent sent the caller: `kind` is blind or attended, `to` an extension or number."""

    kind: str
    to: str


class Leg(Struct, frozen=True):
    """One agent's part in a call, from being connected on. `uniqueid` is the agent's channel.

    `held_by` are the channels that hold right now and `held_since` when the first of them began. `apart_ms` is how long
    it talked to nobody though nobody held, such as on the way into a conference, and `apart_since` when that began.
    `media` sums up how it sounds until the leg ends and `mos` says it.
    """

    stint: int | None
    agent: str
    interface: str
    uniqueid: str
    rang_at: int | None
    answered_at: int
    ended_at: int | None = None
    hold_ms: int = 0
    holds: int = 0
    held_by: tuple[str, ...] = ()
    held_since: int | None = None
    apart_ms: int = 0
    apart_since: int | None = None
    ended_by: str | None = None
    transfer: Transfer | None = None
    mos: float | None = None
    mos_method: str | None = None
    media: Media | None = None

    @property
    def talk_ms(self) -> int | None:
        """Conversation without hold, None while it lasts."""
        if self.ended_at is None:
            return None
        return max(0, self.ended_at - self.answered_at - self.hold_ms - self.apart_ms)


class MissedRing(Struct, frozen=True):
    """A ring to an agent that was not answered, `ring_ms` long."""

    stint: int | None
    agent: str
    interface: str
    rang_at: int
    ring_ms: int


class Recording(Struct, frozen=True):
    """A recording of a channel of this call."""

    file: str
    uniqueid: str
    started_at: int
    ended_at: int | None = None


class Ring(Struct, frozen=True):
    """A phone that rings right now: the queue's member or a dialled party.

    Where another phone has picked it up, it is that phone's, and `picked_from` is the interface that rang.
    """

    uniqueid: str
    interface: str
    agent: str
    stint: int | None
    since: int
    picked_from: str = ""


class Party(Struct, frozen=True):
    """A channel that is part of the call right now.

    `bridge` is empty while it talks to nobody, `left` the one it was in before, `since` when it entered. `asked_at` is
    when it asked to end, `asked_queue` the queue that its dialplan entered last, `recording_file` the name of its next
    recording. `pipe` names the pair that a Local channel is one end of, `instead_of` the end that was taken out for it.
    `space` is the parking space where it waits.
    """

    uniqueid: str
    interface: str
    number: str = ""
    bridge: str = ""
    left: str = ""
    since: int = 0
    asked_at: int | None = None
    asked_queue: str = ""
    pipe: str = ""
    conference: bool = False
    recording_file: str = ""
    instead_of: str = ""
    space: str = ""


class Call(Struct, frozen=True):
    """Everything under one Linkedid. `parties` and `rings` are what is open; the rest is what stays.

    `version` is the number of events its PBX had applied when the call last changed: a newer value has a higher one.
    """

    linkedid: str
    pbx: str
    started_at: int
    tenant: str
    version: int = 0
    direction: str = "inbound"
    direction_told: bool = False
    from_number: str = ""
    from_name: str = ""
    to_number: str = ""
    status: Status = Status.RINGING
    certainty: str = "provisional"
    merged_into: str | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    hangup_cause: int | None = None
    outcome: Outcome | None = None
    dial_status: str = ""
    voicemail: bool = False
    stints: tuple[Stint, ...] = ()
    legs: tuple[Leg, ...] = ()
    missed: tuple[MissedRing, ...] = ()
    recordings: tuple[Recording, ...] = ()
    rings: tuple[Ring, ...] = ()
    parties: tuple[Party, ...] = ()

    @property
    def call_id(self) -> str:
        """The call's name everywhere: `pbx:linkedid`."""
        return f"{self.pbx}:{self.linkedid}"
