"""Packets of AMI to events of `calls`: a table by event name. Pure.

What the reducer has no use for is left out here. A packet that lacks what its kind must have becomes a `Rejected`,
never an exception and never silence.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from asterisk import lists
from asterisk.ami import Packet, event_name, parse_packet
from asterisk.errors import LineError
from asterisk.fields import channel, clean, decimal, need_channel, number, word
from asterisk.line_events import LINE_DECODERS
from asterisk.noise import HEAD, Heads, is_ignored
from calls import events as e
from calls.codec import Entry, Record
from calls.errors import BadEvent
from calls.settings import Settings
from calls.state import Rejected


def events_of(record: Record) -> Iterator[e.Event | Rejected]:
    """The events in a record, in order; what cannot be read is a `Rejected` in its place."""
    for entry in record.entries:
        pos = e.Position(record.source, record.ingester, record.epoch, entry.seq)
        event: e.Event | Rejected | None
        try:
            event = _event(record, entry, pos)
        except (BadEvent, LineError) as error:
            name = record.source if record.source in LINE_DECODERS else event_name(entry.raw).decode("utf-8", "replace")
            event = Rejected(*pos, event=name, reason=str(error))
        if event is not None:
            yield event


def _event(record: Record, entry: Entry, pos: e.Position) -> e.Event | None:
    if record.source == "ami":
        return decode(parse_packet(entry.raw), pos, entry.received) if is_read(entry.raw) else None
    if record.source == "settings":
        return e.SettingsChanged(pos=pos, at=entry.received, settings=read_settings(entry.raw))
    if record.source == "link":
        return _link(entry, pos)
    reader = LINE_DECODERS.get(record.source)
    return reader(entry, pos) if reader is not None else None


# With `debug=on` the number stands behind Event, Privilege and Timestamp, and nowhere else in any packet.
_HEAD_FIELDS = 4
# It is a C int that runs over after two thousand million events, and then says how far it is to nothing.
_COUNTER = 0xFFFF_FFFF
# Ten digits of seconds, as in the PBX's files, in ms.
_TIMES_END = 10_000_000_000_000


class Link(msgspec.Struct, frozen=True):
    """What the ingester notes of its own connection, as JSON: `at` in ms; `cause` only where it was lost."""

    source: str
    at: int
    cause: str | None = None


def _link(entry: Entry, pos: e.Position) -> e.Event:
    try:
        link = msgspec.json.decode(entry.raw, type=Link)
    except msgspec.DecodeError as error:
        raise BadEvent(f"link: {error}") from error
    if link.cause is None:
        return e.LinkRestored(pos=pos, at=link.at, source=link.source)
    return e.LinkLost(pos=pos, at=link.at, source=link.source, cause=link.cause)


def read_settings(raw: bytes) -> Settings:
    """Settings from their JSON. Raises BadEvent naming the field that is wrong."""
    try:
        return msgspec.json.decode(raw, type=Settings)
    except msgspec.DecodeError as error:
        raise BadEvent(f"settings: {error}") from error


def is_read(raw: bytes) -> bool:
    """Whether there is anything in this packet for `decode`: told without a parse, which costs ten times as much."""
    return _readers[raw[:HEAD]] and not is_ignored(raw)


def decode(packet: Packet, pos: e.Position, received: int) -> e.Event | None:
    """One packet as an event, None for kinds that say nothing of calls. `received` (ms) stands in for a missing time.

    Raises BadEvent where the packet lacks what its kind must have.
    """
    reader = DECODERS.get(packet.name)
    if reader is None:
        return None
    event = reader(packet, pos, _time(packet, received))
    if event is not None and any(name == "SequenceNumber" for name, _ in packet.fields[:_HEAD_FIELDS]):
        return replace(event, sequence=number(packet, "SequenceNumber") & _COUNTER)
    return event


def _time(packet: Packet, received: int) -> int:
    stamp = packet.get("Timestamp")
    if not stamp:
        return received
    try:
        at = round(float(stamp) * 1000)
    except (ValueError, OverflowError) as error:
        raise BadEvent(f"Timestamp is not a number of seconds: {stamp!r}") from error
    if not 0 <= at < _TIMES_END:
        raise BadEvent(f"Timestamp is beyond what a clock can say: {stamp!r}")
    return at


def _agent_event(kind: type[e.AgentEvent], extra: Callable[[Packet], dict[str, Any]]) -> "Decoder":
    def read(packet: Packet, pos: e.Position, at: int) -> e.Event:
        return kind(
            pos=pos,
            at=at,
            channel=channel(packet),
            dest=channel(packet, "Dest"),
            queue=word(packet, "Queue"),
            interface=word(packet, "Interface"),
            member=clean(packet.get("MemberName")),
            **extra(packet),
        )

    return read


def _channel_event(kind: type[e.ChannelEvent], extra: Callable[[Packet], dict[str, Any]] | None = None) -> "Decoder":
    def read(packet: Packet, pos: e.Position, at: int) -> e.Event:
        more = extra(packet) if extra is not None else {}
        return kind(pos=pos, at=at, channel=need_channel(packet), **more)

    return read


def _nothing(packet: Packet) -> dict[str, Any]:
    return {}


def _cause(packet: Packet) -> dict[str, Any]:
    return {"cause": number(packet, "Cause", 0)}


def _queue(packet: Packet) -> dict[str, Any]:
    return {"queue": word(packet, "Queue")}


def _newexten(packet: Packet, pos: e.Position, at: int) -> e.Event | None:
    if packet.get("Application") != "Queue":
        return None
    queue = packet.get("AppData").partition(",")[0].strip()
    return e.QueueAsked(pos=pos, at=at, channel=need_channel(packet), queue=clean(queue))


def _varset(packet: Packet, pos: e.Position, at: int) -> e.Event | None:
    if channel(packet) is None:
        return None
    value = clean(packet.get("Value"))
    if packet.get("Variable") == "QUEUESTATUS":
        return e.QueueStatusSet(pos=pos, at=at, channel=need_channel(packet), value=value)
    if packet.get("Variable") == "MIXMONITOR_FILENAME":
        return e.RecordingNamed(pos=pos, at=at, channel=need_channel(packet), file=value)
    return None


def _dial_begin(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.DialBegin(pos=pos, at=at, channel=channel(packet), dest=need_channel(packet, "Dest"))


def _dial_end(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.DialEnd(
        pos=pos, at=at, channel=channel(packet), dest=need_channel(packet, "Dest"), status=word(packet, "DialStatus")
    )


def _bridge_enter(packet: Packet, pos: e.Position, at: int) -> e.Event:
    bridge = word(packet, "BridgeUniqueid")
    return e.BridgeEnter(
        pos=pos,
        at=at,
        channel=need_channel(packet),
        bridge=bridge,
        swap=packet.get("SwapUniqueid"),
        conference=packet.get("BridgeCreator") == "ConfBridge",
        holding=packet.get("BridgeTechnology") == "holding_bridge",
    )


def _blind(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.BlindTransfer(
        pos=pos,
        at=at,
        transferer=need_channel(packet, "Transferer"),
        transferee=channel(packet, "Transferee"),
        exten=clean(packet.get("Extension")),
        ok=packet.get("Result") == "Success",
    )


def _attended(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.AttendedTransfer(
        pos=pos,
        at=at,
        transferer=need_channel(packet, "OrigTransferer"),
        second=need_channel(packet, "SecondTransferer"),
        transferee=channel(packet, "Transferee"),
        target=channel(packet, "TransferTarget"),
        ok=packet.get("Result") == "Success",
        takes_place=packet.get("DestType") == "App",
    )


def _recording(packet: Packet) -> dict[str, Any]:
    variables = packet.all("ChanVariable")
    return {"file": clean(next((v[15:] for v in variables if v.startswith("RECORDING_FILE=")), ""))}


def _member(packet: Packet, pos: e.Position, at: int) -> e.Event:
    interface = packet.get("Interface") or packet.get("Location")
    if not interface:
        raise BadEvent(f"{packet.name} without Interface")
    return e.Member(
        pos=pos,
        at=at,
        queue=word(packet, "Queue"),
        interface=clean(interface),
        name=clean(packet.get("MemberName") or packet.get("Name")),
        status=number(packet, "Status", 0),
        paused=packet.get("Paused") == "1",
        reason=clean(packet.get("PausedReason")),
        last_pause=number(packet, "LastPause", 0),
        listed=packet.name == "QueueMember",
    )


def _member_removed(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.MemberRemoved(pos=pos, at=at, queue=word(packet, "Queue"), interface=word(packet, "Interface"))


def _queue_params(packet: Packet, pos: e.Position, at: int) -> e.Event:
    threshold = number(packet, "ServiceLevel", 0)
    return e.QueueParams(pos=pos, at=at, queue=word(packet, "Queue"), service_level_s=threshold)


def _booted(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.PbxBooted(pos=pos, at=at, uptime_s=number(packet, "Uptime", 0))


def _stopped(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.PbxStopped(pos=pos, at=at)


def _message_waiting(packet: Packet, pos: e.Position, at: int) -> e.Event | None:
    found = channel(packet)
    if found is None or number(packet, "New", 0) < 1:
        return None
    return e.VoicemailLeft(pos=pos, at=at, channel=found)


def _parked(packet: Packet, pos: e.Position, at: int) -> e.Event:
    space = clean(packet.get("ParkingSpace"))
    parker = clean(packet.get("ParkerDialString"))
    return e.CallParked(pos=pos, at=at, channel=need_channel(packet, "Parkee"), space=space, parker=parker)


def _picked_up(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.CallPickedUp(pos=pos, at=at, channel=need_channel(packet), target=need_channel(packet, "Target"))


def _rtcp(packet: Packet, pos: e.Position, at: int) -> e.Event | None:
    """RTCPSent is what the PBX says of the stream that it gets, RTCPReceived what the phone says of its own."""
    if number(packet, "ReportCount", 0) < 1 or channel(packet) is None:
        return None
    by_pbx = packet.name == "RTCPSent"
    round_trip = packet.get("RTT")
    return e.RtcpReport(
        pos=pos,
        at=at,
        channel=need_channel(packet),
        by_pbx=by_pbx,
        lost=number(packet, "Report0FractionLost", 0) / 256,
        jitter=number(packet, "Report0IAJitter", 0),
        round_trip_ms=1000 * decimal(packet, "RTT") if round_trip else None,
        ntp=decimal(packet, "SentNTP", 0.0),
        rtp=number(packet, "SentRTP", 0),
    )


Decoder = Callable[[Packet, e.Position, int], e.Event | None]

DECODERS: dict[str, Decoder] = {
    "Newchannel": _channel_event(e.Newchannel),
    "Newstate": _channel_event(e.Newstate, lambda packet: {"state": number(packet, "ChannelState", 0)}),
    "HangupRequest": _channel_event(e.HangupRequest),
    "SoftHangupRequest": _channel_event(e.SoftHangupRequest, _cause),
    "Hangup": _channel_event(e.Hangup, _cause),
    "Hold": _channel_event(e.Hold),
    "Unhold": _channel_event(e.Unhold),
    "BridgeEnter": _bridge_enter,
    "BridgeLeave": _channel_event(e.BridgeLeave, lambda packet: {"bridge": word(packet, "BridgeUniqueid")}),
    "DialBegin": _dial_begin,
    "DialEnd": _dial_end,
    "QueueCallerJoin": _channel_event(
        e.QueueCallerJoin, lambda packet: {**_queue(packet), "position": number(packet, "Position", 0)}
    ),
    "QueueCallerLeave": _channel_event(e.QueueCallerLeave, _queue),
    "QueueCallerAbandon": _channel_event(e.QueueCallerAbandon, _queue),
    "AgentCalled": _agent_event(e.AgentCalled, _nothing),
    "AgentConnect": _agent_event(e.AgentConnect, lambda packet: {"hold_s": number(packet, "HoldTime", 0)}),
    "AgentComplete": _agent_event(e.AgentComplete, lambda packet: {"reason": word(packet, "Reason")}),
    "AgentRingNoAnswer": _agent_event(e.AgentRingNoAnswer, lambda packet: {"ring_ms": number(packet, "RingTime", 0)}),
    "BlindTransfer": _blind,
    "AttendedTransfer": _attended,
    "MixMonitorStart": _channel_event(e.MixMonitorStart, _recording),
    "MixMonitorStop": _channel_event(e.MixMonitorStop),
    "MessageWaiting": _message_waiting,
    "ParkedCall": _parked,
    "Pickup": _picked_up,
    "RTCPSent": _rtcp,
    "RTCPReceived": _rtcp,
    "Newexten": _newexten,
    "VarSet": _varset,
    "QueueMember": _member,
    "QueueMemberAdded": _member,
    "QueueMemberStatus": _member,
    "QueueMemberPause": _member,
    "QueueMemberPenalty": _member,
    "QueueMemberRinginuse": _member,
    "QueueMemberRemoved": _member_removed,
    "QueueParams": _queue_params,
    **lists.DECODERS,
    "FullyBooted": _booted,
    "Shutdown": _stopped,
}

_readers = Heads(lambda name: not name or name.decode("utf-8", "replace") in DECODERS)
