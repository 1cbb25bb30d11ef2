"""What a phone says about its media (SDP), and media itself: silence as 20 ms packets of G.711 µ-law.

Silence is enough for Asterisk to measure the leg and to report on it. Nothing that is received is looked at. Without
media a phone names the discard port and sends nothing: that is for many calls at once.
"""

import asyncio
import random
import socket
import struct

from phones.message import found

DISCARD_PORT = 9
PACKET_SECONDS = 0.020
SAMPLES = 160
SILENCE = b"\xff" * SAMPLES


def offer(host: str, port: int, direction: str, version: int) -> str:
    """An SDP with one G.711 stream. `version` must grow with every offer of a call."""
    lines = (
        "v=0",
        f"o=- 1 {version} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP 0 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=ptime:20",
        f"a={direction}",
    )
    return "\r\n".join([*lines, ""])


def answering_direction(offered: str) -> str:
    """What we answer to the direction in an offered SDP."""
    if "a=sendonly" in offered:
        return "recvonly"
    return "inactive" if "a=inactive" in offered else "sendrecv"


def peer_in(sdp: str) -> tuple[str, int]:
    """Where the other side wants its media."""
    return found(r"c=IN IP4 (\S+)", sdp), int(found(r"m=audio (\d+)", sdp) or 0)


class NoMedia:
    """Sends nothing."""

    port = DISCARD_PORT

    def send_to(self, peer: tuple[str, int]) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


class Silence:
    """Sends silence, or 20 ms of another sound again and again, from a port of its own, once it is told where to."""

    def __init__(self, host: str, sound: bytes = SILENCE) -> None:
        self._sound = sound
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((host, 0))
        self._task: asyncio.Task[None] | None = None
        self._peer = ("", 0)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def send_to(self, peer: tuple[str, int]) -> None:
        self._peer = peer
        if self._task is None:
            self._task = asyncio.create_task(self._send())

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._socket.close()

    async def _send(self) -> None:
        source, sequence, clock = random.getrandbits(32), random.getrandbits(15), asyncio.get_running_loop().time
        began = clock()
        for number in range(1_000_000):
            header = struct.pack("!BBHII", 0x80, 0, (sequence + number) & 0xFFFF, number * SAMPLES, source)
            self._socket.sendto(header + self._sound, self._peer)
            await asyncio.sleep(max(0.0, began + (number + 1) * PACKET_SECONDS - clock()))
