"""The dialplan is the same whether it is read or told, and it is known where a call can get to."""

from asterisk.ami import parse_packet
from asterisk.conf import parse
from asterisk.dialplan import Step, from_conf, from_packets

FILE = """\
[general]
static = yes
[inbound]
exten => _2XXX,1,Gosub(marked,s,1)
 same => n,GotoIf($["${A}" = "b"]?queue,${EXTEN},1)
include => shared
[marked]
exten => s,1,Return()
[queue]
exten => _2XXX,1,Dial(Local/1@local/n)
 same => n(there),Queue(${EXTEN},t)
[local]
exten => 1,1,Hangup
[shared]
exten => 1,1,NoOp()
[other]
exten => 1,1,Goto(inbound,s,1)
"""


def test_steps_are_read_with_their_places() -> None:
    plan = from_conf(parse("extensions.conf", FILE))
    assert Step("queue", "_2XXX", "Queue", "${EXTEN},t", "extensions.conf:11") in plan.steps
    assert Step("local", "1", "Hangup", "", "extensions.conf:13") in plan.steps
    assert "general" not in plan.contexts


def test_a_call_can_get_where_it_is_sent_and_nowhere_else() -> None:
    plan = from_conf(parse("extensions.conf", FILE))
    assert plan.reachable({"inbound"}) == {"inbound", "marked", "queue", "local", "shared"}
    assert plan.reachable({"other"}) >= {"other", "inbound"}
    assert plan.reachable({"nobody"}) == frozenset()


def test_a_running_pbx_tells_the_same() -> None:
    items = [
        b"Event: ListDialplan\r\nContext: a\r\nExtension: _X.\r\nPriority: 1\r\nApplication: Dial\r\nAppData: PJSIP/1",
        b"Event: ListDialplan\r\nContext: a\r\nIncludeContext: b",
        b"Event: ShowDialPlanComplete\r\nListItems: 2",
    ]
    plan = from_packets([parse_packet(item) for item in items])
    assert plan.steps == (Step("a", "_X.", "Dial", "PJSIP/1", "dialplan show _X.@a"),)
    assert (plan.includes, plan.contexts) == ({("a", "b")}, {"a"})
