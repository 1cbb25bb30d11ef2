"""What reconciliation is held against: lines by source, gaps between logins and between notes of the link."""

import msgspec

from asterisk.decode import Link
from asterisk.line_events import Marked
from calls.codec import RECORD_VERSION, Entry, Record
from calls.file_events import CDR, CEL, QUEUE_LOG
from calls.ledger.rules import Gaps
from calls.state import Gap
from warehouse.evidence import Evidence, gaps_of, watched

ENTERED = b"1795360512|lab1-1|2001|NONE|ENTERQUEUE||555|1"


def record(source: str, *raws: bytes, epoch: int = 1, at: int = 0) -> Record:
    """A record whose entries came at `at` and each a millisecond later."""
    return Record(RECORD_VERSION, "lab1", source, "a", epoch, [Entry(n, at + n, raw) for n, raw in enumerate(raws)])


def noted(*records: Record) -> Evidence:
    """What these records hold."""
    evidence = Evidence()
    for each in records:
        evidence.note(each)
    return evidence


def link(at: int, cause: str | None = None, source: str = "ami") -> bytes:
    return msgspec.json.encode(Link(source, at, cause))


def test_a_file_of_which_there_was_nothing_was_not_read() -> None:
    files = noted(record(QUEUE_LOG, ENTERED)).files()
    assert [line.verb for line in files.queue_log or ()] == ["ENTERQUEUE"]
    assert (files.cel, files.cdr) == (None, None)


def test_lines_that_cannot_be_understood_are_named() -> None:
    evidence = noted(record(QUEUE_LOG, b"torn"), record(CEL, b"torn"), record(CDR, b"torn"))
    assert [it.partition(":")[0] for it in evidence.refused] == [
        "queue_log at byte 0",
        "cel at byte 0",
        "cdr at byte 0",
    ]


def test_between_two_logins_nothing_was_heard() -> None:
    evidence = noted(record("ami", b"", b"", at=1000), record("ami", b"", epoch=2, at=5000))
    assert gaps_of(evidence) == Gaps((Gap("ami", "another login", 1001, 5000),), 1000, 5000)


def test_a_gap_is_what_the_link_notes() -> None:
    evidence = noted(record("link", link(1000, "cut"), link(2000, "torn", CEL), link(3000)))
    assert evidence.gaps == [Gap("ami", "cut", 1000, 3000), Gap(CEL, "torn", 2000)]


def test_a_mark_says_how_far_each_file_was_read() -> None:
    mark = msgspec.json.encode(Marked((QUEUE_LOG, CEL), 7000))
    assert noted(record("files", mark)).read_until == {QUEUE_LOG: 7000, CEL: 7000}


def test_records_go_on_as_they_come() -> None:
    records = [record("ami", b""), record(QUEUE_LOG, ENTERED)]
    found: dict[str, Evidence] = {}
    assert list(watched(records, found)) == records
    assert len(found["lab1"].queue_log) == 1
