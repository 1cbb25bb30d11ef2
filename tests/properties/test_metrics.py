"""Every metric's value in Python and by its SQL formula: equal to the last bit, for sums and for percentiles."""

from collections import Counter
from functools import reduce
from operator import add

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple

from calls.agent_metrics import AGENT_METRICS
from calls.agent_tally import AGENT_COLUMNS, AgentTally
from calls.contact_metrics import CONTACT_METRICS
from calls.contacts import CONTACT_COLUMNS, ContactTally
from calls.metric import Metric
from calls.metrics import LONGEST_WAIT, METRICS, WAIT_METRICS
from calls.tally import COLUMNS, NOTHING, Tally
from calls.waits import bin_value_s, wait_bin

METRIC_NAMES = sorted(METRICS)
thousandths = st.integers(0, 10_000_000).map(lambda ms: ms / 1000)
tallies = st.builds(
    Tally, **{name: thousandths if name.endswith("_s") else st.integers(0, 10_000) for name in COLUMNS}
)  # fmt: skip


def in_sql(tallies: list[Tally]) -> dict[str, float | None]:
    """Every metric of these rows, by its SQL formula. Numbers go in as text, which carries every bit of them."""
    rows = ", ".join(f"({', '.join(map(repr, tally.values()))})" for tally in tallies or [NOTHING])
    columns = ", ".join(f"{name}::{'DOUBLE' if name.endswith('_s') else 'INTEGER'} AS {name}" for name in COLUMNS)
    q15 = f"(SELECT {columns} FROM (VALUES {rows}) AS rows({', '.join(COLUMNS)}) WHERE {bool(tallies)})"
    formulas = ", ".join(METRICS[name].sql() for name in METRIC_NAMES)
    row = duckdb.execute(f"SELECT {formulas} FROM {q15}").fetchone()
    assert row is not None
    return dict(zip(METRIC_NAMES, row, strict=True))


# Each example compiles 36 formulas, which takes DuckDB some milliseconds.
@settings(max_examples=50)
@given(st.lists(tallies, max_size=8))
@example([])
def test_python_and_sql_agree_to_the_last_bit(rows: list[Tally]) -> None:
    whole = reduce(add, rows, NOTHING)
    assert in_sql(rows) == {name: METRICS[name].value(whole) for name in METRIC_NAMES}


def row_in_sql(
    columns: tuple[str, ...], values: tuple[float, ...], metrics: dict[str, Metric]
) -> dict[str, float | None]:
    """Every metric of one row, by its SQL formula."""
    types = ("DOUBLE" if name.endswith(("_s", "_sum")) else "INTEGER" for name in columns)
    row = ", ".join(f"{value!r}::{kind} AS {name}" for name, value, kind in zip(columns, values, types, strict=True))
    formulas = ", ".join(metric.sql() for metric in metrics.values())
    found = duckdb.execute(f"SELECT {formulas} FROM (SELECT {row})").fetchone()
    assert found is not None
    return dict(zip(metrics, found, strict=True))


def drawn(columns: tuple[str, ...]) -> dict[str, st.SearchStrategy[float]]:
    return {name: thousandths if name.endswith(("_s", "_sum")) else st.integers(0, 10_000) for name in columns}


@settings(max_examples=15)
@given(st.builds(AgentTally, **drawn(AGENT_COLUMNS)))  # type: ignore[arg-type]
def test_python_and_sql_agree_of_agents(tally: AgentTally) -> None:
    assert row_in_sql(AGENT_COLUMNS, astuple(tally), AGENT_METRICS) == {
        name: metric.value(tally) for name, metric in AGENT_METRICS.items()
    }


@settings(max_examples=15)
@given(st.builds(ContactTally, **drawn(CONTACT_COLUMNS)))  # type: ignore[arg-type]
def test_python_and_sql_agree_of_contacts(tally: ContactTally) -> None:
    assert row_in_sql(CONTACT_COLUMNS, astuple(tally), CONTACT_METRICS) == {
        name: metric.value(tally) for name, metric in CONTACT_METRICS.items()
    }


@settings(max_examples=15)
@given(st.lists(st.integers(0, 10_000_000), max_size=30))
def test_python_and_sql_agree_of_percentiles(waits: list[int]) -> None:
    counts = Counter(map(wait_bin, waits))
    below, rows = 0, ["(NULL, NULL, NULL, NULL)"]
    for number in sorted(counts):
        below += counts[number]
        longest = max(wait / 1000 for wait in waits if wait_bin(wait) == number)
        rows.append(f"({bin_value_s(number)!r}::DOUBLE, {below}, {len(waits)}, {longest!r}::DOUBLE)")
    formulas = ", ".join(metric.sql() for metric in WAIT_METRICS.values())
    table = f"(VALUES {', '.join(rows)}) AS it(value_s, below, total, longest_s)"
    found = duckdb.execute(f"SELECT {formulas} FROM {table}").fetchone()
    longest_s = max(waits) / 1000 if waits else None
    assert found == tuple(metric.value(counts, longest_s) for metric in WAIT_METRICS.values())
    assert found is not None and all(each is None or each <= max(waits) / 1000 for each in found)


@settings(max_examples=15)
@given(st.lists(thousandths, max_size=30))
def test_python_and_sql_agree_of_the_longest(waits: list[float]) -> None:
    rows = ", ".join(f"({wait!r}::DOUBLE)" for wait in waits) or "(NULL)"
    found = duckdb.execute(f"SELECT {LONGEST_WAIT.sql()} FROM (VALUES {rows}) AS it({LONGEST_WAIT.name})").fetchone()
    assert found == (LONGEST_WAIT.value(waits),)
