"""Records folded through the one reducer: recordings, logs and topics alike become calls.

This is what batch, rebuild and tests call; the live stream processor folds the same events with the same `advance`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from asterisk.decode import events_of
from asterisk.recording import mark, read_lines
from calls.call import Call
from calls.codec import Record
from calls.events import Position, SettingsChanged
from calls.file_events import CEL, QUEUE_LOG
from calls.filing import LONELY_MARKS
from calls.reducer import advance
from calls.settings import Settings
from calls.state import AgentChanged, CallChanged, Gap, GapChanged, Rejected, State
from calls.timeline import Step, step


class Written(NamedTuple):
    """Files that a PBX wrote, oldest first."""

    queue_logs: tuple[Path, ...] = ()
    cels: tuple[Path, ...] = ()


NOTHING_WRITTEN = Written()
# Enough for a call that nothing tells the end of any more.
MARKS = LONELY_MARKS + 3


class Replay(Struct):
    """What a fold came to: calls by call id in their last form, states by PBX, what was refused, gaps.

    `steps` are the timelines of the calls that were followed, by call id.
    """

    calls: dict[str, Call] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    rejects: list[Rejected] = field(default_factory=list)
    spent: list[AgentChanged] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    steps: dict[str, list[Step]] = field(default_factory=dict)
    events: int = 0


def replay_records(records: Iterable[Record], settings: Settings | None = None, follow: Iterable[str] = ()) -> Replay:
    """Fold records, in order, each PBX for itself. `settings` hold from the start; those in the records come after.

    `follow` are the ids of calls whose timelines are wanted.
    """
    replay = Replay(steps={call_id: [] for call_id in follow})
    for record in records:
        state = replay.states.get(record.pbx) or _start(record.pbx, settings)
        for event in events_of(record):
            replay.events += 1
            if isinstance(event, Rejected):
                replay.rejects.append(event)
                continue
            state, changes = advance(state, event)
            for change in changes:
                if isinstance(change, CallChanged):
                    call_id = change.call.call_id
                    replay.calls[call_id] = change.call
                    if call_id in replay.steps and (found := step(change)) is not None:
                        replay.steps[call_id].append(found)
                elif isinstance(change, Rejected):
                    replay.rejects.append(change)
                elif isinstance(change, AgentChanged) and change.spent:
                    replay.spent.append(change)
                elif isinstance(change, GapChanged):
                    _note(replay.gaps, change.gap)
        replay.states[record.pbx] = state
    return replay


def with_files(heard: Iterable[Record], written: Written) -> Iterator[Record]:
    """Records of one PBX, and behind them what it wrote on its own disk, as if the ingester had read that late."""
    if written == NOTHING_WRITTEN:
        yield from heard
        return
    sources = tuple(source for source, paths in zip((QUEUE_LOG, CEL), written, strict=True) if paths)
    pbx, at = "", 0
    for record in heard:
        if not pbx:
            yield mark(record.pbx, sources, 1, record.entries[0].received)
        pbx, at = record.pbx, record.entries[-1].received
        yield record
    for source, paths in zip((QUEUE_LOG, CEL), written, strict=True):
        for generation, path in enumerate(paths, 1):
            yield from read_lines(path, source, pbx, generation)
    for number in range(2, 2 + MARKS):
        yield mark(pbx, sources, number, at)


def _note(gaps: list[Gap], gap: Gap) -> None:
    """A gap's end takes the place of its beginning."""
    if gap.end is not None:
        gaps.remove(replace(gap, end=None))
    gaps.append(gap)


def _start(pbx: str, settings: Settings | None) -> State:
    state = State(pbx=pbx)
    if settings is None:
        return state
    state, _ = advance(state, SettingsChanged(pos=Position("settings", "file", 0, 0), at=0, settings=settings))
    return state
