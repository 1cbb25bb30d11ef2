"""Every number the product shows: its name, unit, meaning, source and formula, once.

A metric is a ratio of sums of `Tally` columns. Python and SQL forms are made from the same two tuples, so they cannot
differ. Ratios are 0-1, durations seconds; where nothing happened a ratio or a mean is None (SQL: null), never 100 %,
and a count is 0. All are by arrival: a stint counts in the interval in which it entered the queue.
"""

from msgspec import Struct

from calls.tally import Tally


class Metric(Struct, frozen=True):
    """`numerator` over `denominator`: sums of tally columns, a leading minus subtracts. No denominator: a plain sum.

    `unit` is stints, rings, ratio or s. `source` names whose definition it is.
    """

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
        """The same formula over aggregated rows, as a SQL expression; the same bits as `value` of the rows' sum."""
        top = _sql(self.numerator)
        if not self.denominator:
            return f"coalesce({top}, 0)"
        return f"{top}::DOUBLE PRECISION / nullif({_sql(self.denominator)}, 0)"

    def formula(self) -> str:
        """The formula in words, as hovering over a number shows it."""
        top = _words(self.numerator)
        return f"{top} / {_words(self.denominator)}" if self.denominator else top


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
SHORT_ABANDONED = Metric(
    "short_abandoned", "Short abandons", "stints", "Callers who hung up within the queue's short-abandon time",
    "Trunkline", ("short_abandoned",),
)  # fmt: skip
FLOW_OUT = Metric(
    "flow_out", "Other", "stints", "Callers who left by timeout, key, an empty queue or by the system", "Trunkline",
    ("flow_out",),
)  # fmt: skip
REFUSED = Metric(
    "refused", "Refused", "stints", "Callers whom a full or an empty queue did not let in; not offered", "Trunkline",
    ("refused",),
)  # fmt: skip
MISSED = Metric(
    "missed", "Missed rings", "rings", "Rings to agents that were not answered; one caller may cause several",
    "app_queue's RINGNOANSWER", ("missed",),
)  # fmt: skip

SERVICE_LEVEL = Metric(
    "service_level", "Service level", "ratio",
    "Answered within the threshold, of answered and abandoned; short abandons left out",
    "sl_genesys(flowouts=0, short_abandons=0, abandons=1)",
    ("answered_in_sl",), ("answered", "abandoned", "-short_abandoned"),
)  # fmt: skip
SL_OFFERED = Metric(
    "sl_offered", "Of offered", "ratio", "Answered within the threshold, of offered, those still waiting included",
    "Erlang A's answered within T / offered", ("answered_in_sl",), ("offered",),
)  # fmt: skip
SL_ASTERISK = Metric(
    "sl_asterisk", "Asterisk", "ratio", "Answered within the threshold, of answered", "app_queue's ServicelevelPerf",
    ("answered_in_sl",), ("answered",),
)  # fmt: skip
SL2_ASTERISK = Metric(
    "sl2_asterisk", "Asterisk, second", "ratio",
    "Answered or left within the threshold, of answered and left; left counts timeouts and all but exits by key",
    "app_queue's ServicelevelPerf2",
    ("answered_in_sl", "pbx_abandoned_in_sl"), ("answered", "pbx_abandoned"),
)  # fmt: skip
SL_WAZO_QOS = Metric(
    "sl_wazo_qos", "Wazo", "ratio", "Answered within the threshold, of answered", "wazo-call-logd's quality of service",
    ("answered_in_sl",), ("answered",),
)  # fmt: skip
SL_CONNECT = Metric(
    "sl_connect", "Amazon Connect", "ratio", "Answered or abandoned within the threshold, of offered",
    "Amazon Connect, Service level X", ("answered_in_sl", "abandoned_in_sl"), ("offered",),
)  # fmt: skip
SL_LATE_ABANDONS = Metric(
    "sl_ans_plus_late_abandon", "Late abandons", "ratio",
    "Answered within the threshold, of answered and of those who abandoned after it", "XCALLY",
    ("answered_in_sl",), ("answered", "abandoned", "-abandoned_in_sl"),
)  # fmt: skip
SL_BREAKOUTS = Metric(
    "sl_breakouts", "Of all that ended", "ratio", "Answered within the threshold, of answered, abandoned and other",
    "Vonage Contact Center", ("answered_in_sl",), ("answered", "abandoned", "flow_out"),
)  # fmt: skip


def sl_genesys(flowouts: bool, short_abandons: bool, abandons: bool) -> Metric:
    """Genesys Cloud's family: which of the three count in the denominator beside the answered.

    Short abandons are abandons: without `abandons` there is nothing left to take them from.
    """
    switches = (flowouts, short_abandons, abandons)
    denominator = ["answered"]
    if abandons:
        denominator += ["abandoned"] if short_abandons else ["abandoned", "-short_abandoned"]
    if flowouts:
        denominator.append("flow_out")
    code = "".join(str(int(on)) for on in switches)
    counted = [word for word, on in (("answered", True), ("abandoned", abandons), ("other", flowouts)) if on]
    left_out = "; short abandons left out" if abandons and not short_abandons else ""
    return Metric(
        f"sl_genesys_{code}",
        f"Genesys {code}",
        "ratio",
        f"Answered within the threshold, of {' and '.join(counted)}{left_out}",
        "Genesys Cloud, flowouts={:d}, short_abandons={:d}, abandons={:d}".format(*switches),
        ("answered_in_sl",),
        tuple(denominator),
    )


ASA = Metric(
    "asa", "Speed of answer", "s", "Mean wait of answered callers", "Amazon Connect, Average queue answer time",
    ("wait_answered_s",), ("answered",),
)  # fmt: skip
AWT = Metric(
    "awt", "Wait", "s", "Mean wait of all who left the queue, answered or not", "Wazo, average waiting time",
    ("wait_s",), ("answered", "abandoned", "flow_out"),
)  # fmt: skip
ABANDON_WAIT = Metric(
    "abandon_wait", "Wait of the abandoned", "s", "Mean wait of callers who hung up",
    "Amazon Connect, Average queue abandon time", ("wait_abandoned_s",), ("abandoned",),
)  # fmt: skip
ABANDON_RATE = Metric(
    "abandon_rate", "Abandoned", "ratio", "Abandoned of offered", "Amazon Connect", ("abandoned",), ("offered",)
)
ABANDON_RATE_NET = Metric(
    "abandon_rate_net", "Abandoned, net", "ratio", "Abandoned of offered, short abandons left out of both",
    "WFM Labs", ("abandoned", "-short_abandoned"), ("offered", "-short_abandoned"),
)  # fmt: skip
AHT = Metric(
    "aht", "Handle time", "s", "Mean of talk, hold and wrap-up per handled call", "Amazon Connect, historical AHT",
    ("talk_s", "hold_s", "wrap_s"), ("handled",),
)  # fmt: skip
CALL_DURATION = Metric(
    "call_duration", "Call duration", "s", "Mean of talk and hold per handled call", "Trunkline",
    ("talk_s", "hold_s"), ("handled",),
)  # fmt: skip

# Every variant of the service level that a page or a report may be asked for; the first is the default.
SERVICE_LEVELS: tuple[Metric, ...] = (
    SERVICE_LEVEL, SL_OFFERED, SL_BREAKOUTS, SL_LATE_ABANDONS, SL_CONNECT, SL_ASTERISK, SL2_ASTERISK, SL_WAZO_QOS,
    *(sl_genesys(f, s, a) for f in (False, True) for s in (False, True) for a in (False, True)),
)  # fmt: skip

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        OFFERED, ANSWERED, ABANDONED, SHORT_ABANDONED, FLOW_OUT, REFUSED, MISSED, *SERVICE_LEVELS,
        ABANDON_RATE, ABANDON_RATE_NET, ASA, AWT, ABANDON_WAIT, AHT, CALL_DURATION,
    )
}  # fmt: skip


def _sum(columns: tuple[str, ...], tally: Tally) -> float:
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
    return f"round(sum({column}), 3)" if column.endswith("_s") else f"sum({column})::BIGINT"


def _words(columns: tuple[str, ...]) -> str:
    text = " + ".join(name.removesuffix("_s") for name in columns).replace("+ -", "− ").replace("_", " ")
    return f"({text})" if len(columns) > 1 else text
