"""What a socket may hear, and what it hears of that. Pure.

Who sees the work of others may hear everything of the tenant, or ask for rooms of it. An agent hears the seats that its
user has, and the queues these are logged in to; of anything else it is told what it would be told if it were not there.
"""

from collections.abc import Iterable

from api.live.board import Board
from api.live.client import Client
from api.live.rooms import ASKABLE, EVERYTHING, agent_room, members_room, queue_room
from calls.live import AgentLive


def rooms_of(client: Client, board: Board) -> frozenset[str]:
    """The rooms that a socket is to be in, as of the board."""
    if client.is_agent:
        own = _own_rooms(client, board)
        return own if client.asked is None else own & client.asked
    return EVERYTHING if client.asked is None else client.asked


def asked_rooms(client: Client, names: Iterable[str], board: Board) -> frozenset[str] | None:
    """The rooms that these names stand for; None when one is not there for this socket."""
    may = _own_rooms(client, board) if client.is_agent else None
    asked: set[str] = set()
    for name in names:
        rooms = _named(client, name, board)
        if not rooms or (may is not None and name not in may):
            return None
        asked.update(rooms)
    return frozenset(asked) if may is None else frozenset(asked & may)


def seated(client: Client, board: Board) -> list[AgentLive]:
    """The agents that the socket's user is."""
    found = (board.agents.get(key) for key in client.seats)
    return [agent for agent in found if agent is not None and agent.tenant == client.tenant]


def _own_rooms(client: Client, board: Board) -> frozenset[str]:
    agents = seated(client, board)
    queues = (queue_room(agent.pbx, queue) for agent in agents for queue in agent.queues)
    return frozenset((*(agent_room(agent.pbx, agent.agent_id) for agent in agents), *queues))


def _named(client: Client, name: str, board: Board) -> tuple[str, ...]:
    if not name.startswith(ASKABLE):
        return ()
    own = frozenset({name})
    for queue in board.queues_of(client.tenant, own):
        return queue_room(queue.pbx, queue.queue_id), members_room(queue.pbx, queue.queue_id)
    for agent in board.agents_of(client.tenant, own):
        return (agent_room(agent.pbx, agent.agent_id),)
    return ()
