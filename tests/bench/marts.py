"""Part `marts`: each mart's query on the published rollups, on raw DuckLake, on raw PostgreSQL with its indexes, and on
PostgreSQL with the same rollup; then each report over two years, one call, one agent's day, and what a load takes.

By wall clock, as all of them take all cores. Contenders have to come to equal rows; percentiles to nearly equal ones.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import psycopg

from calls.waits import ERROR
from infra.postgres import ensure_databases
from tests.bench.generated_calls import END, START, make
from tests.bench.race import load as load_averages
from tests.streamed import servers
from warehouse.duck import quoted
from warehouse.lake import connect, open_lake
from warehouse.looked_up import look_up
from warehouse.mart_models import MARTS, mart_model
from warehouse.mart_reports import Asked
from warehouse.marts import open_marts
from warehouse.refresh import Refresher

CALLS, ROUNDS = 20_000_000, 5
BERLIN = "Europe/Berlin"
MONTH = (datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC))
_LET_IN = "outcome IS NULL OR outcome NOT IN ('join_empty', 'full')"
_COUNTS = """count(*) AS offered, count(*) FILTER (WHERE outcome = 'answered') AS answered,
  count(*) FILTER (WHERE outcome = 'abandoned') AS abandoned,
  count(*) FILTER (WHERE outcome = 'answered' AND wait_s <= 20) AS in_sl"""
_SUMS = "sum(offered)::bigint, sum(answered)::bigint, sum(abandoned)::bigint, sum(answered_in_sl)::bigint"
# What is asked, of the rollup and of the facts; both in words that DuckDB and PostgreSQL share.
QUERIES = {
    "queues by month, 2 years": (
        f"SELECT queue, date_trunc('month', interval_start), {_SUMS} FROM {{q15}} GROUP BY 1, 2",
        f"SELECT queue, date_trunc('month', entered_at), {_COUNTS} FROM {{stints}} WHERE {_LET_IN} GROUP BY 1, 2",
    ),
    "queues by hour, 30 days": (
        f"SELECT queue, date_trunc('hour', interval_start), {_SUMS} FROM {{q15}} WHERE interval_start >= '{MONTH[0]}'"
        f" AND interval_start < '{MONTH[1]}' GROUP BY 1, 2",
        f"SELECT queue, date_trunc('hour', entered_at), {_COUNTS} FROM {{stints}} WHERE ({_LET_IN})"
        f" AND entered_at >= '{MONTH[0]}' AND entered_at < '{MONTH[1]}' GROUP BY 1, 2",
    ),
    "heat map, local, 2 years": (
        f"SELECT extract(isodow FROM interval_start AT TIME ZONE '{BERLIN}')::int,"
        f" extract(hour FROM interval_start AT TIME ZONE '{BERLIN}')::int, {_SUMS} FROM {{q15}} GROUP BY 1, 2",
        f"SELECT extract(isodow FROM entered_at AT TIME ZONE '{BERLIN}')::int,"
        f" extract(hour FROM entered_at AT TIME ZONE '{BERLIN}')::int, {_COUNTS} FROM {{stints}}"
        f" WHERE {_LET_IN} GROUP BY 1, 2",
    ),
    "agents by month, 2 years": (
        "SELECT agent_id, date_trunc('month', interval_start), sum(handled)::bigint, round(sum(talk_s)::numeric, 3)"
        " FROM {agent15} WHERE handled > 0 GROUP BY 1, 2",
        "SELECT a.agent_id, date_trunc('month', answered_at), count(*), round(sum(talk_s)::numeric, 3)"
        " FROM {legs} AS l JOIN {agents} AS a ON a.interface = l.interface WHERE talk_s IS NOT NULL GROUP BY 1, 2",
    ),
    "p90 of the wait by queue, 2 years": (
        "SELECT queue, min(b.up_to_s) FROM (SELECT queue, bin,"
        " sum(sum(n)) OVER (PARTITION BY queue ORDER BY bin) AS below, sum(sum(n)) OVER (PARTITION BY queue) AS total"
        " FROM {wait_month} GROUP BY queue, bin) AS s JOIN {wait_bins} AS b USING (bin)"
        " WHERE below >= total * 0.9 GROUP BY queue",
        f"SELECT queue, percentile_disc(0.9) WITHIN GROUP (ORDER BY wait_s) FROM {{stints}}"
        f" WHERE wait_s IS NOT NULL AND ({_LET_IN}) GROUP BY queue",
    ),
}  # fmt: skip
ROLLED = ("q15", "agent15", "wait_month", "wait_bins")
TABLES = (*ROLLED, "stints", "legs", "agents")
Rows = list[tuple[Any, ...]]


class Place(NamedTuple):
    """The installation that is measured. `ask` runs a query in each contender's way."""

    owner: str
    source: str
    catalog: str
    data: Path


def run(calls: int = CALLS) -> Iterator[str]:
    """Measure; the tables."""
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the database's user may pass through
        server, place = servers.postgres_server(folder / "postgres")
        url = servers.new_database(place, server.start(), "bench_marts")
        try:
            ensure_databases(url("postgres"), ("bench_lake",))
            here = Place(
                url("bench_marts"), url("bench_marts", "trunkline_warehouse"), url("bench_lake"), folder / "data"
            )
            here.data.mkdir()
            yield _filled(here, calls)
            yield _loaded(here, calls)
            _copy_rollups(here)
            yield from _raced(here)
            yield _reports(here)
            yield _single(here)
            yield load_averages()
        finally:
            server.stop()


def _filled(here: Place, calls: int) -> str:
    began = time.monotonic()
    with connect(here.data / "tmp") as connection:
        connection.execute(f"ATTACH {quoted(here.owner)} AS pg (TYPE postgres)")
        make(connection, calls)
    with psycopg.connect(here.owner, autocommit=True) as database:
        database.execute("VACUUM ANALYZE")
        (size,) = database.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    took = time.monotonic() - began
    return f"made {calls:,} calls in PostgreSQL in {took:.0f} s, {size / 2**30:.2f} GiB with indexes"


def _loaded(here: Place, calls: int) -> str:
    refresher, began = Refresher(here.catalog, here.source, here.data, ("UTC", BERLIN)), time.monotonic()
    marks: list[tuple[str, float]] = []
    refresher.refresh(say=lambda step: marks.append((step, time.monotonic())))
    ended = time.monotonic()
    refresher.maintain()
    refresher.close()
    published = next(moment for step, moment in marks if step == "publishing")
    took, files = published - began, sum(it.stat().st_size for it in here.data.rglob("*.parquet"))
    size = sum(it.stat().st_size for it in here.data.rglob("*.duckdb"))
    return (
        f"loaded and rolled up in {took:.1f} s: {calls / took:,.0f} calls/s; {files / 2**20:.0f} MiB of Parquet;"
        f" published in {ended - published:.1f} s, {size / 2**20:.0f} MiB; upkeep {time.monotonic() - ended:.1f} s"
    )


def _copy_rollups(here: Place) -> None:
    """The same rollups in PostgreSQL, by an index on the time."""
    with connect(here.data / "tmp") as connection:
        connection.execute(f"ATTACH {quoted(here.owner)} AS pg (TYPE postgres)")
        connection.execute(f"ATTACH {quoted(str(here.data / 'marts' / 'default.duckdb'))} AS marts (READ_ONLY)")
        for table in ROLLED:
            connection.execute(f"CREATE TABLE pg.public.bench_{table} AS FROM marts.{table}")
    with psycopg.connect(here.owner, autocommit=True) as database:
        for table in ("q15", "agent15"):
            database.execute(f"CREATE INDEX ON bench_{table} (interval_start)".encode())
        database.execute("VACUUM ANALYZE")


def _raced(here: Place) -> Iterator[str]:
    lines = []
    with (
        duckdb.connect(str(here.data / "marts" / "default.duckdb"), read_only=True) as marts,
        open_lake(here.catalog, here.data) as lake,
        psycopg.connect(here.owner, autocommit=True) as database,
    ):
        marts.execute("SET TimeZone = 'UTC'")
        database.execute("SET TimeZone = 'UTC'")
        for name, (rolled, raw) in QUERIES.items():
            ways: dict[str, Callable[[], Rows]] = {
                "rollup": lambda q=rolled: marts.execute(_named(q, "")).fetchall(),  # type: ignore[misc]
                "raw DuckLake": lambda q=raw: lake.execute(_named(q, "lake.")).fetchall(),  # type: ignore[misc]
                "rollup in PostgreSQL": lambda q=rolled: database.execute(_named(q, "bench_").encode()).fetchall(),  # type: ignore[misc]
                "raw PostgreSQL": lambda q=raw: database.execute(_in_postgres(q).encode()).fetchall(),  # type: ignore[misc]
            }
            found = {way: _timed(ask) for way, ask in ways.items()}
            _same(name, [rows for rows, _ in found.values()], near=name.startswith("p90"))
            ms = {way: seconds * 1000 for way, (_, seconds) in found.items()}
            ratio = ms["raw PostgreSQL"] / ms["rollup"]
            lines.append(f"  {name:36}" + "".join(f"{it:>14,.1f}" for it in ms.values()) + f"{ratio:>9.1f} ×")
    head = "".join(f"{it:>14}" for it in ("rollup", "raw DuckLake", "rollup in PG", "raw PG")) + f"{'to raw PG':>11}"
    yield "\n".join([f"milliseconds by query, median of {ROUNDS}", f"  {'':36}{head}", *lines])


def _named(query: str, prefix: str) -> str:
    return query.format(**{table: f"{prefix}{table}" for table in TABLES})


def _in_postgres(query: str) -> str:
    return query.format(**{table: table for table in TABLES} | {"agents": "agent_extensions"})


def _timed(ask: Callable[[], Rows]) -> tuple[Rows, float]:
    took, rows = [], list[tuple[Any, ...]]()
    for _ in range(ROUNDS):
        began = time.monotonic()
        rows = ask()
        took.append(time.monotonic() - began)
    return rows, statistics.median(took)


def _same(name: str, answers: list[Rows], near: bool) -> None:
    """Raises ValueError where contenders differ; `near`: by more than a bin's width."""
    plain = [sorted(tuple(map(_plain, row)) for row in rows) for rows in answers]
    for other in plain[1:]:
        equal = (
            [row[0] for row in other] == [row[0] for row in plain[0]]
            and all(abs(a[1] - b[1]) <= 2 * ERROR * b[1] + 0.5 for a, b in zip(plain[0], other, strict=True))
            if near
            else other == plain[0]
        )
        if not equal:
            raise ValueError(f"{name}: the contenders differ")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    return float(value) if value is not None and not isinstance(value, str | int) else value


def _reports(here: Place) -> str:
    """Each aggregate report over all of the two years, and the 95th percentile of its times."""
    marts, lines = open_marts(here.data, "default"), []
    for name in MARTS:
        mart = mart_model(name)
        if mart.looked_up or name in ("abandoned_calls", "transfers"):
            continue
        interval = "1M" if "interval" in mart.options else None
        asked = Asked(START, END, interval=interval, timezone=BERLIN)
        took = []
        for _ in range(2 * ROUNDS):
            began = time.monotonic()
            rows = len(marts.report(name, asked))
            took.append((time.monotonic() - began) * 1000)
        lines.append(f"  {name:22}{statistics.median(took):>10,.1f}{sorted(took)[-1]:>10,.1f}{rows:>10,} rows")
    return "\n".join([f"milliseconds by report over two years: median, and highest of {2 * ROUNDS}", *lines])


def _single(here: Place) -> str:
    """What is looked up in PostgreSQL."""
    day = datetime(2026, 9, 15, tzinfo=UTC)
    asked = {
        "call_trace": Asked(START, END, call="pbx1:l4711"),
        "agent_timeline": Asked(day, day + timedelta(days=1), agents=["agent-7"]),
    }
    lines = []
    for name, question in asked.items():
        rows, seconds = _timed(
            lambda name=name, it=question: look_up(here.source, "default", mart_model(name), it).rows()
        )  # type: ignore[misc]
        lines.append(f"  {name:22}{seconds * 1000:>10,.1f}{len(rows):>10,} rows")
    return "\n".join(["milliseconds for single things, from PostgreSQL, connecting and all", *lines])
