"""What calls are held against: the lines of their PBX's own files, and the spans in which it was not heard.

Records of the log, or files given by hand, go in; for each PBX its lines and gaps come out. It knows no call.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from asterisk.decode import events_of
from asterisk.errors import LineError
from asterisk.line_events import detail_logged
from calls.codec import Record
from calls.errors import BadEvent
from calls.events import LinkLost, LinkRestored, Position
from calls.file_events import CDR, CEL, FILES, QUEUE_LOG, ChannelLogged, DetailLogged, FilesRead, QueueLogged
from calls.ledger.books import Files
from calls.ledger.rules import AMI, Gaps
from calls.state import Gap, Rejected


class Evidence(Struct):
    """One PBX's. `begun`, `ended`: when AMI was heard first and last (ms); `read_until` how far each file was read.

    `refused` are lines that cannot be understood, each with its place.
    """

    queue_log: list[QueueLogged] = field(default_factory=list)
    cel: list[ChannelLogged] = field(default_factory=list)
    cdr: list[DetailLogged] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    read_until: dict[str, int] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    begun: int = 0
    ended: int = 0
    logins: dict[str, int] = field(default_factory=dict)
    positions: dict[str, tuple[int, int]] = field(default_factory=dict)

    def files(self) -> Files:
        """Its lines; None for a file of which there was nothing."""
        return Files(
            self.queue_log if QUEUE_LOG in self.sources else None,
            self.cel if CEL in self.sources else None,
            self.cdr if CDR in self.sources else None,
        )

    def note(self, record: Record) -> None:
        """Take what a record holds of files, marks and gaps."""
        if record.source == AMI:
            self._hear(record)
        elif record.source in FILES:
            self._read(record)
        elif record.source in ("link", "files"):
            for event in events_of(record):
                if isinstance(event, FilesRead):
                    self.read_until.update(dict.fromkeys(event.sources, event.at))
                elif isinstance(event, LinkLost):
                    self.gaps.append(Gap(event.source, event.cause, event.at))
                elif isinstance(event, LinkRestored):
                    self._close(event)

    def forget(self, before: int) -> None:
        """Drop lines about times before this one (ms)."""
        self.queue_log = [line for line in self.queue_log if line.at >= before]
        self.cel = [line for line in self.cel if line.at >= before]
        self.cdr = [line for line in self.cdr if line.at >= before]
        self.refused.clear()

    def _hear(self, record: Record) -> None:
        if not record.entries:
            return
        first, last = record.entries[0].received, record.entries[-1].received
        login = self.logins.get(record.ingester)
        if login is not None and record.epoch > login:
            self.gaps.append(Gap(AMI, "another login", self.ended, first))
        self.logins[record.ingester] = record.epoch
        self.begun, self.ended = self.begun or first, max(self.ended, last)

    def _read(self, record: Record) -> None:
        """A line that was read again, as after a restart, is known by its place."""
        self.sources.add(record.source)
        last = self.positions.get(record.source, (0, -1))
        record = replace(record, entries=[it for it in record.entries if (record.epoch, it.seq) > last])
        if record.entries:
            self.positions[record.source] = record.epoch, record.entries[-1].seq
        if record.source == CDR:
            for entry in record.entries:
                try:
                    self.cdr.append(detail_logged(entry, Position(CDR, record.ingester, record.epoch, entry.seq)))
                except (LineError, BadEvent) as error:
                    self.refused.append(f"{CDR} at byte {entry.seq}: {error}")
            return
        for event in events_of(record):
            if isinstance(event, QueueLogged):
                self.queue_log.append(event)
            elif isinstance(event, ChannelLogged):
                self.cel.append(event)
            elif isinstance(event, Rejected):
                self.refused.append(f"{event.source} at byte {event.seq}: {event.reason}")

    def _close(self, event: LinkRestored) -> None:
        for index, gap in enumerate(self.gaps):
            if gap.source == event.source and gap.end is None:
                self.gaps[index] = Gap(gap.source, gap.cause, gap.start, event.at)


def watched(records: Iterable[Record], found: dict[str, Evidence]) -> Iterator[Record]:
    """The records, as they come; what they hold is noted by the PBX's name."""
    for record in records:
        found.setdefault(record.pbx, Evidence()).note(record)
        yield record


def gaps_of(evidence: Evidence) -> Gaps:
    """When its PBX was not heard."""
    return Gaps(tuple(evidence.gaps), evidence.begun, evidence.ended)
