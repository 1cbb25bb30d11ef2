"""Whose leg is whose, by Asterisk's list of channels."""

from api.phone.parties import Party, legs_of, parties, talks, waiting
from asterisk.ami import parse_packet


def party(name: str, uniqueid: str, bridge: str = "b1", **changes: object) -> Party:
    """A channel in conversation."""
    plain: dict[str, object] = {
        **{"uniqueid": uniqueid, "linkedid": "1", "name": name, "state": "6", "bridge": bridge},
        **{"context": "queue", "exten": "2002", "application": "Queue", "age": 10},
    }
    return Party(**{**plain, **changes})  # type: ignore[arg-type]


CUSTOMER, AGENT = party("PJSIP/trunk-00000001", "1"), party("PJSIP/1101-00000002", "2", age=8)


def test_a_channel_is_read_off_the_list() -> None:
    packet = parse_packet(
        b"Event: CoreShowChannel\r\nChannel: PJSIP/web-1-0000000a\r\nChannelState: 6\r\nUniqueid: 2\r\nLinkedid: 1\r\n"
        b"BridgeId: b1\r\nContext: phone-lost\r\nExten: web-1\r\nApplication: MusicOnHold\r\nDuration: 01:00:05"
    )
    (found,) = parties([packet])
    assert (found.endpoint, found.age, found.bridge) == ("web-1", 3605, "b1")
    assert waiting([found], "web-1") == [found]


def test_a_call_has_the_phone_and_its_partner() -> None:
    (talk,) = talks([CUSTOMER, AGENT], "1101")
    assert (talk.own, talk.partner, talk.others) == (AGENT, CUSTOMER, ())
    assert talks([CUSTOMER, AGENT], "110") == []


def test_of_several_the_partner_is_with_whom_the_call_began() -> None:
    third = party("PJSIP/1001-00000003", "3", age=99)
    (talk,) = talks([third, CUSTOMER, AGENT], "1101")
    assert (talk.partner, talk.others) == (CUSTOMER, (third,))


def test_the_oldest_call_comes_first() -> None:
    consult = [party("PJSIP/1101-00000005", "5", "b2", age=3), party("PJSIP/1002-00000006", "6", "b2")]
    assert [each.own.uniqueid for each in talks([*consult, CUSTOMER, AGENT], "1101")] == ["2", "5"]


def test_a_phone_that_rings_has_no_leg_yet() -> None:
    ringing = party("PJSIP/1101-00000002", "2", "", state="5")
    assert legs_of([CUSTOMER, ringing], "1101") == []
    assert legs_of([CUSTOMER, AGENT], "1101") == [AGENT]


def test_who_is_in_a_queue_again_waits_for_nobody_in_particular() -> None:
    lost = party("PJSIP/trunk-00000001", "1", "", context="phone-lost", exten="1101", application="MusicOnHold")
    queued = party("PJSIP/trunk-00000002", "2", "", context="phone-lost", exten="1101", application="Queue")
    assert waiting([lost, queued], "1101") == [lost]
