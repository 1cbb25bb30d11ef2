"""Where to go on: what the log's end says, whatever was stored before it."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from asterisk.decode import Link
from calls.codec import Entry, Record
from calls.file_events import CEL, QUEUE_LOG
from ingest.generation import Head
from ingest.log import Log
from ingest.places import STORE_MS, Place, Places

NOON = 1_795_348_800_000
HEAD = Head(3, "digest")
OpenLog = Callable[[Path], Log]


def lines(source: str, generation: int, *entries: tuple[int, bytes]) -> Record:
    return Record(1, "lab1", source, "a", generation, [Entry(offset, NOON, raw) for offset, raw in entries])


def link(source: str, cause: str | None) -> Record:
    return Record(1, "lab1", "link", "a", NOON, [Entry(0, NOON, msgspec.json.encode(Link(source, NOON, cause)))])


def save(places: Places) -> None:
    snapshot = places.snapshot(NOON)
    assert snapshot is not None
    places.save(snapshot)


def test_without_anything_stored_nothing_was_read(tmp_path: Path, open_log: OpenLog) -> None:
    places = Places(open_log(tmp_path))
    assert (places.files, places.lost, places.at) == ({}, set(), 0)
    assert places.snapshot(NOON) is None


def test_the_logs_end_is_how_far_a_file_was_read(tmp_path: Path, open_log: OpenLog) -> None:
    log = open_log(tmp_path)
    places = Places(log)
    places.put(QUEUE_LOG, Place(7, 0, 99, HEAD))
    places.put(CEL, Place(8, 5, 98, HEAD))
    save(places)
    log.append([lines(QUEUE_LOG, 7, (0, b"one"), (4, b"two"))])
    log.append([lines(QUEUE_LOG, 7, (8, b"three"))])
    again = Places(open_log(tmp_path))
    assert again.files == {QUEUE_LOG: Place(7, 14, 99, HEAD), CEL: Place(8, 5, 98, HEAD)}
    assert again.at == NOON


def test_what_was_stored_after_the_log_was_counts_as_much(tmp_path: Path, open_log: OpenLog) -> None:
    log = open_log(tmp_path)
    log.append([lines(QUEUE_LOG, 7, (0, b"one"))])
    places = Places(log)
    places.put(QUEUE_LOG, Place(7, 4, 99, HEAD))
    save(places)
    assert places.snapshot(NOON + STORE_MS - 1) is None, "it has not moved since"
    assert places.snapshot(NOON + STORE_MS) is not None
    assert Places(open_log(tmp_path)).files == {QUEUE_LOG: Place(7, 4, 99, HEAD)}


def test_the_log_says_last_whether_a_file_is_lost(tmp_path: Path, open_log: OpenLog) -> None:
    log = open_log(tmp_path)
    places = Places(log)
    places.tell(QUEUE_LOG, lost=True)
    save(places)
    assert Places(open_log(tmp_path)).lost == {QUEUE_LOG}
    log.append([link(CEL, "gone"), link("ami", "gone"), link(QUEUE_LOG, None)])
    assert Places(open_log(tmp_path)).lost == {CEL}
    places.tell(QUEUE_LOG, lost=False)
    assert places.lost == set()


def test_a_generation_that_was_never_stored_is_not_guessed_at(tmp_path: Path, open_log: OpenLog) -> None:
    log = open_log(tmp_path)
    places = Places(log)
    places.put(QUEUE_LOG, Place(7, 0, 99, HEAD))
    save(places)
    log.append([lines(QUEUE_LOG, 9, (0, b"one"))])
    place = Places(open_log(tmp_path)).files[QUEUE_LOG]
    assert (place.generation, place.offset, place.finished) == (9, 4, True)


def test_damage_is_an_error_that_says_what_to_do(tmp_path: Path, open_log: OpenLog) -> None:
    (tmp_path / "files.json").write_text("{")
    with pytest.raises(ValueError, match=r"files\.json is damaged .* remove it"):
        Places(open_log(tmp_path))
