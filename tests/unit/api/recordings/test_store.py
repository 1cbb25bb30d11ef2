"""api/recordings/store.py: files by their ids alone; no path leads out, no link is followed."""

import os
from pathlib import Path

import pytest
from made_recordings import decrypt, encrypt

from api.recordings.age import CHUNK, Unreadable
from api.recordings.key_file import KeyFile
from api.recordings.store import RecordingStore, Stored

PATH = "north/2026/11/22/0c1d2e3f-0000-5000-8000-000000000001.age"
PLAIN = os.urandom(CHUNK + 1000)

# Each way in which a path has ever led somewhere else.
HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "north/2026/11/22/../../../../../etc/passwd",
    "%2e%2e/%2e%2e/etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "north\\2026\\11\\22\\0c1d2e3f-0000-5000-8000-000000000001.age",
    PATH + "\0",
    PATH + "\n",
    "\0" + PATH,
    "./" + PATH,
    PATH.replace("north", ".."),
    PATH.replace("2026", ".."),
    PATH.replace("north", "n" * 64),
    PATH.replace("north", "Ｎorth"),
    PATH.replace("2026", "٢٠٢٦"),
    "a" * 100_000,
    "",
]


@pytest.fixture
def store(tmp_path: Path) -> RecordingStore:
    """A store with one recording."""
    (tmp_path / "store").mkdir()
    return RecordingStore(tmp_path / "store", KeyFile(tmp_path / "keys.json"))


def put(store: RecordingStore, tmp_path: Path, plain: bytes = PLAIN) -> Stored:
    recipient = store.keys.make("north")
    data = encrypt(plain, recipient)
    place = tmp_path / "store" / PATH
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return Stored(PATH, recipient, len(data))


def test_a_recording_is_opened_and_removed(store: RecordingStore, tmp_path: Path) -> None:
    stored = put(store, tmp_path)
    with store.opened(stored) as file:
        assert file.read(0, 10) == PLAIN[:10]
    store.remove(PATH)
    store.remove(PATH)
    with pytest.raises(FileNotFoundError), store.opened(stored):
        pass


def test_one_that_is_longer_or_shorter_than_it_was_is_refused(store: RecordingStore, tmp_path: Path) -> None:
    stored = put(store, tmp_path)
    for size in (stored.size - 1, stored.size + 1):
        with pytest.raises(Unreadable, match="not as long"), store.opened(Stored(PATH, stored.recipient, size)):
            pass


def test_without_its_key_it_is_not_opened(store: RecordingStore, tmp_path: Path) -> None:
    stored = put(store, tmp_path)
    store.keys.forget({stored.recipient})
    with pytest.raises(Unreadable, match="key is not here"), store.opened(stored):
        pass


def test_it_is_encrypted_anew_for_another_tenant(store: RecordingStore, tmp_path: Path) -> None:
    stored, recipient = put(store, tmp_path), store.keys.make("south")
    path = PATH.replace("north", "south")
    written = store.again(stored, path, recipient)
    place = tmp_path / "store" / path
    assert (written.size, len(written.sha256)) == (place.stat().st_size, 32)
    assert decrypt(place, store.keys.read()[recipient].identity) == PLAIN
    assert [each.name for each in place.parent.iterdir()] == [place.name]


@pytest.mark.parametrize("path", HOSTILE, ids=range(len(HOSTILE)))
def test_s04_no_other_path_is_touched(store: RecordingStore, path: str) -> None:
    recipient = store.keys.make("north")
    for act in (
        lambda: store.opened(Stored(path, recipient, 1)).__enter__(),
        lambda: store.remove(path),
        lambda: store._write(path, None, recipient),  # type: ignore[arg-type]
    ):
        with pytest.raises(Unreadable, match="none of ours"):
            act()


@pytest.mark.parametrize("at", range(5))
def test_s04_no_link_is_followed(store: RecordingStore, tmp_path: Path, at: int) -> None:
    stored = put(store, tmp_path)
    part = tmp_path / "store" / Path(*PATH.split("/")[: at + 1])
    elsewhere = tmp_path / "elsewhere"
    part.rename(elsewhere)
    part.symlink_to(elsewhere)
    with pytest.raises(OSError), store.opened(stored):
        pass
    if at < 4:
        with pytest.raises(OSError):
            store.remove(PATH)
