"""Each subject's facts as SQL: of everything, of ranges, summed."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from warehouse.coarse import MOST_RANGES, QUEUES, SUBJECTS, Subject, total

FIRST = datetime(2026, 2, 27, tzinfo=UTC)
DAY = timedelta(days=1)
RINGS = Subject(
    "ring_sums", ("who",), ("rings", "longest_s"),
    "SELECT rang_at AS happened_at, who, 1 AS rings, ring_s AS longest_s FROM rings WHERE during(rang_at)",
)  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(
        "CREATE TABLE rings AS SELECT TIMESTAMPTZ '2026-02-27 12:00:00+00' + to_days(n::INTEGER) AS rang_at,"
        " 'anna' AS who, n / 1000 AS ring_s FROM range(40) AS it(n)"
    )
    connection.execute(f"CREATE TABLE ring_sums AS {RINGS.summed('day', (FIRST, FIRST + 40 * DAY))}")
    return connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return connection.execute(query).fetchall()


def test_a_middle_is_the_sum_of_its_days(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        connection, RINGS.summed("middle", (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)))
    )
    assert found == [("middle", datetime(2026, 3, 2, tzinfo=UTC), "anna", 29, 0.031)]


def test_facts_and_sums_are_those_of_the_ranges(connection: duckdb.DuckDBPyConnection) -> None:
    ranges = [(FIRST, FIRST + 2 * DAY), (FIRST + 5 * DAY, FIRST + 6 * DAY)]
    assert rows(connection, f"SELECT sum(rings) FROM ({RINGS.of(ranges)})") == [(3,)]
    assert rows(connection, f"SELECT sum(rings) FROM ({RINGS.rows('day', (FIRST, FIRST + 6 * DAY))})") == [(6,)]
    assert rows(connection, f"SELECT sum(rings) FROM ({RINGS.of()})") == [(40,)]
    assert rows(connection, RINGS.rows("hour", ranges[0])) == []


def test_very_many_ranges_are_read_as_one() -> None:
    ranges = [(FIRST + 2 * n * DAY, FIRST + (2 * n + 1) * DAY) for n in range(MOST_RANGES + 1)]
    assert RINGS.of(ranges).count("SELECT") == 1
    assert RINGS.of(ranges[1:]).count("SELECT") == MOST_RANGES


def test_seconds_are_rounded_extremes_are_not_added_and_counts_are_whole() -> None:
    names = ("talk_s", "longest_hold_s", "worst_mos", "mos_sum", "legs")
    assert [total(name) for name in names] == [
        "round(sum(talk_s), 3)", "max(longest_hold_s)", "min(worst_mos)", "sum(mos_sum)", "sum(legs)::BIGINT",
    ]  # fmt: skip


def test_hours_of_first_and_last_days_are_edge_hours(connection: duckdb.DuckDBPyConnection) -> None:
    found = rows(connection, RINGS.summed("edge hour", (FIRST, FIRST + 10 * DAY)))
    assert [row[1] for row in found] == [datetime(2026, 2, 28, 12, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)]


def test_all_subjects_have_days_and_middles_and_only_queues_have_hours() -> None:
    assert [subject for subject in SUBJECTS if "hour" in subject.spans] == [QUEUES]
    assert all(subject.spans[:2] == ("middle", "day") for subject in SUBJECTS)
