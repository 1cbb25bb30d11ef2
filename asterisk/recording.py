"""Recordings and logs as records: raw AMI bytes, one packet a line, or the ingester's own log.

`.ami[.gz]` are the bytes of AMI sessions; `.events.jsonl[.gz]` one packet a line with the wall clock it came at;
`.tlog.zst` what the ingester wrote. All give the same records, so one replay reads them all. Reads files; changes none.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

import msgspec
import zstandard

from asterisk.ami import PacketBuffer
from asterisk.errors import UnreadableRecording
from asterisk.line_events import Marked
from calls.codec import RECORD_VERSION, Entry, Record, unframe_records

CHUNK = 1 << 16
# Entries to a record when a recording is packed; the ingester packs by time and has fewer.
PACK = 500
LOG_SUFFIX = ".tlog.zst"


class _Line(msgspec.Struct):
    t: float
    dir: str
    raw: str


def read_records(path: Path, pbx: str | None = None, epoch: int = 1) -> Iterator[Record]:
    """The records in a file, in order. `pbx` names the PBX where the packets carry no SystemName (else `pbx`).

    A recording is one login, number `epoch`: of several recordings of one PBX each needs a greater one.

    Raises UnreadableRecording, naming the file, for another kind of file or one that is damaged in the middle.
    """
    name = path.name
    if name.endswith(LOG_SUFFIX):
        yield from read_log(path)
    elif name.endswith((".ami", ".ami.gz")):
        yield from _packed(_ami_entries(path), pbx, epoch)
    elif name.endswith((".events.jsonl", ".events.jsonl.gz", ".jsonl", ".jsonl.gz")):
        yield from _packed(_jsonl_entries(path), pbx, epoch)
    else:
        raise UnreadableRecording(f"{path}: expected .ami, .ami.gz, .events.jsonl, .events.jsonl.gz or .tlog.zst")


def read_lines(path: Path, source: str, pbx: str, epoch: int = 1) -> Iterator[Record]:
    """A file that the PBX wrote (`queue_log`, `cel`, `cdr`), gzipped or not, as the ingester would have read it."""
    batch: list[Entry] = []
    offset = 0
    with _open(path) as file:
        for line in file:
            if line.endswith(b"\n") and line.strip():
                batch.append(Entry(offset, 0, line.rstrip(b"\r\n")))
            offset += len(line)
            if len(batch) >= PACK:
                yield Record(RECORD_VERSION, pbx, source, "replay", epoch, batch)
                batch = []
    if batch:
        yield Record(RECORD_VERSION, pbx, source, "replay", epoch, batch)


def mark(pbx: str, sources: tuple[str, ...], number: int, at: int) -> Record:
    """What the ingester notes when it has read these files to their ends; marks count from 1, `at` is in ms."""
    raw = msgspec.json.encode(Marked(sources, at))
    return Record(RECORD_VERSION, pbx, "files", "replay", number, [Entry(0, at, raw)])


def _open(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _ami_entries(path: Path) -> Iterator[tuple[int, bytes]]:
    """A packet without a time came when the one before it did; those before the first time came then."""
    received, early = 0, list[bytes]()
    for raw in _ami_packets(path):
        received = _stamp(raw) or received
        if not received:
            early.append(raw)
            continue
        yield from ((received, it) for it in early)
        early.clear()
        yield received, raw
    yield from ((received, it) for it in early)


def _ami_packets(path: Path) -> Iterator[bytes]:
    buffer = PacketBuffer()
    with _open(path) as file:
        while chunk := file.read(CHUNK):
            yield from buffer.feed(chunk)


def _jsonl_entries(path: Path) -> Iterator[tuple[int, bytes]]:
    decoder = msgspec.json.Decoder(_Line)
    with _open(path) as file:
        for number, line in enumerate(file, 1):
            try:
                parsed = decoder.decode(line)
            except msgspec.DecodeError:
                parsed = _lenient(path, number, line)
            if parsed.dir == "in":
                raw = parsed.raw.encode("utf-8", "surrogateescape").strip(b"\r\n")
                if raw and not raw.startswith(b"Asterisk Call Manager/"):
                    yield round(parsed.t * 1000), raw


def _lenient(path: Path, number: int, line: bytes) -> _Line:
    """A line whose text is cut inside a character carries a lone surrogate, which strict JSON refuses."""
    try:
        fields = json.loads(line)
        return _Line(float(fields["t"]), str(fields["dir"]), str(fields["raw"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableRecording(f"{path}: line {number} is not a recorded packet: {error}") from error


def _stamp(raw: bytes) -> int:
    """The packet's own time in ms, 0 where it has none."""
    start = raw.find(b"\r\nTimestamp: ")
    if start < 0:
        return 0
    end = raw.find(b"\r\n", start + 13)
    try:
        return round(float(raw[start + 13 : end if end > 0 else None]) * 1000)
    except ValueError:
        return 0


def _system_name(raw: bytes) -> str:
    start = raw.find(b"\r\nSystemName: ")
    if start < 0:
        return ""
    end = raw.find(b"\r\n", start + 14)
    return raw[start + 14 : end if end > 0 else None].decode("utf-8", "replace")


def _packed(entries: Iterable[tuple[int, bytes]], pbx: str | None, epoch: int) -> Iterator[Record]:
    """Entries as records of one login, numbered from 1. What comes before the first SystemName waits for it."""
    batch: list[Entry] = []
    for seq, (received, raw) in enumerate(entries, 1):
        batch.append(Entry(seq, received, raw))
        pbx = pbx or _system_name(raw) or None
        if len(batch) >= PACK and pbx:
            yield Record(RECORD_VERSION, pbx, "ami", "replay", epoch, batch)
            batch = []
    if batch:
        yield Record(RECORD_VERSION, pbx or "pbx", "ami", "replay", epoch, batch)


def read_log(path: Path) -> Iterator[Record]:
    """The records of a log file. A torn end, as a kill leaves it, is where the log ends."""
    for records, _ in log_frames(path):
        yield from records


def log_frames(path: Path, offset: int = 0) -> Iterator[tuple[list[Record], int]]:
    """The whole frames of a log file from a frame's start on, each with the byte where it ends. Stops at a torn one."""
    with path.open("rb") as file:
        file.seek(offset)
        pending = b""
        while True:
            reader = zstandard.ZstdDecompressor().decompressobj()
            plain, taken = [], 0
            while not reader.eof:
                piece = pending or file.read(CHUNK)
                pending = b""
                if not piece:
                    return
                try:
                    plain.append(reader.decompress(piece))
                except zstandard.ZstdError:
                    return
                taken += len(piece)
            pending = reader.unused_data
            offset += taken - len(pending)
            yield list(unframe_records(b"".join(plain))), offset
