"""Packets to events: a table both ways round, and what is wrong with a packet said in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk.ami import Packet, packet_bytes, parse_packet
from asterisk.decode import DECODERS, decode, events_of, is_read
from asterisk.fields import unescape
from asterisk.noise import IGNORED, KEPT
from calls import events as e
from calls.codec import Entry, Record
from calls.errors import BadEvent
from calls.state import Rejected

POS = e.Position("ami", "a", 1, 1)
CHANNEL = (
    ("Channel", "PJSIP/trunk-0000000c"),
    ("CallerIDNum", "5551234"),
    ("CallerIDName", "Carl"),
    ("Context", "pbx-inbound"),
    ("Exten", "2001"),
    ("Uniqueid", "lab1-1.12"),
    ("Linkedid", "lab1-1.12"),
    ("ChanVariable", "CUSTOMER_ID=C-7"),
    ("ChanVariable", "CALL_DIRECTION=inbound"),
)
DEST = tuple(("Dest" + key, value.replace(".12", ".13")) for key, value in CHANNEL)
PARKEE = tuple(("Parkee" + key, value) for key, value in CHANNEL)
TARGET = tuple(("Target" + key, value.replace(".12", ".13")) for key, value in CHANNEL)
REPORT = (
    ("SentNTP", "1795361031.375626"),
    ("SentRTP", "9280"),
    ("ReportCount", "1"),
    ("Report0FractionLost", "64"),
    ("Report0IAJitter", "37"),
)
MEMBER = (("Queue", "2001"), ("Interface", "PJSIP/1001"), ("MemberName", "Alice"))


def packet(name: str, *fields: tuple[str, str]) -> Packet:
    """An event's packet with a time."""
    return Packet((("Event", name), ("Timestamp", "1795360512.866339"), *fields))


CASES: list[tuple[Packet, type[e.Event] | None]] = [
    (packet("Newchannel", *CHANNEL), e.Newchannel),
    (packet("Newstate", *CHANNEL, ("ChannelState", "6")), e.Newstate),
    (packet("HangupRequest", *CHANNEL), e.HangupRequest),
    (packet("SoftHangupRequest", *CHANNEL, ("Cause", "16")), e.SoftHangupRequest),
    (packet("Hangup", *CHANNEL, ("Cause", "16")), e.Hangup),
    (packet("Hold", *CHANNEL), e.Hold),
    (packet("Unhold", *CHANNEL), e.Unhold),
    (packet("BridgeEnter", *CHANNEL, ("BridgeUniqueid", "b")), e.BridgeEnter),
    (packet("BridgeLeave", *CHANNEL, ("BridgeUniqueid", "b")), e.BridgeLeave),
    (packet("DialBegin", *CHANNEL, *DEST), e.DialBegin),
    (packet("DialBegin", *DEST), e.DialBegin),
    (packet("DialEnd", *CHANNEL, *DEST, ("DialStatus", "BUSY")), e.DialEnd),
    (packet("QueueCallerJoin", *CHANNEL, ("Queue", "2001"), ("Position", "1")), e.QueueCallerJoin),
    (packet("QueueCallerLeave", *CHANNEL, ("Queue", "2001")), e.QueueCallerLeave),
    (packet("QueueCallerAbandon", *CHANNEL, ("Queue", "2001")), e.QueueCallerAbandon),
    (packet("AgentCalled", *CHANNEL, *DEST, *MEMBER), e.AgentCalled),
    (packet("AgentConnect", *CHANNEL, *DEST, *MEMBER, ("HoldTime", "1")), e.AgentConnect),
    (packet("AgentComplete", *MEMBER, ("Reason", "agent")), e.AgentComplete),
    (packet("AgentRingNoAnswer", *CHANNEL, *DEST, *MEMBER, ("RingTime", "5002")), e.AgentRingNoAnswer),
    (packet("MixMonitorStart", *CHANNEL, ("ChanVariable", "RECORDING_FILE=/a.wav")), e.MixMonitorStart),
    (packet("MixMonitorStop", *CHANNEL), e.MixMonitorStop),
    (packet("MessageWaiting", *CHANNEL, ("New", "1")), e.VoicemailLeft),
    (packet("MessageWaiting", *CHANNEL, ("New", "0")), None),
    (packet("Newexten", *CHANNEL, ("Application", "Queue"), ("AppData", "2001,tT,,,300")), e.QueueAsked),
    (packet("Newexten", *CHANNEL, ("Application", "NoOp"), ("AppData", "")), None),
    (packet("VarSet", *CHANNEL, ("Variable", "QUEUESTATUS"), ("Value", "TIMEOUT")), e.QueueStatusSet),
    (packet("VarSet", *CHANNEL, ("Variable", "DIALSTATUS"), ("Value", "BUSY")), None),
    (packet("VarSet", *CHANNEL, ("Variable", "MIXMONITOR_FILENAME"), ("Value", "/a.wav")), e.RecordingNamed),
    (packet("VarSet", ("Variable", "MIXMONITOR_FILENAME"), ("Value", "/a.wav")), None),
    (packet("ParkedCall", *PARKEE, ("ParkingSpace", "701")), e.CallParked),
    (packet("Pickup", *CHANNEL, *TARGET), e.CallPickedUp),
    (packet("RTCPSent", *CHANNEL, *REPORT), e.RtcpReport),
    (packet("RTCPReceived", *CHANNEL, *REPORT), e.RtcpReport),
    (packet("RTCPSent", *REPORT), None),
    (packet("RTCPSent", *CHANNEL, ("ReportCount", "0")), None),
    (packet("RTCPSent", *CHANNEL), None),
    (packet("QueueMemberStatus", *MEMBER, ("Status", "1"), ("Paused", "0")), e.Member),
    (packet("QueueMember", ("Queue", "2001"), ("Name", "Alice"), ("Location", "PJSIP/1001")), e.Member),
    (packet("QueueMemberRemoved", *MEMBER), e.MemberRemoved),
    (packet("QueueParams", ("Queue", "2001"), ("ServiceLevel", "20")), e.QueueParams),
    (packet("FullyBooted", ("Uptime", "471")), e.PbxBooted),
    (packet("Shutdown"), e.PbxStopped),
    (packet("SomethingNew", *CHANNEL), None),
]


@pytest.mark.parametrize(("given_", "kind"), CASES, ids=lambda it: getattr(it, "name", ""))
def test_each_kind_of_packet(given_: Packet, kind: type[e.Event] | None) -> None:
    event = decode(given_, POS, 7)
    assert type(event) is (kind or type(None))
    assert event is None or (event.pos, event.at) == (POS, 1_795_360_512_866)


def test_transfers_name_their_channels() -> None:
    parts = {
        "Transferer": ".13", "Transferee": ".12", "OrigTransferer": ".13", "SecondTransferer": ".14",
        "TransferTarget": ".15",
    }  # fmt: skip
    fields = [(prefix + key, value.replace(".12", end)) for prefix, end in parts.items() for key, value in CHANNEL]
    blind = decode(packet("BlindTransfer", ("Result", "Success"), *fields, ("Extension", "1003")), POS, 0)
    assert isinstance(blind, e.BlindTransfer) and (blind.transferer.uniqueid, blind.exten) == ("lab1-1.13", "1003")
    attended = decode(packet("AttendedTransfer", ("Result", "Fail"), *fields), POS, 0)
    assert isinstance(attended, e.AttendedTransfer) and (attended.second.uniqueid, attended.ok) == ("lab1-1.14", False)


def entering(*fields: tuple[str, str]) -> e.BridgeEnter:
    """What is read of a channel that enters such a bridge."""
    event = decode(packet("BridgeEnter", *CHANNEL, ("BridgeUniqueid", "b"), *fields), POS, 0)
    assert isinstance(event, e.BridgeEnter)
    return event


def test_a_bridge_may_be_a_conference_or_a_place_to_wait() -> None:
    plain = entering(
        ("BridgeTechnology", "simple_bridge"), ("BridgeCreator", "<unknown>"), ("SwapUniqueid", "lab1-1.9")
    )
    room = entering(("BridgeTechnology", "softmix"), ("BridgeCreator", "ConfBridge"))
    lot = entering(("BridgeTechnology", "holding_bridge"), ("BridgeCreator", "Parking"))
    assert [(it.conference, it.holding) for it in (plain, room, lot)] == [(False, False), (True, False), (False, True)]
    assert [(it.bridge, it.swap) for it in (plain, room)] == [("b", "lab1-1.9"), ("b", "")]


@pytest.mark.parametrize(("dest_type", "takes_place"), [("App", True), ("Bridge", False), ("Link", False)])
def test_an_attended_transfer_may_take_the_place_of_its_second_channel(dest_type: str, takes_place: bool) -> None:
    prefixes = ("OrigTransferer", "SecondTransferer", "Transferee")
    fields = [(prefix + key, value) for prefix in prefixes for key, value in CHANNEL]
    event = decode(packet("AttendedTransfer", ("Result", "Success"), *fields, ("DestType", dest_type)), POS, 0)
    assert isinstance(event, e.AttendedTransfer)
    assert (event.takes_place, event.ok, event.target) == (takes_place, True, None)


def test_a_parked_caller_the_space_and_who_parked_it() -> None:
    where = (("ParkingSpace", "701"), ("ParkerDialString", "PJSIP/1001"))
    event = decode(packet("ParkedCall", *PARKEE, *where), POS, 0)
    assert isinstance(event, e.CallParked)
    assert (event.channel.uniqueid, event.space, event.parker) == ("lab1-1.12", "701", "PJSIP/1001")


def test_who_picks_up_and_whose_ring() -> None:
    event = decode(packet("Pickup", *CHANNEL, *TARGET), POS, 0)
    assert isinstance(event, e.CallPickedUp)
    assert (event.channel.uniqueid, event.target.uniqueid) == ("lab1-1.12", "lab1-1.13")


def test_the_name_of_the_recording_that_comes() -> None:
    fields = (("Variable", "MIXMONITOR_FILENAME"), ("Value", "/rec/1.wav"))
    event = decode(packet("VarSet", *CHANNEL, *fields), POS, 0)
    assert isinstance(event, e.RecordingNamed)
    assert (event.channel.uniqueid, event.file) == ("lab1-1.12", "/rec/1.wav")


def reported(name: str, *fields: tuple[str, str]) -> e.RtcpReport:
    """A report as it is read."""
    event = decode(packet(name, *CHANNEL, *REPORT, *fields), POS, 0)
    assert isinstance(event, e.RtcpReport)
    return event


def test_a_report_of_how_a_stream_arrived() -> None:
    sent, received = reported("RTCPSent"), reported("RTCPReceived", ("RTT", "0.0503"))
    assert [(it.by_pbx, it.lost, it.jitter) for it in (sent, received)] == [(True, 0.25, 37), (False, 0.25, 37)]
    assert (sent.round_trip_ms, received.round_trip_ms) == (None, pytest.approx(50.3))
    assert (sent.ntp, sent.rtp) == (1_795_361_031.375626, 9280)


def test_a_receiver_report_has_no_clocks() -> None:
    fields = [(key, value) for key, value in REPORT if not key.startswith("Sent")]
    event = decode(packet("RTCPReceived", *CHANNEL, *fields), POS, 0)
    assert isinstance(event, e.RtcpReport) and (event.ntp, event.rtp) == (0.0, 0)


def test_a_channel_is_read_whole() -> None:
    event = decode(packet("Newchannel", *CHANNEL), POS, 0)
    assert isinstance(event, e.Newchannel)
    assert event.channel == e.Channel(
        "lab1-1.12", "lab1-1.12", "PJSIP/trunk-0000000c", "5551234", "Carl", "2001", "pbx-inbound", "inbound"
    )


def test_a_packet_without_a_time_has_the_time_it_came() -> None:
    event = decode(Packet((("Event", "FullyBooted"), ("Uptime", "3"))), POS, 1234)
    assert event is not None and event.at == 1234


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (packet("Hangup", ("Cause", "16")), "Uniqueid"),
        (packet("Hangup", *CHANNEL, ("Cause", "sixteen")), "Cause is not a number: 'sixteen'"),
        (packet("QueueCallerJoin", *CHANNEL), "without Queue"),
        (packet("AgentConnect", *CHANNEL, ("Queue", "q")), "without Interface"),
        (packet("QueueMember", ("Queue", "q")), "without Interface"),
        (packet("BridgeEnter", *CHANNEL), "without BridgeUniqueid"),
        (packet("ParkedCall", *CHANNEL), "without ParkeeUniqueid"),
        (packet("Pickup", *CHANNEL), "without TargetUniqueid"),
        (packet("Pickup", *TARGET), "without Uniqueid"),
        (packet("RTCPSent", *CHANNEL, *REPORT, ("RTT", "soon")), "RTT is not a number: 'soon'"),
        (Packet((("Event", "Hangup"), ("Timestamp", "noon"), *CHANNEL)), "Timestamp"),
        (Packet((("Event", "Hangup"), ("Timestamp", "-1"), *CHANNEL)), "Timestamp"),
        (Packet((("Event", "Hangup"), ("Timestamp", "84848484848484.5"), *CHANNEL)), "Timestamp"),
    ],
)
def test_what_is_wrong_is_named(bad: Packet, word: str) -> None:
    with pytest.raises(BadEvent, match=word):
        decode(bad, POS, 0)


@pytest.mark.parametrize(("said", "number"), [(b"0", 0), (b"2147483647", 2**31 - 1), (b"-2147483648", 2**31)])
def test_an_event_has_the_number_that_debug_gives_it(said: bytes, number: int) -> None:
    """As a real Asterisk 22 writes it. The counter is a C int."""
    raw = (
        b"Event: Shutdown\r\nPrivilege: system,all\r\nTimestamp: 1795713351.271981\r\nSequenceNumber: %b\r\n"
        b"File: manager.c\r\nLine: 593\r\nFunc: manager_default_msg_cb\r\nSystemName: lab1\r\nShutdown: Cleanly"
    )
    event = decode(parse_packet(raw % said), POS, 5)
    assert event == e.PbxStopped(pos=POS, at=1795713351272, sequence=number)


def test_what_has_no_number_has_none() -> None:
    report = parse_packet(b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 4")
    assert decode(report, POS, 5) == e.PbxBooted(pos=POS, at=5, uptime_s=4)


def test_unknown_texts_are_empty_and_names_are_unescaped() -> None:
    fields = dict(CHANNEL) | {"CallerIDNum": "<unknown>", "CallerIDName": 'tab\\there \\\\\\"quote\\\\\\"'}
    event = decode(packet("Newchannel", *fields.items()), POS, 0)
    assert isinstance(event, e.Newchannel)
    assert (event.channel.number, event.channel.caller_name) == ("", 'tab\there \\"quote\\"')
    assert unescape("end\\") == "end\\"


def test_a_name_cut_inside_a_character_and_a_nul_can_be_stored() -> None:
    raw = packet_bytes(packet("Newchannel", *CHANNEL)).replace(b"Carl", b"Zo\xc3 \x00")
    event = decode(parse_packet(raw), POS, 0)
    assert isinstance(event, e.Newchannel)
    assert event.channel.caller_name.encode() and "\x00" not in event.channel.caller_name


def record(*raws: bytes, source: str = "ami") -> Record:
    """Packets of one login."""
    return Record(1, "lab1", source, "a", 1, [Entry(n, 1000 + n, raw) for n, raw in enumerate(raws, 1)])


def test_a_record_gives_its_events_in_order_and_its_rejects_in_their_place() -> None:
    good, bad = packet_bytes(packet("Newchannel", *CHANNEL)), packet_bytes(packet("Hangup"))
    first, second = events_of(record(good, bad))
    assert isinstance(first, e.Newchannel)
    assert isinstance(second, Rejected) and (second.seq, second.event) == (2, "Hangup")


def test_settings_are_an_event() -> None:
    (event,) = events_of(record(b'{"default_tenant":"acme"}', source="settings"))
    assert isinstance(event, e.SettingsChanged) and event.settings.default_tenant == "acme"
    (reject,) = events_of(record(b'{"nonsense":1}', source="settings"))
    assert isinstance(reject, Rejected) and "nonsense" in reject.reason


def test_what_has_no_reader_is_told_without_a_parse() -> None:
    for name in DECODERS.keys() - {kept.decode() for kept in KEPT}:
        assert is_read(packet_bytes(packet(name, *CHANNEL)))
    for name in ("ConfbridgeTalking", "AuthDetail", "of no Asterisk"):
        assert not is_read(packet_bytes(packet(name, *CHANNEL)))
    assert not is_read(packet_bytes(packet("VarSet", *CHANNEL, ("Variable", "X"), ("Value", ""))))
    for variable in ("QUEUESTATUS", "MIXMONITOR_FILENAME"):
        assert is_read(packet_bytes(packet("VarSet", *CHANNEL, ("Variable", variable), ("Value", "FULL"))))
    assert is_read(b"Response: Success\r\nActionID: 1")
    assert not {name.decode() for name in IGNORED} & set(DECODERS)


@given(st.sampled_from(sorted(DECODERS)), st.lists(st.tuples(st.sampled_from([k for k, _ in CHANNEL]), st.text())))
def test_no_packet_raises_anything_else(name: str, fields: list[tuple[str, str]]) -> None:
    try:
        event = decode(Packet((("Event", name), *fields)), POS, 0)
    except BadEvent:
        event = None
    assert event is None or isinstance(event, e.Event)
