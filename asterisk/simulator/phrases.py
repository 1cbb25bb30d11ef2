"""What a PBX says in more than one step of a call.

Job: the pieces that `script`, `endings` and `transfer` are made of.
Contract: as there: each leaves the state as it says. It must not choose what happens or when.
"""

from asterisk.simulator.pbx import Pbx
from asterisk.simulator.world import Agent, Bridge, Call, Channel, Device, Queue

TRUNK = "PJSIP/trunk"
CAUSES = {0: "Unknown", 16: "Normal Clearing", 127: "Interworking, unspecified"}
"""Q.850's numbers and Asterisk's texts for them."""
RTP_SOURCE = ("res_rtp_asterisk.c", "rtp_allocate_transport", 4179)
CALL_ID_SOURCE = ("channel_internal_api.c", "ast_channel_callid_set", 677)


def trunk_used(pbx: Pbx, change: int) -> None:
    """Count the trunk's channels."""
    pbx.trunk_channels += change
    _trunk_told(pbx)


def trunk_held(pbx: Pbx, change: int) -> None:
    """Count the trunk's channels that an agent holds."""
    pbx.trunk_held += change
    _trunk_told(pbx)


def _trunk_told(pbx: Pbx) -> None:
    """The trunk's device state is told when it changes: on hold only while all of its channels are."""
    in_use = "ONHOLD" if pbx.trunk_held >= pbx.trunk_channels else "INUSE"
    state = in_use if pbx.trunk_channels else "NOT_INUSE"
    if state != pbx.trunk_state:
        pbx.trunk_state = state
        pbx.device_state(TRUNK, state)


def phone(pbx: Pbx, agent: Agent, device: Device) -> None:
    """An agent's phone changes its state, which every queue of theirs is told."""
    if pbx.options.busy_at_one and device in ("RINGING", "INUSE"):
        device = "BUSY"
    if agent.device == device:
        return
    agent.device = device
    pbx.device_state(agent.interface, device)
    for member in reversed(agent.members):
        pbx.member_event("QueueMemberStatus", member)


def call_number(pbx: Pbx, channel: Channel, number: str) -> None:
    """The TestEvent that a new channel belongs to a call of Asterisk's log."""
    channel.log_id = number
    told = f"State: CallIDChange\r\nChannel: {channel.name}\r\nCallID: [{number}]\r\nPriorCallID: \r\n"
    pbx.test_event("CallIDChange", CALL_ID_SOURCE, told)


def music_starts(pbx: Pbx, channel: Channel) -> None:
    """Music on hold begins."""
    pbx.emit("MusicOnHoldStart", channel.block(), "Class: default\r\n")
    pbx.cel("STREAM_BEGIN", channel, {"class": "default"}, kind="MOH_STREAM_BEGIN")


def music_stops(pbx: Pbx, channel: Channel) -> None:
    """Music on hold ends."""
    pbx.emit("MusicOnHoldStop", channel.block())
    pbx.cel("STREAM_END", channel, kind="MOH_STREAM_END")


def agent_of(call: Call) -> Agent:
    """The agent who rings or talks."""
    return call.ringing_member.agent


def member_of(call: Call) -> tuple[str, ...]:
    """The blocks that the Agent… events have in common."""
    agent = agent_of(call)
    named = f"Queue: {call.queue.name}\r\nInterface: {agent.interface}\r\nMemberName: {agent.name}\r\n"
    return call.caller.block(), call.agent_channel.block("Dest"), named


def waited_s(pbx: Pbx, call: Call) -> int:
    """HoldTime as app_queue has it: the difference of two times that were cut off to seconds."""
    return pbx.second - call.joined_us // 1_000_000


def leave(pbx: Pbx, call: Call) -> None:
    """Take a caller out of the line, and say so."""
    queue = call.queue
    position = queue.waiting.index(call) + 1
    queue.waiting.remove(call)
    if not queue.waiting:
        pbx.device_state(f"Queue:{queue.name}", "NOT_INUSE")
    told = f"Queue: {queue.name}\r\nPosition: {position}\r\nCount: {len(queue.waiting)}\r\n"
    pbx.emit("QueueCallerLeave", call.caller.block(), told)
    pbx.set_variable(call.caller, "QUEUEPOSITION", str(position))


def enter_bridge(pbx: Pbx, leg: Channel, caller: Channel, *, clears: str = "") -> None:
    """A new bridge for two: the called party first. `clears`: a variable of the caller that is done with then."""
    bridge = Bridge(str(pbx.new_uuid()))
    pbx.emit("BridgeCreate", bridge.block())
    extra = {"bridge_id": bridge.uniqueid, "bridge_technology": "simple_bridge"}
    for channel, peer in ((leg, ""), (caller, leg.name)):
        bridge.channels.append(channel)
        channel.bridge = bridge
        pbx.emit("BridgeEnter", bridge.block(), channel.block())
        pbx.cel("BRIDGE_ENTER", channel, extra, peer=peer)
    if clears:
        pbx.set_variable(caller, clears, "")
    bridge_peers(pbx, leg, caller)


def bridge_peers(pbx: Pbx, leg: Channel, caller: Channel) -> None:
    """The variables that each party of a bridge has of the other."""
    for channel, other in ((leg, caller), (caller, leg)):
        pbx.set_variable(channel, "BRIDGEPEER", other.name)
        pbx.set_variable(channel, "BRIDGEPVTCALLID", other.sip_id)


def queue_variables(pbx: Pbx, queue: Queue, *channels: Channel) -> None:
    """The ten variables of setqueuevar, on each of the channels, where the queue has it on."""
    if not queue.queue_variables:
        return
    values = {
        "NAME": queue.name,
        "MAX": 0,
        "STRATEGY": queue.strategy,
        "CALLS": len(queue.waiting),
        "HOLDTIME": queue.hold_time,
        "TALKTIME": queue.talk_time,
        "COMPLETED": queue.completed,
        "ABANDONED": queue.abandoned,
        "SRVLEVEL": queue.service_level_s,
        "SRVLEVELPERF": f"{queue.performance():.1f}",
    }
    for channel in channels:
        for name, value in values.items():
            pbx.set_variable(channel, f"QUEUE{name}", str(value))


def dial_end(pbx: Pbx, caller: Channel, leg: Channel, status: str) -> None:
    """A dialled channel's fate."""
    pbx.emit("DialEnd", caller.block(), leg.block("Dest"), f"DialStatus: {status}\r\n")


def cancelled_leg_ends(pbx: Pbx, leg: Channel, cause: int = 0) -> None:
    """The channel events and test events of a leg that was never answered."""
    pbx.cel("HANGUP", leg, {"hangupcause": cause, "hangupsource": "", "dialstatus": ""})
    pbx.cel("CHAN_END", leg)
    source = ("res_pjsip_session.c", "session_destructor", 2933)
    endpoint = f"Endpoint: {leg.num}\r\n"
    pbx.test_event("SESSION_DESTROYING", source, endpoint, f"AOR: {leg.num}\r\nContact: {leg.num};@{leg.sip_id}\r\n")
    pbx.test_event("SESSION_DESTROYED", source, endpoint)


def hangup(pbx: Pbx, channel: Channel, cause: int, by_sip: str = "") -> None:
    """A channel is gone. `cause` is Q.850's: 16 for a normal end, 0 where nobody had answered in a queue.

    `by_sip`: the header of a SIP status, where one was the cause.
    """
    pbx.emit("Hangup", channel.block(), f"Cause: {cause}\r\nCause-txt: {CAUSES[cause]}\r\n", by_sip)
    pbx.channels.pop(channel.name, None)


def release_leg(pbx: Pbx, call: Call) -> None:
    """The call has no agent any more; it goes on waiting."""
    leg = call.agent_channel
    pbx.channels.pop(leg.name, None)
    call.segments[-1].disposition, call.segments[-1].end_us = "NO ANSWER", pbx.now_us
    call.stage, call.leg, call.member = "waiting", None, None


def port_taken(pbx: Pbx) -> None:
    """The TestEvent of a new media port."""
    pbx.test_event("RTP_PORT_ALLOCATED", RTP_SOURCE, f"Port: {pbx.random.randrange(10_000, 15_000, 2)}\r\n")


def next_step(pbx: Pbx, channel: Channel, application: str, data: str) -> None:
    """The next line of the dialplan."""
    channel.set(priority=channel.priority + 1)
    pbx.run(channel, application, data)


def forget_peer(pbx: Pbx, channel: Channel) -> None:
    """A party is in no bridge any more."""
    pbx.set_variable(channel, "BRIDGEPEER", "")
    pbx.set_variable(channel, "BRIDGEPVTCALLID", "")


def bridge_of(channel: Channel) -> Bridge:
    """The bridge that a channel is in, where there must be one."""
    if channel.bridge is None:
        raise LookupError(f"{channel.name} is in no bridge")
    return channel.bridge


def bridge_extra(bridge: Bridge) -> dict[str, object]:
    """What CEL notes of a bridge."""
    return {"bridge_id": bridge.uniqueid, "bridge_technology": "simple_bridge"}


def leave_bridge(pbx: Pbx, bridge: Bridge, channel: Channel) -> None:
    """A channel leaves its bridge."""
    bridge.channels.remove(channel)
    channel.bridge = None
    pbx.emit("BridgeLeave", bridge.block(), channel.block())


def set_duration(pbx: Pbx, channel: Channel, variable: str, ms: int) -> None:
    """A duration in whole seconds, and in milliseconds."""
    pbx.set_variable(channel, variable, str(ms // 1000))
    pbx.set_variable(channel, f"{variable}_MS", str(ms))
