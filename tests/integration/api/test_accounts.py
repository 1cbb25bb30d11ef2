"""api/accounts.py on PostgreSQL: users found across tenants by name, and nowhere else."""

from collections.abc import AsyncIterator, Callable

import pytest
from api_parts import HASH
from api_rows import add_user, change

from api.accounts import PostgresAccounts, Standing
from api.database import Database
from api.roles import Role


@pytest.fixture
async def accounts(database_as: Callable[..., str]) -> AsyncIterator[PostgresAccounts]:
    """Accounts by the API's own role."""
    database = Database(database_as("trunkline_api"))
    await database.open()
    yield PostgresAccounts(database)
    await database.close()


async def test_the_first_user_is_made_once(accounts: PostgresAccounts) -> None:
    assert await accounts.create_first(HASH) is True
    assert await accounts.create_first("other") is False
    admin = await accounts.find("admin")
    assert admin is not None
    assert (admin.role, admin.tenant, admin.password_hash) == (Role.ADMINISTRATOR, "default", HASH)


async def test_a_user_is_found_by_the_very_name(accounts: PostgresAccounts, database: str) -> None:
    add_user(database, "mia", "manager", "north")
    found = await accounts.find("mia")
    assert found is not None and found.tenant == "north"
    for name in ("Mia", "mia ", "%", "mia' OR '1'='1", ""):
        assert await accounts.find(name) is None


async def test_what_a_user_is_now(accounts: PostgresAccounts, database: str) -> None:
    user_id = add_user(database, "mia", "manager", "north")
    assert await accounts.standing("north", user_id) == Standing(Role.MANAGER, True)
    assert await accounts.standing("default", user_id) is None
    change(database, "UPDATE users SET role = 'analyst', is_active = false WHERE username = 'mia'")
    assert await accounts.standing("north", user_id) == Standing(Role.ANALYST, False)
