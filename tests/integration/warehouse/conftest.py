"""A lake of one's own on the run's PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from made_installation import Installation


@pytest.fixture
def installation(database_as: Callable[..., str], lake_database: str, tmp_path: Path) -> Iterator[Installation]:
    """An empty database and an empty lake."""
    installation = Installation(database_as(), database_as("trunkline_warehouse"), lake_database, tmp_path / "data")
    yield installation
    installation.close()
