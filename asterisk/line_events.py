"""Lines of the files that a PBX writes to events of `calls`, and the mark that says how far they were read. Pure."""

from collections.abc import Callable

import msgspec

from asterisk.cdr import parse_cdr
from asterisk.cel import parse_cel
from asterisk.fields import clean
from asterisk.queue_log import NAMES, parse_queue_log
from calls.codec import Entry
from calls.errors import BadEvent
from calls.events import Channel, Event, Position
from calls.file_events import CEL, QUEUE_LOG, ChannelLogged, DetailLogged, FilesRead, QueueLogged


class Marked(msgspec.Struct, frozen=True):
    """What the ingester notes when it has read these files to their ends, as JSON: `at` in ms."""

    sources: tuple[str, ...]
    at: int


# A record has to fit into a message of Kafka. Asterisk's own longest lines have a few thousand bytes.
LINE_LIMIT = 256 * 1024
"""A longer line is refused; of it only one byte more than this is kept."""


def _bounded(line: bytes) -> bytes:
    if len(line) > LINE_LIMIT:
        raise BadEvent(f"a line of more than {LINE_LIMIT} bytes, cut off there")
    return line


def _files_read(entry: Entry, pos: Position) -> Event:
    try:
        mark = msgspec.json.decode(entry.raw, type=Marked)
    except msgspec.DecodeError as error:
        raise BadEvent(f"files: {error}") from error
    return FilesRead(pos=pos, at=mark.at, sources=mark.sources)


def _queue_logged(entry: Entry, pos: Position) -> Event:
    line = parse_queue_log(_bounded(entry.raw))
    names = NAMES.get(line.verb, ())
    return QueueLogged(
        pos=pos,
        at=line.at * 1000,
        callid=clean(line.callid),
        queue=clean(line.queue),
        agent=clean(line.agent),
        verb=clean(line.verb),
        values={name: clean(value) for name, value in zip(names, line.data, strict=False)},
    )


def _channel_logged(entry: Entry, pos: Position) -> Event:
    record = parse_cel(_bounded(entry.raw))
    return ChannelLogged(
        pos=pos,
        at=record.at_ms,
        channel=Channel(
            uniqueid=clean(record.uniqueid),
            linkedid=clean(record.linkedid),
            name=clean(record.channel),
            number=clean(record.caller_number),
            caller_name=clean(record.caller_name),
            exten=clean(record.exten),
            context=clean(record.context),
        ),
        kind=clean(record.event),
        application=clean(record.application),
        application_data=clean(record.application_data),
        name=clean(record.user_event),
        extra=record.extra_values(),
    )


def detail_logged(entry: Entry, pos: Position) -> DetailLogged:
    """A line of CDR. Raises LineError or BadEvent for what is none."""
    record = parse_cdr(_bounded(entry.raw))
    return DetailLogged(
        pos=pos,
        at=record.start * 1000,
        uniqueid=clean(record.uniqueid),
        linkedid=clean(record.linkedid),
        name=clean(record.channel),
        disposition=clean(record.disposition),
        ended_at=record.end * 1000,
    )


# The file of CDR is for reconciliation alone: the reducer reads nothing in it.
LINE_DECODERS: dict[str, Callable[[Entry, Position], Event]] = {
    "files": _files_read,
    QUEUE_LOG: _queue_logged,
    CEL: _channel_logged,
}
