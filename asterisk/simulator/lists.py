"""What there is now: the list actions that a client asks after it has logged in.

Job: the items of each list as a real Asterisk 22 sends them, without ActionID where it has it last.
Contract: reads the PBX, changes nothing. Each function gives one text per item: whole header lines.
It must not: frame the list or know about connections (`actions` frames, `session` sends).
"""

from collections.abc import Iterator, Sequence

from asterisk.simulator.pbx import Pbx
from asterisk.simulator.world import UNKNOWN, Bridge, Call, Channel, Queue


def channels(pbx: Pbx) -> Iterator[str]:
    """CoreShowChannel items."""
    for channel in pbx.channels.values():
        seconds = _age_s(pbx, channel)
        duration = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        yield (
            f"{channel.block()}Application: {channel.application}\r\nApplicationData: {channel.data}\r\n"
            f"Duration: {duration}\r\nBridgeId: {_bridge_id(channel)}\r\n"
        )


def status(pbx: Pbx, name: str = "", variables: Sequence[str] | None = ()) -> Iterator[str]:
    """Status items, of every channel or of one, with some of its variables or, for None, with all of them."""
    for channel in pbx.channels.values():
        if name in ("", channel.name):
            yield (
                f"Privilege: Call\r\n{channel.block()}Type: PJSIP\r\nDNID: {channel.dnid}\r\n"
                f"EffectiveConnectedLineNum: {channel.connected_num}\r\n"
                f"EffectiveConnectedLineName: {channel.connected_name}\r\nTimeToHangup: 0\r\n"
                f"BridgeID: {_bridge_id(channel)}\r\nApplication: {channel.application}\r\nData: {channel.data}\r\n"
                "Nativeformats: (ulaw)\r\nReadformat: ulaw\r\nReadtrans: \r\nWriteformat: ulaw\r\nWritetrans: \r\n"
                f"Callgroup: 0\r\nPickupgroup: 0\r\nSeconds: {_age_s(pbx, channel)}\r\n{_variables(channel, variables)}"
            )


def _variables(channel: Channel, names: Sequence[str] | None) -> str:
    """The newest first. What was never set is `(null)`."""
    known = channel.all_variables
    wanted = tuple(reversed(known)) if names is None else names
    return "".join(f"Variable: {name}={known.get(name, '(null)')}\r\n" for name in wanted)


def bridges(pbx: Pbx) -> dict[str, Bridge]:
    """Every bridge, by its uniqueid; each one's block is a BridgeListItem."""
    found = (channel.bridge for channel in pbx.channels.values() if channel.bridge is not None)
    return {bridge.uniqueid: bridge for bridge in found}


def queue_status(pbx: Pbx, name: str = "") -> Iterator[tuple[str, str]]:
    """QueueParams, QueueMember and QueueEntry items, as (event, headers), of every queue or of one."""
    for queue in pbx.queues.values():
        if name not in ("", queue.name):
            continue
        yield "QueueParams", _params(queue)
        for member in queue.members:
            block = member.block("Name", "Location")
            yield "QueueMember", f"Queue: {queue.name}\r\n{block}Wrapuptime: 0\r\n"
        for position, call in enumerate(queue.waiting, 1):
            yield "QueueEntry", _entry(pbx, queue, position, call)


def queue_summary(pbx: Pbx, name: str = "") -> Iterator[str]:
    """QueueSummary items, of every queue or of one."""
    for queue in pbx.queues.values():
        if name in ("", queue.name):
            available = [m for m in queue.members if m.agent.device == "NOT_INUSE" and not m.paused]
            longest = max((_waited_s(pbx, call) for call in queue.waiting), default=0)
            yield (
                f"Queue: {queue.name}\r\nLoggedIn: {len(queue.members)}\r\nAvailable: {len(available)}\r\n"
                f"Callers: {len(queue.waiting)}\r\nHoldTime: {queue.hold_time}\r\nTalkTime: {queue.talk_time}\r\n"
                f"LongestHoldTime: {longest}\r\n"
            )


def _params(queue: Queue) -> str:
    return (
        f"Queue: {queue.name}\r\nMax: 0\r\nStrategy: {queue.strategy}\r\nCalls: {len(queue.waiting)}\r\n"
        f"Holdtime: {queue.hold_time}\r\nTalkTime: {queue.talk_time}\r\nCompleted: {queue.completed}\r\n"
        f"Abandoned: {queue.abandoned}\r\nServiceLevel: {queue.service_level_s}\r\n"
        f"ServicelevelPerf: {queue.performance():.1f}\r\nServicelevelPerf2: {queue.performance2():.1f}\r\nWeight: 0\r\n"
    )


def _entry(pbx: Pbx, queue: Queue, position: int, call: Call) -> str:
    caller = call.caller
    # This list writes "unknown" where events write "<unknown>".
    connected = [value if value != UNKNOWN else "unknown" for value in (caller.connected_num, caller.connected_name)]
    return (
        f"Queue: {queue.name}\r\nPosition: {position}\r\nChannel: {caller.name}\r\nUniqueid: {caller.uniqueid}\r\n"
        f"CallerIDNum: {caller.num}\r\nCallerIDName: {caller.caller}\r\nConnectedLineNum: {connected[0]}\r\n"
        f"ConnectedLineName: {connected[1]}\r\nWait: {_waited_s(pbx, call)}\r\nPriority: 0\r\n"
    )


def _waited_s(pbx: Pbx, call: Call) -> int:
    return pbx.second - call.joined_us // 1_000_000


def _age_s(pbx: Pbx, channel: Channel) -> int:
    return (pbx.now_us - channel.created_us) // 1_000_000


def _bridge_id(channel: Channel) -> str:
    return channel.bridge.uniqueid if channel.bridge is not None else ""
