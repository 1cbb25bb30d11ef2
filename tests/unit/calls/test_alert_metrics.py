"""calls/alert_metrics.py: what a rule reads off a board."""

from zoneinfo import ZoneInfo

import pytest

from calls.alert_metrics import AlertBoard, quarters
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


def test_quarters_of_an_hour_turn_within_a_span() -> None:
    assert list(quarters(NOON, NOON + HOUR // 2 + 1)) == [NOON + HOUR // 4, NOON + HOUR // 2]
