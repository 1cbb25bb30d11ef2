"""api/sign_ins.py on PostgreSQL: rotation, theft, and everything that ends a sign-in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

import psycopg
import pytest
from api_rows import add_user, change

from api.accounts import PostgresAccounts, Standings, User
from api.database import Database
from api.roles import Role
from api.sign_ins import PostgresSignIns, SignIns, hash_of


class Place(NamedTuple):
    """Sign-ins by the API's own role, and a user."""

    sign_ins: SignIns
    standings: Standings
    mia: User
    owner: str


@pytest.fixture
async def place(database_as: Callable[..., str]) -> AsyncIterator[Place]:
    database = Database(database_as("trunkline_api"))
    await database.open()
    add_user(database_as(), "mia", "manager", "north")
    accounts = PostgresAccounts(database)
    mia = await accounts.find("mia")
    assert mia is not None
    # Each look asks PostgreSQL.
    ticks = iter(range(0, 10_000, 10))
    standings = Standings(accounts, clock=lambda: float(next(ticks)))
    yield Place(SignIns(PostgresSignIns(database), standings.forget), standings, mia, database_as())
    await database.close()


async def test_a_sign_in_goes_on_with_the_rights_of_now(place: Place) -> None:
    begun = await place.sign_ins.begin(place.mia, "x" * 500)
    assert await place.standings.holds(begun.principal)
    change(place.owner, "UPDATE users SET role = 'analyst', name = 'Mia M' WHERE username = 'mia'")
    assert not await place.standings.holds(begun.principal)
    on = await place.sign_ins.go_on(begun.refresh)
    assert on is not None
    assert (on.principal.role, on.principal.name) == (Role.ANALYST, "Mia M")
    assert (on.principal.session, on.principal.expires) == (begun.principal.session, begun.principal.expires)
    assert await place.standings.holds(on.principal)


async def test_a_token_that_comes_twice_ends_its_sign_in_however_long_ago_it_was_used(place: Place) -> None:
    begun = await place.sign_ins.begin(place.mia, "")
    other = await place.sign_ins.begin(place.mia, "")
    newest = begun
    for _ in range(3):
        following = await place.sign_ins.go_on(newest.refresh)
        assert following is not None
        newest = following
    assert await place.sign_ins.go_on(begun.refresh) is None
    assert await place.sign_ins.go_on(newest.refresh) is None
    assert not await place.standings.holds(newest.principal)
    assert await place.standings.holds(other.principal)
    assert actions(place.owner) == ["sign_in.begin", "sign_in.begin", "sign_in.stolen"]


async def test_of_two_at_once_with_one_token_no_more_than_one_goes_on(place: Place) -> None:
    begun = await place.sign_ins.begin(place.mia, "")
    both = await asyncio.gather(place.sign_ins.go_on(begun.refresh), place.sign_ins.go_on(begun.refresh))
    assert sum(kept is not None for kept in both) == 1
    assert not await place.standings.holds(begun.principal)


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE sign_ins SET revoked_at = now()",
        "UPDATE sign_ins SET expires_at = now()",
        "UPDATE users SET is_active = false",
        "UPDATE tenants SET is_active = false WHERE id = 'north'",
        "DELETE FROM sign_ins",
    ],
)
async def test_what_ends_a_sign_in(place: Place, ending: str) -> None:
    begun = await place.sign_ins.begin(place.mia, "")
    change(place.owner, ending)
    assert not await place.standings.holds(begun.principal)
    assert await place.sign_ins.go_on(begun.refresh) is None


async def test_signing_out_ends_it(place: Place) -> None:
    begun = await place.sign_ins.begin(place.mia, "")
    await place.sign_ins.end(begun.principal)
    assert not await place.standings.holds(begun.principal)
    assert await place.sign_ins.go_on(begun.refresh) is None
    assert actions(place.owner) == ["sign_in.begin", "sign_in.end"]


async def test_no_token_is_in_the_database(place: Place) -> None:
    begun = await place.sign_ins.begin(place.mia, "x" * 500)
    on = await place.sign_ins.go_on(begun.refresh)
    assert on is not None
    with psycopg.connect(place.owner) as connection:
        kept = str(connection.execute("SELECT s.*, t.* FROM sign_ins s, spent_refresh_tokens t").fetchall())
        hashes = connection.execute("SELECT refresh_hash, user_agent FROM sign_ins").fetchone()
    assert begun.refresh not in kept and on.refresh not in kept
    assert hashes == (hash_of(on.refresh), "x" * 200)


async def test_what_is_long_over_is_forgotten(place: Place) -> None:
    await place.sign_ins.begin(place.mia, "")
    change(place.owner, "UPDATE sign_ins SET expires_at = now() - interval '2 days'")
    kept = await place.sign_ins.begin(place.mia, "")
    database = place.sign_ins._store
    await database.forget()
    with psycopg.connect(place.owner) as connection:
        assert [str(row[0]) for row in connection.execute("SELECT id FROM sign_ins")] == [kept.principal.session]


def actions(owner: str) -> list[str]:
    """What the audit log says, in order."""
    with psycopg.connect(owner) as connection:
        return [row[0] for row in connection.execute("SELECT action FROM audit_log ORDER BY id")]
