"""What the data-quality page knows of a range: what was heard and what not, what the PBX's own files say beside it.

Read from the published marts. Computes nothing of calls: that is the marts'.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from dashboard.filters import Filters
from dashboard.intervals import By
from dashboard.reports import Books, told
from warehouse.marts import Asked

# Sums of the mart `data_quality`.
COUNTS = (
    *("calls", "provisional", "corrected", "appeared", "compared", "agree", "explained", "unexplained", "gaps"),
    "gap_s",
)
# Beyond so many days a table by day is too long to be read.
_DAYS = 92


class TrustMarts(Protocol):
    """The published marts of one tenant. Raises MartsMissing, BadRange."""

    def ready(self) -> bool:
        """Whether anything was published."""

    def watermark(self) -> datetime | None:
        """Up to when calls are in them."""

    def report(self, name: str, asked: Asked) -> pl.DataFrame:
        """The rows of a mart."""

    def reconciled(self, start: datetime, end: datetime) -> Mapping[str, Any]:
        """compared, agree, explained, unexplained, provisional (calls); rules: calls by the rule's name."""

    def differences(self, start: datetime, end: datetime) -> pl.DataFrame:
        """call_id, started_at, from_number, verdict, facts (JSON) of calls that do not agree in everything."""

    def gaps(self, start: datetime, end: datetime) -> pl.DataFrame:
        """pbx, source, cause, started_at, ended_at, seconds of what was not heard."""

    def freshness(self) -> pl.DataFrame:
        """pbx, last_call_at, last_confirmed_at, provisional, silent_since as of the last load."""


@dataclass(frozen=True)
class Trust:
    """`pbxs`: COUNTS of the whole range by PBX, beside how fresh each is; `days`: the same sums by `by`, oldest first.

    `gaps` as in the marts. Nothing published: all are empty.
    """

    books: Books
    pbxs: Sequence[Mapping[str, Any]] = ()
    days: Sequence[Mapping[str, Any]] = ()
    gaps: pl.DataFrame = field(default_factory=pl.DataFrame)
    by: By = By.DAY

    @property
    def filters(self) -> Filters:
        """What was asked for."""
        return self.books.filters

    @property
    def total(self) -> Mapping[str, Any]:
        """COUNTS of everything; empty while nothing is published."""
        return {name: sum(row[name] for row in self.pbxs) for name in COUNTS} if self.pbxs else {}


def read_trust(open_marts: Callable[[str], TrustMarts], tenant: str, filters: Filters) -> Trust:
    """All of a range; nothing while nothing is published. Raises ReportsUnavailable."""
    with told():
        marts = open_marts(tenant)
        if not marts.ready():
            return Trust(Books(filters))
        span = filters.span
        books = Books(filters, marts.reconciled(*span), marts.differences(*span), marts.watermark())
        by = By.DAY if (filters.last - filters.first).days < _DAYS else By.MONTH
        whole = marts.report("data_quality", Asked(*span, timezone=filters.clock.key))
        parts = marts.report("data_quality", Asked(*span, interval=by, timezone=filters.clock.key))
        return Trust(books, _by_pbx(whole, marts.freshness()), _by_day(parts), marts.gaps(*span), by)


def _by_pbx(whole: pl.DataFrame, fresh: pl.DataFrame) -> list[dict[str, Any]]:
    counted = {row["pbx"]: row for row in whole.to_dicts()}
    nothing = dict.fromkeys(COUNTS, 0)
    known = {row["pbx"]: row for row in fresh.to_dicts()}
    unheard = dict.fromkeys(("last_call_at", "last_confirmed_at", "silent_since"))
    return [
        {"pbx": pbx}
        | {name: counted.get(pbx, nothing)[name] for name in COUNTS}
        | {name: known.get(pbx, unheard)[name] for name in unheard}
        for pbx in sorted({*counted, *known})
    ]


def _by_day(parts: pl.DataFrame) -> list[dict[str, Any]]:
    sums = parts.group_by("interval_start").agg(pl.col(*COUNTS).sum()).sort("interval_start")
    return sums.to_dicts()
