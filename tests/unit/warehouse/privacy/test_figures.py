"""Figures of two published files: whether they are the same, and where they are not."""

from warehouse.privacy.figures import differences


def test_differences_are_named_by_table_and_by_total() -> None:
    one = {"tables": {"q15": {"rows": 1}, "calls": {"rows": 2}}, "months": [1], "callers": [1]}
    other = {"tables": {"q15": {"rows": 1}, "calls": {"rows": 3}}, "months": [1], "callers": [2]}
    assert differences(one, one) == []
    assert differences(one, other) == ["calls", "callers"]
