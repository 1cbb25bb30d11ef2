"""Sums of hours, days and months: reports by them are those by single facts, a day counted again is the same."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from made_day import DAYS_END, DAYS_START, agent_rows, made_calls, made_presence, presence_rows
from made_lake import publish_calls
from polars.testing import assert_frame_equal

from calls.settings import QueueSettings
from warehouse.coarse import SUBJECTS
from warehouse.mart_models import MARTS, mart_model
from warehouse.marts import Asked, Marts, open_marts
from warehouse.published import marts_path
from warehouse.sums import month_of, sum_days_again

FROM, TO = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (DAYS_START, DAYS_END))
DAY = timedelta(days=1)
# Months before and after, by month in Berlin; by day where zones are half an hour apart; a window that is not summed.
ASKED = (
    Asked(FROM - 40 * DAY, TO + 60 * DAY),
    Asked(FROM - 40 * DAY, TO + 60 * DAY, interval="1M", timezone="Europe/Berlin", days=30),
    Asked(FROM + timedelta(hours=3), TO - timedelta(minutes=135), interval="1d", timezone="America/St_Johns", days=3),
    Asked(FROM, TO, interval="1h", timezone="Asia/Tokyo", queues=["support"], agents=["agent-1", "agent-2"]),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    more = {"agents": agent_rows(), "presence_intervals": presence_rows(made_presence())}
    publish_calls(folder, made_calls(500), {"support": QueueSettings("Support", None, 10.0, 20.0, 5.0, 0.8)}, more)
    return folder


@pytest.fixture(scope="module")
def marts(data: Path) -> Marts:
    return open_marts(data, "default")


@pytest.mark.parametrize("name", [name for name in MARTS if not mart_model(name).looked_up])
def test_a_report_by_sums_is_the_one_by_facts(marts: Marts, name: str) -> None:
    mart = mart_model(name)
    for asked in ASKED:
        question = asked if "interval" in mart.options else asked._replace(interval=None)
        by_sums, by_facts = (marts.report(name, question, summed=it).sort(mart.grain) for it in (True, False))
        assert not by_sums.is_empty()
        assert_frame_equal(by_sums, by_facts, rel_tol=1e-12)


def test_a_day_counted_again_is_the_same(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(marts_path(data, "default").read_bytes())
    midnight = FROM.replace(hour=0) + DAY
    with duckdb.connect(str(copy)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for subject in SUBJECTS:
            before = connection.execute(f"FROM {subject.table} ORDER BY ALL").fetchall()
            connection.execute(f"UPDATE {subject.table} SET {subject.sums[0]} = 99 WHERE starts_at >= ?", [midnight])
            sum_days_again(connection, subject, [midnight, midnight + DAY])
            assert connection.execute(f"FROM {subject.table} ORDER BY ALL").fetchall() == before


def test_a_month_of_utc() -> None:
    assert month_of(datetime(2026, 12, 31, tzinfo=UTC)) == (
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    )
