"""warehouse/staffing/patience.py: the curve of Kaplan and Meier, and draws from it."""

import pytest

from warehouse.staffing.patience import Patience

# The textbook's: two give up of five, one of the three that are left after one was answered.
CURVE = Patience([(10, True), (10, True), (20, False), (30, True), (40, False)])


def test_who_was_answered_counts_as_long_as_they_waited() -> None:
    assert CURVE.left(9) == 1.0
    assert CURVE.left(10) == pytest.approx(0.6)
    assert CURVE.left(29) == pytest.approx(0.6)
    assert CURVE.left(30) == pytest.approx(0.3)


def test_a_draw_is_when_the_curve_falls_below_its_chance() -> None:
    assert [CURVE.draw(chance) for chance in (0.0, 0.39, 0.41, 0.69, 0.71)] == [10, 10, 30, 30, None]


def test_who_is_known_to_wait_longer_gives_up_later() -> None:
    assert [CURVE.draw(chance, beyond=10) for chance in (0.0, 0.49, 0.51)] == [30, 30, None]
    assert CURVE.draw(0.0, beyond=30) is None


def test_where_the_longest_gave_up_nobody_waits_for_ever() -> None:
    assert Patience([(10, True), (20, True)]).draw(0.999) == 20


def test_nobody_gives_up_where_nobody_did() -> None:
    assert Patience([(10, False)]).draw(0.9) is None
    assert Patience([]).draw(0.9) is None
