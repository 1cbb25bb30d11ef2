"""api/live/seats.py: which agents a user is, asked now and then."""

from api_parts import FakeSeats, principal
from msgspec.structs import replace

from api.accounts import LOOKED_AT_S
from api.live.seats import Seats
from api.roles import WATCHERS, Role


async def test_an_agent_is_who_the_store_says() -> None:
    assert await Seats(FakeSeats("pbx:1")).of(principal(Role.AGENT)) == {"pbx:1"}
    assert await Seats(FakeSeats("pbx:1")).of(principal(Role.AGENT, "other")) == frozenset()


async def test_who_sees_the_work_of_others_needs_no_seat() -> None:
    seats = Seats(FakeSeats("pbx:1"))
    assert {await seats.of(principal(role)) for role in WATCHERS} == {frozenset()}


async def test_an_answer_holds_for_a_moment() -> None:
    store, now = FakeSeats("pbx:1"), 0.0
    seats = Seats(store, lambda: now)
    await seats.of(principal(Role.AGENT))
    store.told = frozenset({"pbx:2"})
    assert await seats.of(principal(Role.AGENT)) == {"pbx:1"}
    now = LOOKED_AT_S
    assert await seats.of(principal(Role.AGENT)) == {"pbx:2"}


async def test_many_are_asked_of_at_once() -> None:
    store = FakeSeats("pbx:1")
    seats = Seats(store, lambda: 0.0)
    agents = [replace(principal(Role.AGENT), user_id=str(number)) for number in range(3)]
    await seats.look([*agents, principal(Role.MANAGER), agents[0]])
    assert {await seats.of(each) for each in agents} == {frozenset({"pbx:1"})}
    assert store.asked == [["0", "1", "2"]]
