"""`trunkline reconcile`: every call beside the PBX's own files: what agrees, what a rule explains, what nothing does.

Over recordings and the files that Asterisk wrote meanwhile. Reads files and prints; touches no database.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import msgspec
from rich.console import RenderableType

from asterisk.errors import UnreadableRecording
from asterisk.recording import read_lines
from asterisk.replay import Written, replay_records, with_files
from calls.errors import BadEvent, BadRecord
from calls.file_events import CDR, CEL, QUEUE_LOG
from calls.ledger.books import Ledger, ledgers
from calls.ledger.facts import Told, Verdict
from calls.ledger.rules import MEANINGS, Rule
from warehouse.evidence import Evidence, gaps_of, watched
from warehouse.printing import as_table
from warehouse.reconciliation import Compared
from warehouse.replay import read_files, read_settings_file


class Given(NamedTuple):
    """What `trunkline reconcile` was given: recordings or logs, and the files of the same PBX, oldest first."""

    recorded: tuple[Path, ...]
    queue_logs: tuple[Path, ...] = ()
    cels: tuple[Path, ...] = ()
    cdrs: tuple[Path, ...] = ()


def reconciled_files(
    given: Given, settings: Path | None = None, pbx: str | None = None
) -> tuple[list[Ledger], list[str]]:
    """The ledgers of all calls, final ones as the files put them right, and a remark if lines were refused.

    Raises a ClickException for what cannot be read, or where the files could be of several PBXs.
    """
    found: dict[str, Evidence] = {}
    try:
        heard = with_files(read_files(given.recorded, pbx), Written(given.queue_logs, given.cels))
        replay = replay_records(watched(heard, found), read_settings_file(settings))
        files = {QUEUE_LOG: given.queue_logs, CEL: given.cels, CDR: given.cdrs}
        if any(files.values()) and (len(found) != 1 or "" in found):
            names = ", ".join(sorted(filter(None, found))) or "none"
            raise click.ClickException(f"The files are those of one PBX; the recordings are of {names}.")
        for name, evidence in found.items():
            # An empty file was read, too.
            evidence.sources.update(source for source, paths in files.items() if paths)
            for generation, path in enumerate(given.cdrs, 1):
                for record in read_lines(path, CDR, name, generation):
                    evidence.note(record)
    except (UnreadableRecording, BadRecord, BadEvent, OSError) as error:
        raise click.ClickException(str(error)) from error
    books: list[Ledger] = []
    for name, evidence in found.items():
        calls = [call for call in replay.calls.values() if call.pbx == name]
        books += ledgers(name, calls, evidence.files(), gaps_of(evidence))
    refused = [line for evidence in found.values() for line in evidence.refused]
    return books, [f"{len(refused)} lines were refused; the first: {refused[0]}"] if refused else []


def pending_remark(compared: Compared) -> list[str]:
    """What to know where calls could not be compared yet."""
    if not compared.pending:
        return []
    return [
        f"{compared.pending} calls are not compared: the log does not have the PBX's files to their ends yet."
        " `trunkline ingest` reads queue_log, CEL and CDR where they are configured."
    ]


def ledger_line(ledger: Ledger) -> str:
    """One call as one line of JSON, with its verdict."""
    fields = {"verdict": ledger.verdict, **msgspec.to_builtins(ledger)}
    return msgspec.json.encode(fields).decode()


def summary(books: Sequence[Ledger]) -> Iterator[RenderableType]:
    """What it came to: calls and facts by verdict, rules with what they mean, and what nothing explains."""
    calls = Counter(ledger.verdict for ledger in books)
    facts = Counter(fact.verdict for ledger in books for fact in ledger.facts)
    yield as_table(("verdict", "calls", "facts"), [(it.value, calls[it], facts[it]) for it in Verdict])
    rules = Counter(rule for ledger in books for rule in ledger.rules)
    if rules:
        yield as_table(
            ("rule", "calls", "what it means"), [(it.value, rules[it], MEANINGS[it]) for it in Rule if rules[it]]
        )
    rows = [
        (ledger.call_id, fact.subject, said(fact.ours), fact.source, said(fact.theirs))
        for ledger in books
        for fact in ledger.facts
        if fact.verdict is Verdict.UNEXPLAINED
    ]
    if rows:
        yield as_table(("call", "of", "AMI says", "other", "it says"), rows, "Unexplained")


def said(value: Told) -> str:
    """What a source says, for people."""
    if value is None:
        return "nothing"
    return ", ".join(value) or "nobody" if isinstance(value, tuple) else str(value)
