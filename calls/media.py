"""How a conversation sounded: a leg's RTCP reports summed up, and the E-model's opinion of them. Pure.

Both directions of an agent's phone are told by its own channel: what the PBX received from the phone (the report that
it sends) and what the phone received from the PBX (the report that it gets). A leg has the worse of the two: a
conversation is as good as its worse half. Asterisk's own `MES` is not used: for reports it gets, it is fed the loss
since the call began instead of the loss since the last report.

Formula: effective latency L = latency + 2 jitter + 10 ms; R = 93.2 - L/40, from L = 160 on 93.2 - (L - 120)/10; less
2.5 for each per cent lost; MOS = 1 + 0.035 R + 7e-6 R (R - 60)(100 - R), held between 1 and 4.5. Source: ITU-T G.107
reduced to what RTCP tells, with the constants of the CPUC's CalSPEED reports.
"""

from msgspec import Struct
from msgspec.structs import replace

from calls.events import RtcpReport

# Stored with each value, so that a better method can stand beside it later.
MOS_METHOD = "e_model_rtcp"

# RTP clocks: G.711, G.722 (by RFC 3551) and G.729; wideband linear; Opus. The limits are half-way between two.
_CLOCKS = ((12_000, 8_000), (32_000, 16_000), (float("inf"), 48_000))
_RTP_WRAPS = 1 << 32


class Direction(Struct, frozen=True, array_like=True):
    """Sums over the reports of one direction: how many, the fractions lost (0-1) and the jitter (RTP clock units)."""

    reports: int = 0
    lost: float = 0.0
    jitter: int = 0


class Media(Struct, frozen=True, array_like=True):
    """Sums over the reports of a leg. `ntp`, `rtp`: the first report's times; `clock`: RTP units a second."""

    received: Direction = Direction()
    sent: Direction = Direction()
    round_trips: int = 0
    round_trip_ms: float = 0.0
    ntp: float = 0.0
    rtp: int = 0
    clock: int = 8_000


def heard(media: Media, report: RtcpReport) -> Media:
    """The sums with one report more."""
    name = "received" if report.by_pbx else "sent"
    old: Direction = getattr(media, name)
    summed = Direction(old.reports + 1, old.lost + report.lost, old.jitter + report.jitter)
    media = replace(media, received=summed) if report.by_pbx else replace(media, sent=summed)
    if report.round_trip_ms is not None:
        trips, spent = media.round_trips + 1, media.round_trip_ms + report.round_trip_ms
        media = replace(media, round_trips=trips, round_trip_ms=spent)
    return _timed(media, report) if report.by_pbx and report.ntp else media


def _timed(media: Media, report: RtcpReport) -> Media:
    """Jitter comes in units of a clock that no event names: two reports of one sender give its rate away."""
    if not media.ntp:
        return replace(media, ntp=report.ntp, rtp=report.rtp)
    seconds = report.ntp - media.ntp
    units = (report.rtp - media.rtp) % _RTP_WRAPS
    if seconds <= 0 or not units:
        return media
    return replace(media, clock=next(clock for limit, clock in _CLOCKS if units / seconds < limit))


def opinion(media: Media | None) -> float | None:
    """The MOS (1-4.5) of the worse direction, to two places; None without a report."""
    if media is None:
        return None
    latency = media.round_trip_ms / media.round_trips if media.round_trips else 0.0
    found = [
        mos(r_factor(latency, 1000 * way.jitter / way.reports / media.clock, 100 * way.lost / way.reports))
        for way in (media.received, media.sent)
        if way.reports
    ]
    return round(min(found), 2) if found else None


def r_factor(latency_ms: float, jitter_ms: float, lost_percent: float) -> float:
    """The E-model's R (at best 93.2) for mean latency and jitter in ms and loss in per cent."""
    effective = latency_ms + 2 * jitter_ms + 10
    rating = 93.2 - effective / 40 if effective < 160 else 93.2 - (effective - 120) / 10
    return rating - 2.5 * lost_percent


def mos(rating: float) -> float:
    """The mean opinion score (1-4.5) for an R. Between 0 and 6.5 the cubic dips below 1, which no listener can."""
    if rating <= 0:
        return 1.0
    if rating >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating))
