"""Part `reducer`: packets turned into calls per CPU-second, beside only parsing the same packets as JSON."""

import json
from collections.abc import Iterator
from functools import cache

import msgspec

from asterisk.ami import parse_packet
from asterisk.decode import events_of
from asterisk.recording import read_records
from asterisk.replay import replay_records
from calls.codec import Record
from calls.events import Event
from calls.reducer import advance
from calls.state import State
from tests.bench.race import Contender, race, table
from tests.bench.recording import FILE, packets

JSON, MSGSPEC = "json.loads", "msgspec"


@cache
def records() -> tuple[Record, ...]:
    """The recording as it stands on the log."""
    return tuple(read_records(FILE))


@cache
def events() -> tuple[Event, ...]:
    """What is in it for the reducer."""
    return tuple(event for record in records() for event in events_of(record) if isinstance(event, Event))


@cache
def as_json() -> tuple[str, ...]:
    """Each packet as a JSON object of its fields."""
    return tuple(json.dumps(dict(parse_packet(raw).fields)) for raw in packets())


def replay() -> int:
    """Records decoded and reduced into calls."""
    replay_records(records())
    return sum(len(record.entries) for record in records())


def parse_json() -> int:
    """The same packets read by the standard library."""
    return sum(1 for text in as_json() if json.loads(text))


def parse_msgspec() -> int:
    """The same packets read by msgspec, untyped."""
    return sum(1 for text in as_json() if msgspec.json.decode(text))


def reduce() -> int:
    """Events that are already decoded, reduced."""
    state = State(pbx="bench")
    for event in events():
        state, _ = advance(state, event)
    return len(events())


def run() -> Iterator[str]:
    """Measure; the tables."""
    as_json(), events()
    contenders = (Contender("into calls", replay), Contender(JSON, parse_json), Contender(MSGSPEC, parse_msgspec))
    yield table(f"packets per CPU-second ({len(packets()):,} packets)", race(contenders), (JSON, MSGSPEC))
    yield table(f"events per CPU-second ({len(events()):,} events)", race([Contender("reducer alone", reduce)]), ())
