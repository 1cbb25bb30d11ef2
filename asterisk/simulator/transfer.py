"""What happens between answer and end: hold, and a blind transfer to another agent.

Job: for each step, everything a real Asterisk 22 says about it, in its order, on AMI, in queue_log and as CEL.
Contract: as for `script`: one step of one call at one moment. It must not choose what happens or when.
"""

from asterisk.simulator import dialling
from asterisk.simulator.detail import detail_records
from asterisk.simulator.endings import agent_freed, count_completed
from asterisk.simulator.media import quality_variables
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.phrases import (
    agent_of,
    bridge_extra,
    bridge_of,
    bridge_peers,
    cancelled_leg_ends,
    dial_end,
    forget_peer,
    hangup,
    leave_bridge,
    member_of,
    music_starts,
    music_stops,
    next_step,
    phone,
    queue_variables,
    set_duration,
    trunk_held,
    trunk_used,
)
from asterisk.simulator.script import INTERNAL
from asterisk.simulator.world import Agent, Call, Channel, Segment


def hold(pbx: Pbx, call: Call, *, by_agent: bool) -> None:
    """One party puts the other on hold. Only a caller's hold shows in the agent's device state."""
    caller, leg = call.caller, call.agent_channel
    holder, held = (leg, caller) if by_agent else (caller, leg)
    call.held_by = holder
    pbx.emit("Hold", holder.block(), "MusicClass: default\r\n")
    bridge_peers(pbx, leg, caller)
    music_starts(pbx, held)
    if by_agent:
        trunk_held(pbx, 1)
    else:
        phone(pbx, agent_of(call), "ONHOLD")


def unhold(pbx: Pbx, call: Call) -> None:
    """The party that held takes the other back."""
    pbx.emit("Unhold", (call.held_by or call.agent_channel).block())
    bridge_peers(pbx, call.agent_channel, call.caller)
    _taken_back(pbx, call)


def _taken_back(pbx: Pbx, call: Call) -> None:
    """Whoever was on hold hears the other again."""
    by_agent = call.held_by is call.leg
    call.held_by = None
    music_stops(pbx, call.caller if by_agent else call.agent_channel)
    if by_agent:
        trunk_held(pbx, -1)
    else:
        phone(pbx, agent_of(call), "INUSE")


def released_for_transfer(pbx: Pbx, call: Call) -> bool:
    """A REFER ends a hold, and makes Asterisk send an Unhold even where there was none. Says whether there was one."""
    pbx.emit("Unhold", call.agent_channel.block())
    held = call.held_by is not None
    if held:
        _taken_back(pbx, call)
    return held


def blind_transfer(pbx: Pbx, call: Call, target: Agent) -> None:
    """The agent's phone sends the caller to another agent's extension (REFER) and is free; the extension is dialled."""
    caller, leg = call.caller, call.agent_channel
    referred_by = f"<sip:{leg.num}@127.0.0.1>"
    held = released_for_transfer(pbx, call)
    pbx.set_variable(caller, "BLINDTRANSFER", leg.name)
    pbx.set_variable(leg, "BLINDTRANSFER", caller.name)
    pbx.set_variable(caller, "SIPTRANSFER", "yes")
    if held:
        bridge_peers(pbx, leg, caller)
    pbx.set_variable(caller, "SIPREFERRINGCONTEXT", INTERNAL)
    pbx.set_variable(caller, "__SIPREFERREDBYHDR", referred_by)
    pbx.set_variable(caller, "SIPREFERTOHDR", f"sip:{target.number}@127.0.0.1")
    _transferred(pbx, call, target)
    _agent_goes(pbx, call)
    _dial(pbx, call, target, referred_by)


def _transferred(pbx: Pbx, call: Call, target: Agent) -> None:
    caller, leg, queue = call.caller, call.agent_channel, call.queue
    bridge = bridge_of(caller)
    forget_peer(pbx, leg)
    where = {"extension": target.number, "context": INTERNAL, "bridge_id": bridge.uniqueid}
    whom = {"transferee_channel_name": caller.name, "transferee_channel_uniqueid": caller.uniqueid}
    pbx.cel("BLINDTRANSFER", leg, {**where, **whom})
    forget_peer(pbx, caller)
    to = f"IsExternal: Yes\r\nContext: {INTERNAL}\r\nExtension: {target.number}\r\n"
    parties = leg.block("Transferer"), caller.block("Transferee")
    pbx.emit("BlindTransfer", "Result: Success\r\n", *parties, bridge.block(), to)
    held_s, talk_s = count_completed(pbx, call)
    caller.set(context=INTERNAL, exten=target.number, priority=1)
    told = f"HoldTime: {held_s}\r\nTalkTime: {talk_s}\r\nReason: transfer\r\n"
    pbx.emit("AgentComplete", *member_of(call), told)
    data = (target.number, INTERNAL, held_s, talk_s, call.original_position)
    pbx.log(caller.uniqueid, queue.name, agent_of(call).name, "BLINDTRANSFER", *data)
    call.transferred_to = (target.number, INTERNAL)
    call.segments[-1].end_us = pbx.now_us


def _agent_goes(pbx: Pbx, call: Call) -> None:
    caller, leg = call.caller, call.agent_channel
    bridge = bridge_of(caller)
    pbx.run(caller, caller.application, caller.data)
    for channel, peer in ((leg, caller.name), (caller, "")):
        pbx.cel("BRIDGE_EXIT", channel, bridge_extra(bridge), peer=peer)
        leave_bridge(pbx, bridge, channel)
    set_duration(pbx, caller, "DIALEDTIME", (pbx.now_us - caller.created_us) // 1000)
    set_duration(pbx, caller, "ANSWEREDTIME", 0)
    queue_variables(pbx, call.queue, caller)
    pbx.emit("BridgeDestroy", bridge.block())
    quality_variables(pbx, leg)
    _leg_ends(pbx, leg, 16, "")
    agent_freed(pbx, call)
    phone(pbx, agent_of(call), "NOT_INUSE")
    call.leg, call.member, call.stage = None, None, "transferring"


def _dial(pbx: Pbx, call: Call, target: Agent, referred_by: str) -> None:
    caller = call.caller
    pbx.set_variable(caller, "__CALL_DIRECTION", "inbound")
    next_step(pbx, caller, "Dial", dialling.dial_data(target))
    passed_on = {"__CALL_DIRECTION": "inbound", "__SIPREFERREDBYHDR": referred_by}
    call.leg, call.rang_us = dialling.dial(pbx, caller, target, passed_on), pbx.now_us
    call.segments.append(Segment(pbx.now_us, call.leg.name, application="Dial", data=caller.data))
    # This test event ends with a line end too many, which the next packet then begins with.
    pbx.test_event("RINGING_INBAND", ("channel.c", "indicate_data_internal", 4659), f"Channel: {caller.name}\r\n\r\n")
    dialling.rings(pbx, caller, call.leg, target)


def target_answers(pbx: Pbx, call: Call, target: Agent) -> None:
    """The agent who was transferred to answers."""
    caller, leg = call.caller, call.agent_channel
    dialling.answers(pbx, caller, leg, target)
    call.stage, call.connected_us = "transferred", pbx.now_us
    dialling.meet(pbx, caller, leg, clears="BLINDTRANSFER")


def transferred_ends(pbx: Pbx, call: Call, target: Agent, *, by_agent: bool) -> None:
    """The transferred call is over."""
    caller, leg = call.caller, call.agent_channel
    bridge = bridge_of(caller)
    first, second = (leg, caller) if by_agent else (caller, leg)
    quality_variables(pbx, first, second)
    pbx.emit("HangupRequest", first.block(), "Cause: 16\r\n")
    for channel, peer in ((first, second.name), (second, "")):
        forget_peer(pbx, channel)
        pbx.cel("BRIDGE_EXIT", channel, bridge_extra(bridge), peer=peer)
        leave_bridge(pbx, bridge, channel)
    pbx.emit("BridgeDestroy", bridge.block())
    set_duration(pbx, caller, "ANSWEREDTIME", (pbx.now_us - call.connected_us) // 1000)
    set_duration(pbx, caller, "DIALEDTIME", (pbx.now_us - call.rang_us) // 1000)
    pbx.set_variable(caller, "DIALSTATUS", "ANSWER")
    pbx.emit("SoftHangupRequest", caller.block(), "Cause: 16\r\n")
    quality_variables(pbx, second)
    _leg_ends(pbx, leg, 16, first.name)
    phone(pbx, target, "NOT_INUSE")
    _transferee_ends(pbx, call, 16, first.name, "ANSWER")


def target_misses(pbx: Pbx, call: Call, target: Agent, *, hung_up: bool) -> None:
    """The agent who was transferred to does not answer in time, or the caller hangs up before."""
    caller, leg = call.caller, call.agent_channel
    status = "CANCEL" if hung_up else "NOANSWER"
    if hung_up:
        pbx.emit("HangupRequest", caller.block())
    dial_end(pbx, caller, leg, status)
    call.segments[-1].disposition = "NO ANSWER"
    hangup(pbx, leg, 0)
    phone(pbx, target, "NOT_INUSE")
    cancelled_leg_ends(pbx, leg)
    pbx.set_variable(caller, "DIALSTATUS", status)
    quality_variables(pbx, caller)
    pbx.emit("SoftHangupRequest", caller.block(), "Cause: 16\r\n")
    _transferee_ends(pbx, call, 0, caller.name if hung_up else "", status)


def _leg_ends(pbx: Pbx, leg: Channel, cause: int, source: str) -> None:
    pbx.cel("HANGUP", leg, {"hangupcause": cause, "hangupsource": source, "dialstatus": ""})
    pbx.cel("CHAN_END", leg)
    hangup(pbx, leg, cause)


def _transferee_ends(pbx: Pbx, call: Call, cause: int, source: str, status: str) -> None:
    caller = call.caller
    caller.application = caller.data = ""
    pbx.cel("HANGUP", caller, {"hangupcause": cause, "hangupsource": source, "dialstatus": status})
    pbx.cel("CHAN_END", caller)
    pbx.cel("LINKEDID_END", caller)
    hangup(pbx, caller, cause)
    trunk_used(pbx, -1)
    detail_records(pbx, call)
    call.stage = "gone"
