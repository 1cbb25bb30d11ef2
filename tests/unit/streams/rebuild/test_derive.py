"""Deriving calls: what reaches the spool, where reading ends, and what makes it stumble."""

import pytest
from msgspec.structs import replace
from streamed.fakes import NOON, REDUCER, Word, record

from calls.codec import Entry, Record
from calls.events import Event, Position
from calls.evidence import Evidence
from calls.file_events import QueueLogged
from calls.state import CallChanged, Change, Filing, Gap, State
from streams.rebuild.derive import DAY_MS, FOLLOW_AT_MOST_MS, FOLLOW_MS, HOUR_MS, LEAD_MS, Told, derive
from streams.rebuild.spool import Derived, Span, Spool
from streams.work import Reducer

SPAN = Span(NOON, NOON + HOUR_MS)
LINE = QueueLogged(pos=Position("queue_log", "a", 1, 0), at=NOON, callid="1", queue="q", agent="", verb="ENTERQUEUE")


def at(ms: int, *texts: str, source: str = "ami") -> Record:
    """A record whose entries were received at this time and the milliseconds after it."""
    entries = [Entry(number, number, text.encode()) for number, text in enumerate(texts, ms)]
    return Record(1, "pbx", source, "a", 1, entries)


def derived(*records: Record, reducer: Reducer = REDUCER, span: Span = SPAN) -> tuple[Told, list[Derived]]:
    with Spool() as spool:
        told = derive(reducer, "pbx", records, span, spool)
        return told, list(spool.ordered(Span(span.start - DAY_MS, span.end + DAY_MS)))


def names(found: list[Derived]) -> list[str]:
    return [it.call.linkedid for it in found]


def test_calls_that_are_over_with_their_steps() -> None:
    told, found = derived(at(NOON, "CALL 7", "CALL 8", "refuse", "unreadable", "end 7"))
    seven, eight = found
    assert (seven.call.ended_at, seven.received) == (NOON + 4, NOON + 4)
    assert [(it.event, it.at) for it in seven.steps] == [
        ("Word", "2026-11-22T12:00:00.000Z"), ("Word", "2026-11-22T12:00:00.004Z")
    ]  # fmt: skip
    assert eight.call.ended_at is None and len(eight.steps) == 1
    assert told == Told(entries=5, events=5, refused=2, stumbled=0, until=NOON + 4)


def test_calls_of_long_before_and_behind_are_of_no_interest() -> None:
    before, behind = at(NOON - LEAD_MS - 9, "CALL 1", "end 1"), at(SPAN.end + 1, "CALL 3", "end 3")
    _, found = derived(before, at(NOON - LEAD_MS, "CALL 2", "end 2"), behind)
    assert names(found) == ["2", "3"]


def test_what_makes_the_reducer_stumble_takes_nothing_with_it() -> None:
    told, found = derived(at(NOON, "CALL 7", "raise", "end 7"))
    assert told.stumbled == 1 and found[0].call.ended_at == NOON + 2


@pytest.mark.parametrize("packed", [1, 2, 4])
def test_reading_ends_an_hour_behind_the_span_when_its_calls_are_over(packed: int) -> None:
    behind = SPAN.end + FOLLOW_MS - 2
    texts = ["CALL 8", "CALL 9", "end 8", "end 9"]
    rest = [at(behind + number, *texts[number : number + packed]) for number in range(0, 4, packed)]
    told, found = derived(at(NOON, "CALL 7", "end 7"), *rest)
    assert told.until == behind + 1 and names(found) == ["7"]


def test_reading_goes_on_while_a_call_is_open_for_a_week() -> None:
    later = SPAN.end + 2 * DAY_MS
    told, found = derived(at(NOON, "CALL 7"), at(later, "end 7", "CALL 8"))
    assert found[0].call.ended_at == later == told.until
    told, found = derived(at(NOON, "CALL 7"), at(SPAN.end + FOLLOW_AT_MOST_MS, "end 7"))
    assert found[0].call.ended_at is None and told.until == NOON


def test_a_call_of_the_days_around_is_not_waited_for() -> None:
    told, _ = derived(at(NOON - 1, "CALL 1"), at(SPAN.end + FOLLOW_MS, "end 1"))
    assert told.until == NOON - 1


def healing(state: State, event: Event) -> tuple[State, tuple[Change, ...]]:
    """A call that is over waits for a file's word, `heal 7`, which makes it final."""
    assert isinstance(event, Word)
    if event.text == "heal 7":
        before = state.ended["7"]
        return replace(state, ended={}), (CallChanged(replace(before, certainty="final"), before, event),)
    state, changes = REDUCER.advance(state, event)
    ended = {it.call.linkedid: it.call for it in changes if isinstance(it, CallChanged) and it.call.ended_at}
    return replace(state, ended=state.ended | ended), changes


def test_reading_goes_on_until_the_files_have_told_of_all_calls() -> None:
    later = SPAN.end + 2 * DAY_MS
    healed = at(later, "heal 7", "CALL 8")
    told, found = derived(at(NOON, "CALL 7", "end 7"), healed, reducer=REDUCER._replace(advance=healing))
    assert found[0].call.certainty == "final" and told.until == later
    assert len(found[0].steps) == 3 and found[0].received == later


@pytest.mark.parametrize(
    ("state", "is_owed"),
    [
        (State("pbx", filing=Filing(lost={"cel": Gap("cel", "gone", SPAN.end - 1)})), True),
        (State("pbx", filing=Filing(lost={"cel": Gap("cel", "gone", SPAN.end)})), False),
        (State("pbx", evidence={"1": Evidence("1", entries=(LINE,))}), True),
        (State("pbx", evidence={"1": Evidence("1", entries=(replace(LINE, at=SPAN.end),))}), False),
    ],
)
def test_reading_goes_on_while_a_file_may_still_tell_of_the_span(state: State, is_owed: bool) -> None:
    reducer = REDUCER._replace(advance=lambda _, event: (state, ()))
    told, _ = derived(at(NOON, "begin"), at(SPAN.end + 2 * DAY_MS, "more"), reducer=reducer)
    assert told.entries == (2 if is_owed else 1)


def test_a_record_without_entries_says_nothing() -> None:
    assert derived(record()) == (Told(), [])
