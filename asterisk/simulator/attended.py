"""An attended transfer: the agent joins the caller with the agent whom they asked, and leaves (REFER with Replaces).

Job: everything a real Asterisk 22 says about it, in its order, on AMI, in queue_log and as CEL.
Contract: as for `script`: one step of one call at one moment. The other agent's channel moves to the caller's bridge
and Linkedid; the queue, whose part goes on until the caller's end, counts the call as completed now.
It must not choose what happens or when.
"""

from asterisk.simulator import consultation
from asterisk.simulator.endings import agent_freed, count_completed
from asterisk.simulator.media import quality_variables
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.phrases import (
    agent_of,
    bridge_extra,
    bridge_of,
    bridge_peers,
    forget_peer,
    hangup,
    leave_bridge,
    member_of,
    phone,
)
from asterisk.simulator.transfer import released_for_transfer
from asterisk.simulator.world import Bridge, Call, Channel, Consultation, Segment


def attended_transfer(pbx: Pbx, call: Call, asked: Consultation) -> None:
    """The agent's phone hands the caller, who is on hold, over to the agent who has answered."""
    agent, told = agent_of(call), _told(call, asked)
    released_for_transfer(pbx, call)
    pbx.emit("Unhold", asked.own.block())
    emptied = _swap(pbx, call, asked)
    pbx.emit("AttendedTransfer", *told)
    _reintroduce(pbx, call, asked)
    _complete(pbx, call)
    pbx.emit("BridgeDestroy", emptied.block())
    consultation.dialled_up(pbx, asked)
    _first_leg_ends(pbx, call.agent_channel)
    consultation.own_gone(pbx, asked)
    agent_freed(pbx, call)
    phone(pbx, agent, "NOT_INUSE")
    call.stage, call.leg, call.member, call.handed_to = "handed_over", asked.leg, None, asked.target
    call.consultation = None


def _told(call: Call, asked: Consultation) -> tuple[str, ...]:
    """The event's blocks: everything as it was before the transfer."""
    first, second = bridge_of(call.caller), bridge_of(asked.own)
    return (
        "Result: Success\r\n",
        call.agent_channel.block("OrigTransferer") + first.block("Orig"),
        asked.own.block("SecondTransferer") + second.block("Second"),
        call.caller.block("Transferee") + asked.leg.block("TransferTarget"),
        f"IsExternal: No\r\nDestType: Bridge\r\nDestBridgeUniqueid: {first.uniqueid}\r\n",
    )


def _swap(pbx: Pbx, call: Call, asked: Consultation) -> Bridge:
    """The other agent's channel takes the place of the first one in the caller's bridge; returns the other bridge."""
    caller, leg, target = call.caller, call.agent_channel, asked.leg
    first, second = bridge_of(caller), bridge_of(asked.own)
    pbx.set_variable(caller, "ATTENDEDTRANSFER", leg.name)
    pbx.set_variable(leg, "ATTENDEDTRANSFER", caller.name)
    leave_bridge(pbx, second, target)
    forget_peer(pbx, leg)
    pbx.cel("BRIDGE_EXIT", target, bridge_extra(second), peer=asked.own.name)
    pbx.cel("BRIDGE_EXIT", leg, bridge_extra(first), peer=caller.name)
    target.set(linkedid=caller.linkedid)
    target.call = call
    pbx.cel("BRIDGE_ENTER", target, bridge_extra(first), peer=caller.name)
    leave_bridge(pbx, first, leg)
    first.channels.append(target)
    target.bridge = first
    pbx.emit("BridgeEnter", first.block(), target.block(), f"SwapUniqueid: {leg.uniqueid}\r\n")
    bridge_peers(pbx, caller, target)
    forget_peer(pbx, asked.own)
    pbx.emit("SoftHangupRequest", asked.own.block(), "Cause: 1\r\n")
    pbx.cel("BRIDGE_EXIT", asked.own, bridge_extra(second))
    pbx.cel("ATTENDEDTRANSFER", leg, _extra(call, asked))
    leave_bridge(pbx, second, asked.own)
    return second


def _extra(call: Call, asked: Consultation) -> dict[str, object]:
    return {
        "bridge1_id": bridge_of(call.caller).uniqueid,
        "channel2_name": asked.own.name,
        "channel2_uniqueid": asked.own.uniqueid,
        "bridge2_id": bridge_of(asked.own).uniqueid,
        "transferee_channel_name": call.caller.name,
        "transferee_channel_uniqueid": call.caller.uniqueid,
        "transfer_target_channel_name": asked.leg.name,
        "transfer_target_channel_uniqueid": asked.leg.uniqueid,
    }


def _reintroduce(pbx: Pbx, call: Call, asked: Consultation) -> None:
    """Each of the two is shown the other."""
    caller, target = call.caller, asked.leg
    caller.set(connected_num=target.num, connected_name=target.caller)
    pbx.emit("NewConnectedLine", caller.block())
    target.set(connected_num=caller.num, connected_name=caller.caller)
    pbx.emit("NewConnectedLine", target.block())
    call.segments[-1].end_us = pbx.now_us
    call.segments.append(Segment(pbx.now_us, target.name))


def _complete(pbx: Pbx, call: Call) -> None:
    """The queue counts the first agent's part."""
    held_s, talk_s = count_completed(pbx, call)
    told = f"HoldTime: {held_s}\r\nTalkTime: {talk_s}\r\nReason: transfer\r\n"
    pbx.emit("AgentComplete", *member_of(call), told)
    where, queue = ("BRIDGE", bridge_of(call.caller).uniqueid), call.queue.name
    data = (*where, held_s, talk_s, call.original_position)
    pbx.log(call.caller.uniqueid, queue, agent_of(call).name, "ATTENDEDTRANSFER", *data)


def _first_leg_ends(pbx: Pbx, leg: Channel) -> None:
    quality_variables(pbx, leg)
    pbx.cel("HANGUP", leg, {"hangupcause": 16, "hangupsource": "", "dialstatus": ""})
    hangup(pbx, leg, 16)
    pbx.cel("CHAN_END", leg)
