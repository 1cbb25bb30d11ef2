"""What a metric is: a ratio of sums of columns, a percentile of waits or the longest, in Python, SQL and words. Pure.

Python and SQL forms are made from the same two tuples, so they cannot differ. Ratios are 0-1, durations seconds; where
nothing happened a ratio or a mean is None (SQL: null), never 100 %, and a count is 0.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from calls.waits import percentile_s


class Metric(Struct, frozen=True):
    """`numerator` over `denominator`: sums of tally columns, a leading minus subtracts. No denominator: a plain sum.

    `unit` is what is counted, ratio, s, or MOS. `source` names whose definition it is, `of` the table with the columns.
    """

    name: str
    title: str
    unit: str
    meaning: str
    source: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    of: str = "q15"

    def value(self, tally: Struct) -> float | None:
        """The metric of these facts, None where it is undefined."""
        top = _sum(self.numerator, tally)
        if not self.denominator:
            return top
        bottom = _sum(self.denominator, tally)
        return top / bottom if bottom else None

    def sql(self) -> str:
        """The same formula over aggregated rows, as a SQL expression; the same bits as `value` of the rows' sum."""
        top = _sql(self.numerator)
        if not self.denominator:
            return f"coalesce({top}, 0)"
        return f"{top}::DOUBLE PRECISION / nullif({_sql(self.denominator)}, 0)"

    def formula(self) -> str:
        """The formula in words, as hovering over a number shows it."""
        top = _words(self.numerator)
        return f"{top} / {_words(self.denominator)}" if self.denominator else top


class Percentile(Struct, frozen=True):
    """The wait that `percent` of a hundred callers have waited at most, of waits counted by bin (`calls/waits.py`).

    What stands for the last bin may be beyond the longest that is in it, and nobody has waited so long.
    """

    name: str
    title: str
    percent: int
    unit: str = "s"
    source: str = "Nearest rank, from bins that grow by 4 %"
    of: str = "wait_day"

    @property
    def meaning(self) -> str:
        """In words."""
        return f"{self.percent} % of those who left the queue have waited at most so long, answered or not"

    def value(self, counts: Mapping[int, int], longest: float | None) -> float | None:
        """The percentile of these counts by bin, whose longest wait is so many seconds."""
        found = percentile_s(counts, self.percent)
        return found if found is None or longest is None else min(found, longest)

    def sql(self) -> str:
        """The same over rows of value_s and longest_s (a bin's), below (how many lie in it or lower) and total."""
        return f"least(min(value_s) FILTER (below >= ceil(total * {self.percent} / 100)), max(longest_s))"

    def formula(self) -> str:
        """In words."""
        return f"value of the bin that the {self.percent} % lowest waits end in, at most the longest wait"


class Longest(Struct, frozen=True):
    """The longest of waits, exact: of each bin the longest is kept."""

    name: str
    title: str
    meaning: str
    source: str
    unit: str = "s"
    of: str = "wait_day"

    def value(self, waits: Iterable[float]) -> float | None:
        """The longest of these, in seconds; None of none."""
        return max(waits, default=None)

    def sql(self) -> str:
        """The same over rows with the longest of each bin."""
        return f"max({self.name})"

    def formula(self) -> str:
        """In words."""
        return "longest wait of any bin"


def _sum(columns: tuple[str, ...], tally: Struct) -> float:
    total: float = 0
    for name in columns:
        number: float = getattr(tally, name.removeprefix("-"))
        total += -number if name.startswith("-") else number
    return total


def _sql(columns: tuple[str, ...]) -> str:
    terms = ("- " + _sql_sum(name[1:]) if name.startswith("-") else "+ " + _sql_sum(name) for name in columns)
    text = " ".join(terms).removeprefix("+ ")
    return f"({text})" if len(columns) > 1 else text


def _sql_sum(column: str) -> str:
    # Seconds are whole milliseconds: rounded, their sum has the same bits in whatever order it was added up.
    return f"round(sum({column}), 3)" if column.endswith(("_s", "_sum")) else f"sum({column})::BIGINT"


def _words(columns: tuple[str, ...]) -> str:
    text = " + ".join(name.removesuffix("_s") for name in columns).replace("+ -", "− ").replace("_", " ")
    return f"({text})" if len(columns) > 1 else text
