"""Live state as it is published on the topics `agents`, `queues` and `calls`: JSON, newest per key.

`version` counts the events its PBX had applied; a consumer keeps the value with the highest one. Times are ms since the
epoch. Keys are `pbx:agent_id`, `pbx:queue_id`, `pbx:linkedid`.
"""

import msgspec
from msgspec import Struct

from calls.form import CallForm
from calls.presence import Presence, PresenceState
from calls.tally import Tally


class AgentCall(Struct, frozen=True):
    """The call an agent is on or is rung for."""

    call_id: str
    queue: str | None
    number: str | None
    name: str | None
    since: int


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


# The states in which an agent can be reached by a queue or is busy with a call: all but offline.
LOGGED_IN = frozenset(set(PresenceState) - {PresenceState.OFFLINE})

encode_live = msgspec.json.Encoder().encode
decode_agent = msgspec.json.Decoder(AgentLive).decode
decode_queue = msgspec.json.Decoder(QueueLive).decode
decode_call = msgspec.json.Decoder(CallLive).decode
