"""What a recording is by its first bytes, and a header that is true where Asterisk did not live to write it. Pure.

Asterisk writes the lengths of a WAV file when it closes it. After a kill they are missing, and players see no sound.
"""

import struct

from msgspec import Struct

# Asterisk's own header has 44 bytes; others may say more before the sound.
HEADER_BYTES = 4096
WAV, OTHER = "audio/wav", "application/octet-stream"
_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")


class Sound(Struct, frozen=True):
    """`header` stands for as many first bytes of the file; `length`: bytes of sound; `seconds`: None if not known."""

    header: bytes
    length: int
    seconds: float | None
    media_type: str


def read_sound(beginning: bytes, size: int) -> Sound:
    """What a file of `size` bytes is that begins so: give `HEADER_BYTES` of it, or all if there are fewer."""
    if beginning[:4] != b"RIFF" or beginning[8:12] != b"WAVE":
        return Sound(b"", size, None, OTHER)
    place, byte_rate, block = 12, 0, 1
    while place + _CHUNK.size <= len(beginning):
        name, length = _CHUNK.unpack_from(beginning, place)
        body = place + _CHUNK.size
        if name == b"data":
            return _sound(beginning[:body], size, byte_rate, block)
        if name == b"fmt " and body + _FORMAT.size <= len(beginning):
            _, _, _, byte_rate, block, _ = _FORMAT.unpack_from(beginning, body)
        # Chunks begin at even bytes.
        place = body + length + length % 2
    # The header itself is torn: nothing was recorded yet.
    return Sound(b"", 0 if size < HEADER_BYTES else size, None, OTHER)


def _sound(header: bytes, size: int, byte_rate: int, block: int) -> Sound:
    there = size - len(header)
    # An odd length is padded by one byte; what is left of a torn sample is none.
    stated = int.from_bytes(header[-4:], "little")
    length = stated if stated in (there, there - 1) else there - there % max(block, 1)
    # A file beyond 4 GB cannot say how long it is.
    total, inside = min(size - 8, 0xFFFFFFFF), min(length, 0xFFFFFFFF)
    whole = header[:4] + struct.pack("<I", total) + header[8:-4] + struct.pack("<I", inside)
    return Sound(whole, length, length / byte_rate if byte_rate else None, WAV)
