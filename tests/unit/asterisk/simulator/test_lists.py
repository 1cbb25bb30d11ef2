"""The list items have the headers of recorded ones, and say what there is."""

from simulated import Lab, recorded

from asterisk.ami import parse_packet
from asterisk.simulator import lists

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
    (bridge,) = lists.bridges(lab.pbx)
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
