"""What the PBX answers: the texts of a real Asterisk, and what they cause."""

import pytest
from simulated import Lab, heard, names, recorded

from asterisk.ami import Packet, parse_packet
from asterisk.simulator.actions import Actions
from asterisk.simulator.world import Agent, Channel


class Hand:
    """Whoever carries the calls, as the actions see it: it notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def hang_up(self, channel: Channel) -> None:
        """Note it."""
        self.asked.append(f"hang up {channel.name}")

    def transfer(self, channel: Channel, target: Agent) -> bool:
        """Note it, and agree."""
        self.asked.append(f"{channel.name} to {target.name}")
        return True


def asked(lab: Lab, text: str, calls: Hand | None = None) -> list[Packet]:
    """The answer to an action written as `Name Header: value, Header: value`."""
    name, _, rest = text.partition(" ")
    lines = [f"Action: {name}", "ActionID: 7", *(rest.split(", ") if rest else ())]
    return [parse_packet(raw) for raw in Actions(lab.pbx, calls).answer(parse_packet("\r\n".join(lines).encode()))]


def said(lab: Lab, text: str, calls: Hand | None = None) -> str:
    """Response and message of the answer."""
    (answer,) = asked(lab, text, calls)
    assert answer.action_id == "7"
    return f"{answer.response}: {answer.get('Message')}"


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("NoSuch", "Error: Invalid/unknown command: NoSuch. Use Action: ListCommands to show available commands."),
        ("QueueAdd Queue: 2001, Interface: PJSIP/1004", "Success: Added interface to queue"),
        ("QueueAdd Queue: 2001, Interface: PJSIP/1001", "Error: Unable to add interface: Already there"),
        ("QueueAdd Queue: nope, Interface: PJSIP/1001", "Error: Unable to add interface to queue: No such queue"),
        ("QueueAdd Interface: PJSIP/1001", "Error: 'Queue' not specified."),
        ("QueueRemove Queue: 2001, Interface: PJSIP/1001", "Error: Member not dynamic"),
        ("QueueRemove Queue: 2001, Interface: PJSIP/1004", "Error: Unable to remove interface: Not there"),
        ("QueueRemove Queue: x, Interface: y", "Error: Unable to remove interface from queue: No such queue"),
        ("QueueRemove Queue: 2001", "Error: 'Interface' not specified."),
        ("QueuePause Interface: PJSIP/1001, Paused: true", "Success: Interface paused successfully"),
        ("QueuePause Interface: PJSIP/1001, Paused: 0", "Success: Interface unpaused successfully"),
        ("QueuePause Interface: PJSIP/1009, Paused: true", "Error: Interface not found"),
        ("QueuePause Interface: PJSIP/1001, Paused: true, Queue: nope", "Error: Interface not found"),
        ("QueuePause Paused: true", "Error: Need 'Interface' parameter."),
        ("QueuePenalty Interface: PJSIP/1001, Penalty: 3", "Success: Interface penalty set successfully"),
        ("QueuePenalty Interface: x, Penalty: 3", "Error: Invalid interface, queuename or penalty"),
        ("QueueMemberRingInUse Interface: PJSIP/1001, RingInUse: 1", "Success: Interface ringinuse set successfully"),
        ("QueueMemberRingInUse Interface: x", "Error: Invalid interface, queuename, or ringinuse value"),
        ("Hangup Channel: PJSIP/none-1", "Error: No such channel"),
        ("MuteAudio Channel: PJSIP/none-1, Direction: in, State: on", "Error: No such channel"),
        ("Bridge Channel1: PJSIP/none-1, Channel2: x", "Error: Channel1 does not exist: PJSIP/none-1"),
        ("BlindTransfer Channel: PJSIP/none-1, Exten: 1003", "Error: Channel specified does not exist"),
        ("Atxfer Channel: PJSIP/none-1, Exten: 1003", "Error: Channel specified does not exist"),
        ("Status Channel: PJSIP/none-1", "Error: No such channel"),
        ("MixMonitor Channel: PJSIP/none-1", "Error: No such channel"),
        ("ConfbridgeListRooms", "Error: No active conferences."),
        ("Originate Channel: PJSIP/1001, Exten: 95, Context: out", "Success: Originate successfully queued"),
        ("Originate Channel: PJSIP/1001, Exten: 95", "Error: Context not specified"),
        ("UserEvent UserEvent: Wrapup", "Success: Event Sent"),
        ("UserEvent", "Error: UserEvent header missing"),
    ],
)
def test_an_action_is_answered_as_by_asterisk(action: str, answer: str) -> None:
    lab = Lab()
    lab.works(lab.alice, lab.q2001)
    assert said(lab, action) == answer


def test_an_action_without_a_name_is_refused() -> None:
    (answer,) = Actions(Lab().pbx).answer(parse_packet(b"ActionID: 1"))
    assert parse_packet(answer).get("Message") == "Missing action in request"


@pytest.mark.parametrize(
    ("action", "events"),
    [
        ("QueueAdd Queue: 2001, Interface: PJSIP/1004, MemberName: Dave", ["DeviceStateChange", "QueueMemberAdded"]),
        ("QueuePause Interface: PJSIP/1001, Paused: true", ["DeviceStateChange", "QueueMemberPause"]),
        ("QueuePenalty Interface: PJSIP/1001, Penalty: 3", ["QueueMemberPenalty"]),
        ("QueueMemberRingInUse Interface: PJSIP/1001, RingInUse: yes", ["QueueMemberRinginuse"]),
        ("Originate Channel: PJSIP/1001, Exten: 95, Context: out", ["OriginateResponse"]),
        ("UserEvent UserEvent: Wrapup, Code: SALE", ["UserEvent"]),
    ],
)
def test_an_action_causes_the_events_of_a_real_one(action: str, events: list[str]) -> None:
    lab = Lab()
    lab.works(lab.alice, lab.q2001)
    asked(lab, action)
    assert names(heard(lab.pbx)) == events


def test_who_was_added_can_be_removed() -> None:
    lab = Lab()
    said(lab, "QueueAdd Queue: 2001, Interface: PJSIP/1004")
    heard(lab.pbx)
    assert said(lab, "QueueRemove Queue: 2001, Interface: PJSIP/1004") == "Success: Removed interface from queue"
    assert names(heard(lab.pbx)) == ["QueueMemberRemoved"]


def test_lists_are_framed_as_recorded() -> None:
    lab = Lab()
    lab.works(lab.alice, lab.q2001)
    lab.calls(lab.q2001)
    lab.calls(lab.q2001)
    ours = asked(lab, "QueueStatus Queue: 2001")
    real = [packet for packet in recorded("s19") if packet.action_id == "a3"]
    kinds = {packet.name: [key for key, _ in packet.fields] for packet in real}
    assert {packet.name: [key for key, _ in packet.fields] for packet in ours} == kinds
    assert (ours[-1].get("EventList"), ours[-1].get("ListItems")) == ("Complete", "4")


@pytest.mark.parametrize(
    ("action", "complete"),
    [
        ("CoreShowChannels", "CoreShowChannelsComplete"),
        ("Status", "StatusComplete"),
        ("BridgeList", "BridgeListComplete"),
        ("QueueSummary", "QueueSummaryComplete"),
        ("ParkedCalls", "ParkedCallsComplete"),
    ],
)
def test_every_list_ends_with_its_length(action: str, complete: str) -> None:
    lab = Lab()
    lab.talks()
    first, *items, last = asked(lab, action)
    assert (first.get("EventList"), last.name, last.get("ListItems")) == ("start", complete, str(len(items)))
    assert all(item.action_id == "7" and not item.get("Timestamp") for item in items)


def test_calls_are_acted_on_through_whoever_carries_them() -> None:
    lab = Lab()
    call, hand = lab.talks(), Hand()
    leg = call.agent_channel.name
    assert said(lab, f"Hangup Channel: {call.caller.name}", hand) == "Success: Channel Hungup"
    assert said(lab, f"BlindTransfer Channel: {leg}, Exten: 1001", hand) == "Success: Transfer succeeded"
    assert said(lab, f"BlindTransfer Channel: {leg}, Exten: 99", hand) == "Error: Transfer failed"
    assert hand.asked == [f"hang up {call.caller.name}", f"{leg} to Alice"]


def test_what_moves_no_call_here_is_still_answered() -> None:
    lab = Lab()
    channel = lab.talks().caller.name
    heard(lab.pbx)
    assert said(lab, f"Redirect Channel: {channel}, Exten: 600") == "Success: Redirect successful"
    assert said(lab, f"MuteAudio Channel: {channel}, State: on") == "Success: "
    assert said(lab, f"MixMonitor Channel: {channel}, File: /x.wav") == "Success: "
    assert said(lab, f"StopMixMonitor Channel: {channel}") == "Success: "
    assert names(heard(lab.pbx)) == ["MixMonitorStart", "MixMonitorStop"]


def test_every_listed_command_is_one() -> None:
    (answer,) = asked(Lab(), "ListCommands")
    listed = [key for key, _ in answer.fields if key not in ("Response", "ActionID")]
    own = {"Login", "Logoff", "Challenge", "Ping", "Events", "Filter"}
    assert not [n for n in listed if n not in own and "unknown command" in asked(Lab(), n)[0].get("Message")]
