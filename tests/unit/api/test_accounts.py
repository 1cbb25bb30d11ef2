"""api/accounts.py: a user's standing is asked again soon enough."""

from api_parts import FakeAccounts, principal, user

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
