"""A kept file is whole, private, and loses no change however many write to it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.kept import KeptFile, write_private


def test_a_choice_is_kept(tmp_path: Path) -> None:
    KeptFile(tmp_path / "kept.json").choose("a", lambda kept: 1)
    assert KeptFile(tmp_path / "kept.json").read() == {"a": 1}


def test_a_choice_sees_what_was_there(tmp_path: Path) -> None:
    file = KeptFile(tmp_path / "kept.json")
    file.choose("a", lambda kept: 1)
    assert file.choose("b", lambda kept: kept["a"] + 1) == 2


def test_no_change_is_lost_between_threads(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    names = [f"name{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: KeptFile(path).choose(name, lambda kept: len(kept)), names))
    kept = KeptFile(path).read()
    assert sorted(kept) == sorted(names)
    assert sorted(kept.values()) == list(range(40))


def test_nothing_is_there_before_the_first_choice(tmp_path: Path) -> None:
    assert KeptFile(tmp_path / "none.json").read() == {}


def test_a_private_file_is_its_owners_alone_and_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "folder/secret"
    write_private(path, "old")
    write_private(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret"]
