"""calls/alert_trial.py: a question on its way to another process, and the answer back."""

import msgspec
import pytest

from calls.alert_curve import Pieces
from calls.alert_trial import Trial, Tried
from calls.alerts import AlertMetric, AlertRule, Firing, Side, Watch

TRIAL = Trial(AlertRule("A", AlertMetric.WAITING, Side.AT_LEAST, 3), "UTC", Watch(1, None, 2), Pieces(0, 60_000))


def test_question_and_answer_arrive_as_they_were() -> None:
    tried = Tried([Firing(1, 3.0), Firing(5, 4.0, 6)], Watch(7), [(0, 3.0)], 60_000)
    for sent in (TRIAL, tried):
        assert msgspec.json.decode(msgspec.json.encode(sent), type=type(sent)) == sent


def test_a_question_with_more_in_it_is_none() -> None:
    sent = msgspec.to_builtins(TRIAL) | {"most": 1}
    with pytest.raises(msgspec.ValidationError, match="most"):
        msgspec.convert(sent, Trial)
