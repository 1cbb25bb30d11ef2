"""Lines of files and marks to events: what each field comes from, and what is refused."""

import msgspec

from asterisk.decode import events_of
from asterisk.line_events import LINE_LIMIT, Marked, detail_logged
from calls.codec import RECORD_VERSION, Entry, Record
from calls.events import Position
from calls.file_events import CDR, CEL, QUEUE_LOG, ChannelLogged, FilesRead, QueueLogged
from calls.state import Rejected

CEL_LINE = (
    b'"BRIDGE_ENTER","2026-11-22 15:15:13.699123","Carl","5551234","","","","2001","pbx-inbound","PJSIP/trunk-0c",'
    b'"Queue","2001,t","3","","lab1-12.12","lab1-12.11","PJSIP/1001-0d","","","{""bridge_id"":""b1""}"'
)


def read(source: str, raw: bytes) -> object:
    """The one event that a line comes to."""
    (event,) = events_of(Record(RECORD_VERSION, "lab1", source, "a", 7, [Entry(90, 1000, raw)]))
    return event


def test_a_line_of_queue_log_has_its_data_under_names() -> None:
    event = read(QUEUE_LOG, b"1795360513|lab1-12.12|2001|Alice|CONNECT|1|lab1-12.13|1")
    assert isinstance(event, QueueLogged)
    assert (event.at, event.callid, event.queue, event.agent) == (1795360513000, "lab1-12.12", "2001", "Alice")
    assert event.values == {"wait_s": "1", "agent_uniqueid": "lab1-12.13", "ring_s": "1"}
    assert (event.pos.epoch, event.pos.seq) == (7, 90)


def test_a_line_that_is_too_long_is_refused_whatever_it_says() -> None:
    for source in (QUEUE_LOG, CEL):
        event = read(source, b"1795360513|lab1-12.12|2001|Alice|OWN|" + b"x" * LINE_LIMIT)
        assert isinstance(event, Rejected) and "more than 262144 bytes" in event.reason


def test_a_record_of_cel_has_its_channel_and_extra() -> None:
    event = read(CEL, CEL_LINE)
    assert isinstance(event, ChannelLogged)
    assert (event.kind, event.at, event.name) == ("BRIDGE_ENTER", 1795360513699, "")
    assert (event.channel.uniqueid, event.channel.linkedid, event.channel.name) == (
        "lab1-12.12",
        "lab1-12.11",
        "PJSIP/trunk-0c",
    )
    assert event.extra == {"bridge_id": "b1"}


def test_a_torn_line_is_refused_with_its_reason() -> None:
    event = read(CEL, CEL_LINE[:60])
    assert isinstance(event, Rejected)
    assert event.event == CEL


def test_a_mark_names_the_files_that_were_read() -> None:
    event = read("files", msgspec.json.encode(Marked((QUEUE_LOG, CEL), 5000)))
    assert isinstance(event, FilesRead)
    assert (event.at, event.sources) == (5000, (QUEUE_LOG, CEL))
    assert isinstance(read("files", b"{}"), Rejected)


def test_cdr_is_not_for_the_reducer() -> None:
    assert not list(events_of(Record(RECORD_VERSION, "lab1", "cdr", "a", 7, [Entry(0, 1000, b'"",""')])))


def test_a_record_of_cdr_has_when_it_began_and_how_it_ended() -> None:
    times = b'"2026-11-22 15:15:12","","2026-11-22 15:15:17"'
    raw = (
        b'"","555","2001","in","c","PJSIP/trunk-0c","","Queue","2001",'
        + times
        + b',5,0,"BUSY","D","u.12","","","l.11",16'
    )
    event = detail_logged(Entry(90, 1000, raw), Position(CDR, "a", 7, 90))
    assert (event.at, event.ended_at, event.disposition) == (1795360512000, 1795360517000, "BUSY")
    assert (event.uniqueid, event.linkedid, event.name) == ("u.12", "l.11", "PJSIP/trunk-0c")


def test_the_reducer_is_told_nothing_of_cdr() -> None:
    record = Record(RECORD_VERSION, "lab1", CDR, "a", 7, [Entry(90, 1000, b"anything")])
    assert list(events_of(record)) == []
