"""asterisk/lists.py: the items of the lists after a login, as a real Asterisk 22 spelled them."""

import pytest

from asterisk.ami import parse_packet
from asterisk.decode import decode
from asterisk.encoding import encode_action
from asterisk.lists import DECODERS, RESYNC
from calls import events as e
from calls.errors import BadEvent

POS = e.Position("ami", "a", 1, 1)
CALLER = (
    b"ActionID: a4\r\nChannel: PJSIP/trunk-00000003\r\nChannelState: 6\r\nCallerIDNum: 5551234\r\n"
    b"CallerIDName: Carl Caller\r\n"
    b"Exten: 2001\r\nUniqueid: lab1-1795361202.3\r\nLinkedid: lab1-1795361202.3\r\n"
    b"ChanVariable: CALL_DIRECTION=inbound\r\n"
    b"Application: Queue\r\n"
)
SHOWN = (
    b"Event: CoreShowChannel\r\n"
    + CALLER
    + b"ApplicationData: 2001,tTxXk,,,300\r\nDuration: 01:00:07\r\nBridgeId: 4bb9"
)
STATUS = (
    b"Event: Status\r\nPrivilege: Call\r\n" + CALLER + b"Data: 2001,tTxXk,,,300\r\nSeconds: 7\r\nBridgeID: 4bb9\r\n"
    b"Variable: QUEUEWAIT_MS=1000\r\nVariable: MEMBERINTERFACE=PJSIP/1001\r\nVariable: MEMBERNAME=Alice"
)
BRIDGE = (
    b"Event: BridgeListItem\r\nActionID: a2\r\nBridgeUniqueid: 4bb9\r\nBridgeType: basic\r\n"
    b"BridgeTechnology: simple_bridge\r\nBridgeCreator: <unknown>\r\nBridgeName: <unknown>\r\nBridgeNumChannels: 2"
)


def listed(raw: bytes) -> e.ChannelListed:
    """A channel's item, decoded."""
    event = decode(parse_packet(raw), POS, 5000)
    assert isinstance(event, e.ChannelListed)
    return event


def test_both_lists_of_channels_tell_the_same() -> None:
    shown, status = listed(SHOWN), listed(STATUS)
    assert shown.channel == status.channel
    assert (shown.bridge, shown.queue) == (status.bridge, status.queue) == ("4bb9", "2001")
    assert (shown.age_s, status.age_s) == (3607, 7)


def test_status_alone_tells_with_whom_a_queue_connected_the_caller_and_when() -> None:
    shown, status = listed(SHOWN), listed(STATUS)
    assert (status.interface, status.member, status.waited_ms) == ("PJSIP/1001", "Alice", 1000)
    assert (shown.interface, shown.member, shown.waited_ms) == ("", "", None)


def test_a_variable_that_was_never_set_says_nothing() -> None:
    unset = STATUS.replace(b"PJSIP/1001", b"(null)").replace(b"Alice", b"(null)").replace(b"=1000", b"=")
    assert (listed(unset).interface, listed(unset).member, listed(unset).waited_ms) == ("", "", None)


def test_a_channel_in_another_application_is_in_no_queue() -> None:
    assert listed(STATUS.replace(b"Application: Queue", b"Application: Dial")).queue == ""


@pytest.mark.parametrize("wrong", [b"7", b"a:b:c", b""])
def test_an_age_that_cannot_be_read_is_refused(wrong: bytes) -> None:
    with pytest.raises(BadEvent, match="Duration is not HH:MM:SS"):
        listed(SHOWN.replace(b"01:00:07", wrong))


def test_a_waiting_caller_is_listed_without_a_call() -> None:
    raw = (
        b"Event: QueueEntry\r\nQueue: 2001\r\nPosition: 2\r\nChannel: PJSIP/trunk-1\r\nUniqueid: lab1-1.1\r\n"
        b"CallerIDNum: 555\r\nWait: 12\r\nPriority: 0"
    )
    event = decode(parse_packet(raw), POS, 5000)
    assert isinstance(event, e.CallerListed)
    assert (event.queue, event.position, event.waited_s, event.channel.uniqueid) == ("2001", 2, 12, "lab1-1.1")


@pytest.mark.parametrize(
    ("technology", "creator", "conference", "holding"),
    [
        (b"simple_bridge", b"<unknown>", False, False),
        (b"softmix", b"<unknown>", False, False),
        (b"softmix", b"ConfBridge", True, False),
        (b"holding_bridge", b"Parking", False, True),
    ],
)
def test_a_bridge_is_listed_as_what_it_is(technology: bytes, creator: bytes, conference: bool, holding: bool) -> None:
    raw = BRIDGE.replace(b"simple_bridge", technology).replace(b"Creator: <unknown>", b"Creator: " + creator)
    event = decode(parse_packet(raw), POS, 5000)
    assert event == e.BridgeListed(pos=POS, at=5000, bridge="4bb9", conference=conference, holding=holding)


def test_a_bridge_without_an_id_is_refused() -> None:
    with pytest.raises(BadEvent, match="BridgeUniqueid"):
        decode(parse_packet(BRIDGE.replace(b"4bb9", b"")), POS, 5000)


def test_every_list_that_is_asked_for_can_be_written_and_its_end_is_known() -> None:
    asked = [encode_action(action, "id").split(b"\r\n")[0] for action in RESYNC]
    assert asked == [b"Action: QueueStatus", b"Action: BridgeList", b"Action: Status", b"Action: CoreShowChannels"]
    assert {"StatusComplete", "CoreShowChannelsComplete", "QueueStatusComplete"} < set(DECODERS)
