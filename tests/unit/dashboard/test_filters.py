"""What an address says, and the address that says it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from dashboard_parts import BERLIN, NOW, filters
from hypothesis import given
from hypothesis import strategies as st

from calls.ranges import Preset, preset_days
from dashboard.definitions import VARIANTS
from dashboard.filters import Compare, Filters, parse
from dashboard.intervals import By

TODAY = date(2026, 11, 22)
zones = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Lima"]).map(ZoneInfo)
days = st.dates(date(2000, 1, 1), date(2040, 1, 1))


@st.composite
def any_filters(draw: st.DrawFn) -> Filters:
    """A choice of any kind, as `parse` makes them."""
    chosen = Filters(
        preset=None,
        first=date(2026, 1, 1),
        last=date(2026, 1, 2),
        queues=tuple(draw(st.lists(st.text(min_size=1), unique=True, max_size=3))),
        chosen_by=draw(st.none() | st.sampled_from(By)),
        variant=draw(st.sampled_from(list(VARIANTS))),
        clock=draw(zones),
        default_clock=BERLIN,
        agents=tuple(draw(st.lists(st.text(min_size=1), unique=True, max_size=2))),
        compare=draw(st.none() | st.sampled_from(Compare)),
    )
    if draw(st.booleans()):
        first, last = sorted((draw(days), draw(days)))
        return replace(chosen, first=first, last=last)
    return chosen.in_range(draw(st.sampled_from(Preset)), NOW.astimezone(chosen.clock).date())


@given(any_filters())
def test_an_address_says_the_whole_choice(chosen: Filters) -> None:
    assert parse(chosen.address(), NOW, BERLIN) == chosen


@given(st.text())
def test_any_text_is_some_choice(search: str) -> None:
    chosen = parse(search, NOW, BERLIN)
    assert chosen.first <= chosen.last


def test_an_empty_address_is_today() -> None:
    chosen = filters()
    assert (chosen.preset, chosen.first, chosen.last, chosen.by) == (Preset.TODAY, TODAY, TODAY, By.QUARTER)
    assert chosen.address() == "?"


def test_today_is_the_day_of_the_clock() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert parse("", late, BERLIN).first == date(2026, 11, 23)
    assert parse("?clock=UTC", late, BERLIN).first == date(2026, 11, 22)


@pytest.mark.parametrize(
    "search",
    [
        "?range=for-ever",
        "?from=2026-13-01&to=2026-01-02",
        "?from=2026-01-01",
        "?from=0001-01-01&to=9999-12-31",
        "?by=eternity",
        "?variant=best",
        "?clock=Mars",
        "?compare=never",
        "?metric=another-page-s",
    ],
)
def test_what_is_not_understood_is_left_at_its_default(search: str) -> None:
    assert filters(search) == filters()


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        (Preset.YESTERDAY, date(2026, 11, 21), date(2026, 11, 21)),
        (Preset.LAST_7_DAYS, date(2026, 11, 16), TODAY),
        (Preset.LAST_30_DAYS, date(2026, 10, 24), TODAY),
        (Preset.THIS_MONTH, date(2026, 11, 1), TODAY),
        (Preset.LAST_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (Preset.THIS_YEAR, date(2026, 1, 1), TODAY),
    ],
)
def test_ranges_move_with_the_calendar(preset: Preset, first: date, last: date) -> None:
    assert preset_days(preset, TODAY) == (first, last)


def test_the_span_holds_the_odd_hours() -> None:
    start, end = filters("?from=2026-10-25&to=2026-10-25").span
    assert (start, end) == (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))


def test_dates_given_the_wrong_way_round_are_turned() -> None:
    chosen = filters("?from=2026-11-20&to=2026-11-10")
    assert (chosen.first, chosen.last) == (date(2026, 11, 10), date(2026, 11, 20))


def test_a_length_that_does_not_suit_the_range_gives_way() -> None:
    assert filters("?range=year&by=15m").by is By.WEEK
    assert filters("?range=7d&by=15m").by is By.QUARTER


def test_a_queue_is_put_in_and_taken_out() -> None:
    both = filters("?queue=billing").toggled("support")
    assert both.queues == ("billing", "support")
    assert both.toggled("billing").queues == ("support",)


def test_the_button_says_which_days() -> None:
    assert filters().range_words() == "Today, 22 Nov 2026"
    assert filters("?range=7d").range_words() == "16 – 22 Nov 2026"


def test_the_metric_is_the_variant_chosen() -> None:
    assert replace(filters(), variant="sl_offered").metric.denominator == ("offered",)


@pytest.mark.parametrize(
    ("search", "first", "last"),
    [
        ("?compare=previous", date(2026, 11, 21), date(2026, 11, 21)),
        ("?compare=week", date(2026, 11, 15), date(2026, 11, 15)),
        ("?compare=year", date(2025, 11, 23), date(2025, 11, 23)),
        ("?range=7d&compare=previous", date(2026, 11, 9), date(2026, 11, 15)),
        ("?range=30d&compare=previous", date(2026, 9, 24), date(2026, 10, 23)),
        ("?range=30d&compare=week", date(2026, 9, 19), date(2026, 10, 18)),
    ],
)
def test_an_earlier_period_is_as_long_and_keeps_its_weekdays(search: str, first: date, last: date) -> None:
    chosen = filters(search)
    earlier = chosen.earlier()
    assert (earlier.first, earlier.last, earlier.compare) == (first, last, None)
    if "previous" not in search:
        assert earlier.first.weekday() == chosen.first.weekday()


def test_a_day_that_is_not_over_is_compared_with_as_much_of_the_earlier() -> None:
    noon = datetime(2026, 10, 27, 11, tzinfo=UTC)
    chosen = parse("?compare=week", noon, BERLIN)
    # A week before, Berlin's clocks stood an hour later.
    assert chosen.earlier_span(noon) == (datetime(2026, 10, 19, 22, tzinfo=UTC), datetime(2026, 10, 20, 10, tzinfo=UTC))
    assert chosen.earlier_span(datetime(2026, 11, 1, tzinfo=UTC)) == chosen.earlier().span


def test_a_pages_own_choice_is_kept_by_that_page_alone() -> None:
    chosen = parse("?range=7d&metric=aht&metric=x", NOW, BERLIN, ("metric",))
    assert (chosen.own_value("metric"), chosen.own_value("other"), chosen.address()) == (
        "aht",
        "",
        "?range=7d&metric=aht",
    )
    assert chosen.with_own(metric="").address() == "?range=7d"
    assert filters("?agent=ana").toggled_agent("bob").toggled_agent("ana").agents == ("bob",)
