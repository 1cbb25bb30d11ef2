"""What is to happen when, on the simulated clock.

Job: keep steps in the order of their time and run those that are due.
Contract: steps of the same microsecond run in the order in which they were put in, so a seed gives one course.
It must not: wait, or read a clock.
"""

from collections.abc import Callable
from heapq import heappop, heappush

from asterisk.simulator.pbx import Pbx

Step = Callable[[], None]


class Agenda:
    """Steps ahead, on one PBX's clock."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self._ahead: list[tuple[int, int, Step]] = []
        self._count = 0

    def after(self, seconds: float, step: Step) -> None:
        """Let a step run so many seconds from now."""
        self._count += 1
        heappush(self._ahead, (self._pbx.now_us + round(seconds * 1_000_000), self._count, step))

    @property
    def next_us(self) -> int | None:
        """When the next step is due, in epoch microseconds; None when nothing is ahead."""
        return self._ahead[0][0] if self._ahead else None

    def run_until(self, us: int, most: int = 1_000_000) -> bool:
        """Run what is due at an instant or before, at most so many steps; True when all of that has been run."""
        for _ in range(most):
            if not self._ahead or self._ahead[0][0] > us:
                return True
            at, _, step = heappop(self._ahead)
            self._pbx.advance(at)
            step()
        return False
