"""api/accounts.py on PostgreSQL: users found across tenants by name, and nowhere else."""

from collections.abc import AsyncIterator, Callable

import pytest
from api_parts import HASH
from api_rows import add_user, change

from api.accounts import PostgresAccounts
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
    for name in ("Mia", "mia ", "%", "mia' OR '1'='1", "", "mia\0"):
        assert await accounts.find(name) is None


async def test_an_extension_leads_to_its_user_where_it_is_clear_which(
    accounts: PostgresAccounts, database: str
) -> None:
    for name, tenant, pbx in (("mia", "north", "pbx1"), ("ben", "south", "pbx2")):
        user_id = add_user(database, name, "agent", tenant)
        change(
            database,
            "INSERT INTO extensions (tenant_id, user_id, pbx, interface, extension) VALUES (%s, %s, %s, %s, '1001')",
            *(tenant, user_id, pbx, "PJSIP/1001"),
        )
    assert await accounts.find_extension("1001", None) is None
    assert await accounts.find_extension("1001", "pbx3") is None
    assert await accounts.find_extension("1001\0", None) is None
    assert await accounts.find_extension("1001", "pbx2\0") is None
    found = await accounts.find_extension("1001", "pbx2")
    assert found is not None
    assert (found.user.name, found.user.tenant, found.interface) == ("ben", "south", "PJSIP/1001")
