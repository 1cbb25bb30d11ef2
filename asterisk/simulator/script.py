"""How a queue call sounds until an agent has answered: arriving, joining, ringing, connecting.

Job: for each step, everything a real Asterisk 22 says about it, in its order, on AMI, in queue_log and as CEL.
Contract: each function is one step of one call at one moment and leaves the state as that step does. It must not choose
what happens or when, nor read a clock or dice but the PBX's own.

The dialplan behind it: answer, note the direction and the customer, then Queue; after a timeout voicemail.
"""

from asterisk.simulator.media import give_line
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.phrases import (
    TRUNK,
    agent_of,
    call_number,
    cancelled_leg_ends,
    dial_end,
    enter_bridge,
    hangup,
    leave,
    member_of,
    music_starts,
    next_step,
    phone,
    port_taken,
    queue_variables,
    release_leg,
    trunk_used,
    waited_s,
)
from asterisk.simulator.world import Call, Channel, Member, Queue, Segment

INBOUND = "pbx-inbound"
INTERNAL = "pbx-internal"


def arrive(pbx: Pbx, queue: Queue, num: str, caller: str, customer: str = "") -> Call:
    """A caller comes in from the trunk, is answered, and joins the queue."""
    port_taken(pbx)
    channel = pbx.new_channel(TRUNK, num, caller, INBOUND)
    channel.set(state=4, exten=queue.number)
    give_line(pbx, channel)
    call = channel.call = Call(channel, queue, segments=[Segment(pbx.now_us)])
    pbx.emit("Newchannel", channel.block())
    pbx.set_variable(channel, "SIPDOMAIN", "127.0.0.1")
    pbx.cel("CHAN_START", channel)
    call_number(pbx, channel, pbx.new_call_number())
    _greet(pbx, channel, queue, customer)
    _join(pbx, call)
    return call


def _greet(pbx: Pbx, channel: Channel, queue: Queue, customer: str) -> None:
    """The dialplan up to Queue: one line of it per call."""
    pbx.run(channel, "NoOp", f'inbound "{channel.caller}" <{channel.num}> -> {queue.number}')
    _step(pbx, channel, "__CALL_DIRECTION", "inbound")
    _step(pbx, channel, "CUSTOMER_ID", customer)
    next_step(pbx, channel, "Set", f"CDR(userfield)=queue-{queue.name}")
    next_step(pbx, channel, "Answer", "")
    channel.set(state=6, ani=channel.num, dnid=queue.number)
    pbx.emit("Newstate", channel.block())
    trunk_used(pbx, 1)
    pbx.cel("ANSWER", channel)
    recording = f"{pbx.options.recordings}/{channel.uniqueid}.wav"
    _step(pbx, channel, "RECORDING_FILE", recording)
    next_step(pbx, channel, "ExecIf", f"0?MixMonitor({recording},b)")
    _step(pbx, channel, "QT", str(queue.max_wait_s))
    next_step(pbx, channel, "Queue", f"{queue.name},tTxXk,,,{queue.max_wait_s}")
    for variable in ("ANSWEREDTIME", "ANSWEREDTIME_MS", "DIALEDTIME", "DIALEDTIME_MS", "QUEUEWAIT", "QUEUEWAIT_MS"):
        pbx.set_variable(channel, variable, "")


def _join(pbx: Pbx, call: Call) -> None:
    queue, channel = call.queue, call.caller
    queue.waiting.append(call)
    call.joined_us, call.original_position = pbx.now_us, len(queue.waiting)
    if call.original_position == 1:
        pbx.device_state(f"Queue:{queue.name}", "RINGING")
    position = f"Position: {call.original_position}\r\nCount: {call.original_position}\r\n"
    pbx.emit("QueueCallerJoin", channel.block(), f"Queue: {queue.name}\r\n", position)
    pbx.log(channel.uniqueid, queue.name, "NONE", "ENTERQUEUE", "", channel.num, call.original_position)
    music_starts(pbx, channel)


def ring(pbx: Pbx, call: Call, member: Member) -> None:
    """The queue calls a member: their channel is made and dialled. Whether it rings is the next step."""
    caller, queue, agent = call.caller, call.queue, member.agent
    leg = pbx.new_channel(agent.interface, agent.number, agent.name, INTERNAL, caller.linkedid)
    give_line(pbx, leg)
    call.stage, call.member, call.leg, call.rang_us, leg.call = "ringing", member, leg, pbx.now_us, call
    queue.rings += 1
    member.last_rung = queue.rings
    pbx.emit("Newchannel", leg.block())
    call_number(pbx, leg, caller.log_id)
    pbx.cel("CHAN_START", leg)
    leg.set(connected_num=caller.num, connected_name=caller.caller)
    leg.set_variable("CALL_DIRECTION", "inbound")
    pbx.run(leg, "AppQueue", "(Outgoing Line)")
    pbx.emit("NewConnectedLine", leg.block())
    pbx.set_variable(leg, "__CALL_DIRECTION", "inbound")
    leg.set(exten=queue.number, ani=leg.num)
    pbx.run(leg, "AppQueue", "(Outgoing Line)")
    pbx.set_variable(leg, "DIALEDPEERNUMBER", agent.number)
    port_taken(pbx)
    pbx.emit("AgentCalled", *member_of(call))
    pbx.emit("DialBegin", caller.block(), leg.block("Dest"), f"DialString: {agent.interface}\r\n")
    caller.set(connected_num=leg.num, connected_name=leg.caller)
    pbx.emit("NewConnectedLine", caller.block())
    _segment_to(call, leg, pbx.now_us)


def rings(pbx: Pbx, call: Call) -> None:
    """The member's phone rings."""
    leg = call.agent_channel
    leg.set(state=5)
    pbx.emit("Newstate", leg.block())
    phone(pbx, call.ringing_member.agent, "RINGING")
    pbx.emit("DialState", call.caller.block(), leg.block("Dest"), "DialStatus: RINGING\r\n")


def busy(pbx: Pbx, call: Call) -> None:
    """The member's phone refuses at once (486). Asterisk reports it as a ring without answer that lasted 0 ms."""
    leg = call.agent_channel
    cause = "Cause: 17\r\n"
    pbx.emit("HangupRequest", leg.block(), cause, "TechCause: 486\r\n")
    pbx.emit("DialEnd", call.caller.block(), leg.block("Dest"), "DialStatus: NOANSWER\r\n")
    pbx.emit("AgentRingNoAnswer", *member_of(call), "RingTime: 0\r\n")
    _log_missed(pbx, call, 0)
    pbx.cel("HANGUP", leg, {"hangupcause": 17, "hangupsource": leg.name, "dialstatus": ""})
    pbx.cel("CHAN_END", leg)
    pbx.emit("Hangup", leg.block(), cause, "Cause-txt: User busy\r\nTechCause: 486\r\n")
    release_leg(pbx, call)


def ring_no_answer(pbx: Pbx, call: Call) -> None:
    """The member has not answered for as long as the queue lets it ring."""
    leg, member = call.agent_channel, call.ringing_member
    stop_ringing(pbx, call)
    hangup(pbx, leg, 0)
    phone(pbx, member.agent, "NOT_INUSE")
    cancelled_leg_ends(pbx, leg)
    release_leg(pbx, call)


def stop_ringing(pbx: Pbx, call: Call) -> None:
    """What is said of a member who let it ring until time was up."""
    rang_ms = (pbx.now_us - call.rang_us) // 1000
    pbx.emit("AgentRingNoAnswer", *member_of(call), f"RingTime: {rang_ms}\r\n")
    _log_missed(pbx, call, rang_ms)
    for status in ("NOANSWER", "CANCEL"):
        dial_end(pbx, call.caller, call.agent_channel, status)


def connect(pbx: Pbx, call: Call) -> None:
    """The member answers: the caller leaves the queue and both are bridged."""
    caller, leg, queue = call.caller, call.agent_channel, call.queue
    pbx.cel("ANSWER", leg)
    pbx.cel("STREAM_END", caller, kind="MOH_STREAM_END")
    leg.set(state=6)
    pbx.emit("Newstate", leg.block())
    phone(pbx, call.ringing_member.agent, "INUSE")
    dial_end(pbx, caller, leg, "ANSWER")
    pbx.emit("MusicOnHoldStop", caller.block())
    call.stage, call.connected_us = "talking", pbx.now_us
    held_s = waited_s(pbx, call)
    _count_connected(queue, held_s)
    _interface_variables(pbx, call, held_s)
    leave(pbx, call)
    for variable, value in (("QUEUEWAIT", held_s), ("QUEUEWAIT_MS", held_s * 1000)):
        pbx.set_variable(caller, variable, str(value))
    ring_s = pbx.second - call.rang_us // 1_000_000
    pbx.emit("AgentConnect", *member_of(call), f"HoldTime: {held_s}\r\nRingTime: {ring_s}\r\n")
    pbx.log(caller.uniqueid, queue.name, agent_of(call).name, "CONNECT", held_s, leg.uniqueid, ring_s)
    call.ringing_member.in_call = True
    enter_bridge(pbx, leg, caller)


def _step(pbx: Pbx, channel: Channel, variable: str, value: str) -> None:
    next_step(pbx, channel, "Set", f"{variable}={value}")
    pbx.set_variable(channel, variable, value)


def _segment_to(call: Call, leg: Channel, now_us: int) -> None:
    """The detail record that this dial attempt belongs to: the open one, else a new one."""
    if call.segments[-1].end_us:
        call.segments.append(Segment(now_us))
    call.segments[-1].destination = leg.name


def _log_missed(pbx: Pbx, call: Call, rang_ms: int) -> None:
    pbx.log(call.caller.uniqueid, call.queue.name, agent_of(call).name, "RINGNOANSWER", rang_ms)


def _count_connected(queue: Queue, held_s: int) -> None:
    # app_queue's own running mean, in whole seconds.
    queue.hold_time = (queue.hold_time * 3 + held_s) >> 2
    if held_s <= queue.service_level_s:
        queue.completed_in_time += 1


def _interface_variables(pbx: Pbx, call: Call, held_s: int) -> None:
    queue, agent, channels = call.queue, agent_of(call), (call.caller, call.agent_channel)
    member = {
        "INTERFACE": agent.interface,
        "NAME": agent.name,
        "CALLS": agent.calls_taken,
        "LASTCALL": agent.last_call,
        "PENALTY": 0,
        "DYNAMIC": int(call.ringing_member.dynamic),
        "REALTIME": 0,
    }
    for channel in channels if queue.interface_variables else ():
        for name, value in member.items():
            pbx.set_variable(channel, f"MEMBER{name}", str(value))
    for channel in channels if queue.queue_variables else ():
        pbx.set_variable(channel, "QEHOLDTIME", str(held_s))
        pbx.set_variable(channel, "QEORIGINALPOS", str(call.original_position))
    queue_variables(pbx, queue, *channels)
