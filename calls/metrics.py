"""Every number the product shows: its name, unit, meaning, source and formula, once; those of queues are defined here.

METRICS are of `Tally` columns, AGENT_METRICS of `AgentTally`, CONTACT_METRICS of `ContactTally`, WAIT_METRICS of waits
counted by bin. Which interval a fact belongs to is the rule's matter (`calls/spans.py`); what a metric is, and that its
forms cannot differ, is `calls/metric.py`'s.
"""

from calls.agent_metrics import AGENT_METRICS
from calls.contact_metrics import CONTACT_METRICS
from calls.metric import Longest, Metric, Percentile
from calls.waits import PERCENTILES

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
    "aht", "Handle time", "s", "Mean of talk, hold and the wrap-up that a handled call entitles to",
    "Amazon Connect, historical AHT", ("talk_s", "hold_s", "wrap_s"), ("handled",),
)  # fmt: skip
CALL_DURATION = Metric(
    "call_duration", "Call duration", "s", "Mean of talk and hold per handled call", "Trunkline",
    ("talk_s", "hold_s"), ("handled",),
)  # fmt: skip

AHT_REALTIME = Metric(
    "aht_realtime", "Handle time, real-time", "s", "Mean of talk and hold per handled call, without wrap-up",
    "Amazon Connect, real-time AHT", ("talk_s", "hold_s"), ("handled",),
)  # fmt: skip
AVG_TALK = Metric("avg_talk", "Talk", "s", "Mean conversation per handled call", "Trunkline", ("talk_s",), ("handled",))
AVG_HOLD = Metric(
    "avg_hold", "Hold", "s", "Mean time on hold per handled call, by either side, after the first agent came",
    "Amazon Connect, Average customer hold time", ("hold_s",), ("handled",),
)  # fmt: skip
AVG_WRAP = Metric(
    "avg_wrap", "Wrap-up", "s", "Mean wrap-up that a handled call entitles to", "Amazon Connect, ACW time",
    ("wrap_s",), ("handled",),
)  # fmt: skip
NON_RESPONSE = Metric(
    "non_response", "Non-response", "ratio", "Missed rings, of missed and answered; one caller may cause several",
    "Amazon Connect, Agent non-response", ("missed",), ("missed", "answered"),
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
        ABANDON_RATE, ABANDON_RATE_NET, ASA, AWT, ABANDON_WAIT, AHT, CALL_DURATION, AHT_REALTIME, AVG_TALK, AVG_HOLD,
        AVG_WRAP, NON_RESPONSE,
    )
}  # fmt: skip

WAIT_METRICS: dict[str, Percentile] = {
    f"wait_p{percent}": Percentile(f"wait_p{percent}", f"Wait, {percent} %", percent) for percent in PERCENTILES
}

LONGEST_WAIT = Longest(
    "longest_s", "Longest wait", "The longest wait of those who left the queue, answered or not",
    "Amazon Connect, Maximum queued time",
)  # fmt: skip

# Everything, by table: what the documentation and the published table `metrics` list.
ALL_METRICS: tuple[Metric | Percentile | Longest, ...] = (
    *METRICS.values(), *AGENT_METRICS.values(), *CONTACT_METRICS.values(), *WAIT_METRICS.values(), LONGEST_WAIT,
)  # fmt: skip
