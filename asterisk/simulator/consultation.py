"""A consultation: with the caller on hold, an agent calls another one to ask before a transfer, or instead of one.

Job: for each step of that second call, everything a real Asterisk 22 says about it, in its order, on AMI and as CEL.
Contract: as for `script`: one step at one moment. The caller's call goes on beside it, under a Linkedid of its own, and
may even end before it. It must not choose what happens or when, nor join the two (`attended` does).
"""

from asterisk.simulator import dialling
from asterisk.simulator.detail import detail_record
from asterisk.simulator.media import give_line, quality_variables
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.phrases import (
    agent_of,
    bridge_extra,
    bridge_of,
    call_number,
    cancelled_leg_ends,
    dial_end,
    forget_peer,
    hangup,
    leave_bridge,
    next_step,
    phone,
    port_taken,
    set_duration,
)
from asterisk.simulator.script import INTERNAL
from asterisk.simulator.world import Agent, Call, Channel, Consultation, Segment

CANCELLED = 127
"""Q.850's cause of a call that its caller cancels: what Asterisk makes of SIP's 487."""


def begin(pbx: Pbx, call: Call, target: Agent) -> Consultation:
    """The agent's phone calls another agent's extension, whose phone rings."""
    agent, first = agent_of(call), call.agent_channel
    port_taken(pbx)
    own = pbx.new_channel(agent.interface, agent.number, first.caller, INTERNAL)
    own.set(state=4, exten=target.number)
    own.call = call
    give_line(pbx, own)
    pbx.emit("Newchannel", own.block())
    pbx.set_variable(own, "SIPDOMAIN", "127.0.0.1")
    pbx.cel("CHAN_START", own)
    own.set(ani=own.num, dnid=target.number)
    call_number(pbx, own, pbx.new_call_number())
    pbx.run(own, "Set", "__CALL_DIRECTION=internal")
    pbx.set_variable(own, "__CALL_DIRECTION", "internal")
    next_step(pbx, own, "Dial", dialling.dial_data(target))
    leg = dialling.dial(pbx, own, target, {"__CALL_DIRECTION": "internal"})
    dialling.rings(pbx, own, leg, target)
    call.consultation = Consultation(agent, target, own, leg, pbx.now_us)
    return call.consultation


def target_answers(pbx: Pbx, asked: Consultation) -> None:
    """The other agent answers."""
    own = asked.own
    dialling.answers(pbx, own, asked.leg, asked.target)
    own.set(state=6)
    pbx.emit("Newstate", own.block())
    pbx.cel("ANSWER", own)
    asked.answered_us = pbx.now_us
    dialling.meet(pbx, own, asked.leg)


def cancelled(pbx: Pbx, call: Call, asked: Consultation) -> None:
    """The agent gives up before the other one has answered."""
    own, leg = asked.own, asked.leg
    by_sip = "TechCause: 487\r\n"
    pbx.emit("HangupRequest", own.block(), f"Cause: {CANCELLED}\r\n", by_sip)
    dial_end(pbx, own, leg, "CANCEL")
    cancelled_leg_ends(pbx, leg, CANCELLED)
    hangup(pbx, leg, CANCELLED, "TechCause: 500\r\n")
    phone(pbx, asked.target, "NOT_INUSE")
    pbx.set_variable(own, "DIALSTATUS", "CANCEL")
    pbx.emit("SoftHangupRequest", own.block(), "Cause: 16\r\n", by_sip)
    _record(pbx, asked)
    hangup(pbx, own, CANCELLED, by_sip)
    _own_ends(pbx, own, CANCELLED, own.name, "CANCEL")
    pbx.cel("LINKEDID_END", own)
    _over(pbx, call, asked)


def ends(pbx: Pbx, call: Call, asked: Consultation) -> None:
    """The agent thanks the other one and hangs up on them."""
    own, leg = asked.own, asked.leg
    bridge = bridge_of(own)
    quality_variables(pbx, own, leg)
    pbx.emit("HangupRequest", own.block(), "Cause: 16\r\n")
    for channel, peer in ((own, leg.name), (leg, "")):
        forget_peer(pbx, channel)
        pbx.cel("BRIDGE_EXIT", channel, bridge_extra(bridge), peer=peer)
        leave_bridge(pbx, bridge, channel)
    pbx.emit("BridgeDestroy", bridge.block())
    dialled_up(pbx, asked)
    _record(pbx, asked)
    hangup(pbx, own, 16)
    _own_ends(pbx, own, 16, own.name, "ANSWER")
    quality_variables(pbx, leg)
    hangup(pbx, leg, 16)
    pbx.cel("HANGUP", leg, {"hangupcause": 16, "hangupsource": own.name, "dialstatus": ""})
    pbx.cel("CHAN_END", leg)
    pbx.cel("LINKEDID_END", leg)
    phone(pbx, asked.target, "NOT_INUSE")
    _over(pbx, call, asked)


def dialled_up(pbx: Pbx, asked: Consultation) -> None:
    """Dial on the agent's second channel is over, after a talk."""
    set_duration(pbx, asked.own, "ANSWEREDTIME", (pbx.now_us - asked.answered_us) // 1000)
    set_duration(pbx, asked.own, "DIALEDTIME", (pbx.now_us - asked.began_us) // 1000)
    pbx.set_variable(asked.own, "DIALSTATUS", "ANSWER")
    pbx.emit("SoftHangupRequest", asked.own.block(), "Cause: 16\r\n")


def own_gone(pbx: Pbx, asked: Consultation) -> None:
    """The agent's second channel goes, the other agent's stays: it has been handed over."""
    own = asked.own
    quality_variables(pbx, own)
    _record(pbx, asked)
    _own_ends(pbx, own, 16, "", "ANSWER")
    pbx.cel("LINKEDID_END", own)
    hangup(pbx, own, 16)


def _record(pbx: Pbx, asked: Consultation) -> None:
    own = asked.own
    disposition = "ANSWERED" if asked.answered_us else "NO ANSWER"
    data = dialling.dial_data(asked.target)
    segment = Segment(asked.began_us, asked.leg.name, disposition, 0, "Dial", data, asked.answered_us)
    detail_record(pbx, own, segment, (asked.target.number, INTERNAL))


def _own_ends(pbx: Pbx, own: Channel, cause: int, source: str, status: str) -> None:
    own.application = own.data = ""
    pbx.cel("HANGUP", own, {"hangupcause": cause, "hangupsource": source, "dialstatus": status})
    pbx.cel("CHAN_END", own)


def _over(pbx: Pbx, call: Call, asked: Consultation) -> None:
    """Back to the caller, if they are still there."""
    call.consultation = None
    if call.stage == "gone":
        phone(pbx, asked.agent, "NOT_INUSE")
