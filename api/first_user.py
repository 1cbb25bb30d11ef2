"""The user `admin`, made at the start when there is no user at all, with the password the installation was given."""

import logging
from typing import Protocol

from api.accounts import FIRST_USER
from api.passwords import Passwords

log = logging.getLogger("api.first_user")


class Creator(Protocol):
    """Makes the first user."""

    async def create_first(self, password_hash: str) -> bool:
        """Make the user `admin` when there is no user at all. Whether it was made."""


class FirstUser:
    """`settled` is false until the first user was made, or found not to be needed or not to be wanted."""

    def __init__(self, accounts: Creator, passwords: Passwords, password: str | None) -> None:
        self.settled = password is None
        self._accounts = accounts
        self._passwords = passwords
        self._password = password

    async def make(self) -> None:
        """Make it, if it is wanted. Raises what psycopg raises while the database is away."""
        if self._password is None:
            return
        if await self._accounts.create_first(await self._passwords.hash(self._password)):
            log.info("the first user was made", extra={"username": FIRST_USER})
        self.settled = True
