"""api/first_user.py: somebody can sign in to a new installation."""

import pytest
from api_parts import HASHER, PASSWORD

from api.first_user import FirstUser
from api.passwords import Passwords


class Users:
    """A table of users that is away at first, and may have users already."""

    def __init__(self, *, empty: bool = True) -> None:
        self.away, self.empty, self.hashes = True, empty, [""]

    async def create_first(self, password_hash: str) -> bool:
        if self.away:
            raise OSError("away")
        self.hashes.append(password_hash)
        return self.empty


@pytest.mark.parametrize("empty", [True, False])
async def test_it_is_settled_once_the_database_has_answered(empty: bool) -> None:
    users = Users(empty=empty)
    first = FirstUser(users, Passwords(HASHER), PASSWORD)
    with pytest.raises(OSError, match="away"):
        await first.make()
    assert not first.settled
    users.away = False
    await first.make()
    assert first.settled
    assert HASHER.verify(users.hashes[-1], PASSWORD)


async def test_without_a_password_nobody_is_made() -> None:
    users = Users()
    first = FirstUser(users, Passwords(HASHER), None)
    await first.make()
    assert (first.settled, users.hashes) == (True, [""])
