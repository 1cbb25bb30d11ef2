"""Reconciliation of an installation: a recording's calls in the database, its packets and its files in the log."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from made_installation import Installation
from msgspec.structs import replace

from asterisk.decode import Link
from asterisk.recording import mark, read_lines, read_records
from asterisk.replay import Written, replay_records, with_files
from calls.call import Call
from calls.codec import RECORD_VERSION, Entry, Record
from calls.file_events import CDR, CEL, QUEUE_LOG
from calls.ledger.facts import Verdict
from calls.ledger.rules import Rule
from ingest.log import Log
from warehouse.reconciliation import Reconciliation

FOLDER = Path(__file__).parents[2] / "scenarios" / "s26_action_matrix"
SOURCES = (QUEUE_LOG, CEL, CDR)
START, END = datetime(2026, 11, 22, 15, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC)


def heard() -> list[Record]:
    return list(read_records(FOLDER / "session.ami.gz"))


def final_calls() -> list[Call]:
    """The recording's calls as its files made them final."""
    written = Written((FOLDER / "queue_log",), (FOLDER / "cel.csv",))
    return list(replay_records(with_files(heard(), written)).calls.values())


def write_log(data: Path, *more: Record, files: bool = True, read: bool = True) -> None:
    """The log of the recording: what AMI said, then the lines of the files and a mark that they were read."""
    packets = heard()
    records = [*packets, *more]
    if files:
        for source, name in zip(SOURCES, ("queue_log", "cel.csv", "cdr.csv"), strict=True):
            records += read_lines(FOLDER / name, source, "lab1")
    if read:
        records.append(mark("lab1", SOURCES, 1, packets[-1].entries[-1].received + 5000))
    received = packets[-1].entries[-1].received
    for record in records:
        entries = [it._replace(received=it.received or received) for it in record.entries]
        append(data, replace(record, entries=entries))


def append(data: Path, record: Record) -> None:
    """One more record behind what the log has."""
    with closing(Log(data / "log" / "lab1")) as log:
        log.append([record])


@pytest.fixture
def compare(installation: Installation) -> Callable[[], Any]:
    return lambda: Reconciliation(installation.source, installation.data).compare(START, END)


def rows(installation: Installation, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(installation.owner) as connection:
        return connection.execute(query.encode()).fetchall()


def test_every_call_has_a_ledger_and_nothing_is_unexplained(
    installation: Installation, compare: Callable[[], Any]
) -> None:
    installation.write(*final_calls())
    write_log(installation.data)
    compared = compare()
    assert compared.pending == 0
    assert {it.verdict for it in compared.ledgers} == {Verdict.AGREE, Verdict.EXPLAINED}
    stored = rows(
        installation, "SELECT call_id, tenant_id, pbx, verdict, agreed, unexplained, rules, facts FROM reconciliations"
    )
    assert {row[0] for row in stored} == {it.call_id for it in final_calls()}
    (parked,) = (row for row in stored if row[0] == "lab1:lab1-1795361217.11")
    assert parked[1:4] == ("default", "lab1", "explained") and parked[5:7] == (0, ["parked"])
    assert sum(fact["verdict"] == "agree" for fact in parked[7]) == parked[4]


def test_a_stored_call_that_differs_is_unexplained_until_it_is_put_right(
    installation: Installation, compare: Callable[[], Any]
) -> None:
    calls = final_calls()
    first = next(call for call in calls if call.linkedid.endswith("276.23"))
    installation.write(*calls)
    installation.write(replace(first, hangup_cause=99, version=first.version + 1))
    write_log(installation.data)
    (wrong,) = (it for it in compare().ledgers if it.verdict is Verdict.UNEXPLAINED)
    assert wrong.call_id == first.call_id
    before = rows(installation, "SELECT call_id, changed_at FROM reconciliations")
    installation.write(replace(first, version=first.version + 2))
    assert {it.verdict for it in compare().ledgers} == {Verdict.AGREE, Verdict.EXPLAINED}
    after = rows(installation, "SELECT call_id, changed_at FROM reconciliations")
    assert {call_id for call_id, _ in set(after) - set(before)} == {first.call_id}


def test_a_call_that_only_the_files_know_is_the_default_tenants(
    installation: Installation, compare: Callable[[], Any]
) -> None:
    *others, last = sorted(final_calls(), key=lambda call: call.started_at)
    installation.write(*others)
    write_log(installation.data)
    # It may still become one of ours, from the files.
    assert last.call_id not in {it.call_id for it in compare().ledgers}
    append(installation.data, mark("lab1", SOURCES, 2, last.started_at + 200_000))
    (missing,) = (it for it in compare().ledgers if it.certainty is None)
    assert (missing.call_id, missing.verdict) == (last.call_id, Verdict.UNEXPLAINED)
    (stored,) = rows(
        installation, f"SELECT tenant_id, version, verdict FROM reconciliations WHERE call_id = '{last.call_id}'"
    )
    assert stored == ("default", 0, "unexplained")


def test_a_gap_of_the_database_explains_what_lies_in_it(installation: Installation, compare: Callable[[], Any]) -> None:
    calls = final_calls()
    first = next(call for call in calls if call.linkedid.endswith("276.23"))
    installation.write(*calls)
    installation.write(replace(first, hangup_cause=99, version=first.version + 1))
    installation.execute(
        "INSERT INTO gaps (pbx, source, cause, started_at, ended_at)"
        " VALUES ('lab1', 'ami', 'cut', '2026-11-22 15:27:55Z', '2026-11-22 15:28:10Z')"
    )
    write_log(installation.data)
    (ledger,) = (it for it in compare().ledgers if it.call_id == first.call_id)
    assert (ledger.verdict, ledger.rules) == (Verdict.EXPLAINED, (Rule.UNHEARD,))


def test_what_the_files_put_right_is_told_as_such(installation: Installation, compare: Callable[[], Any]) -> None:
    calls = final_calls()
    installation.write(*calls)
    corrected = next(call for call in calls if call.linkedid.endswith("276.23"))
    installation.execute(
        "INSERT INTO corrections (call_id, version, at, cause, appeared, fields)"
        " VALUES (%(call_id)s, 7, now(), 'AMI did not tell of it', false, '{\"outcome\": [null, \"other\"]}')",
        {"call_id": corrected.call_id},
    )
    write_log(installation.data)
    (ledger,) = (it for it in compare().ledgers if it.call_id == corrected.call_id)
    last = ledger.facts[-1]
    assert (last.subject, last.ours, last.source, last.theirs) == ("outcome", None, "files", "other")
    assert ledger.rules == (Rule.UNHEARD,)


def test_calls_wait_until_their_files_were_read(installation: Installation, compare: Callable[[], Any]) -> None:
    calls = [replace(call, certainty="provisional") for call in final_calls()]
    installation.write(*calls)
    write_log(installation.data, files=False, read=False)
    assert compare() == ([], len(calls))


def test_now_and_then_what_became_final_is_compared(installation: Installation) -> None:
    def books() -> Reconciliation:
        return Reconciliation(installation.source, installation.data, lambda: END)

    write_log(installation.data)
    calls = final_calls()
    first = calls[0]
    installation.write(*calls[1:], replace(first, certainty="provisional"))
    reconciliation = books()
    assert [reconciliation.compare_if_due(), reconciliation.compare_if_due()] == [len(calls) - 1, 0]
    assert books().compare_if_due() == 0
    installation.write(replace(first, version=first.version + 1))
    assert books().compare_if_due() == 1
    assert reconciliation.compare_if_due() == 0


def test_a_gap_that_the_log_notes_counts_too(installation: Installation, compare: Callable[[], Any]) -> None:
    calls = final_calls()
    first = next(call for call in calls if call.linkedid.endswith("276.23"))
    installation.write(*calls)
    installation.write(replace(first, hangup_cause=99, version=first.version + 1))
    at = first.started_at
    notes = [Link("ami", at, "cut"), Link("ami", at + 9000)]
    entries = [Entry(number, at, msgspec.json.encode(note)) for number, note in enumerate(notes)]
    write_log(installation.data, Record(RECORD_VERSION, "lab1", "link", "a", 1, entries))
    (ledger,) = (it for it in compare().ledgers if it.call_id == first.call_id)
    assert ledger.verdict is Verdict.EXPLAINED
