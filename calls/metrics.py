"""Every number the product shows: its name, unit, meaning, source and formula, once.

A metric is a ratio of sums of `Tally` columns. Python and SQL forms are made from the same two tuples, so they cannot differ.
Ratios are 0-1, durations seconds; where nothing happened the value is None (SQL: null), never 100 %.
"""

from msgspec import Struct

from calls.tally import Tally


class Metric(Struct, frozen=True):
    """`numerator` over `denominator`: sums of tally columns, a leading minus subtracts. No denominator: a plain sum."""

    name: str
    title: str
    unit: str
    meaning: str
    source: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()

    def value(self, tally: Tally) -> float | None:
        """The metric of these facts, None where it is undefined."""
        top = _sum(self.numerator, tally)
        if not self.denominator:
            return top
        bottom = _sum(self.denominator, tally)
        return top / bottom if bottom else None

    def sql(self) -> str:
        """The same formula over aggregated rows, as a SQL expression."""
        top = _sql(self.numerator)
        return f"{top}::DOUBLE / nullif({_sql(self.denominator)}, 0)" if self.denominator else top

    def formula(self) -> str:
        """The formula in words, as hovering over a number shows it."""
        top = " + ".join(self.numerator)
        text = f"({top}) / ({' + '.join(self.denominator)})" if self.denominator else top
        return text.replace("+ -", "− ").replace("_", " ")


OFFERED = Metric(
    "offered", "Offered", "stints", "Callers who entered the queue; those refused at the door are left out",
    "Trunkline", ("offered",),
)  # fmt: skip
ANSWERED = Metric(
    "answered", "Answered", "stints", "Callers who reached an agent of this queue", "Trunkline", ("answered",)
)
ABANDONED = Metric(
    "abandoned", "Abandoned", "stints", "Callers who hung up while they waited", "Trunkline", ("abandoned",)
)
FLOW_OUT = Metric(
    "flow_out", "Other", "stints", "Callers who left by timeout, key, an empty queue or by the system", "Trunkline",
    ("flow_out",),
)  # fmt: skip
ABANDON_RATE = Metric(
    "abandon_rate", "Abandoned", "ratio", "Abandoned of offered", "Amazon Connect", ("abandoned",), ("offered",)
)
SERVICE_LEVEL = Metric(
    "service_level", "Service level", "ratio",
    "Answered within the threshold, of answered and abandoned; short abandons left out",
    "sl_genesys(flowouts=0, short_abandons=0, abandons=1)",
    ("answered_in_sl",), ("answered", "abandoned", "-short_abandoned"),
)  # fmt: skip
SL_ASTERISK = Metric(
    "sl_asterisk", "Of answered", "ratio", "Answered within the threshold, of answered", "app_queue's ServicelevelPerf",
    ("answered_in_sl",), ("answered",),
)  # fmt: skip
SL_OFFERED = Metric(
    "sl_offered", "Of offered", "ratio", "Answered within the threshold, of answered, abandoned and other",
    "sl_genesys(flowouts=1, short_abandons=1, abandons=1)",
    ("answered_in_sl",), ("answered", "abandoned", "flow_out"),
)  # fmt: skip
SL_CONNECT = Metric(
    "sl_breakouts_met", "Abandons in time count as met", "ratio",
    "Answered or abandoned within the threshold, of answered and abandoned", "app_queue's ServicelevelPerf2",
    ("answered_in_sl", "abandoned_in_sl"), ("answered", "abandoned"),
)  # fmt: skip
ASA = Metric(
    "asa", "Speed of answer", "s", "Mean wait of answered callers", "Amazon Connect, Average queue answer time",
    ("wait_answered_s",), ("answered",),
)  # fmt: skip
AHT = Metric(
    "aht", "Handle time", "s", "Mean of talk, hold and wrap-up per handled call", "Amazon Connect, historical AHT",
    ("talk_s", "hold_s", "wrap_s"), ("handled",),
)  # fmt: skip
CALL_DURATION = Metric(
    "call_duration", "Call duration", "s", "Mean of talk and hold per handled call", "Trunkline",
    ("talk_s", "hold_s"), ("handled",),
)  # fmt: skip

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        OFFERED, ANSWERED, ABANDONED, FLOW_OUT, ABANDON_RATE, SERVICE_LEVEL, SL_ASTERISK, SL_OFFERED, SL_CONNECT,
        ASA, AHT, CALL_DURATION,
    )
}  # fmt: skip


def _sum(columns: tuple[str, ...], tally: Tally) -> float:
    return sum(-getattr(tally, c[1:]) if c.startswith("-") else getattr(tally, c) for c in columns)


def _sql(columns: tuple[str, ...]) -> str:
    terms = [f"- sum({c[1:]})" if c.startswith("-") else f"+ sum({c})" for c in columns]
    return "(" + " ".join(terms).removeprefix("+ ") + ")"
