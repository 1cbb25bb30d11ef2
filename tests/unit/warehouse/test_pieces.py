"""Any range is cut into pieces that are its quarters again, each within one interval of the zone."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.mart_reports import Asked, asked_spine
from warehouse.pieces import cut

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati")
moments = st.integers(0, 100 * 96).map(lambda n: FIRST + n * QUARTER)


def quarters_of(span: str, start: datetime) -> list[datetime]:
    if span == "middle":
        month_end = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        number = (month_end - start) // QUARTER - 96
    else:
        number = {"day": 96, "hour": 4, "edge hour": 4}[span]
    return [start + n * QUARTER for n in range(number)]


@settings(max_examples=20, deadline=None)
@given(moments, moments, st.sampled_from(ZONES), st.sampled_from([None, "1h", "1d", "1w", "1M"]), st.booleans())
def test_pieces_and_edges_are_the_range(
    one: datetime, other: datetime, zone: str, interval: str | None, everywhere: bool
) -> None:
    start, end = sorted((one, other))
    spine = asked_spine(start, end + QUARTER, Asked(start, end, interval=interval, timezone=zone))
    pieces = cut(spine, ("middle", "day", "hour" if everywhere else "edge hour"))
    found = Counter(pieces.edges.select("quarter", "interval_start").iter_rows())
    for span, begins, label in pieces.coarse.select("span", "starts_at", "interval_start").iter_rows():
        found.update((quarter, label) for quarter in quarters_of(span, begins))
        first, last = pieces.bounds[span]
        assert first <= begins < last
    assert found == Counter(spine.select("quarter", "interval_start").iter_rows())


def test_months_of_any_zone_have_the_middles_of_their_own() -> None:
    start, end = datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)
    pieces = cut(asked_spine(start, end, Asked(start, end, interval="1M", timezone="Europe/Berlin")), ("middle", "day"))
    assert pieces.coarse["span"].to_list() == ["middle", "day"]
    assert pieces.coarse["starts_at"].to_list() == [datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)]
    assert pieces.stretches == [
        (start, start + timedelta(hours=1)),
        (datetime(2026, 3, 31, tzinfo=UTC), end),
    ]


def test_hours_of_the_week_are_cut_by_their_names() -> None:
    spine = asked_spine(FIRST, FIRST + timedelta(days=1), Asked(FIRST, FIRST, timezone="Asia/Kolkata"))
    # Half an hour beside UTC: no hour of UTC lies in one of there.
    assert cut(spine, ("middle", "day", "hour"), ("zone", "weekday", "hour")).coarse.is_empty()
    spine = asked_spine(FIRST, FIRST + timedelta(days=1), Asked(FIRST, FIRST, timezone="Asia/Tokyo"))
    pieces = cut(spine, ("middle", "day", "hour"), ("zone", "weekday", "hour"))
    assert (pieces.coarse["span"] == "hour").all() and len(pieces.coarse) == 24


def test_without_spans_everything_is_an_edge() -> None:
    spine = asked_spine(FIRST, FIRST + timedelta(days=70), Asked(FIRST, FIRST))
    pieces = cut(spine, ())
    assert pieces.edges.equals(spine)
    assert pieces.stretches == [(FIRST, FIRST + timedelta(days=70))]
    assert isinstance(pieces.coarse, pl.DataFrame) and pieces.coarse.is_empty()
