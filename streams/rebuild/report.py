"""What a rebuild found, told while it goes on: a line of JSON a call for programs, or tables at the end for people."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from calls.form import iso
from streams.rebuild.derive import Told
from streams.rebuild.differences import Finding, Verdict, kind_of
from streams.rebuild.mend import Missing

# More is for programs: `--json` tells all.
MOST_SHOWN = 50
MISSING = "not in the archive"


class Summary(Struct):
    """Counts. `changed_fields` is by path without numbers; `sha256` is over all derived calls as JSON lines, in order.

    `rehearsal`: nothing was written.
    """

    rehearsal: bool
    read: dict[str, Told] = {}
    calls: dict[str, int] = {}
    changed_fields: dict[str, int] = {}
    left_alone: dict[str, int] = {}
    sha256: str = ""


class Report:
    """Counts, and tells each difference to `say`, where that is given, as a line of JSON."""

    def __init__(self, rehearsal: bool, say: Callable[[str], None] | None = None) -> None:
        self._say = say
        self._rehearsal = rehearsal
        self._calls: Counter[str] = Counter({it.value: 0 for it in Verdict} | {MISSING: 0})
        self._fields: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._shown: list[tuple[str, str, str, str]] = []
        self._read: dict[str, Told] = {}
        self.sha256 = ""

    def told(self, pbx: str, told: Told) -> None:
        """How much of a PBX's archive was read."""
        self._read[pbx] = told

    def found(self, call_id: str, finding: Finding) -> None:
        """One call was held against the database."""
        self._calls[finding.verdict.value] += 1
        if finding.verdict is Verdict.LEFT:
            self._reasons[finding.reason] += 1
        if finding.verdict is Verdict.CHANGED:
            self._fields.update({kind_of(path) for path in finding.fields})
            self._show(call_id, finding)
        if finding.verdict is not Verdict.SAME:
            self._tell(_line(call_id, finding))

    def missing(self, it: Missing) -> None:
        """The database has a call that the archive does not give."""
        self._calls[MISSING] += 1
        self._tell({"call_id": it.call_id, "what": MISSING, "started_at": it.started_at})

    def summary(self) -> Summary:
        """The counts."""
        return Summary(
            self._rehearsal,
            self._read,
            dict(self._calls),
            dict(sorted(self._fields.items())),
            dict(sorted(self._reasons.items())),
            self.sha256,
        )

    def close(self, console: Console) -> None:
        """Tell the summary: as the last line of JSON, or as tables."""
        if self._say is not None:
            self._tell({"summary": self.summary()})
            return
        console.print(self._archives(), _counts("calls", self._calls))
        if self._fields:
            console.print(_counts("changed field, in so many calls", self._fields), self._changes())
        if self._reasons:
            console.print(_counts("left alone, because", self._reasons))
        console.print(f"SHA-256 of the calls that the archive gives: {self.sha256}")
        if self._rehearsal:
            console.print("Nothing was written (--dry-run).")

    def _archives(self) -> Table:
        table = Table("archive", "events", "refused", "not understood", "read to")
        for pbx, told in self._read.items():
            numbers = (f"{it:,}" for it in (told.entries, told.refused, told.stumbled))
            table.add_row(pbx, *numbers, iso(told.until))
        return table

    def _changes(self) -> Table:
        title = "" if len(self._shown) < MOST_SHOWN else f"the first {MOST_SHOWN}; --json tells all"
        table = Table("call", "field", "was", "is", title=title or None, title_justify="left")
        for row in self._shown:
            table.add_row(*row)
        return table

    def _show(self, call_id: str, finding: Finding) -> None:
        for path, (was, now) in finding.fields.items():
            if len(self._shown) < MOST_SHOWN:
                self._shown.append((call_id, path, _text(was), _text(now)))

    def _tell(self, line: dict[str, Any]) -> None:
        if self._say is not None:
            self._say(_text(line))


def _line(call_id: str, finding: Finding) -> dict[str, Any]:
    line: dict[str, Any] = {"call_id": call_id, "what": finding.verdict.value}
    if finding.reason:
        line["reason"] = finding.reason
    return line if finding.verdict is Verdict.NEW else line | {"fields": finding.fields}


def _counts(title: str, counts: Counter[str]) -> Table:
    table = Table(title, "")
    for name, count in counts.items():
        table.add_row(name, f"{count:,}")
    return table


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
