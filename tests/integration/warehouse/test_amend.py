"""A file that is brought up to date load by load holds what one made whole would, whatever changed."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from made_calls import DAY_MS, START, newer, queue_call
from made_day import made_calls
from made_installation import Installation
from msgspec.structs import replace

from calls.call import StintOutcome
from calls.settings import QueueSettings
from streams.rows import IntervalRow
from warehouse.lake import open_lake
from warehouse.load import Loaded
from warehouse.publish import publish
from warehouse.published import marts_path, read_published
from warehouse.refresh import Refresher

CALLS = made_calls(60)
SPAN = IntervalRow(
    "pbx1", "agent-1", "default", "available", "", "2026-10-25T09:00:00.000Z", "2026-10-25T09:40:00.000Z"
)


@pytest.fixture
def refresher(installation: Installation) -> Iterator[Refresher]:
    refresher = Refresher(installation.catalog, installation.source, installation.data, ("UTC", "Europe/Berlin"))
    yield refresher
    refresher.close()


def tables(data: Path, tenant: str) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(marts_path(data, tenant)), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        names = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        return {name: connection.execute(f"FROM {name} ORDER BY ALL").fetchall() for (name,) in names}


def check(installation: Installation, refresher: Refresher, folder: Path, was_amended: bool = True) -> None:
    """Refresh, and hold the files against ones made whole of the same lake."""
    before = read_published(installation.data).made
    done = refresher.refresh()
    assert done.published
    assert (read_published(installation.data).made == before) == was_amended
    with open_lake(installation.catalog, installation.data, installation.source) as lake:
        for tenant in publish(lake, folder, Loaded(done.loaded.load_id, done.loaded.watermark)):
            found, whole = tables(installation.data, tenant), tables(folder, tenant)
            if tenant not in done.published:
                found["published"] = whole["published"]
            assert found.keys() == whole.keys()
            for table, rows in whole.items():
                assert found[table] == rows, table


def test_load_by_load_it_is_as_if_made_whole(installation: Installation, refresher: Refresher, tmp_path: Path) -> None:
    installation.write(*CALLS[:40])
    installation.write_agent("agent-1", "PJSIP/1001", "1001")
    refresher.refresh()
    # New ones, with numbers that called before and after; and later versions, one of them in another tenant.
    installation.write(*CALLS[40:], replace(CALLS[3], tenant="other", version=CALLS[3].version + 1))
    check(installation, refresher, tmp_path / "new", was_amended=False)
    installation.write(newer(CALLS[5], from_number="+49301"), newer(CALLS[41], stints=CALLS[42].stints, legs=()))
    installation.write(newer(CALLS[7], from_number="+49301", merged_into="pbx1:l8"))
    check(installation, refresher, tmp_path / "changed")
    # Another month, a queue nobody knew, presence, then what a queue's callers may wait.
    installation.write(queue_call(900, StintOutcome.ABANDONED, 30, at=START + 40 * DAY_MS, queue="new"))
    installation.write_presence(SPAN)
    check(installation, refresher, tmp_path / "later")
    installation.write_queue("support", QueueSettings("Support", None, 10.0, 3.0, 5.0, 0.8))
    check(installation, refresher, tmp_path / "thresholds")


def test_an_agent_who_is_reached_elsewhere_makes_it_whole(
    installation: Installation, refresher: Refresher, tmp_path: Path
) -> None:
    installation.write(*CALLS[:20])
    refresher.refresh()
    installation.write_agent("agent-1", "PJSIP/1001", "1001")
    check(installation, refresher, tmp_path / "agent", was_amended=False)


def test_what_a_kill_left_behind_is_made_whole(
    installation: Installation, refresher: Refresher, tmp_path: Path
) -> None:
    installation.write(*CALLS[:20])
    refresher.refresh()
    note = (installation.data / "marts" / "published.json").read_bytes()
    installation.write(*CALLS[20:25])
    refresher.refresh()
    (installation.data / "marts" / "published.json").write_bytes(note)
    installation.write(*CALLS[25:30])
    check(installation, refresher, tmp_path / "killed", was_amended=False)
