"""Every action as Asterisk reads it, and what an action refuses to carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk import actions
from asterisk.actions import Action, encode_action, md5_key
from asterisk.ami import PACKET_END, parse_packet
from asterisk.errors import InvalidAction

ACTIONS: list[tuple[Action, str]] = [
    (actions.Challenge(), "Action: Challenge|AuthType: MD5"),
    (actions.Login("lab", "s3cret"), "Action: Login|Username: lab|Secret: s3cret|Events: on"),
    (actions.Md5Login("lab", "abc", "off"), "Action: Login|AuthType: MD5|Username: lab|Key: abc|Events: off"),
    (actions.Logoff(), "Action: Logoff"),
    (actions.Ping(), "Action: Ping"),
    (actions.Events("call,agent"), "Action: Events|EventMask: call,agent"),
    (
        actions.Filter("action(exclude),name(VarSet)"),
        "Action: Filter|Operation: Add|MatchCriteria: action(exclude),name(VarSet)",
    ),
    (actions.CoreShowChannels(), "Action: CoreShowChannels"),
    (
        actions.Status("PJSIP/1", all_variables=True),
        "Action: Status|Channel: PJSIP/1|AllVariables: true",
    ),
    (actions.BridgeList(), "Action: BridgeList"),
    (actions.QueueStatus(), "Action: QueueStatus"),
    (actions.QueueStatus("sales", "PJSIP/1001"), "Action: QueueStatus|Queue: sales|Member: PJSIP/1001"),
    (actions.ShowDialPlan("1002", "inside"), "Action: ShowDialPlan|Extension: 1002|Context: inside"),
    (actions.QueueSummary("sales"), "Action: QueueSummary|Queue: sales"),
    (actions.ShowEndpoint("1101"), "Action: PJSIPShowEndpoint|Endpoint: 1101"),
    (actions.ReceivedPackets("PJSIP/1"), "Action: Getvar|Variable: CHANNEL(rtcp,rxcount)|Channel: PJSIP/1"),
    (actions.ReloadPhones(), "Action: Reload|Module: res_pjsip.so"),
    (
        actions.QueueAdd("sales", "PJSIP/1001", penalty=2, paused=False, member_name="Žofie"),
        "Action: QueueAdd|Queue: sales|Interface: PJSIP/1001|Penalty: 2|Paused: false|MemberName: Žofie",
    ),
    (actions.QueueRemove("sales", "PJSIP/1001"), "Action: QueueRemove|Queue: sales|Interface: PJSIP/1001"),
    (
        actions.QueuePause("PJSIP/1001", True, reason="lunch"),
        "Action: QueuePause|Interface: PJSIP/1001|Paused: true|Reason: lunch",
    ),
    (
        actions.Originate(
            "PJSIP/1001", "out", "9123", caller_id='"A" <1>', channel_id="mine", variables=(("__C", "a,b"),)
        ),
        "Action: Originate|Async: true|Channel: PJSIP/1001|Context: out|Exten: 9123|Priority: 1"
        '|CallerID: "A" <1>|Timeout: 30000|ChannelId: mine|Variable: __C=a\\,b',
    ),
    (
        actions.AnsweredOriginate("PJSIP/1101", "in", "600"),
        r"Action: Originate|Async: true|Variable: PJSIP_HEADER(add,Call-Info)=<sip:trunkline>\;answer-after=0"
        "|Channel: PJSIP/1101|Context: in|Exten: 600|Priority: 1|Timeout: 30000",
    ),
    (actions.Bridge("PJSIP/1", "PJSIP/2"), "Action: Bridge|Channel1: PJSIP/1|Channel2: PJSIP/2|Tone: no"),
    (
        actions.Redirect("PJSIP/1", "in", "600", extra_channel="PJSIP/2", extra_priority=1),
        "Action: Redirect|Channel: PJSIP/1|Context: in|Exten: 600|Priority: 1|ExtraChannel: PJSIP/2|ExtraPriority: 1",
    ),
    (actions.BlindTransfer("PJSIP/1", "in", "600"), "Action: BlindTransfer|Channel: PJSIP/1|Context: in|Exten: 600"),
    (actions.Atxfer("PJSIP/1", "in", "600"), "Action: Atxfer|Channel: PJSIP/1|Context: in|Exten: 600"),
    (actions.CancelAtxfer("PJSIP/1"), "Action: CancelAtxfer|Channel: PJSIP/1"),
    (actions.MuteAudio("PJSIP/1", "in", "on"), "Action: MuteAudio|Channel: PJSIP/1|Direction: in|State: on"),
    (
        actions.MixMonitor("PJSIP/1", "/rec/a.wav", options="b"),
        "Action: MixMonitor|Channel: PJSIP/1|File: /rec/a.wav|Options: b",
    ),
    (actions.StopMixMonitor("PJSIP/1"), "Action: StopMixMonitor|Channel: PJSIP/1"),
    (actions.Hangup("PJSIP/1"), "Action: Hangup|Channel: PJSIP/1|Cause: 16"),
    (
        actions.PJSIPNotify("PJSIP/1", (("Event", "talk"),)),
        "Action: PJSIPNotify|Channel: PJSIP/1|Variable: Event=talk",
    ),
]


@pytest.mark.parametrize(("action", "headers"), ACTIONS, ids=lambda value: type(value).__name__)
def test_every_action_is_written_with_its_headers(action: Action, headers: str) -> None:
    lines = encode_action(action, "t/1").decode().removesuffix("\r\n\r\n").split("\r\n")
    assert lines.pop(1) == "ActionID: t/1"
    assert "|".join(lines) == headers


def test_the_table_above_has_every_action() -> None:
    kinds = {kind for kind in vars(actions).values() if isinstance(kind, type) and issubclass(kind, Action)}
    assert {type(action) for action, _ in ACTIONS} == kinds - {Action}


def test_what_only_asks_may_be_repeated_and_what_acts_may_not() -> None:
    asks = {type(action).__name__ for action, _ in ACTIONS if not action.changes_state}
    assert asks == {
        "Challenge", "Login", "Md5Login", "Logoff", "Ping", "Events", "Filter",
        "CoreShowChannels", "Status", "BridgeList", "QueueStatus", "QueueSummary", "ShowDialPlan",
        "ShowEndpoint", "ReceivedPackets", "ReloadPhones",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "build"),
    [
        pytest.param("File", lambda: actions.MixMonitor("c", "/rec/a.wav,,rm"), id="shell command after the file"),
        pytest.param("Options", lambda: actions.MixMonitor("c", "/rec/a.wav", "b,rm"), id="command after options"),
        pytest.param("Channel", lambda: actions.Hangup("/.*/"), id="hang up everybody"),
        pytest.param("Reason", lambda: actions.QueuePause("i", True, reason="a|b"), id="pause reason in queue_log"),
        pytest.param("MemberName", lambda: actions.QueueAdd("q", "i", member_name="a|b"), id="second stored member"),
        pytest.param("Interface", lambda: actions.QueueAdd("q", "i;0;0"), id="stored fields"),
        pytest.param("StateInterface", lambda: actions.QueueAdd("q", "i", state_interface="a;b"), id="stored state"),
    ],
)
def test_a_value_that_asterisk_would_take_apart_is_refused(field: str, build: object) -> None:
    assert callable(build)
    with pytest.raises(InvalidAction) as refused:
        build()
    assert refused.value.field == field


@given(st.sampled_from(["channel", "context", "exten", "caller_id", "channel_id"]), st.text())
def test_no_value_adds_a_header_to_an_originate(field: str, value: str) -> None:
    values = {
        "channel": "PJSIP/1001",
        "context": "out",
        "exten": "9123",
        "caller_id": "1",
        "channel_id": "i",
        field: value,
    }
    try:
        written = encode_action(actions.Originate(**values), "t/1")  # type: ignore[arg-type]
    except InvalidAction:
        return
    packet = parse_packet(written.removesuffix(PACKET_END))
    assert len(packet.fields) == 10
    assert packet.get(field.replace("_", "")) == value


def test_secrets_stay_out_of_a_printed_action() -> None:
    assert "s3cret" not in repr(actions.Login("lab", "s3cret"))
    assert "s3cret" not in repr(actions.Md5Login("lab", "s3cret"))


def test_the_key_of_an_md5_login() -> None:
    assert md5_key("", "") == "d41d8cd98f00b204e9800998ecf8427e"
    assert md5_key("a", "bc") == "900150983cd24fb0d6963f7d28e17f72"
