"""Each fault of a dialplan is named where it is, and a good one has none."""

import pytest

from asterisk.conf import parse
from asterisk.dialplan import from_conf
from infra.doctor.check import Finding, Severity, examine
from infra.doctor.dialplan_checks import CHECKS, Doors
from infra.doctor.files import Contexts

GOOD = """\
[pbx-inbound]
exten => _2XXX,1,Set(__CALL_DIRECTION=inbound)
 same => n,Goto(queue,${EXTEN},1)
[queue]
exten => _2XXX,1,Queue(${EXTEN},tk,,,300)
[pbx-internal]
exten => _1XXX,1,Dial(PJSIP/${EXTEN},20,${IF($["${A}" = "T"]?tT:t)})
exten => _9[+0-9]X.,1,Goto(pbx-outbound,${FILTER(+0-9,${EXTEN:1})},1)
exten => i,1,Goto(queue,2001,1)
[pbx-outbound]
exten => _[+0-9]X.,1,Set(number=${FILTER(+0-9,${EXTEN})})
 same => n,Dial(PJSIP/${number}@trunk,60,${IF($["${CHANNEL:0:12}" != "PJSIP/trunk-"]?TK)})
include => last
[last]
exten => i,1,Hangup()
"""

FAULTS = {
    "contexts": ("[pbx-inbound]", "[from-trunk]"),
    "loose-pattern": ("exten => _1XXX,1,Dial(PJSIP/${EXTEN}", "exten => _X.,1,Dial(PJSIP/${FILTER(0-9,${EXTEN})}"),
    "unfiltered": ("Set(number=${FILTER(+0-9,${EXTEN})})", "Dial(PJSIP/${EXTEN}@trunk)"),
    "caller-transfers": ("Queue(${EXTEN},tk", "Queue(${EXTEN},tTk"),
    "call-direction": ("Set(__CALL_DIRECTION=inbound)", "NoOp()"),
    "lost-transfer": ("include => last\n", ""),
}


def found(text: str) -> list[Finding]:
    """What is amiss in an extensions.conf."""
    doors = Doors(from_conf(parse("extensions.conf", text)), Contexts())
    return [one for one in examine(CHECKS, doors) if one.severity is not Severity.OK]


def test_nothing_is_amiss_with_a_good_one() -> None:
    assert found(GOOD) == []


def test_every_check_has_its_fault() -> None:
    assert {check.name for check in CHECKS} == FAULTS.keys()


@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_is_named(check: str) -> None:
    good, bad = FAULTS[check]
    assert good in GOOD
    assert check in {one.check for one in found(GOOD.replace(good, bad))}


def test_whatever_is_dialled_is_wrong_and_anything_behind_a_digit_is_weak() -> None:
    for pattern, severity in (("_.", Severity.WRONG), ("_!", Severity.WRONG), ("_X.", Severity.WEAK)):
        text = GOOD + f"exten => {pattern},1,NoOp()\n same => n,NoOp()\n"
        assert [(one.check, one.severity) for one in found(text)] == [("loose-pattern", severity)]


@pytest.mark.parametrize(
    "call",
    ["System(echo ${CALLERID(name)})", "Dial(PJSIP/${PJSIP_HEADER(read,X-To)})", "Goto(${PJSIP_HEADER(read,X)},1)"],
)
def test_what_a_stranger_writes_is_as_hostile_as_what_is_dialled(call: str) -> None:
    assert "unfiltered" in {one.check for one in found(GOOD + f"exten => 5,1,{call}\n")}


def test_a_caller_from_outside_may_not_transfer_wherever_the_call_goes() -> None:
    text = GOOD.replace("Goto(queue,${EXTEN},1)", "Goto(pbx-internal,1001,1)").replace("20,${IF", "20,tT${IF")
    assert "caller-transfers" in {one.check for one in found(text)}


def test_nor_may_one_who_was_sent_on_to_the_outside() -> None:
    text = GOOD.replace('60,${IF($["${CHANNEL:0:12}" != "PJSIP/trunk-"]?TK)}', "60,TK")
    assert [one.check for one in found(text)] == ["caller-transfers"]
