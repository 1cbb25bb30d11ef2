"""api/accounts.py: a user's standing is asked again soon enough."""

from api_parts import FakeAccounts, principal, user
from msgspec.structs import replace

from api.accounts import LOOKED_AT_S, Standings
from api.roles import Role


class Watch:
    """A clock in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_an_active_user_of_the_same_role_stands() -> None:
    assert await Standings(FakeAccounts()).holds(principal())


async def test_nobody_stands_for_another_tenant() -> None:
    assert not await Standings(FakeAccounts()).holds(principal(tenant="other"))


async def test_it_is_not_asked_at_every_click() -> None:
    accounts, watch = FakeAccounts(), Watch()
    standings = Standings(accounts, watch)
    assert [await standings.holds(principal()) for _ in range(5)] == [True] * 5
    assert accounts.asked == 1


async def test_many_are_asked_about_at_once() -> None:
    accounts = FakeAccounts()
    standings = Standings(accounts, Watch())
    await standings.look(principal(role) for role in Role)
    assert all([await standings.holds(principal(role)) for role in Role])
    assert accounts.asked == 1


async def test_a_sign_in_that_was_ended_here_is_asked_about_at_once() -> None:
    accounts = FakeAccounts(user(Role.MANAGER))
    standings = Standings(accounts, Watch())
    assert await standings.holds(principal())
    accounts.users.clear()
    standings.forget(principal().session)
    assert not await standings.holds(principal())


async def test_another_user_does_not_stand_by_this_ones_sign_in() -> None:
    mine = replace(principal(Role.MANAGER), session=principal(Role.ANALYST).session)
    assert not await Standings(FakeAccounts()).holds(mine)


async def test_what_changed_holds_soon() -> None:
    accounts, watch = FakeAccounts(), Watch()
    standings = Standings(accounts, watch)
    await standings.holds(principal())
    accounts.users["manager"] = user(Role.MANAGER, is_active=False)
    watch.now = LOOKED_AT_S
    assert not await standings.holds(principal())


async def test_a_demoted_user_does_not_keep_the_old_role() -> None:
    accounts = FakeAccounts(user(Role.MANAGER))
    changed = principal(Role.ADMINISTRATOR)
    assert not await Standings(accounts).holds(changed)
