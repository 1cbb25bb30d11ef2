"""The metrics of agents: what time comes to, and of nothing."""

from calls.agent_metrics import AGENT_METRICS
from calls.agent_tally import AGENT_COLUMNS, AgentTally


def test_what_time_comes_to_is_as_connect_has_it() -> None:
    tally = AgentTally(
        available_s=400, ringing_s=50, on_call_s=300, on_hold_s=100, wrap_up_s=100, paused_s=50, handled=5,
        from_queue=4, talk_s=300, hold_s=100, missed=1, transferred=2, transferred_queue=1, transferred_external=1,
    )  # fmt: skip
    found = {name: metric.value(tally) for name, metric in AGENT_METRICS.items()}
    assert (found["occupancy"], found["utilisation"], found["availability"]) == (500 / 900, 0.5, 0.4)
    assert (found["agent_aht"], found["agent_non_response"], found["transfer_rate"]) == (100.0, 0.2, 0.4)
    assert (found["online_s"], found["transfer_rate_internal"], found["mos"]) == (1000, 0, None)


def test_of_nothing_a_count_is_0_and_everything_else_is_undefined() -> None:
    for metric in AGENT_METRICS.values():
        assert {name.removeprefix("-") for name in metric.numerator + metric.denominator} <= set(AGENT_COLUMNS)
        assert metric.value(AgentTally()) == (None if metric.denominator else 0)
