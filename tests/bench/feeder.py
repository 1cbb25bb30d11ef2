"""A PBX that only talks, in a process of its own: it admits whoever logs in and writes a recording to him.

`python -m tests.bench.feeder PORT flood COPIES`: everything, as fast as it is read. `… steady RATE SECONDS REPORT`:
only what an ingester keeps, so many packets a second; REPORT becomes a JSON list of each packet's number, as its client
counts, and when it was written (seconds since the epoch). Copies lie some hours apart and hold different calls. The
client's own actions are refused: lists of what is on a switch are not what is measured.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

from asterisk.ami import PACKET_END, PacketBuffer, event_name, parse_packet
from asterisk.noise import is_ignored
from tests.bench.recording import packets

# All times and channel ids of the recording begin with these digits; the next number is 10,000 seconds later.
EPOCH = 179536
BLOCK_BYTES = 256 * 1024
# Until then the client has sent its first actions.
SETTLE_S = 0.5
BOOTED = b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 1000\r\nLastReload: 1000\r\nStatus: Fully Booted"


class Client:
    """Who logged in. What it asks is answered by a thread; whatever is written to it is counted as it counts."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._admitted = threading.Event()
        self._heard = 0
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"Asterisk Call Manager/11.0.0\r\n")
        threading.Thread(target=self._answer_all, daemon=True).start()
        self._admitted.wait()
        time.sleep(SETTLE_S)

    def write(self, data: bytes, packets: int) -> int:
        """Write whole packets; the number that the last of them has for the client."""
        with self._lock:
            self._connection.sendall(data)
            self._heard += packets
            return self._heard

    def _answer_all(self) -> None:
        buffer = PacketBuffer()
        while data := self._connection.recv(BLOCK_BYTES):
            for raw in buffer.feed(data):
                self._answer(parse_packet(raw).get("Action").lower(), parse_packet(raw).action_id)

    def _answer(self, action: str, action_id: str) -> None:
        known = {"challenge": "Success\r\nChallenge: 1", "login": "Success", "ping": "Success\r\nPing: Pong"}
        kind, _, more = known.get(action, "Error\r\nMessage: not here").partition("\r\n")
        named = f"\r\nActionID: {action_id}" if action_id else ""
        answer = f"Response: {kind}{named}" + (f"\r\n{more}" if more else "")
        self.write(answer.encode() + PACKET_END, 1)
        if action == "login":
            # The first packet that counts is the one after the login's answer.
            self._heard = 0
            self.write(BOOTED + PACKET_END, 1)
            self._admitted.set()


@cache
def spoken() -> tuple[bytes, ...]:
    """The recording's events, each with its end, without the login."""
    return tuple(raw + PACKET_END for raw in packets() if event_name(raw) not in (b"", b"FullyBooted"))


def copy_of(data: bytes, number: int) -> bytes:
    """The same at another time, as other calls."""
    return data.replace(b"%d" % EPOCH, b"%d" % (EPOCH + number))


def blocks() -> Iterator[tuple[bytes, int]]:
    """The events in blocks that end with a packet, each with how many are in it."""
    block, size = [], 0
    for packet in spoken():
        block.append(packet)
        size += len(packet)
        if size >= BLOCK_BYTES:
            yield b"".join(block), len(block)
            block, size = [], 0
    yield b"".join(block), len(block)


def flood(client: Client, copies: int) -> None:
    """Everything, as fast as it is read."""
    cut = list(blocks())
    for number in range(copies):
        for block, held in cut:
            client.write(copy_of(block, number), held)


def steady(client: Client, rate: int, seconds: int, report: Path) -> None:
    """One packet at a time, evenly."""
    kept = [packet for packet in spoken() if not is_ignored(packet)]
    due = (copy_of(packet, number) for number in count() for packet in kept)
    written: list[tuple[int, float]] = []
    began = time.perf_counter()
    for place, packet in zip(range(rate * seconds), due, strict=False):
        time.sleep(max(0.0, began + place / rate - time.perf_counter()))
        at = time.time()
        written.append((client.write(packet, 1), at))
    report.with_suffix(".new").write_text(json.dumps(written))
    report.with_suffix(".new").rename(report)


def main(port: str, manner: str, *options: str) -> None:
    """Listen, admit one client, write, and stay until that client goes."""
    spoken()
    with socket.create_server(("127.0.0.1", int(port))) as listener:
        connection, _ = listener.accept()
    client = Client(connection)
    if manner == "flood":
        flood(client, int(options[0]))
    else:
        steady(client, int(options[0]), int(options[1]), Path(options[2]))
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
