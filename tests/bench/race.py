"""Contenders run in turn over the same work, so that a machine that slows down slows all of them down.

Counted is CPU time of this process: what else runs on the machine matters little. Nothing here asserts a speed.
"""

import gc
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

# The median of five is not moved by one or two disturbed runs.
ROUNDS = 5


class Contender(NamedTuple):
    """Something that does the work. `run` returns how many units it did, the same for all."""

    name: str
    run: Callable[[], float]


class Result(NamedTuple):
    """A figure in each round: mostly units per CPU-second."""

    name: str
    rates: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle round's rate."""
        return statistics.median(self.rates)


def race(contenders: Sequence[Contender], rounds: int = ROUNDS) -> list[Result]:
    """Every contender once a round. Raises ValueError when they do not agree on how much work there was."""
    rates: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    done = set()
    for _ in range(rounds):
        for contender in contenders:
            units, seconds = _timed(contender.run)
            done.add(units)
            rates[contender.name].append(units / seconds)
    if len(done) > 1:
        raise ValueError(f"the contenders did different amounts of work: {sorted(done)}")
    return [Result(name, tuple(each)) for name, each in rates.items()]


def _timed(run: Callable[[], float]) -> tuple[float, float]:
    gc.collect()
    start = time.process_time()
    units = run()
    return units, time.process_time() - start


def table(title: str, results: Sequence[Result], beside: Sequence[str]) -> str:
    """The results as text: median, lowest and highest rate, and the ratio to each contender named in `beside`."""
    width = max(len(result.name) for result in results)
    medians = {result.name: result.median for result in results}
    lines = [title]
    for result in results:
        ratios = "".join(f"{result.median / medians[name]:9.2f} × {name}" for name in beside)
        spread = f"[{min(result.rates):,.0f} – {max(result.rates):,.0f}]"
        lines.append(f"  {result.name:<{width}} {result.median:>12,.0f} {spread:>24}{ratios}")
    return "\n".join(lines)


def counted(title: str, counts: Counter[str], total: int) -> str:
    """How many of `total`, and of which types, most first."""
    kinds = ", ".join(f"{name} {count:,}" for name, count in counts.most_common()) or "none"
    return f"  {title}: {counts.total():,} of {total:,} ({kinds})"


def load() -> str:
    """What else the machine did: its load averages now, and its cores."""
    return f"  load averages {' '.join(f'{each:.1f}' for each in os.getloadavg())} on {os.cpu_count()} cores"
