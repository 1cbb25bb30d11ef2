"""A database, as the API sees it."""

from collections.abc import AsyncIterator, Callable

import pytest

from api.database import Database


@pytest.fixture
async def database(database_as: Callable[..., str]) -> AsyncIterator[Database]:
    """What the API knows of it."""
    database = Database(database_as("trunkline_api"))
    await database.open()
    yield database
    await database.close()
