"""api/live/reach.py: what a socket may hear."""

import pytest
from api_parts import agent, principal, queue

from api.live.board import Board
from api.live.client import Client
from api.live.reach import asked_rooms, rooms_of, seated
from api.roles import WATCHERS, Role


def board() -> Board:
    """Alice in support, Bob in sales, and another tenant's Carol."""
    it = Board()
    carol = agent("Carol", tenant="other", queues=["theirs"])
    it.replace(
        [agent(), agent("Bob", queues=["sales"]), carol], [queue(), queue("sales"), queue("theirs", tenant="other")]
    )
    return it


def of_agent(*seats: str) -> Client:
    """A socket of an agent."""
    return Client(principal(Role.AGENT), frozenset(seats))


@pytest.mark.parametrize("role", sorted(WATCHERS))
def test_who_sees_the_work_of_others_hears_everything_or_what_it_asks_for(role: Role) -> None:
    client = Client(principal(role))
    assert rooms_of(client, board()) == {"all"}
    assert asked_rooms(client, ["queue:pbx:support"], board()) == {"queue:pbx:support", "members:pbx:support"}
    assert asked_rooms(client, ["agent:pbx:PJSIP/Bob"], board()) == {"agent:pbx:PJSIP/Bob"}


@pytest.mark.parametrize(
    "name",
    [
        "queue:pbx:theirs",
        "agent:pbx:PJSIP/Carol",
        "queue:pbx:x",
        "agent:pbx:x",
        "queue:",
        "all",
        "members:pbx:support",
        "x",
    ],
)
def test_another_tenants_room_is_one_that_is_not_there(name: str) -> None:
    assert asked_rooms(Client(principal()), [name], board()) is None
    assert asked_rooms(of_agent("pbx:PJSIP/Carol", "pbx:PJSIP/Alice"), [name], board()) is None


def test_an_agent_hears_its_own() -> None:
    client = of_agent("pbx:PJSIP/Alice")
    assert rooms_of(client, board()) == {"agent:pbx:PJSIP/Alice", "queue:pbx:support"}
    assert asked_rooms(client, ["queue:pbx:support"], board()) == {"queue:pbx:support"}
    assert asked_rooms(client, ["queue:pbx:sales"], board()) is None
    assert asked_rooms(client, ["agent:pbx:PJSIP/Bob"], board()) is None


def test_what_was_asked_for_ends_with_the_right_to_it() -> None:
    client, it = of_agent("pbx:PJSIP/Alice"), board()
    client.asked = asked_rooms(client, ["queue:pbx:support"], it)
    it.put_agent(agent(version=2, queues=["sales"]))
    assert rooms_of(client, it) == frozenset()


def test_a_seat_of_another_tenant_is_none() -> None:
    assert seated(of_agent("pbx:PJSIP/Carol", "pbx:gone"), board()) == []
    assert rooms_of(of_agent("pbx:PJSIP/Carol"), board()) == frozenset()
