"""Records: the same bytes in Kafka and in the log, and a clear word for anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.codec import Entry, Record, decode_record, encode_record, frame_records, unframe_records
from calls.errors import BadRecord

entries = st.lists(st.builds(Entry, st.integers(0, 2**40), st.integers(0, 2**45), st.binary(max_size=50)))
records = st.builds(
    Record, st.just(1), st.text(), st.sampled_from(["ami", "cel"]), st.text(), st.integers(0, 2**45), entries
)


@given(records)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    assert decode_record(encode_record(record)) == record


@given(st.lists(records, max_size=5))
def test_framed_records_come_back_in_order(several: list[Record]) -> None:
    assert list(unframe_records(frame_records(several))) == several


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\x90", b'{"version":1}'])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BadRecord, match="not a record"):
        decode_record(data)


def test_a_version_of_tomorrow_is_refused_by_name() -> None:
    with pytest.raises(BadRecord, match="version 2"):
        decode_record(encode_record(Record(2, "pbx", "ami", "a", 1, [])))


def test_a_frame_that_ends_inside_a_length_is_refused() -> None:
    with pytest.raises(BadRecord):
        list(unframe_records(b"\x00\x00"))
