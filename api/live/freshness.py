"""How fresh and how sure what is shown is. Pure: what is known goes in, the health line's figures come out.

Two things must hold for a figure to be fresh: the stream processor has applied what Kafka holds of the PBX, and this
process hears the live topics. `asOf` stands still when either stops. A stream processor that runs says so itself; it
need not run while nothing waits, so a log that is applied to its end says the same.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

# A silent PBX is reported every second or two and asked for each second; one more second is somebody's late turn.
FRESH_MS = 4_000


class LogEnds(Struct, frozen=True):
    """Where the log of events ended `at` a moment, ms since the epoch: by partition, in one cluster of Kafka."""

    at: int = 0
    cluster: str = ""
    ends: Mapping[int, int] = {}


class Applied(Struct, frozen=True):
    """What PostgreSQL knows of a PBX: a row of `pbx_health`, and how far its partition was applied.

    `partition` is None where none is assigned. Times are ms since the epoch.
    """

    pbx: str
    applied_at: int
    event_at: int
    partition: int | None
    next_offset: int


class PbxReport(Struct, frozen=True):
    """Until when a PBX is applied. Its last event was received at `event_at`, and applied `delay` ms later.

    Times are ms since the epoch.
    """

    pbx: str
    applied_at: int
    delay: int
    event_at: int = 0


class Gap(Struct, frozen=True):
    """A span in which a source of a PBX was not heard; `end` is None while it lasts."""

    pbx: str
    source: str
    cause: str
    start: int
    end: int | None


class PbxFreshness(Struct, frozen=True, rename="camel"):
    """Until when a PBX's events are in what is shown."""

    pbx: str
    as_of: int


class Health(Struct, frozen=True, rename="camel"):
    """The health line: the oldest PBX's `as_of`, how far behind, today's last gap and its ended calls by certainty."""

    as_of: int | None
    behind_ms: int
    pbxs: list[PbxFreshness]
    last_gap: Gap | None
    final: int
    provisional: int


class Certainty(Struct, frozen=True):
    """How many of today's ended calls are confirmed by the PBX's files, and how many are not."""

    final: int = 0
    provisional: int = 0


def report(known: Applied, log: LogEnds, last: PbxReport | None) -> PbxReport:
    """The report on a PBX after the `last` one. What is known of it was read after the log's ends were.

    An offset beyond the end says nothing: either somebody applies just now, and says so, or the log was cut.
    """
    nothing_waits = known.partition is not None and log.ends.get(known.partition) == known.next_offset
    until = max(known.applied_at, last.applied_at if last else 0, log.at if nothing_waits else 0)
    return PbxReport(known.pbx, until, _delay(known, nothing_waits, last), known.event_at)


def _delay(known: Applied, nothing_waits: bool, last: PbxReport | None) -> int:
    # What happened before the first look may have waited for us.
    if last is None:
        return 0
    # Only a new event tells how long its way was: reports go on when a PBX is silent.
    if last.event_at != known.event_at:
        return max(0, known.applied_at - known.event_at)
    # One that came late, such as the one that woke a worker, is not late for as long as the PBX is silent after it.
    return 0 if nothing_waits and last.delay > FRESH_MS else last.delay


def health(reports: Iterable[PbxReport], gaps: Sequence[Gap], certainty: Certainty, heard_at: int, now: int) -> Health:
    """The health line as of `now`; `heard_at` is when the live topics were last heard, both in ms since the epoch.

    A PBX that is not heard is as of when it was heard last. An open gap stands before a newer one that is over.
    """
    every = sorted(reports, key=lambda report: report.pbx)
    lost = {gap.pbx: gap.start for gap in gaps if gap.end is None}
    pbxs = [PbxFreshness(it.pbx, min(it.applied_at, heard_at, lost.get(it.pbx, heard_at))) for it in every]
    delays = [_behind(known.as_of, report.delay, now) for known, report in zip(pbxs, every, strict=True)]
    return Health(
        as_of=min((known.as_of for known in pbxs), default=None),
        behind_ms=max(delays, default=0),
        pbxs=pbxs,
        last_gap=max(gaps, key=lambda gap: (gap.end is None, gap.start), default=None),
        final=certainty.final,
        provisional=certainty.provisional,
    )


def _behind(as_of: int, delay: int, now: int) -> int:
    # While reports come in, the way of the last event is the truth; the age of a report only says how often they come.
    age = max(0, now - as_of)
    return delay if age <= FRESH_MS else age
