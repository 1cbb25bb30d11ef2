"""Packets and events to fuzz with: few channels, bridges, agents and queues, so that they meet; values as real ones."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from asterisk.decode import DECODERS
from calls import events as e
from calls import file_events as f
from calls.settings import QueueSettings, Settings

NAMES = frozenset(DECODERS)
PREFIXES = (
    "",
    "Dest",
    "Transferer",
    "Transferee",
    "OrigTransferer",
    "SecondTransferer",
    "TransferTarget",
    "Parkee",
    "Target",
)
HEADERS = (
    *(prefix + name for prefix in PREFIXES for name in ("Uniqueid", "Linkedid", "Channel", "CallerIDNum", "Exten")),
    "Timestamp", "Queue", "Interface", "MemberName", "BridgeUniqueid", "BridgeCreator", "BridgeTechnology", "Cause",
    "SwapUniqueid", "DialStatus", "HoldTime", "RingTime", "Reason", "Result", "Extension", "Position", "Status",
    "Paused", "PausedReason", "LastPause", "Uptime", "Variable", "Value", "Application", "AppData", "ReportCount",
    "RTT", "SentNTP", "SentRTP", "Report0FractionLost", "Report0IAJitter", "ChanVariable", "New", "ActionID",
    "Location", "Name", "Wait", "Seconds", "Duration", "ApplicationData", "ServiceLevel", "DestType",
    "ChannelState", "SequenceNumber", "EventList", "ParkerDialString", "ParkingSpace",
)  # fmt: skip
VALUES = (
    "", "00:01:02", "4 2", 'q\\"uote',
    "1", "2", "-1", "0.5", "1e400", "nan", "<unknown>", "ANSWER", "Success", "App", "Queue", "QUEUESTATUS",
    "MIXMONITOR_FILENAME", "TIMEOUT", "ConfBridge", "2001", "holding_bridge", "CALL_DIRECTION=inbound",
    "RECORDING_FILE=/a", "PJSIP/1001-00000001", "Local/1003@x-00000001;1", "PJSIP/1001", "1795360512.866339",
    "99999999999999999999",
)  # fmt: skip


def packets() -> st.SearchStrategy[bytes]:
    """A packet: mostly one that has a reader, with some of the headers that readers look at, in any order."""
    value = st.one_of(st.sampled_from(VALUES), st.sampled_from("abcd"), st.text(max_size=12))
    header = st.tuples(st.sampled_from(HEADERS), value)
    name = st.one_of(st.sampled_from(sorted(NAMES)), st.text(max_size=8))
    channel = st.sampled_from([(), ("Uniqueid", "Linkedid"), ("Uniqueid", "Linkedid", "DestUniqueid", "DestLinkedid")])
    return st.builds(_packet, name, channel, st.lists(header, max_size=14))


def _packet(name: str, channel: tuple[str, ...], headers: list[tuple[str, str]]) -> bytes:
    lines = [
        f"Event: {name}",
        *(f"{key}: u{place}" for place, key in enumerate(channel)),
        *(f"{k}: {v}" for k, v in headers),
    ]
    return "\r\n".join(lines).encode("utf-8", "surrogatepass").replace(b"\r\n\r\n", b"\r\n")


class Telling(NamedTuple):
    """One event of a story, as numbers: which, when, and which channels, bridge, queue and agent it is about."""

    name: str
    later: int
    one: int
    other: int
    call: int
    place: int
    flag: bool


def stories(names: Iterable[str]) -> st.SearchStrategy[list[Telling]]:
    """Up to sixty of these, in any order, of six channels in four calls, three bridges, two queues and three agents."""
    small = st.integers(0, 5)
    telling = st.builds(
        Telling,
        st.sampled_from(sorted(names)),
        st.integers(-50, 5000),
        small,
        small,
        st.integers(0, 3),
        small,
        st.booleans(),
    )
    return st.lists(telling, max_size=60)


# Agents' phones, a trunk, and the two ends of a pipe.
CHANNELS = ("PJSIP/1001-1", "PJSIP/1002-1", "PJSIP/trunk-1", "Local/1003@x-1;1", "Local/1003@x-1;2", "PJSIP/1003-1")
INTERFACES = ("PJSIP/1001", "PJSIP/1002", "Local/1003@x")
STATUSES = ("ANSWER", "BUSY", "NOANSWER", "CANCEL", "CONGESTION", "CHANUNAVAIL")
QUEUE_STATUSES = ("TIMEOUT", "JOINEMPTY", "FULL", "LEAVEEMPTY", "WITHDRAW", "CONTINUE")
Make = Callable[[Telling, int], e.Event]


def _channel(it: Telling, number: int) -> e.Channel:
    # A channel usually names its own call, and now and then another one: then they are merged.
    linked = it.call if it.flag else number
    direction = "outbound" if it.place == 5 else ""
    return e.Channel(f"c{number}", f"c{linked}", CHANNELS[number], f"10{number}", "", "2001", "", direction)


def _base(it: Telling, place: int) -> dict[str, Any]:
    # The login changes now and then.
    return {"pos": e.Position("ami", "fuzz", 1 + place // 40, place), "at": 1_000_000 + place * 1000 + it.later}


def _one(kind: type[e.ChannelEvent], **more: Callable[[Telling], Any]) -> Make:
    return lambda it, place: kind(
        **_base(it, place), channel=_channel(it, it.one), **{key: read(it) for key, read in more.items()}
    )


def _agent(kind: type[e.AgentEvent], **more: Callable[[Telling], Any]) -> Make:
    def make(it: Telling, place: int) -> e.Event:
        interface = INTERFACES[it.place % 3]
        ends = {
            "channel": None if it.later == 7 else _channel(it, it.one),
            "dest": None if it.later == 9 else _channel(it, it.other),
        }
        told = {key: read(it) for key, read in more.items()}
        return kind(**_base(it, place), **ends, queue=_queue(it), interface=interface, member="", **told)

    return make


def _other(kind: type[e.Event], make: Callable[[Telling], dict[str, Any]]) -> Make:
    return lambda it, place: kind(**_base(it, place), **make(it))


def _queue(it: Telling) -> str:
    return ("support", "sales")[it.call % 2]


def _bridge(it: Telling) -> str:
    return f"b{it.place % 3}"


EVENTS: dict[str, Make] = {
    "Newchannel": _one(e.Newchannel),
    "Newstate": _one(e.Newstate, state=lambda it: it.place),
    "HangupRequest": _one(e.HangupRequest),
    "SoftHangupRequest": _one(e.SoftHangupRequest, cause=lambda it: it.place),
    "Hangup": _one(e.Hangup, cause=lambda it: 14 + it.place),
    "Hold": _one(e.Hold),
    "Unhold": _one(e.Unhold),
    "BridgeEnter": _one(
        e.BridgeEnter, bridge=_bridge, swap=lambda it: f"c{it.other}", conference=lambda it: it.place % 3 == 1,
        holding=lambda it: it.place % 3 == 2 and it.flag,
    ),
    "BridgeLeave": _one(e.BridgeLeave, bridge=_bridge),
    "QueueCallerJoin": _one(e.QueueCallerJoin, queue=_queue, position=lambda it: it.place),
    "QueueCallerLeave": _one(e.QueueCallerLeave, queue=_queue),
    "QueueCallerAbandon": _one(e.QueueCallerAbandon, queue=_queue),
    "QueueAsked": _one(e.QueueAsked, queue=_queue),
    "QueueStatusSet": _one(e.QueueStatusSet, value=lambda it: QUEUE_STATUSES[it.place]),
    "RecordingNamed": _one(e.RecordingNamed, file=lambda it: f"/r{it.place}"),
    "MixMonitorStart": _one(e.MixMonitorStart, file=lambda it: "/r"),
    "MixMonitorStop": _one(e.MixMonitorStop),
    "VoicemailLeft": _one(e.VoicemailLeft),
    "CallParked": _one(e.CallParked, space=lambda it: "701", parker=lambda it: INTERFACES[it.place % 3]),
    "CallPickedUp": _one(e.CallPickedUp, target=lambda it: _channel(it, it.other)),
    "RtcpReport": _one(
        e.RtcpReport, by_pbx=lambda it: it.flag, lost=lambda it: it.place / 10, jitter=lambda it: it.later & 255,
        round_trip_ms=lambda it: float(it.place), ntp=lambda it: float(it.other), rtp=lambda it: it.later & 0xFFFF,
    ),
    "ChannelListed": _one(
        e.ChannelListed, age_s=lambda it: it.place, bridge=lambda it: _bridge(it) if it.flag else "",
        queue=lambda it: _queue(it) if it.other == it.one else "", waited_ms=lambda it: it.place * 1000 or None,
    ),
    "CallerListed": _one(e.CallerListed, queue=_queue, position=lambda it: it.place, waited_s=lambda it: it.place),
    "AgentCalled": _agent(e.AgentCalled),
    "AgentConnect": _agent(e.AgentConnect, hold_s=lambda it: it.place),
    "AgentComplete": _agent(e.AgentComplete, reason=lambda it: ("caller", "agent", "transfer")[it.place % 3]),
    "AgentRingNoAnswer": _agent(e.AgentRingNoAnswer, ring_ms=lambda it: it.place * 1000),
    "DialBegin": _other(e.DialBegin, lambda it: {"channel": _channel(it, it.one), "dest": _channel(it, it.other)}),
    "DialEnd": _other(
        e.DialEnd,
        lambda it: {"channel": None, "dest": _channel(it, it.other), "status": STATUSES[it.place]},
    ),
    "BlindTransfer": _other(
        e.BlindTransfer,
        lambda it: {"transferer": _channel(it, it.one), "transferee": None, "exten": "1003", "ok": it.flag},
    ),
    "AttendedTransfer": _other(
        e.AttendedTransfer,
        lambda it: {
            "transferer": _channel(it, it.one), "second": _channel(it, it.other),
            "transferee": _channel(it, it.place), "target": None, "ok": it.later % 2 == 0,
            "takes_place": it.later % 3 == 0,
        },
    ),
    "Member": _other(
        e.Member,
        lambda it: {
            "queue": _queue(it), "interface": INTERFACES[it.place % 3], "name": "", "status": it.other,
            "paused": it.flag, "reason": ("", "lunch", "acw")[it.one % 3], "last_pause": it.one * 100,
            "listed": it.later % 2 == 0,
        },
    ),
    "MemberRemoved": _other(e.MemberRemoved, lambda it: {"queue": _queue(it), "interface": INTERFACES[it.place % 3]}),
    "QueueParams": _other(e.QueueParams, lambda it: {"queue": _queue(it), "service_level_s": it.place}),
    "PbxBooted": _other(e.PbxBooted, lambda it: {"uptime_s": it.place * 10}),
    "PbxStopped": _other(e.PbxStopped, lambda it: {}),
    "LinkLost": _other(e.LinkLost, lambda it: {"source": "ami", "cause": "fuzz"}),
    "LinkRestored": _other(e.LinkRestored, lambda it: {"source": "ami"}),
    "ChannelsListed": _other(e.ChannelsListed, lambda it: {}),
    "QueuesListed": _other(e.QueuesListed, lambda it: {}),
    "SettingsChanged": _other(
        e.SettingsChanged,
        lambda it: {"settings": Settings(wrapup_s=it.place, queues={"support": QueueSettings(wrapup_s=it.other)})},
    ),
}  # fmt: skip


VERBS = (
    ("ENTERQUEUE", ("position",)), ("CONNECT", ("wait_s", "agent_uniqueid", "ring_s")), ("ABANDON", ("wait_s",)),
    ("COMPLETECALLER", ("talk_s",)), ("COMPLETEAGENT", ("talk_s",)), ("BLINDTRANSFER", ("extension", "talk_s")),
    ("ATTENDEDTRANSFER", ("method", "talk_s")), ("EXITWITHTIMEOUT", ("wait_s",)), ("EXITWITHKEY", ("key",)),
    ("EXITEMPTY", ()), ("WITHDRAW", ()), ("RINGNOANSWER", ("ring_ms",)), ("RINGCANCELED", ("ring_ms",)),
    ("QUEUESTART", ()), ("PAUSE", ("reason",)), ("OUR OWN", ()),
)  # fmt: skip
KINDS = (
    "CHAN_START", "ANSWER", "BRIDGE_ENTER", "BRIDGE_EXIT", "HANGUP", "CHAN_END", "LINKEDID_END", "BLINDTRANSFER",
    "ATTENDEDTRANSFER", "PICKUP", "PARK_START", "STREAM_BEGIN", "STREAM_END", "LOCAL_OPTIMIZE", "USER_DEFINED",
)  # fmt: skip
APPLICATIONS = ("Queue", "AppQueue", "AppDial", "ConfBridge", "VoiceMail", "")
STREAMS = ("MOH_STREAM_BEGIN", "MOH_STREAM_END", "FILE_STREAM_BEGIN")


def _file(source: str, place: int, at: int) -> dict[str, Any]:
    return {"pos": e.Position(source, "fuzz", 1, place), "at": at}


def _line(it: Telling, place: int) -> e.Event:
    verb, names = VERBS[(it.later + it.place) % len(VERBS)]
    values = {name: f"c{it.other}" if name == "agent_uniqueid" else str(it.place) for name in names}
    at = (1_000_000 + place * 1000 + it.later) // 1000 * 1000
    callid = "NONE" if it.later == 7 else f"c{it.one}"
    agent = (*INTERFACES, "Alice", "NONE", "")[it.call]
    return f.QueueLogged(
        **_file(f.QUEUE_LOG, place, at), callid=callid, queue=_queue(it), agent=agent, verb=verb, values=values
    )


def _record(it: Telling, place: int) -> e.Event:
    extra = {
        "bridge_id": _bridge(it), "hangupsource": CHANNELS[it.other], "hangupcause": 16 if it.flag else "odd",
        "dialstatus": STATUSES[it.place], "channel2_uniqueid": f"c{it.other}", "sound": "beep",
        "transferee_channel_uniqueid": f"c{it.place}", "pickup_channel_uniqueid": f"c{it.other}",
        "bridge_technology": "holding_bridge" if it.place == 4 else "simple_bridge",
    }  # fmt: skip
    return f.ChannelLogged(
        **_file(f.CEL, place, 1_000_000 + place * 1000 + it.later),
        channel=_channel(it, it.one),
        kind=KINDS[(it.later + it.place) % len(KINDS)],
        application=APPLICATIONS[it.other],
        name=STREAMS[it.place % 3],
        extra=extra if it.call else {},
    )


def _mark(it: Telling, place: int) -> e.Event:
    sources = ((f.QUEUE_LOG, f.CEL), (f.QUEUE_LOG,), (f.CEL,), (f.QUEUE_LOG, f.CEL))[it.call]
    return f.FilesRead(**_file("files", place, 1_000_000 + place * 1000 * (1 + 100 * it.flag)), sources=sources)


# Names that stand several times: most of a story with files is what the files say.
FILE_EVENTS: dict[str, Make] = {
    **EVENTS,
    **{f"line {number}": _line for number in range(12)},
    **{f"record {number}": _record for number in range(18)},
    **{f"mark {number}": _mark for number in range(12)},
}
