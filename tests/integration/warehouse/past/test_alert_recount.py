"""Alerts tried on recorded days fire exactly where a recount from the queue_log says that knows nothing of the product.

A simulated day, whose lines are noted to the millisecond, and two minutes of a real Asterisk with 300 callers, whose
queue_log has whole seconds.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import alert_recount
import pytest
from made_year import BEGIN_S, DAY_S, PBX, make, truth_of

from asterisk.recording import read_records
from calls.alert_curve import Pieces
from calls.alert_trial import Trial
from calls.alerts import AlertMetric, AlertRule, Firing, Side, Watch
from ingest.log import Log
from warehouse.past.alerting import try_rule
from warehouse.past.board import Past
from warehouse.past.keeping import Keeper

SCENARIO = Path(__file__).parents[3] / "scenarios" / "load_300"
# What a step says on the manager interface and what it writes lie some milliseconds apart.
NEAR_MS = 25
Fired = list[tuple[int, int | None]]


class Recorded(NamedTuple):
    """A log to look back into, its queue_log, and the span that both are about (ms since the epoch)."""

    data: Path
    pbx: str
    queue_log: Path
    start: int
    end: int


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    data = tmp_path_factory.mktemp("day")
    make(data, 1)
    lines = [f"{it.at / 1000:.3f}|{it.channel}|{it.queue}|NONE|{it.verb}\n" for it in truth_of(data).queues]
    (data / "queue_log").write_text("".join(lines))
    keep(data, PBX)
    return Recorded(data, PBX, data / "queue_log", (BEGIN_S + 60) * 1000, (BEGIN_S + DAY_S + 3600) * 1000)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    data = tmp_path_factory.mktemp("real")
    records = list(read_records(SCENARIO / "session.ami.gz"))
    pbx, times = records[0].pbx, [entry.received for it in records for entry in it.entries]
    log = Log(data / "log" / pbx)
    log.append(records)
    log.close()
    keep(data, pbx)
    return Recorded(data, pbx, SCENARIO / "queue_log", times[0], times[-1] + DAY_S * 1000)


def keep(data: Path, pbx: str) -> None:
    keeper = Keeper(data, pbx)
    keeper.stretch(600)
    keeper.close()


def tried(recorded: Recorded, rule: AlertRule) -> Fired:
    """What the product says, asked on from where each answer ended."""
    past, watch, at = Past(recorded.data), Watch(), recorded.start
    found = dict[int, Firing]()
    while at < recorded.end:
        told = try_rule(past, "default", Trial(rule, "UTC", watch, Pieces(recorded.start, 60_000)), at, recorded.end)
        found |= {it.raised_at: it for it in told.firings}
        watch, at = told.watch, told.until
    return [(it.raised_at, it.cleared_at) for it in found.values()]


def recounted(recorded: Recorded, rule: AlertRule) -> Fired:
    """What the script says, in a process that has nothing of the product."""
    queues = [it.partition(":")[2] for it in rule.queues]
    said = [str(recorded.queue_log), rule.metric, rule.side, str(rule.limit), str(rule.for_s), *queues]
    script = subprocess.run([sys.executable, "-I", alert_recount.__file__, *said], capture_output=True, check=True)
    pairs = [line.split() for line in script.stdout.decode().splitlines()]
    return [(int(raised), None if cleared == "-" else int(cleared)) for raised, cleared in pairs]


def apart(mine: Fired, theirs: Fired, near: Callable[[int, int], bool]) -> list[str]:
    """Where they do not say the same."""
    each = [both for pair in zip(mine, theirs, strict=False) for both in zip(*pair, strict=True)]
    are_near = all(a == b or (a is not None and b is not None and near(a, b)) for a, b in each)
    return [] if len(mine) == len(theirs) and are_near else [f"{mine} and not {theirs}"]


def a_rule(metric: AlertMetric, limit: float, for_s: int = 0, *queues: str) -> AlertRule:
    side = Side.BELOW if metric is AlertMetric.SERVICE_LEVEL else Side.AT_LEAST
    return AlertRule("tried", metric, side, limit, list(queues), for_s)


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        (a_rule(AlertMetric.WAITING, 1, 20, f"{PBX}:Billing"), 8),
        (a_rule(AlertMetric.LONGEST_WAIT, 20, 7), 10),
        (a_rule(AlertMetric.ABANDONED, 5), 1),
        (a_rule(AlertMetric.ABANDON_RATE, 0.05), 3),
        (a_rule(AlertMetric.SERVICE_LEVEL, 0.95), 1),
    ],
    ids=lambda it: it.metric if isinstance(it, AlertRule) else None,
)
def test_of_a_simulated_day(day: Recorded, rule: AlertRule, times: int) -> None:
    mine = tried(day, rule)
    assert len(mine) == times
    assert not apart(mine, recounted(day, rule), lambda a, b: abs(a - b) <= NEAR_MS)


@pytest.mark.parametrize(
    ("rule", "times"),
    [(a_rule(AlertMetric.WAITING, 3, 10), 1), (a_rule(AlertMetric.LONGEST_WAIT, 15), 5)],
    ids=lambda it: it.metric if isinstance(it, AlertRule) else None,
)
def test_of_a_real_asterisk(real: Recorded, rule: AlertRule, times: int) -> None:
    mine = tried(real, rule)
    assert len(mine) == times
    assert not apart(mine, recounted(real, rule), lambda a, b: a // 1000 == b // 1000)
