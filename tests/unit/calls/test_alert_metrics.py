"""calls/alert_metrics.py: what a rule reads off a board."""

from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from calls.alert_metrics import AlertBoard
from calls.alerts import AlertMetric, AlertRule, Reading, Side
from calls.live import AgentLive, QueueLive, Waiter
from calls.presence import Presence, PresenceState
from calls.tally import Tally

UTC = ZoneInfo("UTC")
NOON = 1_763_812_800_000
HOUR = 3_600_000


def queue(name: str, *entered: int, tallies: list[tuple[int, Tally]] | None = None) -> QueueLive:
    waiting = [Waiter(f"pbx1:{at}", at, None) for at in entered]
    return QueueLive("pbx1", "default", name, name, 1, waiting, 1, 20.0, 5.0, 0.8, tallies or [])


def agent(name: str, state: PresenceState, *queues: str) -> AgentLive:
    at = Presence(state, NOON)
    return AgentLive("pbx1", "default", name, name, f"PJSIP/{name}", name, 1, at, None, list(queues), [])


YESTERDAY, MORNING = (NOON - 24 * HOUR, Tally(offered=9, abandoned=9)), (NOON - HOUR, Tally(offered=4, abandoned=1))
LATELY = (NOON - HOUR // 4, Tally(offered=4, answered=4, answered_in_sl=3))
BOARD = AlertBoard()
BOARD.put(
    [
        agent("1001", PresenceState.AVAILABLE, "sales", "support"),
        agent("1002", PresenceState.PAUSED, "sales"),
        agent("1003", PresenceState.AVAILABLE),
    ],
    [queue("sales", NOON - 5000, NOON - 2000, tallies=[YESTERDAY, MORNING, LATELY]), queue("support", NOON - 9000)],
)


@pytest.mark.parametrize(
    ("metric", "queues", "expected"),
    [
        (AlertMetric.WAITING, [], Reading(NOON, 3)),
        (AlertMetric.WAITING, ["pbx1:sales"], Reading(NOON, 2)),
        (AlertMetric.LONGEST_WAIT, [], Reading(NOON, 9.0, grows=True)),
        (AlertMetric.LONGEST_WAIT, ["pbx1:none"], Reading(NOON, 0.0)),
        (AlertMetric.AVAILABLE, [], Reading(NOON, 1)),
        (AlertMetric.ABANDONED, [], Reading(NOON, 1)),
        (AlertMetric.ABANDON_RATE, [], Reading(NOON, 0.125)),
        (AlertMetric.ABANDON_RATE, ["pbx1:support"], Reading(NOON, None)),
        (AlertMetric.SERVICE_LEVEL, [], Reading(NOON, 0.6)),
        (AlertMetric.SERVICE_LEVEL_RECENT, [], Reading(NOON, 0.75)),
    ],
)
def test_the_metric_of_the_rules_queues_together(metric: AlertMetric, queues: list[str], expected: Reading) -> None:
    assert BOARD.reading(AlertRule("A", metric, Side.AT_LEAST, 1, queues), NOON, UTC) == expected


def test_time_alone_brings_a_quarter_of_an_hour_or_the_end_of_a_wrap_up() -> None:
    end = NOON + HOUR // 2 + 1
    level = AlertRule("A", AlertMetric.SERVICE_LEVEL_RECENT, Side.BELOW, 1)
    values = [(it.at - NOON, it.value, until - NOON) for it, until in BOARD.readings(level, NOON, end, UTC)]
    assert values == [
        (0, 0.75, HOUR // 4), (HOUR // 4, None, HOUR // 2), (HOUR // 2, None, HOUR // 2 + 1),
    ]  # fmt: skip
    wrapping, free = AlertBoard(), AlertRule("A", AlertMetric.AVAILABLE, Side.BELOW, 1)
    state = Presence(PresenceState.WRAP_UP, NOON, until=NOON + 5000, then=PresenceState.AVAILABLE)
    wrapping.put([replace(agent("1001", PresenceState.WRAP_UP, "sales"), presence=state)], [queue("sales")])
    assert [it for it, _ in wrapping.readings(free, NOON, end, UTC)] == [Reading(NOON, 0), Reading(NOON + 5000, 1)]


def test_what_is_new_of_a_queue_counts_at_once() -> None:
    board, rule = AlertBoard(), AlertRule("A", AlertMetric.ABANDONED, Side.AT_LEAST, 1)
    for count in (1, 2):
        board.put([], [queue("sales", tallies=[(NOON, Tally(offered=count, abandoned=count))])])
        assert board.reading(rule, NOON, UTC) == Reading(NOON, count)
