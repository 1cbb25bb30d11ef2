"""ingest/recordings/keeper.py: encrypted once, whatever happens in between; nothing plain is left, nothing is lost."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from made_recordings import decrypt, key_pair, tone, wav
from msgspec.structs import replace

from ingest.recordings.keeper import GRACE_S, Keeper
from ingest.recordings.register import RecordedCall, RegisterAway, RegisterRefuses
from ingest.recordings.slips import Slip, Slips
from ingest.recordings.spool import Finished, Spool

# 2026-11-22T12:00:00Z
NOON = 1_795_348_800
CALL = RecordedCall("pbx:1", "north", (NOON - 9) * 1000, NOON * 1000)
SOUND = wav(tone(440, 0.1))


class FakeRegister:
    """A database in memory."""

    pbx = "pbx"

    def __init__(self) -> None:
        self.pairs = {tenant: key_pair() for tenant in ("default", "north")}
        self.calls: dict[str, RecordedCall] = {}
        self.rows: dict[str, Slip] = {}
        self.told: list[str] = []
        self.away = self.unwanted = False
        self.refused: set[str] = set()

    def recipients(self) -> Mapping[str, str]:
        return {tenant: pair[0] for tenant, pair in self.pairs.items()}

    def call_of(self, name: str) -> RecordedCall | None:
        if self.away:
            raise RegisterAway("away")
        return self.calls.get(name)

    def keep(self, slip: Slip) -> bool:
        if self.away:
            raise RegisterAway("away")
        if slip.name in self.refused:
            raise RegisterRefuses("no such thing")
        self.told.append(slip.id)
        self.rows[slip.id] = slip
        return not self.unwanted


class Bench:
    """A spool, a store and a keeper, which may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.spool, self.store, self.work = (folder / name for name in ("spool", "store", "work"))
        self.spool.mkdir()
        self.register = FakeRegister()
        self.now = NOON + GRACE_S + 1
        self.start()

    def start(self, spool: Callable[[Path], Spool] = Spool, slips: Callable[[Path], Slips] = Slips) -> None:
        self.keeper = Keeper(spool(self.spool), self.store, slips(self.work), self.register, lambda: self.now)

    def record(self, name: str = "a.wav", data: bytes = SOUND, at: float = NOON) -> None:
        (self.spool / name).write_bytes(data)
        os.utime(self.spool / name, (at, at))

    def kept(self) -> list[bytes]:
        """What each row's file says."""
        pairs, rows = self.register.pairs, self.register.rows.values()
        return [decrypt(self.store / row.path, pairs[row.tenant][1]) for row in rows]

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.store)) for path in self.store.rglob("*") if path.is_file())

    def left(self) -> list[str]:
        return sorted(path.name for path in self.spool.iterdir())


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_recording_of_a_call_is_its_tenants(bench: Bench) -> None:
    bench.register.calls["a.wav"] = CALL
    bench.record()
    bench.now = NOON
    bench.keeper.round()
    ((identity, row),) = bench.register.rows.items()
    assert (row.tenant, row.call_id, row.seconds, row.media_type) == ("north", "pbx:1", 0.1, "audio/wav")
    assert (row.started_at, row.ended_at) == (CALL.started_at, CALL.ended_at)
    assert row.path == f"north/2026/11/22/{identity}.age"
    assert bench.kept() == [SOUND]
    assert bench.left() == [] and Slips(bench.work).open_slips == {}


def test_what_is_of_no_call_waits_a_moment_and_is_then_kept_for_the_default_tenant(bench: Bench) -> None:
    bench.record()
    bench.now = NOON + GRACE_S / 2
    bench.keeper.round()
    assert (bench.left(), bench.register.rows) == (["a.wav"], {})
    bench.now = NOON + GRACE_S
    bench.keeper.round()
    (row,) = bench.register.rows.values()
    assert (row.tenant, row.call_id, row.started_at) == ("default", None, NOON * 1000 - 100)
    assert (bench.kept(), bench.left(), bench.keeper.counts.without_call) == ([SOUND], [], 1)


def test_a_tenant_without_a_key_is_no_reason_to_wait(bench: Bench) -> None:
    bench.register.calls["a.wav"] = replace(CALL, tenant="south")
    bench.record()
    bench.keeper.round()
    assert [(row.tenant, row.call_id) for row in bench.register.rows.values()] == [("default", None)]


def test_without_any_key_nothing_is_done_and_nothing_lost(bench: Bench) -> None:
    pairs, bench.register.pairs = bench.register.pairs, {}
    bench.record()
    bench.keeper.round()
    assert (bench.left(), bench.keeper.counts.failing) == (["a.wav"], True)
    bench.register.pairs = pairs
    bench.keeper.round()
    assert (bench.left(), bench.keeper.counts.failing) == ([], False)


def test_a_database_that_is_away_leaves_nothing_plain(bench: Bench) -> None:
    bench.register.away = True
    bench.record()
    bench.keeper.round()
    assert (bench.left(), bench.register.rows, bench.keeper.counts.failing) == ([], {}, True)
    bench.start()
    bench.register.away = False
    bench.keeper.round()
    assert (bench.kept(), bench.keeper.counts.failing) == ([SOUND], False)


def test_one_that_the_database_does_not_take_holds_nobody_up(bench: Bench) -> None:
    bench.register.refused = {"a.wav"}
    for name in ("a.wav", "b.wav"):
        bench.record(name)
    bench.keeper.round()
    assert (bench.left(), bench.keeper.counts.failing) == ([], True)
    assert [row.name for row in bench.register.rows.values()] == ["b.wav"]
    bench.register.refused.clear()
    bench.start()
    bench.keeper.round()
    assert (bench.kept(), bench.keeper.counts.failing) == ([SOUND, SOUND], False)


@pytest.mark.parametrize("tenant", ["../default", "a/b", "", "Acme GmbH", "x" * 64])
def test_a_tenant_that_is_no_folder_is_none(bench: Bench, tenant: str) -> None:
    bench.register.pairs[tenant] = key_pair()
    bench.register.calls["a.wav"] = replace(CALL, tenant=tenant)
    bench.record()
    bench.keeper.round()
    assert [row.tenant for row in bench.register.rows.values()] == ["default"]


def test_a_file_that_is_written_is_not_taken(bench: Bench) -> None:
    bench.record()
    with (bench.spool / "a.wav").open("ab"):
        bench.keeper.round()
        assert bench.left() == ["a.wav"]
    bench.keeper.round()
    assert bench.left() == []


def test_a_file_without_sound_goes(bench: Bench) -> None:
    bench.record(data=wav(b""))
    bench.keeper.round()
    assert (bench.left(), bench.register.rows, bench.keeper.counts.empty) == ([], {}, 1)


def test_two_recordings_under_one_name_are_two(bench: Bench) -> None:
    bench.record()
    bench.keeper.round()
    bench.record(at=NOON + 1)
    bench.keeper.round()
    assert len(bench.files()) == 2


def test_links_and_odd_names_are_neither_followed_nor_lost(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (bench.spool / "link.wav").symlink_to(tmp_path / "secret")
    bench.record(os.fsdecode(b"\xff.wav"))
    bench.keeper.round()
    assert (bench.left(), bench.keeper.counts.left_alone) == (["link.wav"], 1)
    assert [row.name for row in bench.register.rows.values()] == ["\\xff.wav"]


def test_what_is_not_wanted_any_more_goes(bench: Bench) -> None:
    bench.register.unwanted = True
    bench.record()
    bench.keeper.round()
    assert (bench.left(), bench.files(), bench.keeper.counts.unwanted) == ([], [], 1)


def test_what_a_spool_in_memory_lost_is_said(bench: Bench) -> None:
    slips = Slips(bench.work)
    slips.put(Slip("gone", "gone.wav", "default", None, "age1", "default/x", "audio/wav", None, 0, None))
    bench.start()
    bench.keeper.round()
    assert (bench.keeper.counts.lost, Slips(bench.work).open_slips) == (1, {})


class Killed(BaseException):
    """Nobody catches a kill."""


class Killer:
    """Kills at the n-th step."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


def killing_slips(killer: Killer) -> type[Slips]:
    class KillingSlips(Slips):
        def put(self, slip: Slip) -> None:
            killer.step()
            super().put(slip)
            killer.step()

        def drop(self, slip: Slip) -> None:
            killer.step()
            super().drop(slip)
            killer.step()

    return KillingSlips


def killing_spool(killer: Killer) -> type[Spool]:
    class KillingSpool(Spool):
        def remove(self, finished: Finished) -> None:
            killer.step()
            super().remove(finished)
            killer.step()

    return KillingSpool


@pytest.mark.parametrize("at", range(9))
def test_a_kill_between_any_two_steps_changes_nothing(bench: Bench, at: int) -> None:
    killer = Killer(at)
    bench.register.calls["a.wav"] = CALL
    bench.record()
    bench.start(killing_spool(killer), killing_slips(killer))
    outcome: Any = None
    try:
        bench.keeper.round()
    except Killed as error:
        outcome = error
    assert (outcome is None) == (at == 8)
    bench.start()
    bench.keeper.round()
    assert (bench.left(), bench.kept(), len(bench.files())) == ([], [SOUND], 1)
    assert Slips(bench.work).open_slips == {}
