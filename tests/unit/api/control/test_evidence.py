"""api/control/evidence.py: what a lost answer was, by what is found afterwards."""

import pytest

from api.control.commands import Verdict
from api.control.confirm import GONE
from api.control.evidence import NOT_ANSWERED, NOT_MADE, UNKNOWN, Found, judge
from api.control.store import CallEnd

UP, RINGS = "6", "5"


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (Found(UP, appeared=True, settled=False), Verdict(True)),
        (Found(RINGS, appeared=True, settled=True), None),
        (Found(None, appeared=False, settled=False), None),
        (Found(None, appeared=False, settled=True), Verdict(False, NOT_MADE)),
        (Found(None, appeared=True, settled=True), Verdict(False, NOT_ANSWERED)),
        (Found(None, False, False, CallEnd(answered=True, over=True)), Verdict(True)),
        (Found(None, False, False, CallEnd(answered=False, over=True)), Verdict(False, NOT_ANSWERED)),
        (Found(None, False, False, CallEnd(answered=False, over=False)), None),
    ],
)
def test_a_dialled_call(found: Found, verdict: Verdict | None) -> None:
    assert judge("dial", found) == verdict


@pytest.mark.parametrize(
    ("name", "state", "verdict"),
    [
        ("hangup", None, Verdict(True)),
        ("hangup", UP, Verdict(False, UNKNOWN)),
        ("answer", UP, Verdict(True)),
        ("answer", None, Verdict(False, GONE)),
        ("answer", RINGS, Verdict(False, UNKNOWN)),
        ("mute", UP, Verdict(False, UNKNOWN)),
    ],
)
def test_other_commands_are_judged_when_the_pbx_has_settled(name: str, state: str | None, verdict: Verdict) -> None:
    assert judge(name, Found(state, appeared=True, settled=False)) is None
    assert judge(name, Found(state, appeared=True, settled=True)) == verdict
