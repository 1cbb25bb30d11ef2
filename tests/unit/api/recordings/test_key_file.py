"""api/recordings/key_file.py: private keys, readable by nobody else, never shown."""

from pathlib import Path

import pytest
from made_recordings import encrypt

from api.recordings.age import AgeFile
from api.recordings.key_file import KeyFile, KeysUnusable


def test_a_key_is_made_and_opens_what_is_encrypted_for_it(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys/keys.json")
    assert keys.read() == {}
    recipient = keys.make("north")
    (tmp_path / "a.age").write_bytes(encrypt(b"sound", recipient))
    identity = KeyFile(tmp_path / "keys/keys.json").identity(recipient)
    assert identity is not None
    with (tmp_path / "a.age").open("rb") as file:
        assert AgeFile(file.fileno(), identity).read(0, 9) == b"sound"
    assert (tmp_path / "keys/keys.json").stat().st_mode & 0o777 == 0o600
    assert keys.read()[recipient].tenant == "north"
    assert "SECRET" not in repr(keys.read()[recipient])


def test_a_key_that_is_forgotten_is_gone(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    first, second = keys.make("north"), keys.make("south")
    keys.forget({first, "age1unknown"})
    assert (keys.identity(first), set(keys.read())) == (None, {second})
    assert "SECRET" in (tmp_path / "keys.json").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys.json", "keys.json.lock"]


def test_a_file_that_everybody_may_read_is_not_used(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    keys.make("north")
    (tmp_path / "keys.json").chmod(0o644)
    with pytest.raises(KeysUnusable, match="chmod 600"):
        keys.read()


@pytest.mark.parametrize("text", ["", "[]", '{"age1x": 5}', "\0"])
def test_what_is_no_file_of_keys_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    (tmp_path / "keys.json").chmod(0o600)
    with pytest.raises(KeysUnusable, match="cannot be read"):
        KeyFile(tmp_path / "keys.json").read()


def test_where_it_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeysUnusable, match="cannot be written"):
        KeyFile(tmp_path / "file/keys.json").make("north")
