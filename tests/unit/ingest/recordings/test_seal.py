"""ingest/recordings/seal.py: complete or absent, and readable with the key alone."""

import hashlib
import io
import os
from pathlib import Path
from typing import Any

import pytest
from made_recordings import decrypt, key_pair

from ingest.recordings.seal import Spliced, seal


def test_a_file_is_encrypted_with_its_header_mended(tmp_path: Path) -> None:
    recipient, identity = key_pair()
    plain = os.urandom(200_000)
    (tmp_path / "plain").write_bytes(plain)
    with (tmp_path / "plain").open("rb") as file:
        done = seal(Spliced(b"HEAD", file.fileno()), recipient, tmp_path / "t/2026/a.age")
    sealed = tmp_path / "t/2026/a.age"
    data = sealed.read_bytes()
    assert (done.size, done.sha256) == (len(data), hashlib.sha256(data).digest())
    assert decrypt(sealed, identity) == b"HEAD" + plain[4:]
    assert sealed.stat().st_mode & 0o007 == 0
    assert [path.name for path in sealed.parent.iterdir()] == ["a.age"]


class Broken(io.RawIOBase):
    """A disk that fails."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        raise OSError(5, "Input/output error")


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    recipient, identity = key_pair()
    seal(io.BytesIO(b"before"), recipient, tmp_path / "a.age")  # type: ignore[arg-type]
    with pytest.raises(OSError, match="Input/output error"):
        seal(Broken(), recipient, tmp_path / "a.age")
    assert decrypt(tmp_path / "a.age", identity) == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.age"]
