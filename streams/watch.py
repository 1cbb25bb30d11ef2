"""Looks each second at what nobody would notice, and says that an idle PBX is up to date.

That is: records that were skipped with nothing behind them, a log that was cut, a worker without work. It finds them;
the processor heals, the process ends.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from streams.errors import LogCut, NoPartitions, Retry
from streams.meters import Meters
from streams.partition import Partition

LOOK_SECONDS = 1.0
# A partition that has not moved for so long while the log goes on was skipped: fetching takes 1.5 s at most.
STALL_SECONDS = 4.0
# A group without us may take a session (10 s) and a rebalance before somebody applies again.
IDLE_SECONDS = 20.0


class ProcessorLike(Protocol):
    """What is asked of the processor."""

    async def held(self, partitions: Iterable[int]) -> dict[int, Partition]: ...
    async def heal(self, number: int, end: int) -> None: ...


class LogLike(Protocol):
    """What is asked of the log."""

    async def ends(self, partitions: Iterable[int]) -> dict[int, int]: ...


class ProgressLike(Protocol):
    """What is asked of the database, by a connection of its own; `progress.Progress` in the process."""

    async def total(self) -> int: ...
    async def up_to_date(self, partitions: Sequence[int]) -> None: ...


class Watch:
    """One look is `look`. `owned` gives our partitions, None while the group rebalances; `partitions` are all."""

    def __init__(
        self,
        processor: ProcessorLike,
        events: LogLike,
        progress: ProgressLike,
        owned: Callable[[], frozenset[int] | None],
        partitions: int,
        meters: Meters,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._processor = processor
        self._events = events
        self._progress = progress
        self._owned = owned
        self._partitions = range(partitions)
        self._meters = meters
        self._clock = clock
        self._idle: tuple[int, float] | None = None

    async def run(self) -> None:
        """Look for ever. Raises LogCut, NoPartitions, and what `heal` raises: all must end the process."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Retry:
                continue  # who found it has logged it, once

    async def look(self) -> None:
        """One look at everything."""
        owned = self._owned()
        if owned is None:
            return
        if not owned:
            await self._look_at_others()
            return
        self._idle = None
        self._meters.lag.clear()
        held = await self._processor.held(owned)
        # The own position first: asked the other way round, "beyond the end" would be a false alarm.
        positions = {number: partition.next_offset for number, partition in held.items()}
        ends = await self._events.ends(owned)
        for number, position in positions.items():
            await self._look_at(held[number], position, ends[number])
        await self._progress.up_to_date([number for number in owned if positions[number] == ends[number]])

    async def _look_at(self, partition: Partition, position: int, end: int) -> None:
        self._meters.lag.labels(partition=partition.number).set(max(0, end - partition.next_offset))
        if position > end:
            raise LogCut(partition.number, position, end)
        stalled = self._clock() - partition.moved_at > STALL_SECONDS
        if position == partition.next_offset < end and stalled:
            await self._processor.heal(partition.number, end)

    async def _look_at_others(self) -> None:
        """Being without partitions is fine as long as somebody applies, or there is nothing to apply."""
        applied = await self._progress.total()
        written = sum((await self._events.ends(self._partitions)).values())
        now = self._clock()
        if applied >= written or self._idle is None or self._idle[0] != applied:
            self._idle = (applied, now)
        elif now - self._idle[1] > IDLE_SECONDS:
            raise NoPartitions(
                f"{written - applied} records wait, nobody applies them,"
                f" and no partition was assigned to this worker for {IDLE_SECONDS:.0f} s"
            )
