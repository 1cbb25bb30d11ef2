"""Every call of a PBX held against its files: from calls and lines to ledgers.

Job: put what each source says of one call together, by Linkedid, also where calls were merged and where only a file
knows the call. Contract: the files are read by themselves, not through the reducer, so that this checks what it made.
It must not: open files, know a recording by its name, or change a call.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from calls.call import Call
from calls.file_events import CDR, CEL, QUEUE_LOG, ChannelLogged, DetailLogged, QueueLogged
from calls.form import iso
from calls.ledger.channels import cdr_facts, cel_facts, extension, iso_or_none
from calls.ledger.facts import Fact, Told, Verdict, judged
from calls.ledger.lives import lives
from calls.ledger.rules import CLOSE_MS, WHOLE_MS, Gaps, Rule, missed
from calls.ledger.stints import REFUSED, Evidence, stint_facts
from calls.ledger.told import ToldStint, told_stints

LineEvent = QueueLogged | ChannelLogged | DetailLogged
Pairs = list[tuple[int | None, ToldStint | None]]


class Ledger(Struct, frozen=True):
    """All that was compared of one call. Times are ISO 8601; `certainty` is None where only a file knows the call."""

    call_id: str
    pbx: str
    tenant: str | None
    started_at: str
    ended_at: str | None
    certainty: str | None
    facts: tuple[Fact, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of its facts."""
        found = {fact.verdict for fact in self.facts}
        return next((it for it in reversed(Verdict) if it in found), Verdict.AGREE)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that explain some of it, each once."""
        found = {fact.rule for fact in self.facts}
        return tuple(rule for rule in Rule if rule in found)


class Files(Struct, frozen=True):
    """The lines of one PBX's files, each in its order; None: that file was not read, so nothing is held against it."""

    queue_log: Sequence[QueueLogged] | None = None
    cel: Sequence[ChannelLogged] | None = None
    cdr: Sequence[DetailLogged] | None = None


def ledgers(
    pbx: str, calls: Iterable[Call], files: Files, gaps: Gaps, wanted: Callable[[Call], bool] = lambda _: True
) -> list[Ledger]:
    """A ledger for each call that is over, and for each that only a file knows, by start.

    Those that are not `wanted` are only there to be found: calls of a time that touches the one that is asked for.
    """
    book = _Book(pbx, {call.linkedid: call for call in calls}, files, gaps)
    return sorted(book.ledgers(wanted), key=lambda it: (it.started_at, it.call_id))


def with_corrections(ledger: Ledger, cause: str, fields: Mapping[str, tuple[Any, Any]]) -> Ledger:
    """The ledger with what AMI told before the files put it right: by field the old and the new value."""
    known = {fact.subject for fact in ledger.facts if fact.verdict is not Verdict.AGREE}
    facts = (
        Fact(path, _told(old), cause, _told(new), Verdict.EXPLAINED, Rule.UNHEARD)
        for path, (old, new) in fields.items()
        if path not in known
    )
    return replace(ledger, facts=(*ledger.facts, *facts))


def _told(value: Any) -> Told:
    """A transfer is its kind and its target."""
    if isinstance(value, Mapping):
        return " ".join(map(str, value.values()))
    return value if value is None or isinstance(value, str | int | float) else str(value)


class _Book:
    """What every source says, by call."""

    def __init__(self, pbx: str, calls: dict[str, Call], files: Files, gaps: Gaps) -> None:
        self.pbx, self.calls, self.gaps = pbx, calls, gaps
        self.lives = None if files.cel is None else lives(files.cel)
        self.details: dict[str, list[DetailLogged]] | None = None
        if files.cdr is not None:
            self.details = defaultdict(list)
            for detail in files.cdr:
                self.details[detail.linkedid].append(detail)
        self.has_queue_log = files.queue_log is not None
        stints, strays = told_stints(files.queue_log or ())
        self.strays: dict[str, list[QueueLogged]] = defaultdict(list)
        for line in strays:
            self.strays[self._linkedid(line.callid)].append(line)
        self.pairs, self.strangers = self._paired(stints)
        self.phones = {extension(leg) for call in calls.values() for leg in call.legs}
        self.parts: dict[str, list[Call]] = defaultdict(list)
        for call in calls.values():
            self.parts[self._goes_on_as(call.linkedid)].append(call)

    def ledgers(self, wanted: Callable[[Call], bool]) -> Iterator[Ledger]:
        """Each call that is over; then those that only a file knows."""
        for call in self.calls.values():
            if (call.ended_at is not None or self._ended_by_cel(call)) and wanted(call):
                yield Ledger(
                    call.call_id, call.pbx, call.tenant, iso(call.started_at), iso_or_none(call.ended_at),
                    call.certainty, tuple(self._facts(call)),
                )  # fmt: skip
        unknown = [*(self.lives.calls if self.lives else ()), *(self.details or ()), *self.strangers, *self.strays]
        for linkedid in dict.fromkeys(it for it in unknown if it not in self.calls):
            yield self._only_in_files(linkedid)

    def _ended_by_cel(self, call: Call) -> int | None:
        """When the last channel of a call ended that is still open with us; None where some of them has not."""
        ends = [life.end for life in self.lives.calls.get(call.linkedid, ())] if self.lives else []
        return None if None in ends else max((end for end in ends if end is not None), default=None)

    def _facts(self, call: Call) -> Iterator[Fact]:
        if call.ended_at is None:
            ended = self._ended_by_cel(call) or call.started_at
            yield judged("ended_at", None, CEL, iso(ended), False, lambda: self._unheard(CEL, ended, CLOSE_MS))
            return
        for line in self.strays.get(call.linkedid, ()):
            yield self._stray(line)
        if self.lives is not None:
            yield from cel_facts(call, self.parts[call.linkedid], self.phones, self.lives, self.gaps)
        if self.has_queue_log:
            yield from stint_facts(call, self.pairs[call.linkedid], Evidence(self.lives, self.gaps))
        if self.details is not None and call.merged_into is None:
            yield from cdr_facts(call, self.details.get(call.linkedid, []), self.gaps)

    def _goes_on_as(self, linkedid: str) -> str:
        """The call that this one was merged into in the end, or itself."""
        seen = {linkedid}
        while (call := self.calls.get(linkedid)) is not None and call.merged_into is not None:
            linkedid = call.merged_into.partition(":")[2]
            if linkedid in seen:
                break
            seen.add(linkedid)
        return linkedid

    def _paired(self, told: Iterable[ToldStint]) -> tuple[dict[str, Pairs], dict[str, list[ToldStint]]]:
        """Our stints beside theirs by call; and by Linkedid theirs of calls that we do not know."""
        free: dict[tuple[str, str], list[tuple[str, int, int]]] = defaultdict(list)
        for call in self.calls.values():
            for index, ours in enumerate(call.stints):
                if ours.outcome not in REFUSED:
                    free[ours.uniqueid, ours.queue].append((call.linkedid, index, ours.entered_at))
        pairs: dict[str, Pairs] = defaultdict(list)
        strangers: dict[str, list[ToldStint]] = defaultdict(list)
        alone = [it for it in told if not _pair(it, it.uniqueid, free, pairs)]
        for stint in (it for it in alone if it.under is None or not _pair(it, it.under, free, pairs)):
            linkedid = self._linkedid(stint.uniqueid)
            if linkedid in self.calls:
                pairs[linkedid].append((None, stint))
            else:
                strangers[linkedid].append(stint)
        for linkedid, index, _ in (left for lefts in free.values() for left in lefts):
            pairs[linkedid].append((index, None))
        return pairs, strangers

    def _linkedid(self, uniqueid: str) -> str:
        life = self.lives.channels.get(uniqueid) if self.lives else None
        return life.linkedid if life else uniqueid

    def _stray(self, line: QueueLogged) -> Fact:
        """A line about a wait that no line began."""
        theirs = f"{line.verb} {line.queue} {iso(line.at)}"
        return judged(
            "stints[]", None, QUEUE_LOG, theirs, False,
            lambda: missed(self.gaps, QUEUE_LOG, line.at, line.at, theirs, WHOLE_MS),
        )  # fmt: skip

    def _unheard(self, source: str, at: int, slack: int) -> Rule | None:
        """The rule for what a file tells of a moment of which we know nothing."""
        return Rule.UNHEARD if self.gaps.outside(at, slack) else missed(self.gaps, source, at, at, at, slack)

    def _only_in_files(self, linkedid: str) -> Ledger:
        spans = [
            *((CEL, it.start, it.end) for it in (self.lives.calls.get(linkedid, ()) if self.lives else ())),
            *((QUEUE_LOG, it.entered_at, it.left_at) for it in self.strangers.get(linkedid, ())),
            *((QUEUE_LOG, it.at, it.at) for it in self.strays.get(linkedid, ())),
            *((CDR, it.at, it.ended_at) for it in (self.details or {}).get(linkedid, ())),
        ]
        facts = []
        for source in dict.fromkeys(source for source, _, _ in spans):
            start = min(begun for name, begun, _ in spans if name == source)
            unheard = self._unheard(source, start, CLOSE_MS if source == CEL else WHOLE_MS)
            facts.append(judged("call", None, source, iso(start), False, partial(_known, unheard)))
        ends = [end for _, _, end in spans if end is not None]
        return Ledger(
            f"{self.pbx}:{linkedid}", self.pbx, None, iso(min(start for _, start, _ in spans)),
            iso(max(ends)) if ends else None, None, tuple(facts),
        )  # fmt: skip


def _known(rule: Rule | None) -> Rule | None:
    return rule


def _pair(
    told: ToldStint, uniqueid: str, free: dict[tuple[str, str], list[tuple[str, int, int]]], pairs: dict[str, Pairs]
) -> bool:
    """Put it beside the nearest stint of ours of that channel and queue that is still alone."""
    candidates = free.get((uniqueid, told.queue))
    if not candidates:
        return False
    nearest = min(candidates, key=lambda it: abs(it[2] - told.entered_at))
    candidates.remove(nearest)
    pairs[nearest[0]].append((nearest[1], told))
    return True
