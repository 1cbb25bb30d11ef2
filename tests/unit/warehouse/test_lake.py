"""Opening the lake where there is nothing to open; with real servers: tests/integration/warehouse."""

from pathlib import Path

import pytest

from warehouse.duck import one
from warehouse.errors import LakeUnavailable
from warehouse.lake import EXTENSIONS, connect, open_lake

# Nothing listens on port 1.
NOWHERE = "postgresql://owner:s%27ecret-word@127.0.0.1:1/lake"


def test_the_extensions_come_from_their_wheels_and_times_are_utc(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        loaded = connection.execute("SELECT extension_name FROM duckdb_extensions() WHERE loaded").fetchall()
        assert set(EXTENSIONS) <= {name for (name,) in loaded}
        assert one(connection, "SELECT current_setting('TimeZone')") == ("UTC",)


def test_a_catalog_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(LakeUnavailable) as caught:
        open_lake(NOWHERE, tmp_path)
    assert "ecret" not in str(caught.value)
    assert "trunkline up" in str(caught.value)
