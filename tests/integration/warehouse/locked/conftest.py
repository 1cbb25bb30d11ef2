"""Published marts of two tenants, and a folder with secrets beside them that everybody might write to."""

from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from attacks import SECRET
from made_calls import START, queue_call
from made_lake import publish_calls

from warehouse.published import marts_path


class Place(NamedTuple):
    """The data folder, the tenant's file in it, and the folder with secrets."""

    data: Path
    file: Path
    outside: Path

    def state(self) -> dict[str, tuple[int, int]]:
        """Size and time of every file of both folders."""
        files = {path: path.stat() for folder in (self.data, self.outside) for path in folder.rglob("*")}
        return {str(path): (file.st_size, file.st_mtime_ns) for path, file in files.items()}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Three calls; what is outside must never be read or written."""
    data, outside = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("outside")
    publish_calls(data, [queue_call(n, at=START + n * 1000) for n in range(3)])
    outside.chmod(0o777)
    (outside / "secret.csv").write_text(f"word\n{SECRET}\n")
    (outside / "schema.sql").write_text(f"CREATE TABLE secret AS SELECT '{SECRET}' AS word;")
    (outside / "load.sql").write_text("")
    with duckdb.connect(str(outside / "secret.duckdb")) as connection:
        connection.execute(f"CREATE TABLE secret AS SELECT '{SECRET}' AS word")
    return Place(data, marts_path(data, "default"), outside)
