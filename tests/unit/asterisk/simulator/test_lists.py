"""The list items have the headers of recorded ones, and say what there is, in every stage of a call."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from simulated import Lab, recorded

from asterisk.ami import Packet, parse_packet
from asterisk.simulator import attended, consultation, lists, script, transfer
from asterisk.simulator.actions import Actions
from asterisk.simulator.world import Agent

RECORDED = {packet.name: [key for key, _ in packet.fields] for packet in recorded("s19") if packet.action_id}


def headers(text: str) -> list[str]:
    """The header names of a block."""
    return [key for key, _ in parse_packet(text.removesuffix("\r\n").encode()).fields]


def test_queue_status_has_the_headers_of_the_recorded_list() -> None:
    lab = Lab()
    lab.works(lab.alice, lab.q2001)
    lab.calls(lab.q2001)
    lab.after(3)
    for event, block in lists.queue_status(lab.pbx, "2001"):
        assert ["Event", *headers(block), "ActionID"] == RECORDED[event]


def test_queue_status_lists_each_queue_with_members_and_line() -> None:
    lab = Lab()
    lab.works(lab.alice, lab.q2001)
    lab.calls(lab.q2001)
    lab.after(3)
    events = [event for event, _ in lists.queue_status(lab.pbx)]
    entry = next(block for event, block in lists.queue_status(lab.pbx) if event == "QueueEntry")
    assert events == ["QueueParams", "QueueMember", "QueueEntry", "QueueParams", "QueueParams"]
    assert "Wait: 3\r\n" in entry and "ConnectedLineNum: unknown\r\n" in entry
    assert list(lists.queue_status(lab.pbx, "nope")) == []


def test_a_summary_counts_who_could_take_a_call() -> None:
    lab = Lab()
    lab.works(lab.alice, lab.q2001)
    lab.works(lab.bob, lab.q2001).paused = True
    lab.calls(lab.q2001)
    lab.after(3)
    (summary,) = lists.queue_summary(lab.pbx, "2001")
    assert "LoggedIn: 2\r\nAvailable: 1\r\nCallers: 1\r\n" in summary and "LongestHoldTime: 3\r\n" in summary


def test_channels_and_bridges_of_a_talk_are_listed() -> None:
    lab = Lab()
    lab.talks()
    lab.after(61)
    (bridge,) = [bridge.block() for bridge in lists.bridges(lab.pbx).values()]
    channels = list(lists.channels(lab.pbx))
    bridge_id = parse_packet(bridge.encode()).get("BridgeUniqueid")
    assert len(channels) == 2 and all(f"BridgeId: {bridge_id}\r\n" in block for block in channels)
    assert "Application: Queue\r\nApplicationData: 2001,tTxXk,,,300\r\nDuration: 00:01:01\r\n" in channels[0]


def test_status_tells_of_one_channel_or_of_all() -> None:
    lab = Lab()
    call = lab.talks()
    assert len(list(lists.status(lab.pbx))) == 2
    (one,) = lists.status(lab.pbx, call.caller.name)
    assert f"BridgeID: {call.caller.bridge.uniqueid if call.caller.bridge else ''}\r\n" in one


LISTS = ("CoreShowChannels", "Status", "BridgeList", "QueueStatus")
SAME = (
    *("Event", "ChannelStateDesc", "CallerIDNum", "ConnectedLineNum", "Context", "Exten", "Priority", "Application"),
    *("ApplicationData", "Data", "DNID", "EffectiveConnectedLineNum", "BridgeNumChannels", "Position"),
)


def stages(lab: Lab) -> Iterator[str]:
    """What was done while the lists were recorded."""
    yield "nothing"
    alice, carol = lab.works(lab.alice, lab.q2001), Agent("PJSIP/1003", "Carol")
    lab.works(carol, lab.q2002)
    call = lab.calls(lab.q2001)
    lab.rings(call, alice)
    yield "ringing"
    script.connect(lab.pbx, call)
    yield "talking"
    transfer.hold(lab.pbx, call, by_agent=True)
    yield "on hold"
    script.arrive(lab.pbx, lab.q2001, "5552222", "Carl Caller")
    yield "another caller waits"
    asked = consultation.begin(lab.pbx, call, carol)
    yield "a consultation rings"
    consultation.target_answers(lab.pbx, asked)
    yield "a consultation"
    attended.attended_transfer(lab.pbx, call, asked)
    yield "handed over"


def told(item: Packet) -> tuple[str, ...]:
    """What two Asterisks with the same calls say alike in an item, and which of its ids are there at all."""
    ids = (bool(item.get("BridgeId")), bool(item.get("BridgeID")), item.get("Linkedid") == item.get("Uniqueid"))
    return (*(item.get(name) for name in SAME), *map(str, ids))


def recorded_lists(action: str) -> list[list[Packet]]:
    """The items of one kind of list, as often as it was asked for."""
    kinds = {"CoreShowChannels": "CoreShowChannel", "Status": "Status", "BridgeList": "BridgeListItem"}
    said, found = recorded("s25b"), defaultdict[str, list[Packet]](list)
    starts = [packet.action_id for packet in said if packet.name == f"{action}Complete"]
    for packet in said:
        if packet.name == kinds.get(action, "QueueEntry"):
            found[packet.action_id].append(packet)
    return [found[start] for start in starts if start != UNKNOWN_QUEUE]


# The recording asks for the status of a queue that does not exist, too.
UNKNOWN_QUEUE = "a9"


@pytest.mark.parametrize("action", LISTS)
def test_every_list_is_what_a_real_asterisk_said_at_every_stage(action: str) -> None:
    lab = Lab(busy_at_one=False)
    actions = Actions(lab.pbx)
    for stage, real in zip(stages(lab), recorded_lists(action), strict=True):
        answer = actions.answer(parse_packet(f"Action: {action}\r\nActionID: 7".encode()))
        items = [parse_packet(raw) for raw in answer[1:-1]]
        items = [item for item in items if action != "QueueStatus" or item.name == "QueueEntry"]
        assert sorted(map(told, items)) == sorted(map(told, real)), stage
        assert headers_of(items) == headers_of(real), stage


def headers_of(items: list[Packet]) -> set[tuple[str, ...]]:
    """The headers of each item, in order."""
    return {tuple(key for key, _ in item.fields) for item in items}


def test_status_with_variables_has_the_headers_of_the_recorded_one() -> None:
    lab = Lab()
    lab.talks()
    for ask, action_id in (("Variables: MEMBERINTERFACE,MEMBERNAME,QUEUEWAIT_MS", "a3"), ("AllVariables: true", "a4")):
        action = f"Action: Status\r\nActionID: 7\r\n{ask}".encode()
        ours = [parse_packet(raw) for raw in Actions(lab.pbx).answer(parse_packet(action))[1:-1]]
        real = [packet for packet in recorded("s25c") if packet.name == "Status" and packet.action_id == action_id]
        assert {headers_once(item) for item in ours} == {headers_once(item) for item in real}


def headers_once(item: Packet) -> tuple[str, ...]:
    """The headers of an item, in order, repeated ones once."""
    return tuple(dict.fromkeys(key for key, _ in item.fields))


def test_status_tells_the_variables_that_are_asked_for() -> None:
    lab = Lab()
    lab.talks()
    ask = "Action: Status\r\nVariables: MEMBERINTERFACE,QUEUEWAIT_MS,NOPE"
    caller, leg = (
        parse_packet(raw).all("Variable") for raw in Actions(lab.pbx).answer(parse_packet(ask.encode()))[1:-1]
    )
    # A variable that was never set is told so, as the recorded Asterisk does.
    assert caller == ("MEMBERINTERFACE=PJSIP/1001", "QUEUEWAIT_MS=0", "NOPE=(null)")
    assert leg == ("MEMBERINTERFACE=PJSIP/1001", "QUEUEWAIT_MS=(null)", "NOPE=(null)")


def test_status_tells_all_variables_the_newest_first() -> None:
    lab = Lab()
    lab.talks()
    _, caller, leg, _ = Actions(lab.pbx).answer(parse_packet(b"Action: Status\r\nAllVariables: true"))
    names = [text.partition("=")[0] for text in parse_packet(leg).all("Variable")]
    assert names[0] == "BRIDGEPVTCALLID" and names[-2:] == ["DIALEDPEERNUMBER", "CALL_DIRECTION"]
    assert "QUEUEPOSITION=1" in parse_packet(caller).all("Variable")


def test_a_bridges_channels_are_listed_and_then_the_bridge_itself() -> None:
    lab = Lab()
    call = lab.talks()
    (bridge_id,) = lists.bridges(lab.pbx)
    action = f"Action: BridgeInfo\r\nActionID: 7\r\nBridgeUniqueid: {bridge_id}"
    _, *items, end = (parse_packet(raw) for raw in Actions(lab.pbx).answer(parse_packet(action.encode())))
    assert {item.get("Channel") for item in items} == {call.caller.name, call.agent_channel.name}
    real = {packet.name: packet for packet in recorded("s25b") if packet.name.startswith("BridgeInfo")}
    for packet in (*items, end):
        assert [key for key, _ in packet.fields] == [key for key, _ in real[packet.name].fields]
    (refused,) = Actions(lab.pbx).answer(parse_packet(b"Action: BridgeInfo\r\nBridgeUniqueid: nope"))
    assert b"Specified BridgeUniqueid not found" in refused
