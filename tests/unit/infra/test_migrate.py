"""What is left to apply, and every way in which files and database disagree. SQL itself runs in integration tests."""

from pathlib import Path

import pytest

from infra.errors import MigrationError
from infra.migrate import Migration, plan, read_folder

ONE, TWO, THREE = (Migration(number, f"000{number}_x.sql", f"SELECT {number}") for number in (1, 2, 3))


def applied(*migrations: Migration) -> dict[int, tuple[str, str]]:
    return {each.version: (each.name, each.sha256) for each in migrations}


def test_a_new_database_gets_everything_in_order() -> None:
    assert plan((ONE, TWO, THREE), {}) == (ONE, TWO, THREE)


def test_only_what_is_new_is_left() -> None:
    assert plan((ONE, TWO, THREE), applied(ONE, TWO)) == (THREE,)
    assert plan((ONE, TWO), applied(ONE, TWO)) == ()


def test_a_changed_file_is_named() -> None:
    changed = Migration(1, ONE.name, "SELECT 'changed'")
    with pytest.raises(MigrationError, match=r"0001_x\.sql was changed"):
        plan((changed, TWO), applied(ONE))


def test_a_database_from_a_newer_version_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"0002_x\.sql, which this version"):
        plan((ONE,), applied(ONE, TWO))


def test_a_file_that_comes_too_late_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"0002_x\.sql comes before"):
        plan((ONE, TWO, THREE), applied(ONE, THREE))


def test_the_folder_is_read_by_number(tmp_path: Path) -> None:
    (tmp_path / "0002_second.sql").write_text("SELECT 2")
    (tmp_path / "0001_first.sql").write_text("SELECT 1")
    (tmp_path / "README.md").write_text("no migration")
    assert [each.name for each in read_folder(tmp_path)] == ["0001_first.sql", "0002_second.sql"]


def test_a_number_used_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").write_text("SELECT 1")
    (tmp_path / "0001_b.sql").write_text("SELECT 1")
    with pytest.raises(MigrationError, match="same number"):
        read_folder(tmp_path)


@pytest.mark.parametrize("name", ["1_short.sql", "0001-dash.sql", "0001_Capital.sql", "first.sql"])
def test_a_misnamed_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("SELECT 1")
    with pytest.raises(MigrationError, match="NNNN_name"):
        read_folder(tmp_path)


def test_the_projects_own_migrations_are_in_order() -> None:
    versions = [each.version for each in read_folder()]
    # Numbers are given out before the files are there, so that one may be left over.
    assert (versions[0], versions) == (1, sorted(set(versions)))
