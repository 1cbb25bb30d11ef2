"""calls/alert_curve.py: the worst of each piece of a span."""

import pytest

from calls.alert_curve import Pieces, draw
from calls.alerts import AlertMetric, AlertRule, Reading, Side

PIECES = Pieces(1_000_000, 60_000)


def at(seconds: int) -> int:
    return PIECES.start + seconds * 1000


@pytest.mark.parametrize(
    ("side", "expected"),
    [(Side.AT_LEAST, {0: 40.0, 1: 100.0, 2: 110.0}), (Side.BELOW, {0: 0.0, 1: 40.0, 2: 3.0})],
)
def test_the_worst_of_each_piece(side: Side, expected: dict[int, float]) -> None:
    rule, curve = AlertRule("A", AlertMetric.LONGEST_WAIT, side, 30), dict[int, float]()
    draw(curve, rule, Reading(at(20), 0.0, grows=True), at(130), PIECES)
    draw(curve, rule, Reading(at(130), 3.0), at(140), PIECES)
    draw(curve, rule, Reading(at(180), None), at(240), PIECES)
    assert curve == expected
