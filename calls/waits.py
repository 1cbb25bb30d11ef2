"""Waits as histograms that can be added: bins that grow by four per cent, and percentiles of any sum of them.

A percentile is by nearest rank: the smallest wait that so many have waited at most. From bins it is off by at most
ERROR of itself, or by a quarter of a second where waits are below half a second. Edges are whole milliseconds, as waits
are, so that Python, Polars and SQL put each wait into the same bin. Pure.
"""

from bisect import bisect_left
from collections.abc import Mapping
from math import ceil

GROWTH = 1.04
FIRST_MS = 500
# Up to 37 days: whoever waits longer is in the last bin.
BINS = 400
# The upper end of each bin; a wait of exactly that lies in it.
EDGES_MS: tuple[int, ...] = tuple(int(FIRST_MS * GROWTH**number) for number in range(BINS + 1))
# Half a bin's width, of the value in its middle; edges cut to milliseconds add less than a thousandth.
ERROR = (GROWTH - 1) / (GROWTH + 1) + 0.001
PERCENTILES = (50, 75, 90, 95, 99)


def wait_bin(ms: int) -> int:
    """The number of the bin of a wait."""
    return min(bisect_left(EDGES_MS, ms), BINS)


def bin_value_s(number: int) -> float:
    """What stands for the waits of a bin, in seconds: as far from its lower end as from its upper, by ratio."""
    if number == 0:
        return FIRST_MS / 2000
    lower, upper = EDGES_MS[number - 1], EDGES_MS[number]
    return round(2 * lower * upper / (lower + upper) / 1000, 6)


def percentile_s(counts: Mapping[int, int], percent: int) -> float | None:
    """The percentile of waits counted by bin, in seconds; None of none."""
    rank = ceil(sum(counts.values()) * percent / 100)
    seen = 0
    for number in sorted(counts):
        seen += counts[number]
        if seen and seen >= rank:
            return bin_value_s(number)
    return None
