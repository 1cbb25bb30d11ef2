"""How often something may be tried, over all API processes: counted in PostgreSQL, one short statement a request.

For what an attacker repeats and what costs: signing in, refreshing, dialling. What each process can see for itself is
held by `api/door/crowd.py`. Keys are stored as hashes: a password typed into the wrong field is not kept.
"""

import hashlib
from typing import Protocol

from msgspec import Struct

from api.database import Database

# Counts that ran out mean nothing; they are thrown away this often.
FORGET_TRIES_EVERY_S = 60.0


class Allowance(Struct, frozen=True):
    """So many `tries` at once, then one each `every_s` seconds. `name` keeps counts of different things apart."""

    name: str
    tries: int
    every_s: float


class Brake(Protocol):
    """Counts tries."""

    async def take(self, *counted: tuple[Allowance, str]) -> float:
        """Take one try of each allowance for its key. 0 if there was one of all, else the seconds until there is."""

    async def forgive(self, allowance: Allowance, key: str) -> None:
        """Forget what was tried: it was right in the end."""


class PostgresBrake:
    """`Brake` on the table `brakes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, *counted: tuple[Allowance, str]) -> float:
        """Take a try of each. Raises what psycopg raises: without a count nothing is let through."""
        keys = [_hash(allowance, key) for allowance, key in counted]
        tries = [allowance.tries for allowance, _ in counted]
        every = [allowance.every_s for allowance, _ in counted]
        async with self._database.tenantless() as connection:
            found = await connection.execute("SELECT take_tries(%s, %s, %s) AS wait", [keys, tries, every])
            row = await found.fetchone()
        assert row is not None
        return float(row["wait"])

    async def forgive(self, allowance: Allowance, key: str) -> None:
        """Forget the count of this key."""
        async with self._database.tenantless() as connection:
            await connection.execute("SELECT forgive_tries(%s)", [_hash(allowance, key)])

    async def forget(self) -> None:
        """Throw away the counts that ran out."""
        async with self._database.tenantless() as connection:
            await connection.execute("SELECT forget_tries()")


def _hash(allowance: Allowance, key: str) -> bytes:
    return hashlib.sha256(f"{allowance.name}\0{key}".encode()).digest()
