"""Part `streams`: packets turned into rows and messages per CPU-second, beside only turning them into calls.

What Kafka, Faust and PostgreSQL add to it is not measured here: it depends on the machine they share.
"""

from collections.abc import Iterator
from functools import cache

from asterisk.decode import events_of
from asterisk.noise import is_ignored
from calls.codec import Record
from calls.events import Event
from calls.reducer import advance
from calls.state import State
from calls.views import agent_live, queue_live
from streams.sink import filled
from streams.work import Reducer, Work
from tests.bench.race import Contender, race, table
from tests.bench.reducer import records

REDUCER = Reducer(events_of, advance, agent_live, queue_live)
CALLS = "into calls"


@cache
def heard() -> tuple[Record, ...]:
    """The records without what the ingester leaves out."""
    return tuple(
        Record(
            it.version, it.pbx, it.source, it.ingester, it.epoch, [one for one in it.entries if not is_ignored(one.raw)]
        )
        for it in records()
    )


def packets() -> int:
    """How many packets are left."""
    return sum(len(record.entries) for record in heard())


def into_calls() -> int:
    """Decode and reduce only."""
    state = State(pbx="lab1")
    for record in heard():
        for event in events_of(record):
            assert isinstance(event, Event), "the recording has nothing that cannot be read"
            state, _ = advance(state, event)
    return packets()


def into_rows() -> int:
    """Everything up to the SQL statements with their values, in transactions of one record of 500 packets."""
    state = State(pbx="lab1")
    for record in heard():
        work = Work(REDUCER, {"lab1": state})
        work.take(record)
        outcome = work.finish()
        filled(outcome.rows)
        state = outcome.states["lab1"]
    return packets()


def run() -> Iterator[str]:
    """Measure; the table."""
    contenders = (Contender("into rows and messages", into_rows), Contender(CALLS, into_calls))
    yield table(f"packets kept per CPU-second ({packets():,} packets)", race(contenders), (CALLS,))
