"""api/recordings/age.py, held against pyrage: what it wrote is read from any place on, what was changed is refused."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_recordings import encrypt, key_pair

from api.recordings.age import CHUNK, TAG, AgeFile, Identity, Unreadable

RECIPIENT, SECRET = key_pair()
IDENTITY = Identity.read(SECRET)
# Two whole chunks and a part of a third.
PLAIN = os.urandom(2 * CHUNK + 4321)
DATA = encrypt(PLAIN, RECIPIENT)
# Where the first chunk begins.
BEGIN = len(DATA) - len(PLAIN) - 3 * TAG

Put = Callable[[bytes], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Makes a file of these bytes."""

    def make(data: bytes) -> Path:
        (tmp_path / "file.age").write_bytes(data)
        return tmp_path / "file.age"

    return make


@contextmanager
def opened(path: Path, identity: Identity = IDENTITY) -> Iterator[AgeFile]:
    with path.open("rb") as file:
        yield AgeFile(file.fileno(), identity)


def whole(file: AgeFile) -> bytes:
    """All of it, once it was held against its tags."""
    file.verify(0, max(0, file.size - 1))
    data = b""
    while part := file.read(len(data), file.size):
        data += part
    return data


def refused(path: Path, identity: Identity = IDENTITY) -> None:
    with pytest.raises(Unreadable), opened(path, identity) as file:
        whole(file)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_what_pyrage_wrote_is_read(put: Put, size: int) -> None:
    with opened(put(encrypt(PLAIN[:size], RECIPIENT))) as file:
        assert (file.size, whole(file)) == (size, PLAIN[:size])
        assert file.read(size, 10) == b""


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(PLAIN) - 1), st.integers(1, 3 * CHUNK))
def test_it_is_read_from_any_place_on(put: Put, first: int, length: int) -> None:
    with opened(put(DATA)) as file:
        file.verify(first, min(first + length, file.size) - 1)
        data = file.read(first, length)
    assert data == PLAIN[first : first + length][: CHUNK - first % CHUNK]


def test_another_key_opens_nothing(put: Put) -> None:
    refused(put(DATA), Identity.read(key_pair()[1]))


def test_one_of_several_keys_is_enough(put: Put) -> None:
    both = [pyrage.x25519.Recipient.from_str(each) for each in (key_pair()[0], RECIPIENT)]
    with opened(put(bytes(pyrage.encrypt(b"sound", both)))) as file:
        assert whole(file) == b"sound"


def test_each_flipped_byte_of_the_first_thousand_is_refused(put: Put) -> None:
    small = encrypt(PLAIN[:900], RECIPIENT)
    assert len(small) > 1000
    path = put(small)
    for place in range(1000):
        with path.open("r+b") as file:
            os.pwrite(file.fileno(), bytes([small[place] ^ 1 << place % 8]), place)
            refused(path)
            os.pwrite(file.fileno(), small[place : place + 1], place)


def test_a_file_that_was_cut_is_refused(put: Put) -> None:
    edges = [BEGIN + number * (CHUNK + TAG) for number in range(3)]
    for edge in [0, 100, *edges, *(edge + 1 for edge in edges), *(edge - 1 for edge in edges), len(DATA) - 1]:
        refused(put(DATA[:edge]))
    refused(put(DATA + b"\0"))
    refused(put(DATA + DATA[BEGIN : BEGIN + CHUNK + TAG]))


def test_chunks_of_two_files_cannot_be_swapped(put: Put) -> None:
    other = encrypt(PLAIN, RECIPIENT)
    theirs = len(other) - len(PLAIN) - 3 * TAG
    chunk = slice(BEGIN + CHUNK + TAG, BEGIN + 2 * (CHUNK + TAG))
    swapped = other[theirs + CHUNK + TAG : theirs + 2 * (CHUNK + TAG)]
    refused(put(DATA[: chunk.start] + swapped + DATA[chunk.stop :]))
    turned = DATA[chunk] + DATA[BEGIN : BEGIN + CHUNK + TAG]
    refused(put(DATA[:BEGIN] + turned + DATA[chunk.stop :]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"age-encryption.org/v1\n",
        b"age-encryption.org/v2" + DATA[21:],
        b"RIFF" * 100,
        DATA.replace(b"-> X25519 ", b"-> X25519 AA ", 1),
        DATA.replace(b"-> X25519 ", b"->  X25519 ", 1),
        DATA.replace(b"\n-> X25519 ", b"\n-> X25519 AAAA\nAAAA\n-> X25519 ", 1),
        b"age-encryption.org/v1\n" + b"-> x\n\n" * 9000 + DATA[22:],
    ],
)
def test_what_is_no_age_file_is_refused(put: Put, data: bytes) -> None:
    refused(put(data))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 400), st.binary(max_size=40), st.integers(0, 40))
def test_whatever_stands_in_its_place_is_refused_and_nothing_else_happens(
    put: Put, place: int, instead: bytes, length: int
) -> None:
    small = encrypt(b"sound", RECIPIENT)
    changed = small[:place] + instead + small[place + length :]
    if changed != small:
        refused(put(changed))


def test_what_is_no_key_is_refused() -> None:
    for text in ("", SECRET[:-1], SECRET[:-1] + ("A" if SECRET[-1] != "A" else "C"), RECIPIENT):
        with pytest.raises(ValueError, match="no age identity"):
            Identity.read(text)
