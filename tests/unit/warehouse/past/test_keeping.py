"""warehouse/past/keeping.py: as the log grows, from where the last run ended; trouble is said once."""

import logging
import threading
from pathlib import Path

import pytest
from made_year import PBX
from past_logs import DAY_MS, write_log

from warehouse.past.keeping import Keeper, Keeping, kept_past, past_folder
from warehouse.past.snapshots import Snapshot, Snapshots


def kept(data: Path) -> Snapshot | None:
    snapshots = Snapshots.reading(past_folder(data), PBX)
    assert snapshots is not None
    with snapshots:
        return snapshots.last()


def test_a_snapshot_each_so_many_entries_and_on_from_there(tmp_path: Path) -> None:
    write_log(tmp_path)
    first = Keeper(tmp_path, PBX, entries=20)
    assert first.stretch()
    first.close()
    last = kept(tmp_path)
    assert last is not None and last.state.version >= 20
    write_log(tmp_path, seconds_later=DAY_MS // 1000)
    second = Keeper(tmp_path, PBX, entries=20)
    assert second.stretch()
    second.close()
    later = kept(tmp_path)
    assert later is not None and later.received > last.received + DAY_MS / 2


def test_a_stretch_ends_in_time_and_nothing_is_lost(tmp_path: Path) -> None:
    write_log(tmp_path)
    ticks = iter(range(10_000))
    keeper = Keeper(tmp_path, PBX, clock=lambda: next(ticks), entries=20)
    stretches = 1
    while not keeper.stretch(3):
        stretches += 1
    keeper.close()
    whole = Keeper(tmp_path / "other", PBX)
    whole.close()
    assert stretches > 3
    assert kept(tmp_path) is not None


def test_each_log_is_kept_and_trouble_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_log(tmp_path)
    keeping = Keeping(tmp_path)
    assert keeping.round()
    (tmp_path / "log" / "gone").mkdir()
    (tmp_path / "past" / "gone.past").mkdir()
    with caplog.at_level(logging.WARNING):
        assert keeping.round() and keeping.round()
    assert [it.__dict__["pbx"] for it in caplog.records] == ["gone"]
    stop = threading.Event()
    stop.set()
    keeping.run(stop)


def test_beside_something_else_it_is_kept_until_that_ends(tmp_path: Path) -> None:
    stop = threading.Event()
    with kept_past(tmp_path, stop):
        assert not stop.is_set()
    assert stop.is_set()
