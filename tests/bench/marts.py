"""Part `marts`: two years of calls loaded, and each mart by its sums, on raw DuckLake, on raw PostgreSQL with its
indexes, and on PostgreSQL with the same sums; then each report's 95th percentile, one call, one agent's day, a load.

By wall clock, as all of them take all cores. Contenders have to come to equal rows; percentiles to nearly equal ones.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import psycopg

from infra.postgres import ensure_databases
from tests.bench.answers import Answer, answer_of, differ, profile, spent
from tests.bench.generated_calls import END, START
from tests.bench.kept_calls import DATABASE, kept_calls
from tests.bench.mart_questions import BERLIN, BINS, DAY, FACTS, QUESTIONS, SUMS, Question
from tests.bench.race import load as load_averages
from warehouse.duck import quoted
from warehouse.lake import connect, open_lake
from warehouse.looked_up import look_up
from warehouse.mart_models import mart_model
from warehouse.mart_reports import Asked
from warehouse.marts import Marts, open_marts
from warehouse.refresh import Refresher

CALLS = 20_000_000
# A contender is asked so often, but no more when that took so many seconds; a report always ROUNDS times.
ROUNDS, RAW_ROUNDS, RAW_SECONDS = 40, 5, 15.0
# What is aimed at: milliseconds by report and by look-up, and how much quicker than PostgreSQL without sums.
QUICK_MS, LOOKED_UP_MS, TIMES = 300.0, 50.0, 20.0
LISTS = ("abandoned_calls", "transfers")
WAYS = ("report by sums", "raw DuckLake", "sums in PG", "raw PG")


class Place(NamedTuple):
    """The installation that is measured."""

    owner: str
    source: str
    catalog: str
    data: Path

    @property
    def file(self) -> Path:
        """The published one."""
        return self.data / "marts" / "default.duckdb"


def run(calls: int = CALLS) -> Iterator[str]:
    """Measure; the tables."""
    said: list[str] = []
    with kept_calls(calls, said.append) as url, _folder() as folder:
        with psycopg.connect(url("postgres"), autocommit=True) as database:
            database.execute("DROP DATABASE IF EXISTS bench_lake WITH (FORCE)")
        ensure_databases(url("postgres"), ("bench_lake",))
        here = Place(url(DATABASE), url(DATABASE, "trunkline_warehouse"), url("bench_lake"), folder)
        yield "\n".join(said[-1:] or [f"{calls:,} calls are kept from an earlier run"]) + _size(here)
        yield _loaded(here, calls)
        _copy_sums(here)
        yield from _raced(here)
        yield from _reports(here)
        yield _single(here, calls)
        yield _refreshed(here, calls)
        yield load_averages()


@contextmanager
def _folder() -> Iterator[Path]:
    name = tempfile.mkdtemp(prefix="trunkline-bench-")
    try:
        yield Path(name)
    finally:
        shutil.rmtree(name, ignore_errors=True)


def _size(here: Place) -> str:
    with psycopg.connect(here.owner) as database:
        (size,) = database.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    return f"; PostgreSQL {size / 2**30:.1f} GiB with indexes"


def _loaded(here: Place, calls: int) -> str:
    refresher, began = Refresher(here.catalog, here.source, here.data, ("UTC", BERLIN)), time.monotonic()
    marks: list[tuple[str, float]] = []
    refresher.refresh(say=lambda step: marks.append((step, time.monotonic() - began)))
    ended = time.monotonic() - began
    refresher.close()
    with open_lake(here.catalog, here.data) as lake:
        rows = sum(
            spent(lambda it=it: lake.execute(f"SELECT count(*) FROM lake.{it}").fetchall())[0][0][0] for it in FACTS
        )
    took = next(at for step, at in marks if step == "publishing")
    parquet, published = (sum(it.stat().st_size for it in here.data.rglob(f"*.{end}")) for end in ("parquet", "duckdb"))
    return (
        f"loaded and rolled up in {took:.0f} s: {calls / took:,.0f} calls/s, {rows / took:,.0f} rows/s;"
        f" {parquet / 2**20:,.0f} MiB of Parquet; published in {ended - took:.0f} s, {published / 2**20:,.0f} MiB\n"
        + "\n".join(f"  {at:7.1f} s {step}" for step, at in marks)
    )


def _copy_sums(here: Place) -> None:
    """The same sums in PostgreSQL, with an index on what they are found by."""
    with connect(here.data / "tmp") as connection:
        connection.execute(f"ATTACH {quoted(here.owner)} AS pg (TYPE postgres)")
        connection.execute(f"ATTACH {quoted(str(here.file))} AS marts (READ_ONLY)")
        for table in SUMS:
            connection.execute(f"DROP TABLE IF EXISTS pg.public.bench_{table}")
            connection.execute(f"CREATE TABLE pg.public.bench_{table} AS FROM marts.{table}")
    with psycopg.connect(here.owner, autocommit=True) as database:
        for table in SUMS:
            if table.endswith("_sums"):
                database.execute(f"CREATE INDEX ON bench_{table} (span, starts_at)".encode())
            database.execute(f"VACUUM ANALYZE bench_{table}".encode())


def _raced(here: Place) -> Iterator[str]:
    marts, lines = open_marts(here.data, "default"), list[str]()
    head = "".join(f"{it:>16}" for it in WAYS) + f"{'to raw PG':>12}"
    with open_lake(here.catalog, here.data) as lake, psycopg.connect(here.owner, autocommit=True) as database:
        # As much as PostgreSQL's cache and sorts may have.
        lake.execute("SET memory_limit = '3GB'")
        lake.execute(f"ATTACH {quoted(str(here.file))} AS marts (READ_ONLY)")
        for name, question in QUESTIONS.items():
            ways: dict[str, Callable[[], Any] | None] = {
                WAYS[0]: lambda it=name: _report(marts, it, Asked(START, END, timezone=BERLIN)),
                WAYS[1]: lambda it=question: lake.execute(_in_lake(it.facts)).fetchall(),
                WAYS[2]: None if question.sums is None else lambda it=question: _asked(database, it.sums or ""),
                WAYS[3]: lambda it=question: _asked(database, it.facts),
            }
            found = {way: _timed(ask) for way, ask in ways.items() if ask is not None}
            _check(name, question, {way: rows for way, (rows, _) in found.items()})
            ms = {way: seconds * 1000 for way, (_, seconds) in found.items()}
            figures = "".join(f"{ms[way]:>16,.1f}" if way in ms else f"{'–':>16}" for way in WAYS)
            ratio = ms[WAYS[3]] / ms[WAYS[0]]
            missed = f"  below {TIMES:.0f} ×" if ratio < TIMES and name not in LISTS else ""
            lines.append(f"  {name:20}{figures}{ratio:>10,.1f} ×{missed}")
    yield "\n".join(
        ["milliseconds by mart over two years (lists: a day), medians; all ways equal", f"  {'':20}{head}", *lines]
    )


def _in_lake(query: str) -> str:
    return query.format(**{it: f"lake.{it}" for it in FACTS}, wait_bins="marts.wait_bins")


def _asked(database: psycopg.Connection[Any], query: str) -> list[tuple[Any, ...]]:
    names = {it: it for it in FACTS} | {it: f"bench_{it}" for it in SUMS} | {"agents": "agent_extensions"}
    return database.execute(query.format(**names).encode()).fetchall()


def _report(marts: Marts, name: str, asked: Asked) -> pl.DataFrame:
    if name in LISTS:
        asked = asked._replace(start=datetime.fromisoformat(DAY[0]), end=datetime.fromisoformat(DAY[1]))
    return marts.report(name, asked)


def _timed(ask: Callable[[], Any]) -> tuple[Any, float]:
    took: list[float] = []
    rows: Any = None
    while len(took) < RAW_ROUNDS and (not took or sum(took) < RAW_SECONDS):
        rows, seconds = spent(ask)
        took.append(seconds)
    return rows, statistics.median(took)


def _check(name: str, question: Question, found: dict[str, Any]) -> None:
    """Raises ValueError where two ways differ."""
    answers: dict[str, Answer] = {}
    for way, rows in found.items():
        if isinstance(rows, pl.DataFrame):
            frame = _up_to(rows) if name == "wait_distribution" else rows
            rows = frame.select(question.columns).rows()
        answers[way] = answer_of(rows, question.keys)
    for way in found:
        if said := differ(answers[WAYS[3]], answers[way], question.near):
            raise ValueError(f"{name}: {WAYS[3]} and {way} differ: {said}")


def _up_to(bins: pl.DataFrame) -> pl.DataFrame:
    """Of the report's bins: how many waited up to the end of each of BINS."""
    waits = pl.sum_horizontal("answered", "abandoned", "flow_out")
    return bins.group_by("queue").agg(waits.filter(pl.col("bin") <= it).sum().alias(f"up_to_{it}") for it in BINS)


def _reports(here: Place) -> Iterator[str]:
    """Each aggregate report over the two years: as one, and by month in Berlin; where slow ones spend their time."""
    marts, lines, slow = open_marts(here.data, "default"), list[str](), list[str]()
    for name in QUESTIONS:
        if name in LISTS:
            continue
        for interval in (None, "1M") if "interval" in mart_model(name).options else (None,):
            asked = Asked(START, END, interval=interval, timezone=BERLIN if interval else "UTC")
            took, rows = [], pl.DataFrame()
            for _ in range(ROUNDS):
                rows, seconds = spent(lambda name=name, asked=asked: marts.report(name, asked))
                took.append(seconds * 1000)
            p95 = statistics.quantiles(took, n=20, method="inclusive")[-1]
            title = f"{name} {'by month in Berlin' if interval else 'as one'}"
            lines.append(f"  {title:40}{statistics.median(took):>10,.1f}{p95:>10,.1f}{len(rows):>10,} rows")
            if p95 > QUICK_MS:
                lines[-1] += f"  over {QUICK_MS:.0f} ms"
                slow.append(f"{title}\n{profile(lambda name=name, asked=asked: marts.report(name, asked))}")
    yield "\n".join([f"milliseconds by report over two years: median and 95th percentile of {ROUNDS}", *lines])
    yield from slow


def _single(here: Place, calls: int) -> str:
    """What is looked up in PostgreSQL."""
    first, lines = datetime.fromisoformat(DAY[0]), []
    with psycopg.connect(here.owner) as database:
        on_duty = "SELECT min(agent_id) FROM presence_intervals WHERE started_at >= %s AND started_at < %s"
        (agent,) = database.execute(on_duty.encode(), DAY).fetchone() or ("agent-7",)
    asked = {
        "call_trace": Asked(START, END, call=f"pbx1:l{calls // 60 * 30}"),
        "agent_timeline": Asked(first, first + timedelta(days=1), agents=[agent]),
    }
    for name, question in asked.items():
        took, rows = [], 0
        for _ in range(ROUNDS):
            found, seconds = spent(lambda name=name, it=question: look_up(here.source, "default", mart_model(name), it))
            took.append(seconds * 1000)
            rows = len(found)
        p95 = statistics.quantiles(took, n=20, method="inclusive")[-1]
        missed = f"  over {LOOKED_UP_MS:.0f} ms" if p95 > LOOKED_UP_MS else ""
        lines.append(f"  {name:22}{statistics.median(took):>10,.1f}{p95:>10,.1f}{rows:>10,} rows{missed}")
    title = (
        f"milliseconds for single things, from PostgreSQL, connecting and all: median and 95th percentile of {ROUNDS}"
    )
    return "\n".join([title, *lines])


def _refreshed(here: Place, calls: int) -> str:
    """One call changes: what loading and publishing that takes, after a first time that opens everything."""
    refresher, lines = Refresher(here.catalog, here.source, here.data, ("UTC", BERLIN)), []
    for number in range(3):
        with psycopg.connect(here.owner, autocommit=True) as database:
            database.execute(
                "UPDATE call_sessions SET version = version + 1, changed_at = clock_timestamp() WHERE call_id = %s",
                [f"pbx1:l{calls - 1 - number}"],
            )
        marks, began, cpu = dict[str, float](), time.monotonic(), time.process_time()
        refresher.refresh(say=lambda step, marks=marks, began=began: marks.update({step: time.monotonic() - began}))
        took, cpu = time.monotonic() - began, time.process_time() - cpu
        lines.append(f"  {took:.2f} s, of which publishing {took - marks['publishing']:.2f} s; {cpu:.2f} s of CPU")
    refresher.close()
    return "\n".join(["one changed call, loaded and published", *lines])
