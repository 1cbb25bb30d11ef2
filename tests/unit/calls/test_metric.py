"""What a metric is: its forms in Python, SQL and words, for sums and for percentiles."""

from collections import Counter

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple

from calls.agent_metrics import AGENT_METRICS
from calls.agent_tally import AGENT_COLUMNS, AgentTally
from calls.contact_metrics import CONTACT_METRICS
from calls.contacts import CONTACT_COLUMNS, ContactTally
from calls.metric import Metric
from calls.metrics import ALL_METRICS, LONGEST_WAIT, WAIT_METRICS
from calls.waits import bin_value_s, wait_bin

thousandths = st.integers(0, 10_000_000).map(lambda ms: ms / 1000)


def in_sql(columns: tuple[str, ...], values: tuple[float, ...], metrics: dict[str, Metric]) -> dict[str, float | None]:
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
    assert in_sql(AGENT_COLUMNS, astuple(tally), AGENT_METRICS) == {
        name: metric.value(tally) for name, metric in AGENT_METRICS.items()
    }


@settings(max_examples=15)
@given(st.builds(ContactTally, **drawn(CONTACT_COLUMNS)))  # type: ignore[arg-type]
def test_python_and_sql_agree_of_contacts(tally: ContactTally) -> None:
    assert in_sql(CONTACT_COLUMNS, astuple(tally), CONTACT_METRICS) == {
        name: metric.value(tally) for name, metric in CONTACT_METRICS.items()
    }


@settings(max_examples=15)
@given(st.lists(st.integers(0, 10_000_000), max_size=30))
def test_python_and_sql_agree_of_percentiles(waits: list[int]) -> None:
    counts = Counter(map(wait_bin, waits))
    below, rows = 0, ["(NULL, NULL, NULL)"]
    for number in sorted(counts):
        below += counts[number]
        rows.append(f"({bin_value_s(number)!r}::DOUBLE, {below}, {len(waits)})")
    formulas = ", ".join(metric.sql() for metric in WAIT_METRICS.values())
    found = duckdb.execute(f"SELECT {formulas} FROM (VALUES {', '.join(rows)}) AS it(value_s, below, total)").fetchone()
    assert found == tuple(metric.value(counts) for metric in WAIT_METRICS.values())


@settings(max_examples=15)
@given(st.lists(thousandths, max_size=30))
def test_python_and_sql_agree_of_the_longest(waits: list[float]) -> None:
    rows = ", ".join(f"({wait!r}::DOUBLE)" for wait in waits) or "(NULL)"
    found = duckdb.execute(f"SELECT {LONGEST_WAIT.sql()} FROM (VALUES {rows}) AS it({LONGEST_WAIT.name})").fetchone()
    assert found == (LONGEST_WAIT.value(waits),)


def test_every_metric_says_what_it_is_and_no_two_of_a_table_have_one_name() -> None:
    assert len({(metric.of, metric.name) for metric in ALL_METRICS}) == len(ALL_METRICS)
    for metric in ALL_METRICS:
        assert all((metric.title, metric.unit, metric.meaning, metric.source, metric.formula(), metric.sql()))
