"""Recordings as Asterisk writes them, and keys, for tests."""

import math
import struct
from pathlib import Path

import pyrage

RATE = 8000


def wav(samples: bytes, *, closed: bool = True) -> bytes:
    """A WAV file of 16-bit samples at 8 kHz as Asterisk's; not `closed`: it did not live to write the lengths."""
    lengths = (36 + len(samples), len(samples)) if closed else (0, 0)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)
    return b"RIFF" + struct.pack("<I", lengths[0]) + b"WAVE" + form + b"data" + struct.pack("<I", lengths[1]) + samples


def tone(hertz: float, seconds: float) -> bytes:
    """Samples of a tone."""
    count = round(seconds * RATE)
    return struct.pack(
        f"<{count}h", *(round(8000 * math.sin(2 * math.pi * hertz * place / RATE)) for place in range(count))
    )


def loudest(samples: bytes, candidates: tuple[int, ...]) -> int:
    """Which of these frequencies is the loudest (Goertzel)."""
    values = struct.unpack(f"<{len(samples) // 2}h", samples[: len(samples) // 2 * 2])

    def power(hertz: int) -> float:
        turn = 2 * math.cos(2 * math.pi * hertz / RATE)
        before = last = 0.0
        for value in values:
            before, last = last, value + turn * last - before
        return before * before + last * last - turn * before * last

    return max(candidates, key=power)


def key_pair() -> tuple[str, str]:
    """A new key: its recipient, and what opens it."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def encrypt(plain: bytes, recipient: str) -> bytes:
    """An age file."""
    return bytes(pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(recipient)]))


def decrypt(path: Path, identity: str) -> bytes:
    """What is in an age file, by the library alone."""
    return bytes(pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(identity)]))


def ulaw(samples: bytes) -> bytes:
    """16-bit samples as G.711 µ-law."""
    return bytes(map(_ulaw, struct.unpack(f"<{len(samples) // 2}h", samples)))


def _ulaw(value: int) -> int:
    sign, size = (0x80, -value) if value < 0 else (0, value)
    size = min(size, 32_635) + 132
    exponent = size.bit_length() - 8
    return ~(sign | exponent << 4 | size >> exponent + 3 & 15) & 0xFF
