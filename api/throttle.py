"""A bucket for each key: so many at once, then one each so many seconds. In this process's memory, which it bounds."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

# About 2 MB at most. Beyond, the key that was tried longest ago is forgotten.
MAX_KEYS = 20_000


class Throttle:
    """A bucket of `tries` per key, refilled by one each `every_s` seconds."""

    def __init__(self, tries: int, every_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._tries = tries
        self._every_s = every_s
        self._clock = clock
        # What is left of the tries, and when that was reckoned.
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> float:
        """Take one try. Returns 0 if there was one, else the seconds until there is."""
        now = self._clock()
        left, at = self._left.get(key, (float(self._tries), now))
        left = min(float(self._tries), left + (now - at) / self._every_s)
        allowed = left >= 1
        self._keep(key, left - 1 if allowed else left, now)
        return 0.0 if allowed else (1 - left) * self._every_s

    def _keep(self, key: Hashable, left: float, now: float) -> None:
        self._left[key] = (left, now)
        self._left.move_to_end(key)
        while len(self._left) > MAX_KEYS:
            self._left.popitem(last=False)
