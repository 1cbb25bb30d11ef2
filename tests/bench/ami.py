"""Part `ami`: packets decoded per CPU-second, beside panoramisk as it comes and beside cutting packets apart alone.

Then the worst that a peer can send: megabytes without the end of a packet.
"""

from collections import Counter
from collections.abc import Iterator

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from asterisk.ami import MAX_PACKET_BYTES, PACKET_END, PacketBuffer, _fields, event_name, parse_packet
from asterisk.decode import is_read
from asterisk.noise import sift
from tests.bench.race import Contender, counted, race, table
from tests.bench.recording import CHUNK, chunks, packets, stream

ENDLESS_BYTES = MAX_PACKET_BYTES
TRUNKLINE, IGNORING, PANORAMISK, FRAMING = "every packet", "with the ignore list", "panoramisk", "framing"


class Panoramisk:
    """panoramisk's protocol and parser as they come, handing messages to a listener that only counts."""

    def __init__(self) -> None:
        self.messages = 0
        self._protocol = AMIProtocol()
        self._protocol.connection_made(None)
        self._protocol.factory, self._protocol.encoding = self, "utf8"
        self._protocol.handle_message = self._count

    def feed(self, chunk: bytes) -> None:
        """Bytes off the wire."""
        self._protocol.data_received(chunk)

    def _count(self, message: Message) -> None:
        self.messages += 1


def fresh_buffer() -> PacketBuffer:
    """A buffer for a stream whose lines are not known yet, as they are from the round before."""
    _fields.clear()
    return PacketBuffer()


def every_packet() -> int:
    """Ours, every packet decoded."""
    decoded = 0
    buffer = fresh_buffer()
    for chunk in chunks(stream()):
        for raw in buffer.feed(chunk):
            parse_packet(raw)
            decoded += 1
    return decoded


def with_ignore_list() -> int:
    """Ours as the ingester and its readers do it: what nothing reads is counted by type and not decoded."""
    decoded, ignored, unread = 0, Counter[str](), 0
    buffer = fresh_buffer()
    for chunk in chunks(stream()):
        for _, raw in sift(buffer.feed(chunk), ignored):
            if is_read(raw):
                parse_packet(raw)
                decoded += 1
            else:
                unread += 1
    return decoded + ignored.total() + unread


def left_out() -> Iterator[str]:
    """What the ingester leaves out of the recording, and what nothing decodes yet of that it keeps, by type."""
    ignored: Counter[str] = Counter()
    kept = [raw for _, raw in sift(packets(), ignored)]
    unread = Counter(event_name(raw).decode() for raw in kept if not is_read(raw))
    yield counted("ignored, that is counted and not stored", ignored, len(packets()))
    yield counted("stored and not decoded", unread, len(packets()))


def panoramisk() -> int:
    """panoramisk 1.4, every packet decoded."""
    peer = Panoramisk()
    for chunk in chunks(stream()):
        peer.feed(chunk)
    return peer.messages


def framing() -> int:
    """The least that anybody must do: cut the stream at blank lines."""
    rest, found = b"", 0
    for chunk in chunks(stream()):
        *complete, rest = (rest + chunk).split(PACKET_END)
        found += len(complete)
    return found


def endless() -> float:
    """Ours, fed with what never ends; in MB."""
    buffer = PacketBuffer()
    for chunk in chunks(_no_end()):
        buffer.feed(chunk)
    return ENDLESS_BYTES / 1e6


def endless_panoramisk() -> float:
    """panoramisk, fed with what never ends; in MB."""
    peer = Panoramisk()
    for chunk in chunks(_no_end()):
        peer.feed(chunk)
    return ENDLESS_BYTES / 1e6


def _no_end() -> bytes:
    line = b"Output: a line of an answer that does not end\r\n"
    return (b"Response: Success\r\n" + line * (ENDLESS_BYTES // len(line) + 1))[:ENDLESS_BYTES]


def run() -> Iterator[str]:
    """Measure; the tables."""
    contenders = (
        Contender(TRUNKLINE, every_packet),
        Contender(IGNORING, with_ignore_list),
        Contender(PANORAMISK, panoramisk),
        Contender(FRAMING, framing),
    )
    size = f"{len(packets()):,} packets, {len(stream()) / 1e6:.1f} MB"
    yield table(f"AMI packets per CPU-second ({size})", race(contenders), (PANORAMISK, FRAMING))
    yield "\n".join(left_out())
    both = (Contender("trunkline", endless), Contender(PANORAMISK, endless_panoramisk))
    results = race(both)
    title = f"MB per CPU-second where no packet ends ({ENDLESS_BYTES / 2**20:.0f} MiB in reads of {CHUNK // 1024} KiB)"
    yield table(title, results, (PANORAMISK,))
    took = ", ".join(f"{it.name} {ENDLESS_BYTES / 1e3 / it.median:,.0f} ms" for it in results)
    yield f"  all of it takes {took}"
