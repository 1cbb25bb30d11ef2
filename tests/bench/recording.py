"""The work that is measured: the recording of 300 varied queue calls, as bytes off the wire."""

import gzip
from functools import cache
from pathlib import Path

from asterisk.ami import PacketBuffer

FILE = Path(__file__).parents[1] / "scenarios/load_300/session.ami.gz"
# Its PBX's systemname.
PBX = "lab1"
# What one read of a busy socket gives.
CHUNK = 16 * 1024


@cache
def stream() -> bytes:
    """The session as it came over TCP, greeting and responses included."""
    return gzip.decompress(FILE.read_bytes())


def chunks(data: bytes) -> list[bytes]:
    """The bytes as a reader gets them."""
    return [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]


@cache
def packets() -> tuple[bytes, ...]:
    """The session's packets."""
    return tuple(PacketBuffer().feed(stream()))
