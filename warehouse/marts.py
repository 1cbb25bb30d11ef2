"""Reading the published marts: what the dashboard, the API and the reports ask for.

Any number of threads may ask one `Marts` at once, and answers are as fresh as the last load. It reads files only: no
database, no lake, no setting. Instants go in, times of the asked zone come out; ratios are 0-1, durations seconds;
where nothing happened counts are 0 and everything else null. Formulas are those of `calls.metrics`.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from msgspec.structs import replace

from calls.agent_tally import AgentTally
from calls.ledger.facts import Verdict
from calls.metrics import METRICS
from calls.tally import Tally
from warehouse.errors import BadRange, MartsMissing
from warehouse.mart_file import MartFile
from warehouse.mart_models import MARTS, mart_model
from warehouse.mart_reports import VARIANTS, Asked, read_mart, summed_cells
from warehouse.mart_sums import agent_sums, filed_calls, stint_sums
from warehouse.mart_trust import read_freshness, read_gaps
from warehouse.mart_waits import Patience, patience, transferred, waits_by_interval
from warehouse.periods import INTERVALS, quarters, spine
from warehouse.published import marts_path, read_published

__all__ = [
    "DEFAULT_EDGES", "INTERVALS", "AgentName", "Asked", "BadRange", "Marts", "MartsMissing", "Patience", "QueueName",
    "open_marts",
]  # fmt: skip

COUNTS = ("offered", "answered", "abandoned", "short_abandoned", "flow_out", "refused", "missed")
RATIOS = ("abandon_rate", "asa", "awt", "abandon_wait", "aht", "call_duration")
VERDICTS = tuple(verdict.value for verdict in Verdict)
# Upper ends of the waits' bins, seconds. A wait of exactly 20 s is in time, so it lies in the bin that ends there.
DEFAULT_EDGES = (5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0)
# More than a page or a file can use; 96 queues for half a year of quarters.
MOST_ROWS = 2_000_000
_AGENTS = "SELECT pbx, agent_id, name FROM agents ORDER BY ALL"
# As many agents as an error lists.
MOST_NAMES = 20


class QueueName(NamedTuple):
    """A queue that the marts know. `target` is a ratio, the thresholds are seconds."""

    pbx: str
    queue: str
    name: str
    service_level_s: float
    short_abandon_s: float
    wrapup_s: float
    target: float


class AgentName(NamedTuple):
    """An agent whom the marts know."""

    pbx: str
    agent_id: str
    name: str


def open_marts(data: Path, tenant: str) -> "Marts":
    """The marts of a tenant under the data folder; cheap, and no error if nothing is published yet."""
    return Marts(data, tenant)


class Marts:
    """The published marts of one tenant. Every method but `ready` raises MartsMissing while there is no file."""

    def __init__(self, data: Path, tenant: str) -> None:
        self._data = data
        self._file = MartFile(marts_path(data, tenant))

    def ready(self) -> bool:
        """Whether anything was published for this tenant."""
        return self._file.path.exists()

    def watermark(self) -> datetime | None:
        """All that PostgreSQL held at this instant (UTC) is in the marts."""
        noted = read_published(self._data).watermark
        return noted or self._file.ask("SELECT max(watermark) AS watermark FROM published")["watermark"][0]

    def settled(self) -> datetime | None:
        """Every row that PostgreSQL wrote before this instant (`changed_at`) is in the marts; None: nobody knows."""
        return read_published(self._data).settled if self.ready() else None

    def tally(self, start: datetime, end: datetime, interface: str | None = None) -> Tally:
        """The facts of stints that began in these whole quarters; with `interface` of those that its agent answered."""
        return stint_sums(self._file, start, end, interface)

    def agent_tally(self, pbx: str, agent_id: str, start: datetime, end: datetime) -> AgentTally:
        """What an agent did in these whole quarters."""
        return agent_sums(self._file, pbx, agent_id, start, end)

    def filed(self, pbx: str, agent_id: str, start: datetime, end: datetime) -> dict[str, int]:
        """Of the calls that an agent came into: how many were filed under each code."""
        return filed_calls(self._file, pbx, agent_id, start, end)

    def interface_of(self, pbx: str, agent_id: str) -> str | None:
        """Where the marts have it that this agent is reached, None where they do not know the agent."""
        query = "SELECT interface FROM agents WHERE pbx = $pbx AND agent_id = $agent"
        found = self._file.ask(query, pbx=pbx, agent=agent_id)["interface"]
        return None if found.is_empty() else found[0]

    def queue_names(self) -> list[QueueName]:
        """Every queue, by PBX and id."""
        return [QueueName(*row) for row in self._file.ask("FROM queues ORDER BY pbx, queue").iter_rows()]

    def agent_names(self) -> list[AgentName]:
        """Every agent, by PBX and id."""
        return [AgentName(*row) for row in self._file.ask(_AGENTS).iter_rows()]

    def report(self, name: str, asked: Asked, summed: bool = True) -> pl.DataFrame:
        """The rows of the mart of this name (`warehouse/models`) over what was asked, times in the asked zone.

        `summed=False` leaves the sums of hours, days and months alone: the same rows, from quarters and single facts.
        Raises BadRange for a mart, queue, agent, interval, zone, rule or variant that does not exist.
        """
        if name not in MARTS:
            raise BadRange(f"No mart {name!r}: choose one of {', '.join(MARTS)}.")
        chosen = (self._chosen(asked.queues), self._agents(asked.agents))
        return read_mart(self._file, mart_model(name), asked, *chosen, summed)

    def service_level(
        self,
        start: datetime,
        end: datetime,
        queues: Sequence[str] | None = None,
        interval: str = "15m",
        timezone: str = "UTC",
        variant: str = "service_level",
        empty: bool = True,
    ) -> pl.DataFrame:
        """One row for each interval and queue: interval_start (of `timezone`), pbx, queue, name, COUNTS, service_level
        (of `variant`) with its two parts service_level_met and service_level_of, RATIOS.

        From `start` to `end`, exclusive, widened to quarters of an hour. `queues`: ids, or `pbx:id`; None means all.
        `empty`: also where nobody arrived. Raises BadRange for what does not exist, or more than MOST_ROWS rows.
        """
        chosen = self._chosen(queues)
        frame = self._by_interval(chosen, quarters(start, end), interval, timezone, ("pbx", "queue"), variant, empty)
        return frame.join(chosen, on=["pbx", "queue"], how="left").select(
            "interval_start", "pbx", "queue", "name", pl.exclude("interval_start", "pbx", "queue", "name")
        )

    def overall(
        self,
        start: datetime,
        end: datetime,
        queues: Sequence[str] | None = None,
        interval: str = "15m",
        timezone: str = "UTC",
        variant: str = "service_level",
        empty: bool = True,
    ) -> pl.DataFrame:
        """Like `service_level`, with all the queues together: one row an interval, without pbx, queue and name."""
        span = quarters(start, end)
        return self._by_interval(self._chosen(queues), span, interval, timezone, (), variant, empty)

    def totals(
        self,
        start: datetime,
        end: datetime,
        queues: Sequence[str] | None = None,
        variant: str = "service_level",
    ) -> pl.DataFrame:
        """One row for each queue over the whole range: pbx, queue, name and the same numbers."""
        chosen = self._chosen(queues)
        cells, frames = summed_cells(*quarters(start, end), None, "UTC")
        query = f"""
            SELECT pbx, queue, chosen.name, {_numbers(variant)}
            FROM chosen LEFT JOIN ({cells}) AS cells USING (pbx, queue)
            GROUP BY pbx, queue, chosen.name ORDER BY pbx, queue
        """
        return self._file.ask(query, {"chosen": chosen} | frames)

    def total(
        self,
        start: datetime,
        end: datetime,
        queues: Sequence[str] | None = None,
        variant: str = "service_level",
    ) -> dict[str, Any]:
        """The same numbers for everything together."""
        cells, frames = summed_cells(*quarters(start, end), None, "UTC")
        query = f"SELECT {_numbers(variant)} FROM ({cells})"
        return self._file.ask(query, {"chosen": self._chosen(queues)} | frames).to_dicts()[0]

    def wait_histogram(
        self,
        start: datetime,
        end: datetime,
        queues: Sequence[str] | None = None,
        edges: Sequence[float] = DEFAULT_EDGES,
    ) -> pl.DataFrame:
        """How long those waited who entered in the range and left: from_s, to_s, answered, abandoned, flow_out.

        A bin holds the waits above `from_s` up to and with `to_s`; the first one 0 too, the last one is open (null).
        """
        uppers = [*sorted(edges), None]
        bins = pl.DataFrame({"from_s": [0.0, *uppers[:-1]], "to_s": uppers}, schema_overrides={"to_s": pl.Float64})
        counted = ", ".join(
            f"count(*) FILTER (outcome {condition}) AS {name}"
            for name, condition in (
                ("answered", "= 'answered'"),
                ("abandoned", "= 'abandoned'"),
                ("flow_out", "NOT IN ('answered', 'abandoned')"),
            )
        )
        # How many upper ends a wait lies above is the number of its bin.
        bin_number = " + ".join(f"(wait_s > {float(edge)!r})::INTEGER" for edge in edges) or "0"
        found = self._waits(f"SELECT {bin_number} AS bin, {counted} FROM left_queue GROUP BY bin", start, end, queues)
        return (
            bins.with_row_index("bin")
            .join(found.cast({"bin": pl.UInt32}), on="bin", how="left")
            .drop("bin")
            .with_columns(pl.col("answered", "abandoned", "flow_out").fill_null(0))
        )

    def waits(self, start: datetime, end: datetime, queues: Sequence[str] | None = None) -> dict[str, float | None]:
        """p50, p90, p95 and longest: seconds waited by those who entered in the range and left; None if nobody did."""
        parts = ", ".join(f"quantile_cont(wait_s, {q / 100}) AS p{q}" for q in (50, 90, 95))
        return self._waits(f"SELECT {parts}, max(wait_s) AS longest FROM left_queue", start, end, queues).to_dicts()[0]

    def waits_by_interval(
        self,
        start: datetime,
        end: datetime,
        queues: Sequence[str] | None = None,
        interval: str = "15m",
        timezone: str = "UTC",
    ) -> pl.DataFrame:
        """Every interval: interval_start (of `timezone`), left_queue, p50, p90 and longest (s, null if nobody left)."""
        span = quarters(start, end)
        found = waits_by_interval(self._file, self._chosen(queues), span, spine(*span, interval, timezone))
        return found.with_columns(pl.col("interval_start").dt.convert_time_zone(timezone))

    def patience(self, start: datetime, end: datetime, queues: Sequence[str] | None = None) -> Patience:
        """How long those were ready to wait who entered in the range."""
        return patience(self._file, self._chosen(queues), quarters(start, end))

    def transferred(self, start: datetime, end: datetime, queues: Sequence[str] | None = None) -> pl.DataFrame:
        """pbx, queue, transferred: conversations that began in the range and that the agent sent on."""
        return transferred(self._file, self._chosen(queues), quarters(start, end))

    def reconciled(self, start: datetime, end: datetime) -> dict[str, Any]:
        """Of the calls that started from `start` until before `end`: how many were held against the PBX's own files,
        `compared`, how many of those `agree`, are `explained` or `unexplained`, how many are over and `provisional`;
        and `rules`: by the rule's name how many calls it explains something of.
        """
        span: dict[str, Any] = {"start": start, "end": end}
        counts = ", ".join(f"count(*) FILTER (verdict = '{name}') AS {name}" for name in VERDICTS)
        within = "FROM reconciliation WHERE started_at >= $start AND started_at < $end"
        rules = f"SELECT rule, count(*) AS calls FROM (SELECT unnest(rules) AS rule {within}) GROUP BY rule"
        waiting = """
            SELECT count(*) AS provisional FROM calls
            WHERE certainty = 'provisional' AND ended_at IS NOT NULL AND started_at >= $start AND started_at < $end
        """
        return {
            **self._file.ask(f"SELECT count(*) AS compared, {counts} {within}", **span).to_dicts()[0],
            **self._file.ask(waiting, **span).to_dicts()[0],
            "rules": dict(self._file.ask(rules, **span).iter_rows()),
        }

    def differences(self, start: datetime, end: datetime, most: int = 200) -> pl.DataFrame:
        """Calls that do not agree in everything, unexplained ones first, then the newest, at most so many: call_id,
        started_at (UTC), from_number (null where only a file knows the call), verdict, facts.

        `facts` are those that differ, as JSON: subject, ours, source, theirs, verdict, rule.
        """
        query = """
            SELECT call_id, book.started_at, from_number, verdict, differences AS facts
            FROM reconciliation AS book LEFT JOIN calls USING (call_id)
            WHERE book.started_at >= $start AND book.started_at < $end AND verdict <> 'agree'
            ORDER BY verdict <> 'unexplained', book.started_at DESC, call_id LIMIT $most
        """
        frame = self._file.ask(query, start=start, end=end, most=most)
        return frame.with_columns(pl.col("started_at").dt.convert_time_zone("UTC"))

    def gaps(self, start: datetime, end: datetime, most: int = 200) -> pl.DataFrame:
        """When a source was not heard, as in `mart_trust.read_gaps`."""
        return read_gaps(self._file, start, end, most)

    def freshness(self) -> pl.DataFrame:
        """How fresh each PBX's calls are, as in `mart_trust.read_freshness`."""
        return read_freshness(self._file)

    def _by_interval(
        self,
        chosen: pl.DataFrame,
        span: tuple[datetime, datetime],
        interval: str,
        timezone: str,
        key: tuple[str, ...],
        variant: str,
        empty: bool,
    ) -> pl.DataFrame:
        every = _every(spine(*span, interval, timezone), chosen.select(key)) if empty else None
        columns = ", ".join(("interval_start", *key))
        cells, frames = summed_cells(*span, interval, timezone)
        query = f"SELECT {columns}, {_numbers(variant)} FROM ({cells}) GROUP BY {columns} ORDER BY {columns}"
        frame = self._file.ask(query, {"chosen": chosen} | frames)
        frame = frame.with_columns(pl.col("interval_start").dt.convert_time_zone("UTC"))
        if every is not None:
            frame = _with_empty(frame, every.collect())
        return frame.with_columns(pl.col("interval_start").dt.convert_time_zone(timezone))

    def _waits(self, query: str, start: datetime, end: datetime, queues: Sequence[str] | None) -> pl.DataFrame:
        first, last = quarters(start, end)
        stints = """
            WITH left_queue AS MATERIALIZED (
              SELECT outcome, wait_s FROM stints SEMI JOIN chosen USING (pbx, queue)
              WHERE entered_at >= $start AND entered_at < $end
                AND wait_s IS NOT NULL AND outcome NOT IN ('join_empty', 'full')
            )
        """
        return self._file.ask(stints + query, {"chosen": self._chosen(queues)}, start=first, end=last)

    def _chosen(self, queues: Sequence[str] | None) -> pl.DataFrame:
        """The asked queues: pbx, queue, name."""
        known = self.queue_names()
        names = {name: it for it in known for name in (it.queue, f"{it.pbx}:{it.queue}")}
        unknown = [name for name in queues or () if name not in names]
        if unknown:
            there = ", ".join(sorted({it.queue for it in known})) or "none yet"
            raise BadRange(f"No queue {', '.join(map(repr, unknown))}; there are: {there}.")
        wanted = [it for it in known if queues is None or it.queue in queues or f"{it.pbx}:{it.queue}" in queues]
        return pl.DataFrame(
            [(it.pbx, it.queue, it.name) for it in wanted],
            schema=dict.fromkeys(("pbx", "queue", "name"), pl.String),
            orient="row",
        )

    def _agents(self, agents: Sequence[str] | None) -> pl.DataFrame:
        """The asked agents: pbx, agent_id, name."""
        known = self._file.ask(_AGENTS)
        if agents is None:
            return known
        named = pl.col("agent_id").is_in(agents) | (pl.col("pbx") + ":" + pl.col("agent_id")).is_in(agents)
        wanted = known.filter(named)
        unknown = set(agents) - {text for row in wanted.iter_rows() for text in (row[1], f"{row[0]}:{row[1]}")}
        if unknown:
            there = ", ".join(known["agent_id"].unique().sort()[:MOST_NAMES]) or "none yet"
            more = ", … (`FROM agents` in SQL lists all)" if len(known) > MOST_NAMES else ""
            raise BadRange(f"No agent {', '.join(map(repr, sorted(unknown)))}; there are: {there}{more}.")
        return wanted


def _numbers(variant: str) -> str:
    if variant not in VARIANTS:
        raise BadRange(f"No service level {variant!r}: choose one of {', '.join(VARIANTS)}.")
    level = VARIANTS[variant]
    columns = {name: METRICS[name].sql() for name in COUNTS}
    columns["service_level"] = level.sql()
    columns["service_level_met"] = replace(level, denominator=()).sql()
    columns["service_level_of"] = replace(level, numerator=level.denominator, denominator=()).sql()
    columns |= {name: METRICS[name].sql() for name in RATIOS}
    return ", ".join(f"{formula} AS {name}" for name, formula in columns.items())


def _every(intervals: pl.DataFrame, queues: pl.DataFrame) -> pl.LazyFrame:
    """Every interval, and if there is a choice every queue in it."""
    starts = intervals.select("interval_start").unique(maintain_order=True)
    rows = len(starts) * (len(queues) if queues.width else 1)
    if rows > MOST_ROWS:
        raise BadRange(f"{rows:,} rows are too many: choose a longer interval or fewer queues.")
    return starts.lazy().join(queues.lazy(), how="cross") if queues.width else starts.lazy()


def _with_empty(frame: pl.DataFrame, every: pl.DataFrame) -> pl.DataFrame:
    counts = pl.col(*COUNTS, "service_level_met", "service_level_of").fill_null(0)
    return every.join(frame, on=every.columns, how="left").with_columns(counts).sort(every.columns)
