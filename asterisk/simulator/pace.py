"""How simulated time passes: as on the clock, so many times faster, or as fast as somebody reads.

Job: say what time it is in the simulation, and wait until a time of it.
Contract: times are epoch microseconds. With speed None the simulation's time is wherever it has got to, and nothing is
waited for. It must not: know what is being played.
"""

import asyncio
import time
from collections.abc import Callable

MOST_WAIT_S = 0.5
"""A wait is cut into pieces, so that what an action puts before the next step does not wait behind it."""


class Pace:
    """Simulated time, from the moment of `begin` on."""

    def __init__(self, speed: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self.running = False
        self._clock = clock
        self._began_us = 0
        self._began = 0.0

    def begin(self, at_us: int) -> None:
        """Let it be `at_us` now."""
        self.running = True
        self._began_us, self._began = at_us, self._clock()

    def now_us(self) -> int | None:
        """The time in the simulation; None at full speed, when it is as late as anybody likes."""
        if self.speed is None:
            return None
        return self._began_us + round((self._clock() - self._began) * self.speed * 1_000_000)

    async def wait(self, us: int) -> None:
        """Wait until it is `us`, half a second at most. At full speed, let others run."""
        now_us = self.now_us()
        if now_us is None or self.speed is None:
            await asyncio.sleep(0)
            return
        await asyncio.sleep(min(MOST_WAIT_S, max(0.0, (us - now_us) / 1_000_000 / self.speed)))
