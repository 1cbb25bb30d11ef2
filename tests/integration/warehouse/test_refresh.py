"""Load and publish together: what a reader of the marts sees, and when."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest
from made_calls import DAY_MS, START, newer, queue_call
from made_installation import Installation
from msgspec.structs import replace

from calls.call import StintOutcome
from calls.form import iso
from calls.ledger.books import Ledger
from calls.ledger.facts import Fact, Verdict
from calls.ledger.rules import Rule
from warehouse.errors import LakeUnavailable
from warehouse.ledger_store import LedgerStore
from warehouse.lock import sole_writer
from warehouse.marts import Marts, open_marts
from warehouse.published import marts_path, read_published
from warehouse.refresh import Refresher

FROM = datetime.fromtimestamp(START / 1000, UTC)
TO = datetime.fromtimestamp((START + 30 * DAY_MS) / 1000, UTC)
# Many in each swap, and yet the cores are mostly the refresh's.
BETWEEN_READS_S = 0.005


@pytest.fixture
def refresher(installation: Installation) -> Iterator[Refresher]:
    refresher = Refresher(installation.catalog, installation.source, installation.data)
    yield refresher
    refresher.close()


@pytest.fixture
def marts(installation: Installation) -> Marts:
    return open_marts(installation.data, "default")


def test_a_call_is_in_the_numbers_after_a_refresh_and_a_late_change_moves_them(
    installation: Installation, refresher: Refresher, marts: Marts
) -> None:
    call = queue_call(1, StintOutcome.ABANDONED, wait_s=30)
    installation.write(call)
    refresher.refresh()
    assert marts.total(FROM, TO)["abandoned"] == 1
    installation.write(newer(call, stints=queue_call(1, wait_s=8).stints))
    done = refresher.refresh()
    total = marts.total(FROM, TO)
    assert (total["abandoned"], total["answered"], total["service_level"], total["asa"]) == (0, 1, 1.0, 8.0)
    assert marts.watermark() == done.loaded.watermark


def test_only_whose_rows_changed_is_published_anew_and_sees_only_that(
    installation: Installation, refresher: Refresher, marts: Marts
) -> None:
    installation.write(queue_call(1), queue_call(2, tenant="other", queue="sales"))
    assert refresher.refresh().published == ["default", "other"]
    installation.write(*(queue_call(n, tenant="other", queue="sales") for n in (3, 4)))
    assert refresher.refresh().published == ["other"]
    assert refresher.refresh().published == []
    other = open_marts(installation.data, "other")
    assert (marts.total(FROM, TO)["offered"], other.total(FROM, TO)["offered"]) == (1, 3)
    assert [it.queue for it in marts.queue_names()] == ["support"]


def test_ledgers_are_in_the_marts_and_replaced_by_newer_ones(
    installation: Installation, refresher: Refresher, marts: Marts
) -> None:
    store, call = LedgerStore(installation.source), queue_call(1)
    agreed = Fact("stints[0].agent", "Alice", "queue_log", "Alice", Verdict.AGREE)
    parked = Fact("legs[0].ended_by", "system", "queue_log", "caller", Verdict.EXPLAINED, Rule.PARKED)
    ledger = Ledger(call.call_id, "pbx1", "default", iso(START), None, "final", (agreed, parked))
    installation.write(call)
    refresher.refresh()
    store.keep([ledger], {})
    assert refresher.refresh().loaded.ledgers == 1
    (row,) = marts.differences(FROM, TO).to_dicts()
    assert (row["call_id"], row["verdict"], row["from_number"]) == (call.call_id, "explained", None)
    assert msgspec.json.decode(row["facts"], type=list[Fact]) == [parked]
    counts = {"compared": 1, "agree": 0, "explained": 1, "unexplained": 0, "provisional": 0, "rules": {"parked": 1}}
    assert marts.reconciled(FROM, TO) == counts
    store.keep([replace(ledger, facts=(agreed,))], {})
    assert refresher.refresh().published == ["default"]
    assert marts.differences(FROM, TO).is_empty()
    assert marts.reconciled(FROM, TO)["agree"] == 1
    assert refresher.refresh().published == []


def test_the_marts_say_how_fresh_they_are_though_nothing_happened(refresher: Refresher, marts: Marts) -> None:
    refresher.refresh()
    before = marts.watermark()
    done = refresher.refresh()
    assert done.published == []
    assert before is not None
    assert marts.watermark() == done.loaded.watermark > before


def test_what_a_kill_kept_from_being_published_is_published_by_the_next_refresh(
    installation: Installation, refresher: Refresher, marts: Marts
) -> None:
    refresher.refresh()
    installation.write(queue_call(1))
    # Loaded, and killed before publishing, with half a file left behind.
    installation.load()
    marts_path(installation.data, "default").with_suffix(".part").write_bytes(b"half")
    assert refresher.refresh().published == ["default"]
    assert marts.total(FROM, TO)["offered"] == 1
    left = {path.name for path in (installation.data / "marts").iterdir()}
    assert left == {"default.duckdb", "published.json"}


def test_a_reader_never_fails_while_files_are_swapped(
    installation: Installation, refresher: Refresher, marts: Marts
) -> None:
    installation.write(queue_call(1))
    refresher.refresh()
    done = threading.Event()
    seen: list[list[int]] = [[], []]

    def read(mine: list[int]) -> None:
        while not done.wait(BETWEEN_READS_S):
            mine.append(marts.total(FROM, TO)["offered"])

    readers = [threading.Thread(target=read, args=[mine]) for mine in seen]
    for reader in readers:
        reader.start()
    try:
        for n in range(2, 8):
            installation.write(queue_call(n))
            refresher.refresh()
        # A reader that had failed would not be there any more.
        assert all(reader.is_alive() for reader in readers)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert all(len(set(mine)) > 1 and mine == sorted(mine) for mine in seen)


def test_a_refresh_waits_for_the_one_that_runs(installation: Installation, refresher: Refresher) -> None:
    refreshed = threading.Event()

    def refresh() -> None:
        refresher.refresh()
        refreshed.set()

    with sole_writer(installation.catalog):
        thread = threading.Thread(target=refresh)
        thread.start()
        assert not refreshed.wait(0.5)
    thread.join()
    assert refreshed.is_set()


def test_upkeep_moves_rows_to_parquet_and_changes_nothing_that_is_seen(
    installation: Installation, refresher: Refresher, marts: Marts
) -> None:
    for n in range(1, 4):
        installation.write(queue_call(n))
        refresher.refresh()
    assert refresher.tidy_if_due()
    assert not refresher.tidy_if_due()
    assert list((installation.data / "lake").rglob("*.parquet"))
    installation.write(queue_call(4), newer(queue_call(1), stints=queue_call(1, wait_s=30).stints))
    refresher.refresh()
    assert marts.total(FROM, TO)["offered"] == 4
    assert installation.rows("SELECT count(*), count(DISTINCT call_id) FROM lake.stints") == [(4, 4)]


def test_without_a_database_it_says_so_and_works_again_afterwards(installation: Installation) -> None:
    gone = installation.source.replace("trunkline_warehouse:", "trunkline_warehouse:not-")
    broken = Refresher(installation.catalog, gone, installation.data)
    with pytest.raises(LakeUnavailable, match="trunkline up"):
        broken.refresh()
    assert read_published(installation.data).loads == {}
