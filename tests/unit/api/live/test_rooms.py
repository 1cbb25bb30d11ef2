"""api/live/rooms.py: who is in which room."""

from dataclasses import dataclass

from api_parts import agent, changed_call, queue
from msgspec.structs import replace

from api.live.rooms import (
    ALL,
    EVERYTHING,
    Rooms,
    agents_in,
    members_in,
    outlook,
    queues_in,
    rooms_of_agent,
    rooms_of_call,
    rooms_of_queue,
)


@dataclass(eq=False)
class Somebody:
    """A hearer."""

    tenant: str
    rooms: frozenset[str]


def test_what_is_told_where() -> None:
    assert rooms_of_queue(queue()) == (ALL, "queue:pbx:support")
    assert rooms_of_agent(agent(queues=["a", "b"])) == (ALL, "agent:pbx:PJSIP/Alice", "members:pbx:a", "members:pbx:b")
    live = changed_call()
    pbx = live.call.pbx
    assert rooms_of_call(live) == (ALL, f"agent:{pbx}:PJSIP/Alice", f"members:{pbx}:support")
    assert rooms_of_call(replace(live, agent_id=None, call=replace(live.call, stints=[]))) == (ALL,)


def test_what_rooms_are_about() -> None:
    rooms = frozenset({"queue:pbx:a:b", "members:pbx:c", "agent:pbx:PJSIP/1", ALL})
    assert (queues_in(rooms), members_in(rooms), agents_in(rooms)) == (
        {("pbx", "a:b")},
        {("pbx", "c")},
        {"pbx:PJSIP/1"},
    )
    assert outlook(rooms) == {"queue:pbx:a:b", ALL}


def test_everybody_of_a_tenant_is_found_once_and_nobody_of_another() -> None:
    rooms: Rooms[Somebody] = Rooms()
    both, one, theirs = Somebody("a", frozenset("xy")), Somebody("a", frozenset("x")), Somebody("b", frozenset("xy"))
    for each in (both, one, theirs):
        rooms.enter(each)
    assert set(rooms.hearers("a", "xy")) == {both, one}
    assert list(rooms.hearers("a", "y")) == [both]
    assert list(rooms.hearers("nobodys", "xy")) == []
    assert rooms.tenants == ["a", "b"]


def test_who_moves_is_in_the_new_rooms_only() -> None:
    rooms: Rooms[Somebody] = Rooms()
    it = Somebody("a", EVERYTHING)
    rooms.enter(it)
    rooms.move(it, frozenset({"queue:pbx:a"}))
    assert list(rooms.hearers("a", [ALL])) == []
    assert list(rooms.hearers("a", ["queue:pbx:a"])) == list(rooms) == [it]
    assert rooms.parts == [("a", frozenset({"queue:pbx:a"}))]


def test_nothing_stays_of_who_has_left() -> None:
    rooms: Rooms[Somebody] = Rooms()
    it = Somebody("a", EVERYTHING)
    rooms.enter(it)
    rooms.leave(it)
    assert (rooms.tenants, list(rooms), rooms.parts, list(rooms.of_part(("a", EVERYTHING)))) == ([], [], [], [])
