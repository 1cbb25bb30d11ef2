"""What nobody would notice is noticed."""

from collections.abc import Iterable, Sequence

import pytest
from prometheus_client import CollectorRegistry
from streamed.fakes import FakeLog, delivery

from streams.errors import LogCut, NoPartitions
from streams.meters import Meters
from streams.partition import Partition
from streams.watch import IDLE_SECONDS, STALL_SECONDS, Watch


class Bench:
    """A watch over one partition at `position`, in a log of three records."""

    def __init__(self, position: int, owned: frozenset[int] | None = frozenset({0})) -> None:
        self.now = 0.0
        self.partition = Partition(0, position)
        self.healed: list[tuple[int, int]] = []
        self.told: list[list[int]] = []
        self.applied = position
        self.registry = CollectorRegistry()
        log = FakeLog([delivery(offset, "CALL 1") for offset in range(3)])
        self.watch = Watch(self, log, self, lambda: owned, 2, Meters(self.registry), clock=lambda: self.now)

    async def held(self, partitions: Iterable[int]) -> dict[int, Partition]:
        return {0: self.partition}

    async def heal(self, number: int, end: int) -> None:
        self.healed.append((number, end))

    async def total(self) -> int:
        return self.applied

    async def up_to_date(self, partitions: Sequence[int]) -> None:
        self.told.append(list(partitions))

    async def look_at(self, now: float) -> None:
        self.now = now
        await self.watch.look()


async def test_a_partition_that_does_not_move_is_healed() -> None:
    bench = Bench(position=1)
    await bench.look_at(STALL_SECONDS)
    assert bench.healed == []
    await bench.look_at(STALL_SECONDS + 0.1)
    assert bench.healed == [(0, 3)]


async def test_a_partition_that_moves_is_left_alone() -> None:
    bench = Bench(position=1)
    bench.partition.moved_at = 99.0
    await bench.look_at(100.0)
    assert bench.healed == [] and bench.told == [[]]


async def test_an_idle_pbx_is_up_to_date() -> None:
    bench = Bench(position=3)
    await bench.look_at(1000.0)
    assert bench.healed == [] and bench.told == [[0]]


async def test_lag_is_measured() -> None:
    bench = Bench(position=1)
    await bench.look_at(1.0)
    assert bench.registry.get_sample_value("trunkline_streams_lag", {"partition": "0"}) == 2.0


async def test_a_log_that_was_cut_is_an_end() -> None:
    with pytest.raises(LogCut):
        await Bench(position=4).look_at(1.0)


async def test_while_the_group_rebalances_nothing_is_judged() -> None:
    bench = Bench(position=4, owned=None)
    await bench.look_at(1.0)
    assert bench.told == []


async def test_a_worker_without_work_ends_when_nobody_works() -> None:
    bench = Bench(position=1, owned=frozenset())
    await bench.look_at(0.0)
    await bench.look_at(IDLE_SECONDS)
    with pytest.raises(NoPartitions, match="2 records wait"):
        await bench.look_at(IDLE_SECONDS + 0.1)


async def test_a_worker_without_work_stays_while_others_apply() -> None:
    bench = Bench(position=1, owned=frozenset())
    await bench.look_at(0.0)
    bench.applied = 2
    await bench.look_at(IDLE_SECONDS + 1)
    bench.applied = 3
    await bench.look_at(3 * IDLE_SECONDS)
    assert bench.healed == []
