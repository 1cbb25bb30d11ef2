"""api/managers/past.py: where a range is cut."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from api.managers.past import EVERYTHING, NOTHING, QUARTER, Division, divide

moments = st.integers(1_750_000_000_000, 1_800_000_000_000).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-22T{text}:00Z")


def test_whole_quarters_that_are_over_are_the_marts() -> None:
    part = divide(at("09:05"), at("12:20"), at("11:50"))
    assert part == Division(at("09:05"), at("09:15"), at("11:45"), at("12:20"))
    assert part.is_past
    assert part.fresh == [(at("09:05"), at("09:15")), (at("11:45"), at("12:20"))]


def test_all_of_it_is_the_marts_where_nothing_changed_since() -> None:
    assert divide(at("09:00"), at("12:00"), EVERYTHING).fresh == []


def test_less_than_a_quarter_is_not_cut() -> None:
    for span in (("09:05", "09:25"), ("09:00", "09:14")):
        part = divide(at(span[0]), at(span[1]), EVERYTHING)
        assert (part.is_past, part.fresh) == (False, [(at(span[0]), at(span[1]))])


@given(moments, st.timedeltas(timedelta(microseconds=1), timedelta(days=3)), moments)
def test_the_parts_are_the_range(start: datetime, length: timedelta, until: datetime) -> None:
    end = start + length
    part = divide(start, end, until)
    past = [(part.first, part.last)] if part.is_past else []
    spans = sorted(part.fresh + past)
    assert [spans[0][0], spans[-1][1]] == [start, end]
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert all(not (edge - epoch) % QUARTER and edge <= max(until, start) for span in past for edge in span)
    assert divide(start, end, NOTHING).fresh == [(start, end)]
