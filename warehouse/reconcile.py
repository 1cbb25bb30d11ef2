"""`trunkline reconcile`: every call beside the PBX's own files: what agrees, what a rule explains, what nothing does.

Over recordings and the files that Asterisk wrote meanwhile. Reads files and prints; touches no database.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
import msgspec
from rich.console import RenderableType

from asterisk.errors import UnreadableRecording
from asterisk.replay import replay_records
from calls.codec import Record
from calls.errors import BadEvent, BadRecord
from calls.file_events import CDR, CEL, QUEUE_LOG
from calls.ledger.books import Ledger, ledgers
from calls.ledger.facts import Told, Verdict
from calls.ledger.rules import MEANINGS, Rule
from calls.settings import Settings
from warehouse.evidence import Evidence, file_record, gaps_of, watched
from warehouse.printing import as_table


def reconciled_files(
    recorded: Iterable[Record], files: dict[str, Path], settings: Settings | None = None
) -> tuple[list[Ledger], list[str]]:
    """The ledgers of recordings beside `files` by source (queue_log, cel, cdr), and the lines that were refused.

    Raises a ClickException for what cannot be read, or where the files could be of several PBXs.
    """
    found: dict[str, Evidence] = {}
    try:
        replay = replay_records(watched(recorded, found), settings)
        if files and len(found) != 1:
            names = ", ".join(sorted(found)) or "none"
            raise click.ClickException(f"The files are those of one PBX; the recordings are of {names}.")
        for pbx, evidence in found.items():
            for source, path in files.items():
                evidence.note(file_record(path, source, pbx))
    except (UnreadableRecording, BadRecord, BadEvent, OSError) as error:
        raise click.ClickException(str(error)) from error
    books: list[Ledger] = []
    for pbx, evidence in found.items():
        calls = [call for call in replay.calls.values() if call.pbx == pbx]
        books += ledgers(pbx, calls, evidence.files(), gaps_of(evidence))
    return books, [line for evidence in found.values() for line in evidence.refused]


def sources_of(queue_log: Path | None, cel: Path | None, cdr: Path | None) -> dict[str, Path]:
    """The files that were given, by source."""
    given = {QUEUE_LOG: queue_log, CEL: cel, CDR: cdr}
    return {source: path for source, path in given.items() if path is not None}


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
