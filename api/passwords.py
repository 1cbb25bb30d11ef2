"""Passwords as argon2id hashes. An unknown user costs the same work as a wrong password.

Hashing is heavy on purpose, so it runs beside the event loop, a few at a time. Passwords and hashes never reach a log.
"""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

# Each check takes 64 MiB and tens of milliseconds of a core: more at once would let a flood of logins starve the rest.
AT_ONCE = 2


class Passwords:
    """Makes and checks hashes. The parameters are argon2-cffi's defaults: RFC 9106's second recommended option."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        # What a password for nobody is compared with; made with the same parameters, so that it takes as long.
        self._nobody = self._hasher.hash("nobody")
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """The hash to store."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether this is the password of the stored hash; None stands for an unknown user and never matches."""
        async with self._turn:
            same = await asyncio.to_thread(self._verify, stored or self._nobody, password)
        return same and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False
