"""How a figure differs from an earlier one, in words."""

import pytest
from dashboard_parts import text_of

from dashboard import changes


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [(106, 100, "▲ 6.0\u2009%"), (50, 100, "▼ 50.0\u2009%"), (7, 7, "unchanged"), (3, 0, "▲ from 0")],
)
def test_a_count_changes_by_per_cent(now: int, before: int, words: str) -> None:
    change = changes.of_count(now, before)
    assert change is not None
    assert (change.words, change.css) == (words, "dim")


def test_of_nothing_there_is_no_change() -> None:
    assert changes.of_count(0, 0) is None
    assert changes.of_rate(None, 0.5) is None
    assert changes.of_duration(3.0, None) is None
    assert changes.of_row({"asa": 3.0}, None, "asa") == (3.0, None)


@pytest.mark.parametrize(
    ("now", "before", "css"),
    [(0.7, 0.9, "warn-text"), (0.9, 0.7, "ok-text"), (0.9, 0.85, "dim"), (0.5, 0.7, "dim")],
)
def test_a_rate_is_coloured_only_where_it_passes_its_limit(now: float, before: float, css: str) -> None:
    change = changes.of_rate(now, before, 0.8)
    assert change is not None
    assert change.css == css
    assert change.words.endswith(" points")
    unlimited = changes.of_rate(now, before)
    assert unlimited is not None
    assert unlimited.css == "dim"


def test_a_duration_changes_as_both_are_shown() -> None:
    change = changes.of_duration(75.9, 14.2)
    assert change is not None
    assert change.cell() == ["▲ 1:01", "dim", "0:14"]
    assert text_of(change.component()) == "▲ 1:01"
    assert change.component().title == "before: 0:14"
    same = changes.of_duration(14.9, 14.2)
    assert same is not None
    assert same.words == "unchanged"
