"""The events of files have a place that does not depend on who reads them."""

from calls.events import Position
from calls.file_events import QUEUE_LOG, QueueLogged
from calls.reducer import advance
from calls.state import State


def line(ingester: str, seq: int) -> QueueLogged:
    """A line at this byte, read by this ingester."""
    pos = Position(QUEUE_LOG, ingester, 1, seq)
    return QueueLogged(pos=pos, at=0, callid="c1", queue="q", agent="NONE", verb="ENTERQUEUE")


def test_a_line_that_two_ingesters_read_counts_once() -> None:
    state, _ = advance(State("lab1"), line("a", 10))
    again, changes = advance(state, line("b", 10))
    assert again is state
    assert changes == ()
    later, _ = advance(state, line("b", 40))
    assert later.positions == {QUEUE_LOG: (1, 40)}
