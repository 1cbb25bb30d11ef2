"""How a queue call ends: completed by either side, abandoned, or timed out into voicemail.

Job: for each ending, everything a real Asterisk 22 says about it, in its order, on AMI, in queue_log and as CEL.
Contract: as for `script`: one step of one call at one moment. It must not choose what happens or when.
"""

from asterisk.simulator.detail import detail_records
from asterisk.simulator.media import quality_variables
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.phrases import (
    agent_of,
    bridge_extra,
    bridge_of,
    cancelled_leg_ends,
    dial_end,
    forget_peer,
    hangup,
    leave,
    leave_bridge,
    member_of,
    music_stops,
    next_step,
    phone,
    queue_variables,
    set_duration,
    trunk_used,
    waited_s,
)
from asterisk.simulator.script import stop_ringing
from asterisk.simulator.world import Call, Segment

H_EXTEN = "h"


def complete_by_caller(pbx: Pbx, call: Call) -> None:
    """The caller hangs up on the agent."""
    caller, leg, queue = call.caller, call.agent_channel, call.queue
    bridge = bridge_of(caller)
    quality_variables(pbx, caller, leg)
    pbx.emit("HangupRequest", caller.block())
    _music_ends(pbx, call)
    forget_peer(pbx, caller)
    _agent_complete(pbx, call, "caller")
    pbx.cel("BRIDGE_EXIT", caller, bridge_extra(bridge), peer=leg.name)
    forget_peer(pbx, leg)
    leave_bridge(pbx, bridge, caller)
    queue_variables(pbx, queue, caller)
    _durations(pbx, call)
    queue_variables(pbx, queue, caller)
    _caller_ends(pbx, call, 16, caller.name, last=False)
    pbx.cel("BRIDGE_EXIT", leg, bridge_extra(bridge))
    leave_bridge(pbx, bridge, leg)
    pbx.emit("BridgeDestroy", bridge.block())
    quality_variables(pbx, leg)
    _agent_ends(pbx, call, caller.name, last=True)


def complete_by_agent(pbx: Pbx, call: Call) -> None:
    """The agent hangs up on the caller."""
    caller, leg = call.caller, call.agent_channel
    bridge = bridge_of(caller)
    quality_variables(pbx, leg, caller)
    pbx.emit("HangupRequest", leg.block(), "Cause: 16\r\n" if call.handed_to else "")
    _music_ends(pbx, call)
    if not call.loses_snapshot:
        _agent_complete(pbx, call, "agent")
    for channel in (leg, caller):
        forget_peer(pbx, channel)
    for channel, peer in ((leg, caller.name), (caller, "")):
        pbx.cel("BRIDGE_EXIT", channel, bridge_extra(bridge), peer=peer)
        leave_bridge(pbx, bridge, channel)
    queue_variables(pbx, call.queue, caller)
    _durations(pbx, call)
    queue_variables(pbx, call.queue, caller)
    pbx.emit("BridgeDestroy", bridge.block())
    _caller_ends(pbx, call, 16, leg.name, last=False)
    if call.loses_snapshot:
        _agent_complete(pbx, call, "agent")
    _agent_ends(pbx, call, leg.name, last=True)


def abandon(pbx: Pbx, call: Call) -> None:
    """The caller hangs up while waiting, perhaps while a phone rings."""
    caller, leg, queue = call.caller, call.leg, call.queue
    quality_variables(pbx, caller)
    pbx.emit("HangupRequest", caller.block())
    pbx.emit("MusicOnHoldStop", caller.block())
    pbx.cel("STREAM_END", caller, kind="MOH_STREAM_END")
    if leg is not None:
        call.dial_status = "CANCEL"
        for _ in range(2):
            dial_end(pbx, caller, leg, "CANCEL")
        rang_ms = (pbx.now_us - call.rang_us) // 1000
        pbx.log(caller.uniqueid, queue.name, agent_of(call).name, "RINGCANCELED", rang_ms)
        call.segments[-1].disposition = "NO ANSWER"
    _wait_variables(pbx, call)
    _given_up(pbx, call, "ABANDON")
    if leg is not None:
        hangup(pbx, leg, 0)
        phone(pbx, agent_of(call), "NOT_INUSE")
        cancelled_leg_ends(pbx, leg)
    leave(pbx, call)
    _caller_ends(pbx, call, 0, caller.name, last=True)


def time_out(pbx: Pbx, call: Call) -> None:
    """The caller has waited as long as the dialplan lets them, and goes on to voicemail."""
    caller, leg = call.caller, call.leg
    if leg is not None:
        call.dial_status = "NOANSWER"
        stop_ringing(pbx, call)
        call.segments[-1].disposition = "NO ANSWER"
    _given_up(pbx, call, "EXITWITHTIMEOUT")
    _wait_variables(pbx, call)
    pbx.emit("MusicOnHoldStop", caller.block())
    queue_variables(pbx, call.queue, caller)
    pbx.cel("STREAM_END", caller, kind="MOH_STREAM_END")
    if leg is not None:
        hangup(pbx, leg, 0)
    leave(pbx, call)
    pbx.set_variable(caller, "QUEUESTATUS", "TIMEOUT")
    if leg is not None:
        phone(pbx, agent_of(call), "NOT_INUSE")
        cancelled_leg_ends(pbx, leg)
    call.stage, call.leg, call.member = "voicemail", None, None
    next_step(pbx, caller, "NoOp", "queue ended: TIMEOUT")
    next_step(pbx, caller, "GotoIf", "1?vm")
    caller.set(priority=caller.priority + 1)
    next_step(pbx, caller, "VoiceMail", "1001@default,u")
    call.segments[-1].end_us = pbx.now_us
    call.segments.append(Segment(pbx.now_us, application="VoiceMail", data=caller.data))


def prompt(pbx: Pbx, call: Call, sound: str) -> None:
    """Voicemail begins to play a prompt."""
    caller, call.hears_prompt = call.caller, True
    source = ("file.c", "ast_streamfile", 1377)
    pbx.test_event("PLAYBACK", source, f"Message: {sound}\r\nChannel: {caller.name}\r\n")
    pbx.cel("STREAM_BEGIN", caller, {"sound": sound, "format": "gsm", "language": "en"}, kind="FILE_STREAM_BEGIN")


def prompt_ends(pbx: Pbx, call: Call) -> None:
    """The prompt has been played, or the caller has gone in the middle of it."""
    if call.hears_prompt:
        call.hears_prompt = False
        pbx.cel("STREAM_END", call.caller, kind="FILE_STREAM_END")


def leave_message(pbx: Pbx, call: Call) -> None:
    """The caller has spoken and hangs up."""
    caller = call.caller
    quality_variables(pbx, caller)
    pbx.emit("HangupRequest", caller.block())
    pbx.set_variable(caller, "VM_MESSAGEFILE", pbx.options.voicemail)
    pbx.emit("MessageWaiting", caller.block(), "Mailbox: 1001@default\r\nWaiting: 1\r\nNew: 1\r\nOld: 0\r\n")
    pbx.device_state("MWI:1001@default", "INUSE")
    pbx.set_variable(caller, "VMSTATUS", "SUCCESS")
    _caller_ends(pbx, call, 0, caller.name, last=True)


def leave_no_message(pbx: Pbx, call: Call) -> None:
    """The caller hangs up before the tone."""
    caller = call.caller
    quality_variables(pbx, caller)
    pbx.emit("HangupRequest", caller.block())
    prompt_ends(pbx, call)
    pbx.set_variable(caller, "VMSTATUS", "FAILED")
    _caller_ends(pbx, call, 0, caller.name, last=True)


def agent_freed(pbx: Pbx, call: Call) -> None:
    """The agent's call is counted, and their wrap-up begins. Before the phone's new state is told."""
    agent = agent_of(call)
    agent.calls_taken += 1
    agent.last_call = pbx.second
    agent.free_at_us = pbx.now_us + round(call.queue.wrapup_s * 1_000_000)
    call.ringing_member.in_call = False


def count_completed(pbx: Pbx, call: Call) -> tuple[int, int]:
    """Count a completed call in its queue; return app_queue's wait and talk time, in whole seconds."""
    queue = call.queue
    talk_s = pbx.second - call.connected_us // 1_000_000
    queue.completed += 1
    # app_queue's own running mean, in whole seconds.
    queue.talk_time = (queue.talk_time * 3 + talk_s) >> 2
    return call.connected_us // 1_000_000 - call.joined_us // 1_000_000, talk_s


def _agent_complete(pbx: Pbx, call: Call, reason: str) -> None:
    """The queue's account of a talk, unless it was given when the caller was handed over."""
    if call.handed_to is not None:
        return
    held_s, talk_s = count_completed(pbx, call)
    caller, leg, member = member_of(call)
    told = f"HoldTime: {held_s}\r\nTalkTime: {talk_s}\r\nReason: {reason}\r\n"
    pbx.emit("AgentComplete", "" if call.loses_snapshot else caller, leg, member, told)
    verb = f"COMPLETE{reason.upper()}"
    uniqueid, queue = call.caller.uniqueid, call.queue.name
    pbx.log(uniqueid, queue, agent_of(call).name, verb, held_s, talk_s, call.original_position)


def _given_up(pbx: Pbx, call: Call, verb: str) -> None:
    """QueueCallerAbandon, which Asterisk sends for an abandon and for a timeout alike."""
    queue, caller = call.queue, call.caller
    held_s, position = waited_s(pbx, call), queue.waiting.index(call) + 1
    pbx.set_variable(caller, "ABANDONED", "TRUE")
    queue_variables(pbx, queue, caller)
    told = f"Position: {position}\r\nOriginalPosition: {call.original_position}\r\nHoldTime: {held_s}\r\n"
    pbx.emit("QueueCallerAbandon", caller.block(), f"Queue: {queue.name}\r\n", told)
    pbx.log(caller.uniqueid, queue.name, "NONE", verb, position, call.original_position, held_s)
    queue.abandoned += 1
    if held_s <= queue.service_level_s:
        queue.abandoned_in_time += 1
    if verb == "ABANDON":
        queue_variables(pbx, queue, caller)


def _caller_ends(pbx: Pbx, call: Call, cause: int, source: str, *, last: bool) -> None:
    caller = call.caller
    pbx.emit("SoftHangupRequest", caller.block(), "Cause: 16\r\n")
    caller.set(exten=H_EXTEN, priority=1)
    pbx.run(caller, "NoOp", f"inbound hangup {cause}")
    if not caller.summed_up:
        quality_variables(pbx, caller)
    detail_records(pbx, call)
    caller.application = caller.data = ""
    status = "ANSWER" if cause else call.dial_status
    pbx.cel("HANGUP", caller, {"hangupcause": cause, "hangupsource": source, "dialstatus": status})
    pbx.cel("CHAN_END", caller)
    caller.set(priority=2)
    hangup(pbx, caller, cause)
    trunk_used(pbx, -1)
    if last:
        pbx.cel("LINKEDID_END", caller)
    call.stage = "gone"


def _agent_ends(pbx: Pbx, call: Call, source: str, *, last: bool) -> None:
    leg = call.agent_channel
    hangup(pbx, leg, 16)
    pbx.cel("HANGUP", leg, {"hangupcause": 16, "hangupsource": source, "dialstatus": ""})
    pbx.cel("CHAN_END", leg)
    if last:
        pbx.cel("LINKEDID_END", leg)
    if call.handed_to is not None:
        phone(pbx, call.handed_to, "NOT_INUSE")
        return
    agent_freed(pbx, call)
    if call.consultation is None:
        phone(pbx, agent_of(call), "NOT_INUSE")


def _music_ends(pbx: Pbx, call: Call) -> None:
    """Whoever is on hold when the call ends hears no more music; no Unhold is sent."""
    if call.held_by is None:
        return
    by_agent = call.held_by is call.leg
    call.held_by = None
    music_stops(pbx, call.caller if by_agent else call.agent_channel)
    if by_agent:
        pbx.trunk_held -= 1


def _wait_variables(pbx: Pbx, call: Call) -> None:
    """What app_queue notes of a wait that no agent ended."""
    waited, since_ms = waited_s(pbx, call), (pbx.now_us - call.caller.created_us) // 1000
    pbx.set_variable(call.caller, "QUEUEWAIT", str(waited))
    pbx.set_variable(call.caller, "QUEUEWAIT_MS", str(waited * 1000))
    set_duration(pbx, call.caller, "DIALEDTIME", since_ms)
    set_duration(pbx, call.caller, "ANSWEREDTIME", 0)


def _durations(pbx: Pbx, call: Call) -> None:
    set_duration(pbx, call.caller, "ANSWEREDTIME", (pbx.now_us - call.connected_us) // 1000)
    set_duration(pbx, call.caller, "DIALEDTIME", (pbx.now_us - call.caller.created_us) // 1000)
