"""api/live/agent_news.py: what is news to an agent."""

from api_parts import NOON, agent, busy
from msgspec.structs import replace

from api.live.agent_news import AgentNews
from calls.live import AgentLive
from calls.presence import Presence, PresenceState


def ringing(call_id: str = "pbx:1") -> AgentLive:
    """An agent who is rung."""
    live = busy()
    assert live.call is not None
    call = replace(live.call, call_id=call_id)
    return replace(live, call=call, presence=Presence(PresenceState.RINGING, NOON, call_id=call_id))


def told(news: AgentNews, agent: AgentLive, now: int = NOON) -> list[str]:
    """The events, for the key `a`."""
    return [each.event for each in news.of("a", agent, now)]


def test_a_status_is_news_when_it_changed() -> None:
    news = AgentNews()
    assert told(news, agent()) == ["agent:status:updated"]
    assert told(news, agent(version=2)) == []
    assert told(news, busy()) == ["agent:status:updated"]


def test_a_ring_is_news_once_and_the_next_call_again() -> None:
    news = AgentNews()
    assert told(news, ringing()) == ["agent:status:updated", "call:incoming"]
    assert told(news, ringing()) == []
    assert told(news, ringing("pbx:2")) == ["call:incoming"]
    assert told(news, agent()) == ["agent:status:updated"]
    assert told(news, ringing("pbx:2")) == ["agent:status:updated", "call:incoming"]


def test_time_alone_is_news_too() -> None:
    news = AgentNews()
    wrap_up = agent(presence=Presence(PresenceState.WRAP_UP, NOON, until=NOON + 5, then=PresenceState.AVAILABLE))
    assert told(news, wrap_up) == ["agent:status:updated"]
    assert told(news, wrap_up, NOON + 5) == ["agent:status:updated"]


def test_who_is_gone_is_forgotten() -> None:
    news = AgentNews()
    told(news, ringing())
    news.forget("a")
    assert told(news, ringing()) == ["agent:status:updated", "call:incoming"]
