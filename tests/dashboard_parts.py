"""The dashboard's parts as tests make them: users and tokens, marts on paper, and ways to read what a page says."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import jwt
import msgspec
import polars as pl
from dash.development.base_component import Component

from dashboard.app import Parts, make_app
from dashboard.filters import Filters, parse
from dashboard.guard import AsgiApp, User
from dashboard.reports import OpenMarts, Report, read_report
from dashboard.tokens import TOKENS_FILE, Theme, Tokens, read_tokens
from warehouse.mart_models import mart_model
from warehouse.marts import AgentName, Asked, BadRange, Patience, QueueName
from warehouse.periods import quarters, spine
from warehouse.staffing.outlook import Outlook, Wanted

SECRET = "a secret of tests, long enough for every algorithm that a forger could choose"
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 13, 3, 22, tzinfo=UTC)
PETRA = User("u1", "Petra Lang", "northwind", "manager")
LOOK: dict[Theme, Tokens] = read_tokens(TOKENS_FILE.read_text())
LIGHT = LOOK[Theme.LIGHT]
BILLING = QueueName("pbx-1", "billing", "Billing", 20.0, 5.0, 0.0, 0.8)
SUPPORT = QueueName("pbx-1", "support", "Support", 20.0, 5.0, 0.0, 0.8)
INES, TOMAS = AgentName("pbx-1", "ines", "Ines Moreau"), AgentName("pbx-1", "tomas", "Tomas Berg")
NOBODY_GAVE_UP = Patience(pl.DataFrame({"wait_s": [], "staying": []}), 0, None, None)
GRAIN = ("pbx", "queue", "interval_start", "agent_id", "name")

RATES = ("service_level", "abandon_rate", "asa", "aht")
COUNTS = ("offered", "answered", "abandoned", "short_abandoned", "flow_out", "service_level_met", "service_level_of")


WAITS = ("p50", "p90", "p95", "longest")
NO_BOOKS = {"compared": 0, "agree": 0, "explained": 0, "unexplained": 0, "provisional": 0, "rules": {}}


def token(**changed: Any) -> str:
    """An access token as the API makes it, with claims changed or (None) left out."""
    now = int(time.time())
    claims = {
        "sub": PETRA.user_id, "name": PETRA.name, "tenant": PETRA.tenant, "role": PETRA.role, "typ": "access",
        "aud": "trunkline", "iss": "trunkline", "iat": now, "exp": now + 3600,
    }  # fmt: skip
    kept = {name: value for name, value in (claims | changed).items() if value is not None}
    return jwt.encode(kept, SECRET, algorithm="HS256")


@dataclass
class PaperMarts:
    """Marts as told: `offered` callers by the quarter of an hour (UTC) in which they came.

    `books` are the counts of ledgers, `differing` calls: call_id, started_at, from_number, verdict, facts.
    """

    offered: Mapping[datetime, int] = field(default_factory=dict)
    queues: Sequence[QueueName] = (BILLING, SUPPORT)
    published: bool = True
    books: Mapping[str, Any] = field(default_factory=lambda: NO_BOOKS)
    differing: Sequence[tuple[Any, ...]] = ()
    # Gaps: pbx, source, cause, began, ended, seconds. Each PBX: last call, last confirmed, provisional, silent since.
    silences: Sequence[tuple[Any, ...]] = ()
    fresh: Sequence[tuple[Any, ...]] = ()
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    agents: Sequence[AgentName] = (INES, TOMAS)
    # Rows of marts by their name; of one that is missing there are none.
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    reports: list[tuple[str, Asked]] = field(default_factory=list)
    given_up: Patience = NOBODY_GAVE_UP
    # What is to come; None: nothing can be said of it.
    ahead: Outlook | None = None
    wanted: list[Wanted] = field(default_factory=list)

    def ready(self) -> bool:
        return self.published

    def watermark(self) -> datetime | None:
        return NOW

    def queue_names(self) -> Sequence[QueueName]:
        return self.queues

    def agent_names(self) -> Sequence[AgentName]:
        return self.agents

    def report(self, name: str, asked: Asked) -> pl.DataFrame:
        self.reports.append((name, asked))
        found = self.rows.get(name, ())
        if found:
            return pl.DataFrame(found, infer_schema_length=None)
        return pl.DataFrame(schema=dict.fromkeys((*mart_model(name).columns, *GRAIN)))

    def transferred(self, start: datetime, end: datetime, queues: Sequence[str] | None) -> pl.DataFrame:
        return pl.DataFrame({"pbx": ["pbx-1"], "queue": ["billing"], "transferred": [3]})

    def waits_by_interval(
        self, start: datetime, end: datetime, queues: Sequence[str] | None, interval: str, timezone: str
    ) -> pl.DataFrame:
        frame = self.overall(start, end, queues, interval, timezone, "service_level").select(
            "interval_start", "offered"
        )
        waited = pl.when(pl.col("offered") > 0)
        return frame.select(
            "interval_start",
            pl.col("offered").alias("left_queue"),
            *(waited.then(value).alias(name) for name, value in (("p50", 7.4), ("p90", 52.0), ("longest", 184.0))),
        )

    def patience(self, start: datetime, end: datetime, queues: Sequence[str] | None) -> Patience:
        return self.given_up

    def outlook(self, wanted: Wanted) -> Outlook:
        self.wanted.append(wanted)
        if self.ahead is None:
            raise BadRange("Nobody has called the queue 'billing' yet.")
        return self.ahead

    def overall(
        self, start: datetime, end: datetime, queues: Sequence[str] | None, interval: str, timezone: str, variant: str
    ) -> pl.DataFrame:
        self.asked.append((start, end, queues, interval, timezone, variant))
        grid = spine(*quarters(start, end), interval, timezone)
        came = grid.with_columns(
            offered=pl.Series([self.offered.get(each, 0) for each in grid["quarter"]], dtype=pl.Int64)
        )
        sums = came.group_by("interval_start").agg(pl.col("offered").sum()).sort("interval_start")
        rows = [{"interval_start": at, **_numbers(n)} for at, n in sums.iter_rows()]
        return pl.DataFrame(rows, schema_overrides=dict.fromkeys(RATES, pl.Float64))

    def total(self, start: datetime, end: datetime, queues: Sequence[str] | None, variant: str) -> Mapping[str, Any]:
        return _numbers(sum(n for at, n in self.offered.items() if start <= at < end))

    def wait_histogram(
        self, start: datetime, end: datetime, queues: Sequence[str] | None, edges: Sequence[float]
    ) -> pl.DataFrame:
        bins = {"from_s": [0.0, *edges], "to_s": [*edges, None]}
        return pl.DataFrame(bins | {name: [1] * (len(edges) + 1) for name in ("answered", "abandoned", "flow_out")})

    def reconciled(self, start: datetime, end: datetime) -> Mapping[str, Any]:
        return self.books

    def differences(self, start: datetime, end: datetime) -> pl.DataFrame:
        rows = [(*call[:-1], msgspec.json.encode(call[-1]).decode()) for call in self.differing]
        columns = ("call_id", "started_at", "from_number", "verdict", "facts")
        return pl.DataFrame(rows, schema=columns, orient="row")

    def gaps(self, start: datetime, end: datetime) -> pl.DataFrame:
        columns = ("pbx", "source", "cause", "started_at", "ended_at", "seconds")
        return pl.DataFrame(self.silences, schema=columns, orient="row", infer_schema_length=None)

    def freshness(self) -> pl.DataFrame:
        columns = ("pbx", "last_call_at", "last_confirmed_at", "provisional", "silent_since")
        return pl.DataFrame(self.fresh, schema=columns, orient="row", infer_schema_length=None)

    def waits(self, start: datetime, end: datetime, queues: Sequence[str] | None) -> Mapping[str, float | None]:
        return {"p50": 7.4, "p90": 52.0, "p95": 80.0, "longest": 184.0} if self.offered else dict.fromkeys(WAITS)


def _numbers(offered: int) -> dict[str, Any]:
    """Of eight callers six are answered in time, one later, one abandons."""
    answered, in_time = offered - offered // 8, offered - offered // 8 * 2
    counts = dict.fromkeys(COUNTS, 0) | {
        "offered": offered,
        "answered": answered,
        "abandoned": offered - answered,
        "service_level_met": in_time,
        "service_level_of": offered,
    }
    rates = {
        "service_level": in_time / offered if offered else None,
        "abandon_rate": (offered - answered) / offered if offered else None,
        "asa": 14.0 if offered else None,
        "aht": 252.0 if offered else None,
    }
    return {**counts, **rates}


def filters(search: str = "") -> Filters:
    """The choice of an address, on a clock in Berlin, on 22 Nov 2026."""
    return parse(search, NOW, BERLIN)


def report(marts: PaperMarts, search: str = "") -> Report:
    """The report of an address."""
    return read_report(lambda _: marts, PETRA.tenant, filters(search))


def app(marts: OpenMarts) -> AsgiApp:
    """The whole dashboard."""
    return make_app(Parts(SECRET, marts, lambda: NOW, BERLIN))


def parts_of(component: Any) -> Iterator[Component]:
    """A component and all that is in it."""
    if isinstance(component, Component):
        yield component
        yield from parts_of(getattr(component, "children", None))
    elif isinstance(component, list | tuple):
        for each in component:
            yield from parts_of(each)


def text_of(component: Any) -> str:
    """What a reader reads of a component, pieces joined by a blank."""
    return " ".join(_texts(component))


def _texts(component: Any) -> Iterable[str]:
    if isinstance(component, Component):
        yield from _texts(getattr(component, "children", None))
    elif isinstance(component, list | tuple):
        for each in component:
            yield from _texts(each)
    elif component is not None:
        yield str(component)


def links_of(component: Any) -> dict[str, str]:
    """The links in a component: address by text."""
    return {text_of(each): each.href for each in parts_of(component) if getattr(each, "href", None)}
