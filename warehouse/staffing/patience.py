"""How long callers would have waited, by Kaplan and Meier: who was answered had at least that much patience. Pure."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable


class Patience:
    """The curve of one day. `waits`: ms waited, and whether the caller gave up then."""

    def __init__(self, waits: Iterable[tuple[int, bool]]) -> None:
        known = list(waits)
        gave_up = Counter(wait for wait, hung_up in known if hung_up)
        ends = sorted(wait for wait, _ in known)
        self._waits = sorted(gave_up)
        self._left: list[float] = []
        left = 1.0
        for wait in self._waits:
            waiting = len(ends) - bisect_right(ends, wait - 1)
            left *= 1 - gave_up[wait] / waiting
            self._left.append(left)

    def left(self, wait: int) -> float:
        """The share that would still be there after `wait` ms."""
        number = bisect_right(self._waits, wait)
        return self._left[number - 1] if number else 1.0

    def draw(self, chance: float, beyond: int = -1) -> int | None:
        """When a caller gives up who is known to wait longer than `beyond`, for a `chance` in [0, 1).

        None: not at all. Beyond the longest wait that anybody gave up after, nothing is known, and nobody gives up.
        """
        share = self.left(beyond) * (1 - chance)
        first = bisect_right(self._waits, beyond)
        later = zip(self._waits[first:], self._left[first:], strict=True)
        return next((wait for wait, left in later if left < share or not left), None)
