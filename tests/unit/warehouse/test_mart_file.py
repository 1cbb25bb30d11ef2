"""A published file is followed when it is replaced, and nothing but it can be reached."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.errors import MartsMissing
from warehouse.mart_file import MartFile


def put(path: Path, number: int) -> None:
    """Put a file with this number in it at `path`, in one step."""
    part = path.with_suffix(".part")
    with duckdb.connect(str(part)) as connection:
        connection.execute(f"CREATE TABLE published AS SELECT {number} AS number")
    part.replace(path)


def test_it_answers_from_the_newest_file(tmp_path: Path) -> None:
    file = MartFile(tmp_path / "default.duckdb")
    with pytest.raises(MartsMissing):
        file.ask("FROM published")
    for number in (1, 2, 3):
        put(file.path, number)
        assert file.ask("FROM published")["number"].to_list() == [number]


def test_who_began_to_read_the_old_file_can_read_on(tmp_path: Path) -> None:
    old, new = MartFile(tmp_path / "default.duckdb"), MartFile(tmp_path / "default.duckdb")
    put(old.path, 1)
    with old._cursor() as cursor:
        put(old.path, 2)
        assert new.ask("FROM published")["number"].to_list() == [2]
        assert cursor.execute("FROM marts.published").fetchall() == [(1,)]


def test_frames_and_values_go_into_a_question_and_are_gone_after_it(tmp_path: Path) -> None:
    file = MartFile(tmp_path / "default.duckdb")
    put(file.path, 1)
    answer = file.ask(
        "SELECT number + n + $more AS sum FROM published, given", {"given": pl.DataFrame({"n": [10]})}, more=100
    )
    assert answer["sum"].to_list() == [111]
    with pytest.raises(duckdb.CatalogException):
        file.ask("FROM given")


def test_neither_other_files_nor_writing_are_possible(tmp_path: Path) -> None:
    file = MartFile(tmp_path / "default.duckdb")
    put(file.path, 1)
    (tmp_path / "secret.txt").write_text("secret")
    for statement in (f"FROM read_text('{tmp_path}/secret.txt')", "SELECT * FROM glob('/etc/*')"):
        with pytest.raises(duckdb.PermissionException):
            file.ask(statement)
    with file._cursor() as cursor, pytest.raises(duckdb.InvalidInputException, match="read-only"):
        cursor.execute("DELETE FROM marts.published")
