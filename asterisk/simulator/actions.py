"""What the PBX answers to actions.

Job: a table from action name to what it does with the PBX, with the answers and error texts of a real Asterisk 22.
Contract: an action that changes queues, hangs up or transfers does it, and the PBX says the events that follow. Bridge,
Redirect, Park, Atxfer and the like are checked and answered, but move no call here; Originate is queued and then fails,
as for a phone that is not registered. It must not: know connections, logins or time.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from asterisk.ami import Packet
from asterisk.simulator import lists, members
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.session import response
from asterisk.simulator.world import Agent, Channel, Member, Queue

Answer = list[bytes]


class Calls(Protocol):
    """Who carries the calls of the PBX."""

    def hang_up(self, channel: Channel) -> None:
        """End a channel as if its party had hung up."""

    def transfer(self, channel: Channel, target: Agent) -> bool:
        """Send the partner of a talking agent's channel to another agent; False where that cannot be."""


class Actions:
    """The actions of one PBX. `calls` is None where there are no calls to act on, as while a recording plays."""

    def __init__(self, pbx: Pbx, calls: Calls | None = None) -> None:
        self.pbx = pbx
        self.calls = calls

    def answer(self, action: Packet) -> Answer:
        """The packets that answer an action; what it causes is said by the PBX."""
        name = action.get("Action")
        if not name:
            return [_error(action, "Missing action in request")]
        handler = _HANDLERS.get(name.lower())
        if handler is None:
            hint = "Use Action: ListCommands to show available commands."
            return [_error(action, f"Invalid/unknown command: {name}. {hint}")]
        return handler(self, action)

    # ---- lists

    def _core_show_channels(self, action: Packet) -> Answer:
        items = [("CoreShowChannel", block) for block in lists.channels(self.pbx)]
        return _list(action, "Channels will follow", "CoreShowChannelsComplete", items, id_first=True)

    def _status(self, action: Packet) -> Answer:
        name = action.get("Channel")
        channel = self.pbx.channel(name) if name else None
        if name and channel is None:
            return [_error(action, "No such channel")]
        given = action.get("Variables")
        variables = None if _true(action.get("AllVariables")) else given.split(",") if given else ()
        items = [("Status", block) for block in lists.status(self.pbx, channel.name if channel else "", variables)]
        answer = _list(action, "Channel status will follow", "StatusComplete", items)
        # This list alone gives its length twice.
        answer[-1] += f"\r\nItems: {len(items)}".encode()
        return answer

    def _bridge_list(self, action: Packet) -> Answer:
        items = [("BridgeListItem", bridge.block()) for bridge in lists.bridges(self.pbx).values()]
        return _list(action, "Bridge listing will follow", "BridgeListComplete", items, id_first=True)

    def _bridge_info(self, action: Packet) -> Answer:
        bridge = lists.bridges(self.pbx).get(action.get("BridgeUniqueid"))
        if bridge is None:
            return [_error(action, "Specified BridgeUniqueid not found")]
        items = [("BridgeInfoChannel", channel.block()) for channel in bridge.channels]
        answer = _list(action, "Bridge channel listing will follow", "BridgeInfoComplete", items, id_first=True)
        # This list ends with the bridge itself.
        answer[-1] += f"\r\n{bridge.block()}".removesuffix("\r\n").encode()
        return answer

    def _queue_status(self, action: Packet) -> Answer:
        items = lists.queue_status(self.pbx, action.get("Queue"))
        return _list(action, "Queue status will follow", "QueueStatusComplete", items)

    def _queue_summary(self, action: Packet) -> Answer:
        items = [("QueueSummary", block) for block in lists.queue_summary(self.pbx, action.get("Queue"))]
        return _list(action, "Queue summary will follow", "QueueSummaryComplete", items)

    def _parked_calls(self, action: Packet) -> Answer:
        return _list(action, "Parked calls will follow", "ParkedCallsComplete", [])

    def _confbridge_list_rooms(self, action: Packet) -> Answer:
        return [_error(action, "No active conferences.")]

    def _list_commands(self, action: Packet) -> Answer:
        return [response(action, "Success", *(f"{name}: (Priv: <none>)" for name in sorted(_NAMES)))]

    # ---- queues

    def _queue_add(self, action: Packet) -> Answer:
        queue, interface = self.pbx.queues.get(action.get("Queue")), action.get("Interface")
        if complaint := _missing(action, "Queue", "Interface"):
            return [_error(action, complaint)]
        if queue is None:
            return [_error(action, "Unable to add interface to queue: No such queue")]
        if _member(queue, interface):
            return [_error(action, "Unable to add interface: Already there")]
        penalty = int(action.get("Penalty")) if action.get("Penalty").isdigit() else 0
        paused = _true(action.get("Paused"))
        members.add(self.pbx, queue, interface, action.get("MemberName"), penalty=penalty, paused=paused)
        return [_success(action, "Added interface to queue")]

    def _queue_remove(self, action: Packet) -> Answer:
        queue, interface = self.pbx.queues.get(action.get("Queue")), action.get("Interface")
        if complaint := _missing(action, "Queue", "Interface"):
            return [_error(action, complaint)]
        if queue is None:
            return [_error(action, "Unable to remove interface from queue: No such queue")]
        member = _member(queue, interface)
        if member is None:
            return [_error(action, "Unable to remove interface: Not there")]
        if not member.dynamic:
            return [_error(action, "Member not dynamic")]
        members.remove(self.pbx, member)
        return [_success(action, "Removed interface from queue")]

    def _queue_pause(self, action: Packet) -> Answer:
        for header in ("Interface", "Paused"):
            if not action.get(header):
                return [_error(action, f"Need '{header}' parameter.")]
        found = self._members(action)
        if not found:
            return [_error(action, "Interface not found")]
        paused = _true(action.get("Paused"))
        members.pause(self.pbx, found, paused=paused, reason=action.get("Reason"))
        return [_success(action, f"Interface {'paused' if paused else 'unpaused'} successfully")]

    def _queue_penalty(self, action: Packet) -> Answer:
        found, penalty = self._members(action), action.get("Penalty")
        if not found or not penalty.isdigit():
            return [_error(action, "Invalid interface, queuename or penalty")]
        for member in found:
            members.set_penalty(self.pbx, member, int(penalty))
        return [_success(action, "Interface penalty set successfully")]

    def _queue_ringinuse(self, action: Packet) -> Answer:
        found, ringinuse = self._members(action), action.get("RingInUse")
        if not found or not ringinuse:
            return [_error(action, "Invalid interface, queuename, or ringinuse value")]
        for member in found:
            members.set_ringinuse(self.pbx, member, ringinuse=_true(ringinuse))
        return [_success(action, "Interface ringinuse set successfully")]

    def _members(self, action: Packet) -> list[Member]:
        """The memberships that an action is about: of an interface, in the queue named or in all."""
        agent = self.pbx.agents.get(action.get("Interface"))
        return [m for m in agent.members if action.get("Queue") in ("", m.queue.name)] if agent else []

    # ---- calls

    def _hangup(self, action: Packet) -> Answer:
        channel = self.pbx.channel(action.get("Channel"))
        if channel is None or self.calls is None:
            return [_error(action, "No such channel")]
        self.calls.hang_up(channel)
        return [_success(action, "Channel Hungup")]

    def _blind_transfer(self, action: Packet) -> Answer:
        channel = self.pbx.channel(action.get("Channel"))
        if channel is None or self.calls is None:
            return [_error(action, "Channel specified does not exist")]
        target = self.pbx.agents.get(f"PJSIP/{action.get('Exten')}")
        if target is None or not self.calls.transfer(channel, target):
            return [_error(action, "Transfer failed")]
        return [_success(action, "Transfer succeeded")]

    def _originate(self, action: Packet) -> Answer:
        for header in ("Channel", "Exten", "Context"):
            if not action.get(header):
                return [_error(action, f"{header} not specified")]
        told = f"ActionID: {action.action_id}\r\n" if action.action_id else ""
        where = f"Context: {action.get('Context')}\r\nExten: {action.get('Exten')}\r\n"
        self.pbx.emit(
            "OriginateResponse",
            f"{told}Response: Failure\r\nChannel: {action.get('Channel')}\r\n{where}Reason: 0\r\n",
            "Uniqueid: <unknown>\r\nCallerIDNum: <unknown>\r\nCallerIDName: <unknown>\r\n",
        )
        return [_success(action, "Originate successfully queued")]

    def _user_event(self, action: Packet) -> Answer:
        if not action.get("UserEvent"):
            return [_error(action, "UserEvent header missing")]
        ours = {"action", "actionid", "userevent"}
        told = "".join(f"{name}: {value}\r\n" for name, value in action.fields if name.lower() not in ours)
        action_id = f"ActionID: {action.action_id}\r\n" if action.action_id else ""
        self.pbx.emit("UserEvent", f"UserEvent: {action.get('UserEvent')}\r\n{action_id}{told}")
        return [_success(action, "Event Sent")]

    def _mix_monitor(self, action: Packet) -> Answer:
        return self._monitor(action, "MixMonitorStart")

    def _stop_mix_monitor(self, action: Packet) -> Answer:
        return self._monitor(action, "MixMonitorStop")

    def _monitor(self, action: Packet, event: str) -> Answer:
        channel = self.pbx.channel(action.get("Channel"))
        if channel is None:
            return [_error(action, "No such channel")]
        self.pbx.emit(event, channel.block())
        return [response(action, "Success")]


def _checked(message: str, unknown: str, header: str = "Channel") -> Callable[[Actions, Packet], Answer]:
    """An action that is only checked: its channel must exist."""

    def handle(actions: Actions, action: Packet) -> Answer:
        if actions.pbx.channel(action.get(header)) is None:
            return [_error(action, unknown.format(action.get(header)))]
        return [_success(action, message)] if message else [response(action, "Success")]

    return handle


_HANDLERS: Final[Mapping[str, Callable[[Actions, Packet], Answer]]] = {
    "coreshowchannels": Actions._core_show_channels,
    "status": Actions._status,
    "bridgelist": Actions._bridge_list,
    "bridgeinfo": Actions._bridge_info,
    "queuestatus": Actions._queue_status,
    "queuesummary": Actions._queue_summary,
    "parkedcalls": Actions._parked_calls,
    "confbridgelistrooms": Actions._confbridge_list_rooms,
    "listcommands": Actions._list_commands,
    "queueadd": Actions._queue_add,
    "queueremove": Actions._queue_remove,
    "queuepause": Actions._queue_pause,
    "queuepenalty": Actions._queue_penalty,
    "queuememberringinuse": Actions._queue_ringinuse,
    "hangup": Actions._hangup,
    "blindtransfer": Actions._blind_transfer,
    "originate": Actions._originate,
    "userevent": Actions._user_event,
    "mixmonitor": Actions._mix_monitor,
    "stopmixmonitor": Actions._stop_mix_monitor,
    "redirect": _checked("Redirect successful", "Channel does not exist: {}"),
    "bridge": _checked("Channels have been bridged", "Channel1 does not exist: {}", "Channel1"),
    "atxfer": _checked("Atxfer successfully queued", "Channel specified does not exist"),
    "cancelatxfer": _checked("CancelAtxfer successfully queued", "Channel specified does not exist"),
    "park": _checked("Park successful\n", "Channel does not exist: {}"),
    "muteaudio": _checked("", "No such channel"),
    "setvar": _checked("Variable Set", "No such channel"),
    "absolutetimeout": _checked("Timeout Set", "No such channel"),
    "pjsipnotify": _checked("NOTIFY sent", "No such channel"),
}
_NAMES: Final = (
    *("CoreShowChannels", "Status", "BridgeList", "BridgeInfo", "QueueStatus", "QueueSummary", "ParkedCalls"),
    *("ConfbridgeListRooms", "ListCommands", "QueueAdd", "QueueRemove", "QueuePause", "QueuePenalty"),
    *("QueueMemberRingInUse", "Hangup", "BlindTransfer", "Originate", "UserEvent", "MixMonitor", "StopMixMonitor"),
    *("Redirect", "Bridge", "Atxfer", "CancelAtxfer", "Park", "MuteAudio", "Setvar", "AbsoluteTimeout"),
    *("PJSIPNotify", "Login", "Logoff", "Challenge", "Ping", "Events", "Filter"),
)


def _list(
    action: Packet, message: str, complete: str, items: Iterable[tuple[str, str]], *, id_first: bool = False
) -> Answer:
    """A list as AMI frames it. Some lists have the ActionID of an item first, most last."""
    action_id = f"ActionID: {action.action_id}\r\n" if action.action_id else ""
    texts = [
        f"Event: {event}\r\n{action_id}{block}" if id_first else f"Event: {event}\r\n{block}{action_id}"
        for event, block in items
    ]
    end = f"Event: {complete}\r\n{action_id}EventList: Complete\r\nListItems: {len(texts)}"
    start = response(action, "Success", "EventList: start", f"Message: {message}")
    return [start, *(text[:-2].encode("utf-8", "surrogateescape") for text in texts), end.encode()]


def _success(action: Packet, message: str) -> bytes:
    return response(action, "Success", f"Message: {message}")


def _error(action: Packet, message: str) -> bytes:
    return response(action, "Error", f"Message: {message}")


def _missing(action: Packet, *headers: str) -> str:
    return next((f"'{header}' not specified." for header in headers if not action.get(header)), "")


def _member(queue: Queue, interface: str) -> Member | None:
    return next((member for member in queue.members if member.agent.interface == interface), None)


def _true(text: str) -> bool:
    return text.lower() in ("1", "true", "yes", "y", "t", "on")
