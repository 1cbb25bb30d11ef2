"""What is published on the topics `agents`, `queues`, `calls`, `gaps` and `rejects`: JSON, newest per key.

`version` counts the events its PBX had applied; a consumer keeps the value with the highest one. Of a gap the last
value counts, a reject never changes. Times are ms since the epoch. Keys are `pbx:agent_id`, `pbx:queue_id`,
`pbx:linkedid`, and those that `gap_key` and `reject_key` give.
"""

import msgspec
from msgspec import Struct

from calls.form import CallForm
from calls.presence import Presence, PresenceState
from calls.tally import Tally


class AgentCall(Struct, frozen=True):
    """The call an agent is on or is rung for. `uniqueid` is the agent's own channel in it, empty if none is known."""

    call_id: str
    queue: str | None
    number: str | None
    name: str | None
    since: int
    uniqueid: str = ""


class AgentLive(Struct, frozen=True):
    """One agent. `tallies` holds, per quarter of an hour (start, ms), [handled, talk_s, hold_s] of its legs."""

    pbx: str
    tenant: str
    agent_id: str
    name: str
    interface: str
    extension: str
    version: int
    presence: Presence
    call: AgentCall | None
    queues: list[str]
    tallies: list[tuple[int, int, float, float]]


class Waiter(Struct, frozen=True):
    """A caller who waits now."""

    call_id: str
    entered_at: int
    number: str | None


class QueueLive(Struct, frozen=True):
    """One queue: who waits, first come first; members logged in; facts by quarter of an hour of arrival (start, ms)."""

    pbx: str
    tenant: str
    queue_id: str
    name: str
    version: int
    waiting: list[Waiter]
    agents: int
    service_level_s: float
    short_abandon_s: float
    target: float
    tallies: list[tuple[int, Tally]]


class CallLive(Struct, frozen=True):
    """One changed call in its public form."""

    version: int
    call: CallForm
    agent_id: str | None


class GapLive(Struct, frozen=True):
    """A span in which a source of a PBX was not heard, published as it begins and as it ends. `end` is None until then.

    Of records that Kafka lost neither time is known: `detail` has their partition and the offsets [from, to). `pbx` is
    empty where no PBX is known yet.
    """

    pbx: str
    source: str
    cause: str
    start: int | None
    end: int | None
    detail: dict[str, int | str] = {}


class RejectLive(Struct, frozen=True):
    """A packet or line that could not be understood or was not allowed by the state. `raw` is its bytes, in base64.

    Of something very long the beginning: all of it is in the table `rejects`.
    """

    pbx: str
    source: str
    ingester: str
    epoch: int
    seq: int
    reason: str
    raw: bytes


# The states in which an agent can be reached by a queue or is busy with a call: all but offline.
LOGGED_IN = frozenset(set(PresenceState) - {PresenceState.OFFLINE})

encode_live = msgspec.json.Encoder().encode
decode_agent = msgspec.json.Decoder(AgentLive).decode
decode_queue = msgspec.json.Decoder(QueueLive).decode
decode_call = msgspec.json.Decoder(CallLive).decode
decode_gap = msgspec.json.Decoder(GapLive).decode
decode_reject = msgspec.json.Decoder(RejectLive).decode


def gap_key(gap: GapLive) -> str:
    """`pbx:source:start`, so that an end replaces its beginning; `pbx:source:partition:from` of what Kafka lost."""
    where = f"{gap.detail['partition']}:{gap.detail['from']}" if gap.start is None else str(gap.start)
    return f"{gap.pbx}:{gap.source}:{where}"


def reject_key(reject: RejectLive) -> str:
    """`pbx:source:ingester:epoch:seq`: its position."""
    return f"{reject.pbx}:{reject.source}:{reject.ingester}:{reject.epoch}:{reject.seq}"
