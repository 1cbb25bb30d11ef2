"""What of an agent is news to the agent itself: a new status, and a call that begins to ring. No I/O, no clock."""

from msgspec import UNSET

from api.contacts.callers import Known
from api.live.messages import Message, incoming_message, status_message
from calls.live import AgentLive
from calls.presence import GUIDE_STATUS, PresenceState, presence_at


class AgentNews:
    """Remembers of each agent, by its key on the topic, what it was told last."""

    def __init__(self) -> None:
        self._status: dict[str, str] = {}
        self._rung: dict[str, str | None] = {}

    def of(self, key: str, agent: AgentLive, now: int, contact: Known = None) -> list[Message]:
        """What is new of an agent as of `now`, ms since the epoch; nothing the second time.

        A ring waits while `contact` is UNSET: who calls is being looked up.
        """
        presence, news = presence_at(agent.presence, now), []
        status = GUIDE_STATUS[presence.state]
        if self._status.get(key) != status:
            news.append(status_message(agent, status))
        rung = agent.call.call_id if agent.call and presence.state is PresenceState.RINGING else None
        if agent.call and rung is not None and self._rung.get(key) != rung:
            if contact is UNSET:
                rung = None
            else:
                news.append(incoming_message(agent, agent.call, contact or None))
        self._status[key], self._rung[key] = status, rung
        return news

    def forget(self, key: str) -> None:
        """The agent is no more."""
        self._status.pop(key, None)
        self._rung.pop(key, None)
