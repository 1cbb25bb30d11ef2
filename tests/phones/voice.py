"""Media that can be told apart by ear: a phone that hums one tone, and says which tones it hears and which keys.

µ-law in RTP both ways. What is heard is asked of the last third of a second, by Goertzel's filter at one frequency, as
a share of what a full tone of a phone would be: 0 is silence, about 1 the tone alone.
"""

import asyncio
import math
import random
import socket
import struct
from collections import deque

from phones.media import PACKET_SECONDS, SAMPLES

RATE = 8000
# Loud enough for every codec, far from clipping when three are mixed.
AMPLITUDE = 6000
# A third of a second: whole periods of every multiple of 20 Hz.
HEARD = 2800
EVENTS = "0123456789*#"
PCMU, TELEPHONE_EVENT = 0, 101
# A line without a packet for so long is silent, whatever came before.
SILENT_SECONDS = 0.3


def _expand(code: int) -> int:
    """One µ-law byte as a linear sample (G.711)."""
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << ((code >> 4) & 7)) - 0x84
    return -magnitude if code & 0x80 else magnitude


EXPANDED = tuple(_expand(code) for code in range(256))


def _compress(sample: int) -> int:
    """The µ-law byte whose value is nearest."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), 32635) + 0x84
    exponent = max(0, magnitude.bit_length() - 8)
    return ~(sign | exponent << 4 | (magnitude >> (exponent + 3)) & 0x0F) & 0xFF


def tone(hz: float, amplitude: int = AMPLITUDE) -> bytes:
    """A second of it."""
    return bytes(_compress(round(amplitude * math.sin(2 * math.pi * hz * n / RATE))) for n in range(RATE))


class Voice:
    """Hums `hz`, which is a whole number, and listens; on a socket of its own."""

    def __init__(self, host: str, hz: int) -> None:
        self._sound = tone(hz)
        self._heard: deque[int] = deque(maxlen=HEARD)
        self._heard_at = -math.inf
        self._keys: dict[int, str] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((host, 0))
        self._task: asyncio.Task[None] | None = None
        self._peer = ("", 0)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def keys(self) -> str:
        """The keys that were pressed on the other side."""
        return "".join(self._keys[at] for at in sorted(self._keys))

    def hears(self, hz: float) -> float:
        """How much of this tone is in what came last; nothing while nothing comes."""
        samples = list(self._heard)
        if len(samples) < HEARD or asyncio.get_running_loop().time() - self._heard_at > SILENT_SECONDS:
            return 0.0
        angle = 2 * math.pi * hz / RATE
        real = sum(value * math.cos(angle * n) for n, value in enumerate(samples))
        imaginary = sum(value * math.sin(angle * n) for n, value in enumerate(samples))
        return 2 * math.hypot(real, imaginary) / len(samples) / AMPLITUDE

    def send_to(self, peer: tuple[str, int]) -> None:
        self._peer = peer
        if self._task is None:
            asyncio.get_running_loop().add_reader(self._socket, self._read)
            self._task = asyncio.create_task(self._send())

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        packet = self._socket.recv(2048)
        kind, at = packet[1] & 0x7F, struct.unpack("!I", packet[4:8])[0]
        if kind == PCMU:
            now = asyncio.get_running_loop().time()
            if now - self._heard_at > SILENT_SECONDS:
                self._heard.clear()
            self._heard_at = now
            self._heard.extend(EXPANDED[code] for code in packet[12:])
        elif kind == TELEPHONE_EVENT:
            # All packets of one press have the same time.
            self._keys[at] = EVENTS[packet[12]]

    async def _send(self) -> None:
        source, sequence, clock = random.getrandbits(32), random.getrandbits(15), asyncio.get_running_loop().time
        began = clock()
        for number in range(1_000_000):
            header = struct.pack("!BBHII", 0x80, 0, (sequence + number) & 0xFFFF, number * SAMPLES, source)
            start = number * SAMPLES % RATE
            self._socket.sendto(header + self._sound[start : start + SAMPLES], self._peer)
            await asyncio.sleep(max(0.0, began + (number + 1) * PACKET_SECONDS - clock()))
