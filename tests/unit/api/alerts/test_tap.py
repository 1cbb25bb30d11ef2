"""api/alerts/tap.py: what changed waits, with its instant, until it is taken."""

from api_parts import NOON, Clock, agent, busy, queue

from api.alerts.tap import GATHER_MS, Tap
from api.live.board import Board


def test_changes_are_gathered_by_instant_while_somebody_listens() -> None:
    board, clock = Board(), Clock()
    tap = Tap(board, clock)
    board.put_queue(queue())
    tap.note()
    assert tap.take() == []
    tap.open()
    board.put_agent(agent())
    tap.note()
    clock.now += GATHER_MS - 1
    board.take(clock.now, NOON)
    board.put_agent(busy())
    tap.note()
    clock.now += 1
    tap.note()
    first, second = tap.take()
    assert (first.at, second.at) == (NOON, NOON + GATHER_MS)
    assert ([it.version for it in first.agents], len(first.queues)) == ([1, 2], 2)
    assert tap.take() == []
    tap.note()
    tap.close()
    assert tap.take() == []
