"""How records stand on the log and in Kafka: MessagePack arrays, the same bytes in both places.

A record holds consecutive packets or lines of one source of one PBX, verbatim. Decoding them is the reader's work, so
an improved decoder can be run over everything that was ever heard.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
from msgspec import Struct

from calls.errors import BadRecord

RECORD_VERSION = 1
_LENGTH = struct.Struct(">I")


class Entry(NamedTuple):
    """One packet or line: its number in the source, when we received it (ms since the epoch), its bytes."""

    seq: int
    received: int
    raw: bytes


class Record(Struct, frozen=True, array_like=True):
    """Consecutive entries of one source: ami, queue_log, cel, cdr, settings (raw: JSON of `Settings`), link or files.

    An entry of a file is a line without its end, numbered by the byte where it begins. A link's raw is what the
    ingester notes of its own connection, or of a file that it cannot read (`asterisk.decode.Link`); that of files is a
    mark (`asterisk.line_events.Marked`).
    """

    version: int
    pbx: str
    source: str
    ingester: str
    epoch: int
    entries: list[Entry]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Record)


def encode_record(record: Record) -> bytes:
    """The bytes of a record."""
    return _encoder.encode(record)


def decode_record(data: bytes) -> Record:
    """The record in these bytes. Raises BadRecord, naming what is wrong, for anything else."""
    try:
        record = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRecord(f"not a record: {error}") from error
    if record.version != RECORD_VERSION:
        raise BadRecord(f"record version {record.version}, this program reads {RECORD_VERSION}")
    return record


def frame_records(records: Iterable[Record]) -> bytes:
    """Records one after the other, each behind its length (4 bytes, big-endian): the inside of a frame of the log."""
    encoded = map(encode_record, records)
    return b"".join(piece for data in encoded for piece in (_LENGTH.pack(len(data)), data))


def unframe_records(plain: bytes) -> Iterator[Record]:
    """The inverse of `frame_records`. Raises BadRecord."""
    offset = 0
    while offset < len(plain):
        if len(plain) - offset < _LENGTH.size:
            raise BadRecord("a frame ends inside a length")
        (size,) = _LENGTH.unpack_from(plain, offset)
        offset += _LENGTH.size
        yield decode_record(plain[offset : offset + size])
        offset += size
