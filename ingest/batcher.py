"""Packets of one login packed into records: what is dropped and counted, how a record is cut. No I/O, no clock."""

from collections import Counter

from asterisk.noise import sift
from calls.codec import RECORD_VERSION, Entry, Record

# A record is cut at this many entries or bytes even before its time is up: Kafka refuses a megabyte, and a reader's
# transaction should not wait for a burst to end.
MAX_ENTRIES = 500
MAX_BYTES = 512 * 1024


class Batcher:
    """Takes packets in order and gives records in order. One for each PBX; `begin` starts the numbering of a login."""

    def __init__(self, pbx: str, ingester: str) -> None:
        self._pbx = pbx
        self._ingester = ingester
        self._epoch = 0
        self._seq = 0
        self._entries: list[Entry] = []
        self._bytes = 0
        self.received: int = 0
        """Packets that came in since the process began."""
        self.dropped: Counter[str] = Counter()
        """Packets that nothing of ours reads, by type."""

    def begin(self, epoch: int) -> list[Record]:
        """A new login: what was open is cut, numbers begin at 1. Raises ValueError for an epoch that is not newer."""
        if epoch <= self._epoch:
            raise ValueError(f"epoch {epoch} is not after {self._epoch}")
        done = self.flush()
        self._epoch, self._seq = epoch, 0
        return done

    def add(self, packets: list[bytes], received: int) -> list[Record]:
        """Take packets received at `received` (ms since the epoch); the records that they fill."""
        done: list[Record] = []
        first = self._seq + 1
        self._seq += len(packets)
        self.received += len(packets)
        for place, raw in sift(packets, self.dropped):
            self._entries.append(Entry(first + place, received, raw))
            self._bytes += len(raw)
            if len(self._entries) >= MAX_ENTRIES or self._bytes >= MAX_BYTES:
                done += self.flush()
        return done

    def flush(self) -> list[Record]:
        """What is open, as a record; nothing where nothing is."""
        if not self._entries:
            return []
        record = Record(RECORD_VERSION, self._pbx, "ami", self._ingester, self._epoch, self._entries)
        self._entries, self._bytes = [], 0
        return [record]
