"""Every message that sockets are sent, and how it is made from live state. Pure: the time is given.

A frame is `{event, data, seq, version}`. `seq` counts this socket's frames from 1: a hole is a miss. `version` is the
position of the PBX that the data is true for, null where several are meant. Times are ms since the epoch, spans
seconds, ratios 0-1, names camelCase. `SERVER_MESSAGES` has each event with its data and when it is sent.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from api.contacts.book import Contact
from api.live.freshness import Health
from api.live.rooms import agent_room, rooms_of_agent, rooms_of_call, rooms_of_queue
from api.live.totals import Today, Totals, tally_since, today
from calls.form import call_uuid
from calls.live import AgentCall, AgentLive, CallLive, QueueLive
from calls.presence import GUIDE_STATUS, presence_at

SNAPSHOT = "snapshot"
QUEUE_UPDATE = "queue:update"
PRESENCE_UPDATE = "presence:update"
AGENT_STATUS_UPDATED = "agent:status:updated"
CALL_INCOMING = "call:incoming"
CALL_STATE_CHANGED = "call:state:changed"
CALL_ENDED = "call:ended"
SUMMARY = "summary"
ERROR = "error"
COMMAND_UPDATED = "command:updated"
PHONE_COMMAND = "phone:command"
ALERT_RAISED = "alert:raised"
ALERT_CLEARED = "alert:cleared"


class WaiterData(Struct, frozen=True, rename="camel"):
    """A caller who waits."""

    call_id: str
    since: int


class QueueUpdate(Struct, frozen=True, rename="camel"):
    """One queue. `states` counts its members by what they do now; `agents` are those logged in."""

    queue_id: str
    waiting: int
    agents: int
    longest_wait: float
    name: str
    pbx: str
    waiters: list[WaiterData]
    today: Today
    service_level_seconds: float
    target: float
    states: dict[str, int]


class CurrentCall(Struct, frozen=True, rename="camel"):
    """The call an agent is on or is rung for; `duration` seconds so far, `since` its beginning."""

    call_id: str
    contact_name: str | None
    duration: float
    since: int
    queue: str | None
    number: str | None


class PresenceUpdate(Struct, frozen=True, rename="camel"):
    """One agent. At `until` the state becomes `then` by itself, for the reason `then_reason`."""

    agent_id: str
    status: str
    state: str
    since: int
    reason: str
    until: int | None
    then: str | None
    then_reason: str
    name: str
    extension: str
    pbx: str
    queues: list[str]
    current_call: CurrentCall | None
    handled_today: int


class CallStateChanged(Struct, frozen=True, rename="camel"):
    """One call; `metadata` is its public form."""

    call_id: str
    call_session_id: str
    status: str
    metadata: dict[str, Any]


class AgentStatusUpdated(Struct, frozen=True, rename="camel"):
    """An agent's status alone."""

    agent_id: str
    status: str


class CallIncoming(Struct, frozen=True, rename="camel"):
    """A call rings at an agent. `from_` is the caller's number, empty where it is withheld; `to` the extension.

    `contact` is there when the number is one of the tenant's contacts; `contact_name` is its name, else the line's.
    """

    call_id: str
    call_session_id: str
    from_: str = field(name="from")
    to: str
    queue: str | None
    contact_name: str | None
    contact_id: str | UnsetType = UNSET
    contact: Contact | UnsetType = UNSET


class CallEnded(Struct, frozen=True, rename="camel"):
    """A call is over. `duration` is talk and hold of all its legs in seconds, 0 where nobody answered."""

    call_id: str
    call_session_id: str
    duration: float


class Summary(Struct, frozen=True, rename="camel"):
    """All queues together, and how fresh everything is. `now` is the server's clock."""

    now: int
    totals: Totals
    health: Health


class Snapshot(Struct, frozen=True, rename="camel"):
    """Everything, as of `now` on the server's clock."""

    now: int
    queues: list[QueueUpdate]
    agents: list[PresenceUpdate]
    totals: Totals
    health: Health


class ErrorData(Struct, frozen=True, rename="camel"):
    """What was wrong with something that was sent here; `event` is what it called itself, null where it did not."""

    code: str
    detail: str
    event: str | None = None


class CommandUpdated(Struct, frozen=True, rename="camel"):
    """What came of a command so far: accepted, sent, confirmed or failed; `detail` says why."""

    command_id: str
    name: str
    status: str
    detail: str
    call_id: str | None
    pbx: str
    created_at: str
    settled_at: str | None


class PhoneCommand(Struct, frozen=True, rename="camel"):
    """What the page `page_id` is to do as a phone, by SIP; `target` is what it dials for that. Others pass it over."""

    command_id: str
    page_id: str
    name: str
    call_id: str
    target: str | None


class AlertUpdate(Struct, frozen=True, rename="camel"):
    """A rule fired at `value`, or is over since `clearedAt`. `side`: `at_least` the limit is trouble, or `below` it."""

    alert_id: str
    name: str
    metric: str
    side: str
    limit: float
    value: float
    raised_at: int
    cleared_at: int | None


class Frame(Struct, frozen=True):
    """What goes over the socket; `data` is JSON already."""

    event: str
    data: msgspec.Raw
    seq: int
    version: int | None


class Message(Struct, frozen=True):
    """Something to tell the sockets in these rooms of a tenant."""

    event: str
    data: msgspec.Raw
    version: int | None = None
    rooms: tuple[str, ...] = ()


class ServerMessage(NamedTuple):
    """A row of the table: the type of an event's data, and when it is sent."""

    data: type[Struct]
    when: str


SERVER_MESSAGES = {
    SNAPSHOT: ServerMessage(Snapshot, "First after every connect; again after subscribe and resync."),
    QUEUE_UPDATE: ServerMessage(QueueUpdate, "A queue, or an agent in it, changed."),
    PRESENCE_UPDATE: ServerMessage(PresenceUpdate, "An agent changed."),
    AGENT_STATUS_UPDATED: ServerMessage(AgentStatusUpdated, "An agent's status changed; in the agent's room only."),
    CALL_INCOMING: ServerMessage(CallIncoming, "A call begins to ring at an agent; in the agent's room only."),
    CALL_STATE_CHANGED: ServerMessage(CallStateChanged, "A call changed."),
    CALL_ENDED: ServerMessage(CallEnded, "A call is over, once."),
    SUMMARY: ServerMessage(Summary, "Each second in which anything of it changed, and at least each ten seconds."),
    COMMAND_UPDATED: ServerMessage(
        CommandUpdated, "A command of one's own was taken, given to the PBX, or settled; to its user alone."
    ),
    PHONE_COMMAND: ServerMessage(
        PhoneCommand,
        "Something is asked of an agent whose phone is a page: answer, hold, unhold, mute, unmute, blind, attended, "
        "complete or cancel; to that user alone.",
    ),
    ALERT_RAISED: ServerMessage(AlertUpdate, "An alert's rule fired; to everybody of its tenant but agents."),
    ALERT_CLEARED: ServerMessage(AlertUpdate, "What an alert's rule had raised is over; to the same."),
    ERROR: ServerMessage(ErrorData, "Something was sent that the socket does not take."),
}

encode = msgspec.json.Encoder().encode


def message(event: str, data: Struct, version: int | None = None, rooms: tuple[str, ...] = ()) -> Message:
    """Encode once what many sockets get."""
    return Message(event, msgspec.Raw(encode(data)), version, rooms)


def queue_message(queue: QueueLive, members: Iterable[AgentLive], now: int, day: int) -> Message:
    """A queue that changed."""
    return message(QUEUE_UPDATE, queue_update(queue, members, now, day), queue.version, rooms_of_queue(queue))


def agent_message(agent: AgentLive, now: int, day: int, contact: Contact | None = None) -> Message:
    """An agent that changed; `contact` is who is called or calls."""
    return message(PRESENCE_UPDATE, presence_update(agent, now, day, contact), agent.version, rooms_of_agent(agent))


def status_message(agent: AgentLive, status: str) -> Message:
    """An agent's new status."""
    room = (agent_room(agent.pbx, agent.agent_id),)
    return message(AGENT_STATUS_UPDATED, AgentStatusUpdated(agent.agent_id, status), agent.version, room)


def incoming_message(agent: AgentLive, call: AgentCall, contact: Contact | None = None) -> Message:
    """A call that begins to ring at an agent; `contact` is the caller's."""
    data = CallIncoming(
        call_id=call.call_id,
        call_session_id=str(call_uuid(call.call_id)),
        from_=call.number or "",
        to=agent.extension,
        queue=call.queue,
        contact_name=contact.name if contact else call.name,
        contact_id=contact.id if contact else UNSET,
        contact=contact or UNSET,
    )
    return message(CALL_INCOMING, data, agent.version, (agent_room(agent.pbx, agent.agent_id),))


def call_message(live: CallLive) -> Message:
    """A call that changed."""
    return message(CALL_STATE_CHANGED, call_changed(live), live.version, rooms_of_call(live))


def ended_message(live: CallLive) -> Message:
    """A call that is over."""
    seconds = sum((leg.talk_s or 0.0) + leg.hold_s for leg in live.call.legs)
    data = CallEnded(live.call.call_id, str(call_uuid(live.call.call_id)), round(seconds, 3))
    return message(CALL_ENDED, data, live.version, rooms_of_call(live))


def queue_update(queue: QueueLive, members: Iterable[AgentLive], now: int, day: int) -> QueueUpdate:
    """A queue as of `now`; the day began at `day`; `members` are its agents."""
    return QueueUpdate(
        queue_id=queue.queue_id,
        waiting=len(queue.waiting),
        agents=queue.agents,
        longest_wait=_since(queue.waiting[0].entered_at, now) if queue.waiting else 0.0,
        name=queue.name,
        pbx=queue.pbx,
        waiters=[WaiterData(waiter.call_id, waiter.entered_at) for waiter in queue.waiting],
        today=today(tally_since(queue.tallies, day)),
        service_level_seconds=queue.service_level_s,
        target=queue.target,
        states=Counter(presence_at(member.presence, now).state.value for member in members),
    )


def presence_update(agent: AgentLive, now: int, day: int, contact: Contact | None = None) -> PresenceUpdate:
    """An agent as of `now`; the day began at `day`; `contact` is who is called or calls."""
    presence = presence_at(agent.presence, now)
    return PresenceUpdate(
        agent_id=agent.agent_id,
        status=GUIDE_STATUS[presence.state],
        state=presence.state.value,
        since=presence.since,
        reason=presence.reason,
        until=presence.until,
        then=None if presence.then is None else presence.then.value,
        then_reason=presence.then_reason,
        name=agent.name,
        extension=agent.extension,
        pbx=agent.pbx,
        queues=agent.queues,
        current_call=_current_call(agent, now, contact),
        handled_today=sum(handled for start, handled, _, _ in agent.tallies if start >= day),
    )


def call_changed(live: CallLive) -> CallStateChanged:
    """A call that changed."""
    return CallStateChanged(
        call_id=live.call.call_id,
        call_session_id=str(call_uuid(live.call.call_id)),
        status=live.call.status.upper(),
        metadata=camel(msgspec.to_builtins(live.call)) | {"agentId": live.agent_id},
    )


def camel(value: Any) -> Any:
    """The same JSON value with every key of every object in camelCase."""
    if isinstance(value, dict):
        return {_camel_word(key): camel(item) for key, item in value.items()}
    return [camel(item) for item in value] if isinstance(value, list) else value


def _camel_word(word: str) -> str:
    first, *rest = word.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _current_call(agent: AgentLive, now: int, contact: Contact | None) -> CurrentCall | None:
    call = agent.call
    if call is None:
        return None
    name = contact.name if contact else call.name
    return CurrentCall(call.call_id, name, _since(call.since, now), call.since, call.queue, call.number)


def _since(at: int, now: int) -> float:
    return max(0, now - at) / 1000
