"""Packing: order kept, noise counted, records cut in time."""

import pytest

from asterisk.noise import IGNORED
from calls.codec import Entry
from ingest.batcher import MAX_BYTES, MAX_ENTRIES, Batcher

HOLD = b"Event: Hold\r\nUniqueid: 1"


def started() -> Batcher:
    """A batcher in its first login."""
    batcher = Batcher("lab1", "a")
    batcher.begin(5)
    return batcher


def test_packets_keep_their_numbers_when_noise_is_dropped() -> None:
    batcher = started()
    assert batcher.add([HOLD, b"Event: TestEvent\r\nX: 1", HOLD], 1000) == []
    (record,) = batcher.flush()
    assert (record.pbx, record.source, record.ingester, record.epoch) == ("lab1", "ami", "a", 5)
    assert record.entries == [Entry(1, 1000, HOLD), Entry(3, 1000, HOLD)]
    assert (batcher.received, batcher.dropped) == (3, {"TestEvent": 1})


def test_every_ignored_type_is_counted_by_its_name() -> None:
    batcher = started()
    batcher.add([b"Event: " + name + b"\r\n" for name in sorted(IGNORED)], 0)
    assert set(batcher.dropped) == {name.decode() for name in IGNORED}
    assert batcher.flush() == []


def test_a_record_is_cut_when_it_is_full() -> None:
    batcher = started()
    done = batcher.add([HOLD] * (MAX_ENTRIES + 1), 0)
    assert [len(record.entries) for record in done + batcher.flush()] == [MAX_ENTRIES, 1]
    big = b"Event: Hold\r\n" + b"x" * MAX_BYTES
    assert [len(record.entries) for record in batcher.add([HOLD, big, HOLD], 0)] == [2]


def test_a_new_login_begins_anew_and_loses_nothing() -> None:
    batcher = started()
    batcher.add([HOLD], 0)
    (old,) = batcher.begin(6)
    batcher.add([HOLD], 0)
    (new,) = batcher.flush()
    assert (old.epoch, new.epoch, new.entries[0].seq) == (5, 6, 1)


def test_an_epoch_that_is_not_newer_is_refused() -> None:
    with pytest.raises(ValueError, match="epoch 5 is not after 5"):
        started().begin(5)
