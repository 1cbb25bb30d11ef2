"""Passwords are made once, are long, and are their owner's alone."""

from pathlib import Path

from infra.passwords import Passwords


def test_a_password_stays_the_same(tmp_path: Path) -> None:
    first = Passwords(tmp_path / "secrets.json").get("owner")
    assert Passwords(tmp_path / "secrets.json").get("owner") == first


def test_each_name_has_its_own_long_password(tmp_path: Path) -> None:
    passwords = Passwords(tmp_path / "secrets.json")
    one, two = passwords.get("one"), passwords.get("two")
    assert one != two
    assert min(len(one), len(two)) >= 32


def test_asking_whether_there_is_one_makes_none(tmp_path: Path) -> None:
    passwords = Passwords(tmp_path / "secrets.json")
    assert not passwords.has("admin")
    assert not (tmp_path / "secrets.json").exists()
    passwords.get("admin")
    assert passwords.has("admin")


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    Passwords(tmp_path / "secrets.json").get("owner")
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_password_is_not_in_the_objects_text(tmp_path: Path) -> None:
    passwords = Passwords(tmp_path / "secrets.json")
    assert passwords.get("owner") not in repr(passwords)
