"""Packets of AMI to events of `calls`: a table by event name. Pure.

What the reducer has no use for is left out here; `IGNORED` are the types that nothing of ours reads, which the ingester
need not even store. A packet that lacks what its kind must have becomes a `Rejected`, never an exception and never
silence.
"""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from asterisk.ami import Packet, event_name, parse_packet
from calls import events as e
from calls.codec import Entry, Record
from calls.errors import BadEvent
from calls.settings import Settings
from calls.state import Rejected

# Types that no reader of ours needs. VarSet and Newexten are most of the traffic; of them only `KEPT` lines are read.
IGNORED: Final = frozenset(
    {
        b"AuthDetail",  # holds an endpoint's password in clear text
        b"BridgeCreate",
        b"BridgeDestroy",
        b"BridgeInfoChannel",
        b"CEL",  # the CEL file is the better copy
        b"Cdr",
        b"ChallengeSent",
        b"DeviceStateChange",
        b"DialState",
        b"ExtensionStatus",
        b"InvalidPassword",
        b"MusicOnHoldStart",
        b"MusicOnHoldStop",
        b"NewCallerid",
        b"NewConnectedLine",
        b"RequestBadFormat",
        b"SuccessfulAuth",
        b"TestEvent",
    }
)
# The lines that save a packet of a noisy type from being ignored.
KEPT: Final = {
    b"VarSet": (b"\r\nVariable: QUEUESTATUS\r\n",),
    b"Newexten": (b"\r\nApplication: Queue\r\n",),
}

UNKNOWN = "<unknown>"


def is_ignored(raw: bytes) -> bool:
    """Whether nothing of ours reads this packet: by its type, without parsing it."""
    name = event_name(raw)
    if name in IGNORED:
        return True
    saving = KEPT.get(name)
    return saving is not None and not any(line in raw for line in saving)


def events_of(record: Record) -> Iterator[e.Event | Rejected]:
    """The events in a record, in order; what cannot be read is a `Rejected` in its place."""
    for entry in record.entries:
        pos = e.Position(record.source, record.ingester, record.epoch, entry.seq)
        event: e.Event | Rejected | None
        try:
            event = _event(record, entry, pos)
        except BadEvent as error:
            event = Rejected(*pos, event=event_name(entry.raw).decode("utf-8", "replace"), reason=str(error))
        if event is not None:
            yield event


def _event(record: Record, entry: Entry, pos: e.Position) -> e.Event | None:
    if record.source == "ami":
        return None if is_ignored(entry.raw) else decode(parse_packet(entry.raw), pos, entry.received)
    if record.source == "settings":
        return e.SettingsChanged(pos=pos, at=entry.received, settings=read_settings(entry.raw))
    return None  # the files confirm calls; they begin none


def read_settings(raw: bytes) -> Settings:
    """Settings from their JSON. Raises BadEvent naming the field that is wrong."""
    try:
        return msgspec.json.decode(raw, type=Settings)
    except msgspec.DecodeError as error:
        raise BadEvent(f"settings: {error}") from error


def decode(packet: Packet, pos: e.Position, received: int) -> e.Event | None:
    """One packet as an event, None for kinds that say nothing of calls. `received` (ms) stands in for a missing time.

    Raises BadEvent where the packet lacks what its kind must have.
    """
    reader = DECODERS.get(packet.name)
    if reader is None:
        return None
    return reader(packet, pos, _time(packet, received))


def _time(packet: Packet, received: int) -> int:
    stamp = packet.get("Timestamp")
    if not stamp:
        return received
    try:
        return round(float(stamp) * 1000)
    except (ValueError, OverflowError) as error:
        raise BadEvent(f"Timestamp is not a number of seconds: {stamp!r}") from error


def _text(value: str) -> str:
    """Text that any store can hold: Asterisk cuts names inside a character, and a database knows no NUL."""
    if value.isascii() and value.isprintable():
        return "" if value == UNKNOWN else value
    clean = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return clean.replace("\x00", "�")


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def unescape(value: str) -> str:
    r"""Undo the C escapes that snapshots put into names: `q\\\"uote\\\"` was `q\"uote\"`."""
    if "\\" not in value:
        return value
    out, characters = [], iter(value)
    for character in characters:
        if character == "\\":
            following = next(characters, "\\")
            character = _ESCAPES.get(following, following)
        out.append(character)
    return "".join(out)


def channel(packet: Packet, prefix: str = "") -> e.Channel | None:
    """The channel snapshot under this prefix, None where the packet has none."""
    uniqueid = packet.get(prefix + "Uniqueid")
    if not uniqueid:
        return None
    direction = ""
    for value in packet.all(prefix + "ChanVariable"):
        if value.startswith("CALL_DIRECTION="):
            direction = value[len("CALL_DIRECTION=") :]
    return e.Channel(
        uniqueid=uniqueid,
        linkedid=packet.get(prefix + "Linkedid") or uniqueid,
        name=_text(packet.get(prefix + "Channel")),
        number=_text(unescape(packet.get(prefix + "CallerIDNum"))),
        caller_name=_text(unescape(packet.get(prefix + "CallerIDName"))),
        exten=_text(packet.get(prefix + "Exten")),
        context=_text(packet.get(prefix + "Context")),
        direction=direction if direction in ("inbound", "outbound", "internal") else "",
    )


def _need(packet: Packet, prefix: str = "") -> e.Channel:
    found = channel(packet, prefix)
    if found is None:
        raise BadEvent(f"{packet.name} without {prefix}Uniqueid")
    return found


def _word(packet: Packet, key: str) -> str:
    value = packet.get(key)
    if not value:
        raise BadEvent(f"{packet.name} without {key}")
    return _text(value)


def _number(packet: Packet, key: str, default: int | None = None) -> int:
    text = packet.get(key)
    if not text and default is not None:
        return default
    try:
        return int(text)
    except ValueError as error:
        raise BadEvent(f"{packet.name}: {key} is not a number: {text!r}") from error


def _agent_event(kind: type[e.AgentEvent], extra: Callable[[Packet], dict[str, object]]) -> "Decoder":
    def read(packet: Packet, pos: e.Position, at: int) -> e.Event:
        return kind(
            pos=pos,
            at=at,
            channel=channel(packet),
            dest=channel(packet, "Dest"),
            queue=_word(packet, "Queue"),
            interface=_word(packet, "Interface"),
            member=_text(packet.get("MemberName")),
            **extra(packet),
        )

    return read


def _channel_event(kind: type[e.ChannelEvent], extra: Callable[[Packet], dict[str, object]] | None = None) -> "Decoder":
    def read(packet: Packet, pos: e.Position, at: int) -> e.Event:
        more = extra(packet) if extra is not None else {}
        return kind(pos=pos, at=at, channel=_need(packet), **more)

    return read


def _nothing(packet: Packet) -> dict[str, object]:
    return {}


def _cause(packet: Packet) -> dict[str, object]:
    return {"cause": _number(packet, "Cause", 0)}


def _queue(packet: Packet) -> dict[str, object]:
    return {"queue": _word(packet, "Queue")}


def _newexten(packet: Packet, pos: e.Position, at: int) -> e.Event | None:
    if packet.get("Application") != "Queue":
        return None
    queue = packet.get("AppData").partition(",")[0].strip()
    return e.QueueAsked(pos=pos, at=at, channel=_need(packet), queue=_text(queue))


def _varset(packet: Packet, pos: e.Position, at: int) -> e.Event | None:
    if packet.get("Variable") != "QUEUESTATUS" or channel(packet) is None:
        return None
    return e.QueueStatusSet(pos=pos, at=at, channel=_need(packet), value=_text(packet.get("Value")))


def _dial_begin(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.DialBegin(pos=pos, at=at, channel=channel(packet), dest=_need(packet, "Dest"))


def _dial_end(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.DialEnd(
        pos=pos, at=at, channel=channel(packet), dest=_need(packet, "Dest"), status=_word(packet, "DialStatus")
    )


def _bridge_enter(packet: Packet, pos: e.Position, at: int) -> e.Event:
    bridge = _word(packet, "BridgeUniqueid")
    return e.BridgeEnter(pos=pos, at=at, channel=_need(packet), bridge=bridge, swap=packet.get("SwapUniqueid"))


def _blind(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.BlindTransfer(
        pos=pos,
        at=at,
        transferer=_need(packet, "Transferer"),
        transferee=channel(packet, "Transferee"),
        exten=_text(packet.get("Extension")),
        ok=packet.get("Result") == "Success",
    )


def _attended(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.AttendedTransfer(
        pos=pos,
        at=at,
        transferer=_need(packet, "OrigTransferer"),
        second=_need(packet, "SecondTransferer"),
        transferee=channel(packet, "Transferee"),
        target=channel(packet, "TransferTarget"),
        ok=packet.get("Result") == "Success",
    )


def _recording(packet: Packet) -> dict[str, object]:
    variables = packet.all("ChanVariable")
    return {"file": _text(next((v[15:] for v in variables if v.startswith("RECORDING_FILE=")), ""))}


def _member(packet: Packet, pos: e.Position, at: int) -> e.Event:
    interface = packet.get("Interface") or packet.get("Location")
    if not interface:
        raise BadEvent(f"{packet.name} without Interface")
    return e.Member(
        pos=pos,
        at=at,
        queue=_word(packet, "Queue"),
        interface=_text(interface),
        name=_text(packet.get("MemberName") or packet.get("Name")),
        status=_number(packet, "Status", 0),
        paused=packet.get("Paused") == "1",
        reason=_text(packet.get("PausedReason")),
        last_pause=_number(packet, "LastPause", 0),
    )


def _member_removed(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.MemberRemoved(pos=pos, at=at, queue=_word(packet, "Queue"), interface=_word(packet, "Interface"))


def _queue_params(packet: Packet, pos: e.Position, at: int) -> e.Event:
    threshold = _number(packet, "ServiceLevel", 0)
    return e.QueueParams(pos=pos, at=at, queue=_word(packet, "Queue"), service_level_s=threshold)


def _booted(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.PbxBooted(pos=pos, at=at, uptime_s=_number(packet, "Uptime", 0))


def _stopped(packet: Packet, pos: e.Position, at: int) -> e.Event:
    return e.PbxStopped(pos=pos, at=at)


def _message_waiting(packet: Packet, pos: e.Position, at: int) -> e.Event | None:
    found = channel(packet)
    if found is None or _number(packet, "New", 0) < 1:
        return None
    return e.VoicemailLeft(pos=pos, at=at, channel=found)


Decoder = Callable[[Packet, e.Position, int], e.Event | None]

DECODERS: dict[str, Decoder] = {
    "Newchannel": _channel_event(e.Newchannel),
    "Newstate": _channel_event(e.Newstate, lambda packet: {"state": _number(packet, "ChannelState", 0)}),
    "HangupRequest": _channel_event(e.HangupRequest),
    "SoftHangupRequest": _channel_event(e.SoftHangupRequest, _cause),
    "Hangup": _channel_event(e.Hangup, _cause),
    "Hold": _channel_event(e.Hold),
    "Unhold": _channel_event(e.Unhold),
    "BridgeEnter": _bridge_enter,
    "BridgeLeave": _channel_event(e.BridgeLeave, lambda packet: {"bridge": _word(packet, "BridgeUniqueid")}),
    "DialBegin": _dial_begin,
    "DialEnd": _dial_end,
    "QueueCallerJoin": _channel_event(
        e.QueueCallerJoin, lambda packet: {**_queue(packet), "position": _number(packet, "Position", 0)}
    ),
    "QueueCallerLeave": _channel_event(e.QueueCallerLeave, _queue),
    "QueueCallerAbandon": _channel_event(e.QueueCallerAbandon, _queue),
    "AgentCalled": _agent_event(e.AgentCalled, _nothing),
    "AgentConnect": _agent_event(e.AgentConnect, lambda packet: {"hold_s": _number(packet, "HoldTime", 0)}),
    "AgentComplete": _agent_event(e.AgentComplete, lambda packet: {"reason": _word(packet, "Reason")}),
    "AgentRingNoAnswer": _agent_event(e.AgentRingNoAnswer, lambda packet: {"ring_ms": _number(packet, "RingTime", 0)}),
    "BlindTransfer": _blind,
    "AttendedTransfer": _attended,
    "MixMonitorStart": _channel_event(e.MixMonitorStart, _recording),
    "MixMonitorStop": _channel_event(e.MixMonitorStop),
    "MessageWaiting": _message_waiting,
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
    "FullyBooted": _booted,
    "Shutdown": _stopped,
}
