"""The first password is left once, privately, and not at all where the user chose one."""

from pathlib import Path

from infra.first_login import leave_note
from infra.passwords import Passwords
from infra.settings import Address, UpSettings


def settings(data: Path, **given: str) -> UpSettings:
    return UpSettings(data, Address("127.0.0.1", 8000), given=given)


def test_the_file_says_where_who_and_with_which_password(tmp_path: Path) -> None:
    passwords = Passwords(tmp_path / "secrets.json")
    path = leave_note(settings(tmp_path), passwords)
    assert path == tmp_path / "first-login.txt"
    text = path.read_text()
    assert "http://127.0.0.1:8000/" in text
    assert "admin" in text
    assert passwords.get("admin") in text
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_is_the_same_at_the_next_start(tmp_path: Path) -> None:
    passwords = Passwords(tmp_path / "secrets.json")
    first = leave_note(settings(tmp_path), passwords)
    assert first is not None
    text = first.read_text()
    assert leave_note(settings(tmp_path), passwords) == first
    assert first.read_text() == text


def test_once_removed_it_does_not_come_back(tmp_path: Path) -> None:
    passwords = Passwords(tmp_path / "secrets.json")
    path = leave_note(settings(tmp_path), passwords)
    assert path is not None
    path.unlink()
    assert leave_note(settings(tmp_path), passwords) is None
    assert not path.exists()


def test_a_password_of_the_users_own_is_written_nowhere(tmp_path: Path) -> None:
    chosen = settings(tmp_path, TRUNKLINE_ADMIN_PASSWORD="chosen")
    assert leave_note(chosen, Passwords(tmp_path / "secrets.json")) is None
    assert list(tmp_path.iterdir()) == []
