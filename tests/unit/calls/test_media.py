"""How a conversation sounded: the formula against values reckoned elsewhere, and what is fed to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from calls.events import Channel, Position, RtcpReport
from calls.media import Direction, Media, heard, mos, opinion, r_factor

REPORT = RtcpReport(pos=Position("ami", "a", 1, 1), at=0, channel=Channel("u", "l"), by_pbx=True, lost=0.0, jitter=0)
RTP_WRAPS = 1 << 32


def media_of(*reports: RtcpReport) -> Media:
    """The sums of these reports."""
    media = Media()
    for report in reports:
        media = heard(media, report)
    return media


@pytest.mark.parametrize(
    ("latency", "jitter", "lost", "rating", "opinion_score"),
    [
        (20, 2, 0, 92.35, 4.3922),
        (50, 5, 0, 91.45, 4.3729),
        (100, 10, 1, 87.45, 4.2716),
        (150, 20, 0, 85.2, 4.2044),
        (150, 20, 2, 80.2, 4.0315),
        (200, 30, 3, 70.7, 3.6297),
        (400, 50, 5, 41.7, 2.1481),
        (20, 2, 10, 67.35, 3.4704),
    ],
)
def test_the_formula_gives_the_values_of_its_source(
    latency: float, jitter: float, lost: float, rating: float, opinion_score: float
) -> None:
    assert r_factor(latency, jitter, lost) == pytest.approx(rating)
    assert round(mos(rating), 4) == opinion_score


def test_both_rules_for_latency_meet_at_160() -> None:
    assert r_factor(149.999, 0, 0) == pytest.approx(r_factor(150, 0, 0), abs=0.001) == 89.2
    assert r_factor(90, 30, 0) == pytest.approx(89.2)


def test_an_opinion_is_between_one_and_four_and_a_half() -> None:
    scores = [mos(rating / 100) for rating in range(-1000, 11000)]
    assert (min(scores), max(scores)) == (1.0, 4.5)
    assert scores == sorted(scores)


def test_where_the_cubic_dips_below_one_the_opinion_does_not() -> None:
    assert [mos(rating) for rating in (0, 0.001, 3, 6.4)] == [1.0, 1.0, 1.0, 1.0]
    assert mos(6.6) > 1


@given(*[st.floats(0, 1000) for _ in range(3)], st.floats(0, 100))
def test_what_is_worse_never_sounds_better(latency: float, jitter: float, lost: float, more: float) -> None:
    score = mos(r_factor(latency, jitter, lost))
    assert mos(r_factor(latency + more, jitter, lost)) <= score
    assert mos(r_factor(latency, jitter + more, lost)) <= score
    assert mos(r_factor(latency, jitter, lost + more)) <= score


def test_without_a_report_there_is_no_opinion() -> None:
    assert opinion(None) is None
    assert opinion(Media()) is None


def test_clean_reports_without_a_round_trip_are_the_best_there_is() -> None:
    assert opinion(media_of(REPORT)) == round(mos(r_factor(0, 0, 0)), 2) == 4.4


def test_reports_are_summed_by_direction() -> None:
    sent = replace(REPORT, by_pbx=False, lost=0.25, jitter=80, round_trip_ms=40.0)
    media = media_of(replace(REPORT, lost=0.5, jitter=16), REPORT, sent, replace(sent, round_trip_ms=None))
    assert (media.received, media.sent) == (Direction(2, 0.5, 16), Direction(2, 0.5, 160))
    assert (media.round_trips, media.round_trip_ms) == (1, 40.0)


def test_the_worse_direction_counts() -> None:
    bad, good = replace(REPORT, lost=0.05), replace(REPORT, by_pbx=False)
    expected = round(mos(r_factor(0, 0, 5)), 2)
    assert opinion(media_of(bad, good)) == expected < 4.4
    assert opinion(media_of(replace(bad, by_pbx=False), replace(good, by_pbx=True))) == expected


def test_what_is_heard_is_the_mean_of_all_reports() -> None:
    first = replace(REPORT, jitter=80, round_trip_ms=100.0, lost=0.02)
    second = replace(REPORT, jitter=240, round_trip_ms=300.0)
    assert opinion(media_of(first, second)) == round(mos(r_factor(200, 20, 1)), 2)


@pytest.mark.parametrize("clock", [8_000, 16_000, 48_000])
@pytest.mark.parametrize("start", [7, RTP_WRAPS - 100])
def test_the_clock_is_found_from_two_reports_of_one_sender(clock: int, start: int) -> None:
    later = (start + round(5.02 * clock)) % RTP_WRAPS
    media = media_of(replace(REPORT, ntp=3_900_000_000.5, rtp=start), replace(REPORT, ntp=3_900_000_005.5, rtp=later))
    assert media.clock == clock


def test_jitter_is_in_units_of_that_clock() -> None:
    wide = replace(media_of(replace(REPORT, jitter=480)), clock=48_000)
    assert opinion(wide) == round(mos(r_factor(0, 10, 0)), 2)


@pytest.mark.parametrize(("ntp", "rtp"), [(10.0, 48_000), (9.0, 90_000), (15.0, 0)])
def test_reports_that_give_no_rate_leave_the_clock_alone(ntp: float, rtp: int) -> None:
    """At the same moment, before it, or of a stream that stands still."""
    assert media_of(replace(REPORT, ntp=10.0), replace(REPORT, ntp=ntp, rtp=rtp)).clock == 8_000


def test_the_phones_own_clock_is_another() -> None:
    phone = replace(REPORT, by_pbx=False, ntp=1.0)
    assert media_of(phone, replace(phone, ntp=2.0, rtp=48_000)).clock == 8_000
