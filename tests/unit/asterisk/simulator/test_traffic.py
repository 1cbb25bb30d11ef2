"""Traffic: the same seed gives the same bytes, and events, queue_log and CEL tell the same story."""

from collections import Counter
from dataclasses import replace
from functools import cache

from simulated import header_lists, packets, recorded, run, traffic

from asterisk.cel import parse_cel
from asterisk.queue_log import QueueLogEntry, parse_queue_log
from asterisk.simulator.arrivals import OFFICE
from asterisk.simulator.floor import Habits
from asterisk.simulator.pbx import Output
from asterisk.simulator.traffic import MOST_OPENING, Plan, Traffic, plan_opening

LIVELY = Plan(
    calls=150,
    rate=0.3,
    agents=8,
    habits=Habits(hold_share=0.3, transfer_share=0.15, consultation_share=0.2, busy_share=0.1, no_answer_share=0.1),
)
RECORDINGS = (
    "s01",
    "s02",
    "s03",
    "s04",
    "s05",
    "s06",
    "s07a",
    "s11",
    "s17",
    "s24",
    "s19",
    "s09b",
    "s08a",
    "s08f",
    "s08g",
)

MOVES = ("ADDMEMBER", "REMOVEMEMBER")


@cache
def played() -> tuple[Traffic, Output]:
    """The lively plan when it is over, and what it said and wrote: played once for all who look at it."""
    made = traffic(LIVELY)
    return made, run(made)


def lively() -> Output:
    """What the lively plan says and writes."""
    return played()[1]


def log_of(output: Output) -> list[QueueLogEntry]:
    """The queue_log lines, read."""
    return [parse_queue_log(line) for line in output.queue_log]


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = lively(), run(traffic(LIVELY))
    assert (first.events, first.queue_log, first.cel) == (second.events, second.queue_log, second.cel)
    few = replace(LIVELY, calls=10)
    assert run(traffic(few, seed=8)).queue_log != run(traffic(few)).queue_log


def test_every_header_is_one_that_a_real_asterisk_sent() -> None:
    real = header_lists(packet for name in RECORDINGS for packet in recorded(name))
    assert header_lists(packets(lively().events)) <= real


def test_a_call_makes_about_as_many_events_as_a_real_one() -> None:
    plan = Plan(calls=200, rate=10, habits=Habits(talk_s=2))
    # In the recorded load it was 111 without any variables of the queue, and 180 with all of them.
    assert 111 < len(run(traffic(plan)).events) / 200 < 180


def test_every_call_enters_once_and_ends_once() -> None:
    log = log_of(lively())
    ends = {"COMPLETECALLER", "COMPLETEAGENT", "BLINDTRANSFER", "ATTENDEDTRANSFER", "ABANDON", "EXITWITHTIMEOUT"}
    entered = Counter(entry.callid for entry in log if entry.verb == "ENTERQUEUE")
    ended = Counter(entry.callid for entry in log if entry.verb in ends)
    assert len(entered) == 150 and set(entered.values()) == {1} and ended == entered
    assert {entry.verb for entry in log} >= ends | {"CONNECT", "RINGNOANSWER", "RINGCANCELED", "PAUSE", "UNPAUSE"}


def test_the_log_agrees_with_itself_in_its_times() -> None:
    log = log_of(lively())
    entered = {entry.callid: entry.at for entry in log if entry.verb == "ENTERQUEUE"}
    connected = {entry.callid: entry for entry in log if entry.verb == "CONNECT"}
    for entry in log:
        if entry.verb in ("CONNECT", "ABANDON", "EXITWITHTIMEOUT"):
            assert abs(entry.number("wait_s") - (entry.at - entered[entry.callid])) <= 1
        if entry.verb in ("COMPLETECALLER", "COMPLETEAGENT", "BLINDTRANSFER", "ATTENDEDTRANSFER"):
            assert abs(entry.number("talk_s") - (entry.at - connected[entry.callid].at)) <= 1
            assert entry.agent == connected[entry.callid].agent


def test_events_and_log_name_the_same_agents() -> None:
    output = lively()
    told = Counter(packet.get("MemberName") for packet in packets(output.events) if packet.name == "AgentConnect")
    assert told == Counter(entry.agent for entry in log_of(output) if entry.verb == "CONNECT")


def test_every_channel_that_starts_ends_in_cel() -> None:
    records = [parse_cel(line) for line in lively().cel]
    events = Counter(record.event for record in records)
    assert events["CHAN_START"] == events["HANGUP"] == events["CHAN_END"]
    assert events["LINKEDID_END"] == len({record.linkedid for record in records if record.event == "CHAN_START"}) > 150
    assert events["BRIDGE_ENTER"] == events["BRIDGE_EXIT"]
    assert events["STREAM_BEGIN"] == events["STREAM_END"]


def test_nothing_is_left_when_all_calls_have_gone() -> None:
    made, _ = played()
    assert made.over and not made.pbx.channels and not any(queue.waiting for queue in made.pbx.queues.values())


def test_agents_are_as_many_as_the_rate_needs() -> None:
    assert Plan().staff == 14
    assert Plan(rate=10, habits=Habits(talk_s=30)).staff > 500
    assert Plan(agents=3).staff == 3


def test_a_bench_does_not_open_with_a_peak() -> None:
    assert plan_opening(Plan(), 14) == 7
    assert plan_opening(Plan(rate=100), 9000) == MOST_OPENING
    assert plan_opening(Plan(calls=2), 14) == 2


def test_a_newcomer_sees_calls_within_seconds() -> None:
    made = traffic(Plan())
    made.agenda.run_until(made.pbx.started_us + 5_000_000)
    verbs = Counter(entry.verb for entry in log_of(made.pbx.take()))
    assert verbs["ENTERQUEUE"] >= 7 and verbs["CONNECT"] >= 1


def test_traffic_without_an_end_is_never_over() -> None:
    made = traffic(Plan())
    made.agenda.run_until(made.pbx.started_us + 600_000_000)
    assert not made.over and made.arrived > 60


@cache
def office_day() -> list[QueueLogEntry]:
    """A day of an office with 0.002 calls a second and six agents."""
    made = traffic(Plan(rate=0.002, shape=OFFICE, agents=6, habits=Habits(talk_s=10)))
    made.agenda.run_until(made.pbx.started_us + 86_400_000_000)
    return log_of(made.pbx.take())


def test_an_offices_day_has_its_shape_at_the_same_mean_rate() -> None:
    came = Counter(entry.at // 3600 % 24 for entry in office_day() if entry.verb == "ENTERQUEUE")
    expected = 0.002 * 86_400
    # Five standard deviations of a Poisson count: the seed is fixed, but any seed should do.
    assert abs(sum(came.values()) - expected) < 5 * expected**0.5
    assert sum(came[hour] for hour in range(8, 18)) > 10 * sum(came[hour] for hour in range(6))


def test_in_an_office_agents_go_in_the_evening_and_come_in_the_morning() -> None:
    hours = {verb: [entry.at // 3600 % 24 for entry in office_day() if entry.verb == verb] for verb in MOVES}
    assert all(len(found) > 5 for found in hours.values())
    assert sum(hour > 14 for hour in hours["REMOVEMEMBER"]) > sum(hour > 14 for hour in hours["ADDMEMBER"])
    assert sum(5 <= hour < 11 for hour in hours["ADDMEMBER"]) > sum(5 <= hour < 11 for hour in hours["REMOVEMEMBER"])


def test_an_office_has_agents_for_its_busiest_time() -> None:
    flat, office = Plan(rate=1).staff, Plan(rate=1, shape=OFFICE).staff
    assert office > 2 * flat
