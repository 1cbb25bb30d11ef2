"""Answers of several ways to one question: made comparable, compared, timed, and where the time went."""

import cProfile
import io
import pstats
import time
from collections.abc import Callable, Iterable
from math import isclose
from typing import Any, TypeVar

T = TypeVar("T")
Value = str | float | None
# By its key, the figures of a row.
Answer = dict[tuple[Value, ...], tuple[Value, ...]]


def answer_of(rows: Iterable[tuple[Any, ...]], keys: int) -> Answer:
    """Rows as numbers and text, by the first `keys` columns. Raises ValueError where two rows have one key."""
    plain = [tuple(map(_plain, row)) for row in rows]
    found = {row[:keys]: row[keys:] for row in plain}
    if len(found) < len(plain):
        raise ValueError(f"{len(plain) - len(found)} rows have the key of another one")
    return found


def differ(one: Answer, other: Answer, near: float) -> str:
    """In which two answers differ by more than `near` of a figure; empty if in nothing."""
    if one.keys() != other.keys():
        strange = sorted(map(str, one.keys() ^ other.keys()))
        return f"{len(strange)} keys are in one of them only, such as {strange[0]}"
    for key, figures in one.items():
        if not all(_same(a, b, near) for a, b in zip(figures, other[key], strict=True)):
            return f"{key}: {figures} and {other[key]}"
    return ""


def spent(ask: Callable[[], T]) -> tuple[T, float]:
    """The answer, and the seconds it took."""
    began = time.monotonic()
    answer = ask()
    return answer, time.monotonic() - began


def profile(ask: Callable[[], object], most: int = 8) -> str:
    """The functions that a question spends most of its time in, themselves."""
    profiler = cProfile.Profile()
    profiler.runcall(ask)
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(most)
    table = text.getvalue().partition("ncalls")[2].splitlines()
    return "\n".join(line for line in table[1:] if line.strip())


def _plain(value: Any) -> Value:
    return value if value is None or isinstance(value, str) else float(value)


def _same(a: Value, b: Value, near: float) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return isclose(a, b, rel_tol=near, abs_tol=1e-6)
    return a == b
