"""A call against CEL, which tells of its channels, and against CDR: also calls that no queue knows.

CEL: that there was such a call, when it began and ended and with which cause, whether anybody talked, how long each
agent's phone shared a bridge with somebody. CDR: that there was one, when it began, whether it was answered.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from calls.call import Call, Leg, Outcome
from calls.file_events import CDR, CEL, DetailLogged
from calls.form import iso
from calls.ledger.facts import Fact, judged
from calls.ledger.lives import Life, Lives, length
from calls.ledger.rules import CLOSE_MS, Gaps, Rule, missed

# CDR cuts its times to whole seconds, and takes them a moment before or after the manager event.
CDR_MS = 1000 + CLOSE_MS
DISPOSITIONS: Mapping[Outcome, frozenset[str]] = {
    Outcome.BUSY: frozenset({"BUSY"}),
    Outcome.NO_ANSWER: frozenset({"NO ANSWER"}),
    Outcome.FAILED: frozenset({"FAILED", "CONGESTION"}),
}
ANSWERED = frozenset({"ANSWERED"})


Explain = Callable[[object], Rule | None]


def extension(leg: Leg) -> str:
    """`1001` for `PJSIP/1001`, also behind a Local channel such as `Local/1001@agents`."""
    return leg.interface.partition("/")[2].partition("@")[0]


def cel_facts(call: Call, parts: Sequence[Call], phones: Iterable[str], told: Lives, gaps: Gaps) -> Iterator[Fact]:
    """An ended call against CEL. `parts` are it and what was merged into it, `phones` the agents' extensions."""
    mine = told.calls.get(call.linkedid, [])
    if call.merged_into is not None:
        yield from _of_merged(call, told, gaps)
        return
    span = call.started_at, max([call.ended_at or 0, *(it.end or 0 for it in mine)])

    def unheard(theirs: object) -> Rule | None:
        return missed(gaps, CEL, *span, theirs)

    begun = min((it.start for it in mine), default=None)
    yield judged("call", iso(call.started_at), CEL, iso_or_none(begun), bool(mine), lambda: unheard(begun))
    if not mine:
        return
    first = told.channels.get(call.linkedid)
    if first is not None:
        yield _moment("started_at", call.started_at, first.start, gaps)
    if any(it.end is None for it in mine):
        yield judged("ended_at", iso_or_none(call.ended_at), CEL, None, False, lambda: unheard(None))
        return
    last = max(it.end or 0 for it in mine)
    yield _moment("ended_at", call.ended_at, last, gaps)
    if first is not None:
        agrees = first.cause == call.hangup_cause
        yield judged(
            "hangup_cause", call.hangup_cause, CEL, first.cause, agrees,
            lambda: missed(gaps, CEL, first.end or 0, last, first.cause),
        )  # fmt: skip
    talked = any(told.together(it) for it in mine)
    answered = call.answered_at is not None
    yield judged("answered", _word(answered), CEL, _word(talked), answered == talked, lambda: unheard(talked))
    yield from _talks(parts, phones, told, unheard)


def _talks(parts: Sequence[Call], phones: Iterable[str], told: Lives, explain: Explain) -> Iterator[Fact]:
    """Each agent's phone: its legs in this call and what became part of it, against its time in bridges."""
    ours: dict[str, int] = defaultdict(int)
    for leg in (leg for call in parts for leg in call.legs):
        ours[extension(leg)] += (leg.talk_ms or 0) + leg.hold_ms
    mine: dict[str, list[Life]] = defaultdict(list)
    for life in (life for call in parts for life in told.calls.get(call.linkedid, [])):
        mine[life.phone].append(life)
    for phone in sorted(ours.keys() | (set(phones) & mine.keys())):
        spent = sum(length(told.together(life)) for life in mine[phone])
        agrees = abs(ours[phone] - spent) <= CLOSE_MS
        yield judged(f"talk[{phone}]", ours[phone] / 1000, CEL, spent / 1000, agrees, lambda: explain(0))


def _of_merged(call: Call, told: Lives, gaps: Gaps) -> Iterator[Fact]:
    """A call that became part of another: its first channel's beginning, and where its channels ended."""
    first = told.channels.get(call.linkedid)
    if first is not None:
        yield _moment("started_at", call.started_at, first.start, gaps)
    had = told.parts.get(call.linkedid, [])
    into = sorted({f"{call.pbx}:{life.linkedid}" for life in had})
    end = max((life.end or 0 for life in had), default=call.ended_at or 0)
    yield judged(
        "merged_into", call.merged_into, CEL, tuple(into), call.merged_into in into,
        lambda: missed(gaps, CEL, call.started_at, end, into or None),
    )  # fmt: skip


def _moment(subject: str, ours: int | None, theirs: int, gaps: Gaps) -> Fact:
    agrees = ours is not None and abs(ours - theirs) <= CLOSE_MS
    return judged(
        subject, iso_or_none(ours), CEL, iso(theirs), agrees, lambda: missed(gaps, CEL, theirs, theirs, theirs)
    )


def _word(answer: bool) -> str:
    return "yes" if answer else "no"


def iso_or_none(ms: int | None) -> str | None:
    """A time as text, None where there is none."""
    return None if ms is None else iso(ms)


def cdr_facts(call: Call, told: Sequence[DetailLogged], gaps: Gaps) -> Iterator[Fact]:
    """An ended call that is its own against its records in CDR."""
    ended = call.ended_at or call.started_at

    def unheard(theirs: object) -> Rule | None:
        return missed(gaps, CDR, call.started_at, ended, theirs, CDR_MS)

    begun = min((it.at for it in told), default=None)
    yield judged("call", iso(call.started_at), CDR, iso_or_none(begun), bool(told), lambda: unheard(begun))
    if begun is None:
        return
    agrees = -CLOSE_MS <= call.started_at - begun <= CDR_MS
    yield judged("started_at", iso(call.started_at), CDR, iso_or_none(begun), agrees, lambda: unheard(begun))
    wanted = ANSWERED if call.answered_at is not None else _unanswered(call)
    if wanted is not None:
        said = tuple(sorted({it.disposition for it in told}))
        outcome = call.outcome and call.outcome.value
        yield judged("outcome", outcome, CDR, said, bool(wanted & set(said)), lambda: unheard(said))


def _unanswered(call: Call) -> frozenset[str] | None:
    """What CDR must say of it; None where it says what the dialplan did, as of a queue that answers first."""
    return DISPOSITIONS.get(call.outcome) if call.outcome and not call.stints else None
