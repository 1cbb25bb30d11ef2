"""How fresh and how sure what is shown is. Pure: what is known goes in, the health line's figures come out.

Two things must hold for a figure to be fresh: the stream processor has applied what Kafka holds of the PBX, and this
process hears the live topics. `asOf` stands still when either stops.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

# A silent PBX is reported every second or two and asked for each second; one more second is somebody's late turn.
FRESH_MS = 4_000


class PbxReport(Struct, frozen=True):
    """A row of `pbx_health`. `delay` is the way of the last event: ms from the ingester's receipt to being applied."""

    pbx: str
    applied_at: int
    delay: int


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
