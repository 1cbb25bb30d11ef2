"""Calls as PostgreSQL has them against what their PBX's files say in the ingester's log; the ledgers are kept.

What is compared is what everybody sees: the stored calls. Their lines come from the log, which lies in the data folder
of the ingester; where that is elsewhere, there is nothing to compare.
"""

import time
from collections.abc import Callable, Container
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from calls.form import call_of, iso
from calls.healing import FINAL
from calls.ledger.books import Ledger, ledgers, with_corrections
from calls.ledger.rules import Gaps
from warehouse.archived_lines import ArchivedLines, logged_pbxs
from warehouse.evidence import Evidence
from warehouse.ledger_store import LedgerStore, moment
from warehouse.readback import stored_calls

# Calls and lines before and after a range that its calls may have to do with: transfers, conferences, parking.
NEARBY = timedelta(hours=2)
# The files are read a moment after they are written.
SETTLE_MS = 2_000
# A call that AMI never told of is made from the files: until then only they know it.
APPEAR_MS = 120_000
EVERY_SECONDS = 120.0
# After a comparison that took long, a longer rest: at most a tenth of the machine.
REST = 9.0
LOOK_BACK = timedelta(days=1)
# Lines of that time are at hand each time; what is older has to be read from the log again.
RECENT = timedelta(hours=1)


class Compared(NamedTuple):
    """The ledgers of a range; `pending` calls are over, but their files are not read to there yet."""

    ledgers: list[Ledger]
    pending: int = 0


class Reconciliation:
    """One installation's. `source` is the calls' database as a postgresql:// URL, `data` the folder with log/.

    `clock` tells the time: which calls are recent.
    """

    def __init__(self, source: str, data: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._data, self._clock = LedgerStore(source), data, clock
        self._lines: dict[str, ArchivedLines] = {}
        self._due = 0.0

    def compare(self, start: datetime, end: datetime, pbx: str | None = None) -> Compared:
        """Compare the calls that started from `start` until before `end`, of one PBX or all that have a log; keep it.

        Raises LakeUnavailable when the database fails, LogUnreadable.
        """
        found, pending = list[Ledger](), 0
        for name in [pbx] if pbx is not None else logged_pbxs(self._data):
            compared = self._compare(name, start, end)
            found += compared.ledgers
            pending += compared.pending
        return Compared(sorted(found, key=lambda it: (it.started_at, it.call_id)), pending)

    def compare_if_due(self) -> int:
        """Compare what became final, or different, every two minutes; how many ledgers that made.

        Raises as `compare` does; it is then tried again after the usual time.
        """
        begun = time.monotonic()
        if begun < self._due:
            return 0
        self._due = begun + EVERY_SECONDS
        count = self._compare_new(self._clock())
        took = time.monotonic() - begun
        self._due = begun + took + max(EVERY_SECONDS - took, REST * took)
        return count

    def _compare_new(self, now: datetime) -> int:
        pbxs = logged_pbxs(self._data)
        new = self._store.new(now - LOOK_BACK) if pbxs else {}
        count = 0
        for name in pbxs:
            wanted = new.get(name, {})
            # Calls that only a file knows are looked for in what is recent.
            start = min([now - RECENT, *wanted.values()])
            count += len(self._compare(name, start, now, wanted.keys()).ledgers)
        return count

    def _compare(self, pbx: str, start: datetime, end: datetime, wanted: Container[str] | None = None) -> Compared:
        first, last = moment(start), moment(end)
        stored = self._store.stored(pbx, start - NEARBY, end + NEARBY)
        forms = stored_calls(self._store.source, start - NEARBY, end + NEARBY)
        calls = [call_of(form) for form in forms if form.call_id in stored.versions]
        asked = [
            it
            for it in calls
            if first <= it.started_at < last and it.ended_at is not None and (wanted is None or it.call_id in wanted)
        ]
        until = max([last, *(it.ended_at or 0 for it in asked)]) + APPEAR_MS
        lines = self._lines.setdefault(pbx, ArchivedLines(self._data / "log" / pbx))
        evidence = lines.read(moment(start - NEARBY), until)
        if not evidence.sources:
            return Compared([], len(asked))
        read = read_until(evidence)
        settled = {it.call_id for it in asked if it.certainty == FINAL or (it.ended_at or 0) + SETTLE_MS <= read}
        gaps = Gaps((*evidence.gaps, *stored.gaps), evidence.begun, evidence.ended)
        every = ledgers(pbx, calls, evidence.files(), gaps, lambda call: call.call_id in settled)
        ours = [it for it in every if it.certainty is not None]
        strangers = [
            it
            for it in every
            if it.certainty is None and iso(first) <= it.started_at < iso(min(last, read - APPEAR_MS))
        ]
        known = self._store.known(it.call_id for it in strangers) if strangers else set()
        found = [
            *(with_corrections(it, "files", stored.corrections.get(it.call_id, {})) for it in ours),
            *(it for it in strangers if it.call_id not in known),
        ]
        self._store.keep(found, stored.versions)
        return Compared(found, len(asked) - len(settled))


def read_until(evidence: Evidence) -> int:
    """How far all files were read (ms); as far as AMI was heard where no mark says it."""
    return min(evidence.read_until.get(source, evidence.ended) for source in evidence.sources)
