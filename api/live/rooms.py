"""Rooms: what of its tenant a socket hears. Pure: no I/O, no clock.

A room is named by what it is about, with the PBX before the id as on the topics; it exists within one tenant only.

| room | who is in it | what it hears |
|---|---|---|
| `ALL` | who sees the work of others, unless they asked for a part | everything |
| `queue:PBX:QUEUE` | who asked for it, and the agents logged in to it | the queue |
| `members:PBX:QUEUE` | who sees the work of others and asked for the queue | its agents and its calls |
| `agent:PBX:AGENT` | who asked for it, and the agent's own user | the agent, its rings and its calls |
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from calls.live import AgentLive, CallLive, QueueLive

ALL = "all"
EVERYTHING = frozenset({ALL})

Part = tuple[str, frozenset[str]]
"""A tenant, and the rooms of it that somebody is in."""

QueueKey = tuple[str, str]
"""A queue by PBX and queue id."""


_QUEUE, _MEMBERS, _AGENT = "queue:", "members:", "agent:"
# How the rooms begin that a client may name.
ASKABLE = (_QUEUE, _AGENT)


def queue_room(pbx: str, queue_id: str) -> str:
    """Where a queue is told of."""
    return f"{_QUEUE}{pbx}:{queue_id}"


def members_room(pbx: str, queue_id: str) -> str:
    """Where the agents and calls of a queue are told of."""
    return f"{_MEMBERS}{pbx}:{queue_id}"


def agent_room(pbx: str, agent_id: str) -> str:
    """Where an agent is told of."""
    return f"{_AGENT}{pbx}:{agent_id}"


def rooms_of_queue(queue: QueueLive) -> tuple[str, ...]:
    """The rooms that hear of a queue."""
    return ALL, queue_room(queue.pbx, queue.queue_id)


def rooms_of_agent(agent: AgentLive) -> tuple[str, ...]:
    """The rooms that hear of an agent."""
    return ALL, agent_room(agent.pbx, agent.agent_id), *(members_room(agent.pbx, queue) for queue in agent.queues)


def rooms_of_call(live: CallLive) -> tuple[str, ...]:
    """The rooms that hear of a call: of its queues, and of the agent on it."""
    call = live.call
    of_agent = () if live.agent_id is None else (agent_room(call.pbx, live.agent_id),)
    return ALL, *of_agent, *dict.fromkeys(members_room(call.pbx, stint.queue) for stint in call.stints)


def queues_in(rooms: Iterable[str]) -> set[QueueKey]:
    """The queues that are told of in some of these rooms."""
    return {_place(room.removeprefix(_QUEUE)) for room in rooms if room.startswith(_QUEUE)}


def members_in(rooms: Iterable[str]) -> set[QueueKey]:
    """The queues whose agents are told of in some of these rooms."""
    return {_place(room.removeprefix(_MEMBERS)) for room in rooms if room.startswith(_MEMBERS)}


def agents_in(rooms: Iterable[str]) -> set[str]:
    """The agents that are told of in some of these rooms, by their keys on the topic."""
    return {room.removeprefix(_AGENT) for room in rooms if room.startswith(_AGENT)}


def outlook(rooms: frozenset[str]) -> frozenset[str]:
    """Of these rooms those that a summary depends on: many agents work in the same queues."""
    return frozenset(room for room in rooms if room == ALL or room.startswith(_QUEUE))


def _place(key: str) -> QueueKey:
    pbx, _, queue_id = key.partition(":")
    return pbx, queue_id


class Hearer(Protocol):
    """Somebody who is in rooms of one tenant."""

    rooms: frozenset[str]

    @property
    def tenant(self) -> str:
        """Whose rooms they are."""


H = TypeVar("H", bound=Hearer)


class Rooms(Generic[H]):
    """Who is in which room, by tenant. A hearer's tenant never changes."""

    def __init__(self) -> None:
        self._rooms: dict[str, dict[str, set[H]]] = defaultdict(lambda: defaultdict(set))
        self._hearers: dict[str, set[H]] = defaultdict(set)
        # Who gets the same summary of a tenant: it is made once.
        self._parts: dict[Part, set[H]] = defaultdict(set)

    def enter(self, hearer: H) -> None:
        """Put somebody into the rooms it names."""
        self._hearers[hearer.tenant].add(hearer)
        self._parts[hearer.tenant, outlook(hearer.rooms)].add(hearer)
        for room in hearer.rooms:
            self._rooms[hearer.tenant][room].add(hearer)

    def leave(self, hearer: H) -> None:
        """Take somebody out of all rooms; empty ones are forgotten."""
        tenant, part = hearer.tenant, (hearer.tenant, outlook(hearer.rooms))
        self._parts[part].discard(hearer)
        if not self._parts[part]:
            del self._parts[part]
        for room in hearer.rooms:
            self._rooms[tenant][room].discard(hearer)
            if not self._rooms[tenant][room]:
                del self._rooms[tenant][room]
        self._hearers[tenant].discard(hearer)
        if not self._hearers[tenant]:
            del self._hearers[tenant], self._rooms[tenant]

    def move(self, hearer: H, rooms: frozenset[str]) -> None:
        """Put somebody into these rooms instead."""
        self.leave(hearer)
        hearer.rooms = rooms
        self.enter(hearer)

    def hearers(self, tenant: str, rooms: Iterable[str]) -> Iterable[H]:
        """Everybody of a tenant in one of the rooms, each once."""
        own = self._rooms.get(tenant, {})
        found = [own[room] for room in rooms if room in own]
        return found[0] if len(found) == 1 else set().union(*found)

    def __iter__(self) -> Iterator[H]:
        return (hearer for hearers in self._hearers.values() for hearer in hearers)

    def of_part(self, part: Part) -> Iterable[H]:
        """Everybody who gets this summary."""
        return self._parts.get(part, ())

    @property
    def tenants(self) -> list[str]:
        """Tenants that somebody listens for."""
        return sorted(self._hearers)

    @property
    def parts(self) -> list[Part]:
        """Each part of a tenant that somebody gets a summary of."""
        return list(self._parts)
