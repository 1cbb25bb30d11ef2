"""The PBX's voice: stamps, numbers, packets and lines."""

from itertools import pairwise

from simulated import heard

from asterisk.ami import parse_packet
from asterisk.cel import parse_cel
from asterisk.simulator.pbx import Options, Pbx, seconds_text


def pbx() -> Pbx:
    """A PBX at an even second."""
    return Pbx(Options(name="sim1"), 1_795_360_000_000_000)


def test_an_event_has_class_stamp_and_system_name() -> None:
    one = pbx()
    one.emit("QueueCallerJoin", "Queue: Sales\r\n")
    assert one.take().events == [
        b"Event: QueueCallerJoin\r\nPrivilege: agent,all\r\nTimestamp: 1795360000.000020\r\nSystemName: sim1\r\n"
        b"Queue: Sales"
    ]


def test_stamps_rise_even_when_more_is_said_than_time_passes() -> None:
    one = pbx()
    for _ in range(5000):
        one.emit("Newstate")
    stamps = [float(packet.get("Timestamp")) for packet in heard(one)]
    assert all(first < second for first, second in pairwise(stamps))
    assert stamps[-1] < 1_795_360_000.06


def test_the_clock_never_goes_back() -> None:
    one = pbx()
    one.advance(5)
    assert one.now_us == 1_795_360_000_000_000


def test_channels_are_numbered_as_asterisk_numbers_them() -> None:
    one = pbx()
    names = [one.new_channel("PJSIP/1001", "1001", "Alice", "pbx-internal") for _ in range(14)]
    assert (names[13].name, names[13].uniqueid) == ("PJSIP/1001-0000000d", "sim1-1795360000.13")


def test_a_channel_is_found_by_its_name_and_by_its_uniqueid() -> None:
    one = pbx()
    channel = one.new_channel("PJSIP/1001", "1001", "Alice", "pbx-internal")
    assert one.channel(channel.name) is channel and one.channel(channel.uniqueid) is channel
    assert one.channel("PJSIP/1001") is None


def test_a_channel_event_is_said_and_written_alike() -> None:
    one = pbx()
    channel = one.new_channel("PJSIP/trunk", "0700", 'Carl "C"', "pbx-inbound")
    one.cel("HANGUP", channel, {"hangupcause": 16, "dialstatus": ""})
    output = one.take()
    record, packet = parse_cel(output.cel[0]), parse_packet(output.events[0])
    assert record.extra_values() == {"hangupcause": 16, "dialstatus": ""}
    assert packet.get("Extra") == '{"hangupcause":16,"dialstatus":""}'
    assert (record.caller_name, record.uniqueid) == (packet.get("CallerIDname"), packet.get("UniqueID"))


def test_what_was_taken_is_gone() -> None:
    one = pbx()
    one.log("NONE", "Sales", "Alice", "PAUSE", "Lunch")
    assert one.take().queue_log == [b"1795360000|NONE|Sales|Alice|PAUSE|Lunch"]
    assert one.take().queue_log == []


def test_the_same_seed_gives_the_same_uuids() -> None:
    assert pbx().new_uuid() == pbx().new_uuid()


def test_seconds_are_written_in_utc() -> None:
    assert seconds_text(1_795_360_512) == "2026-11-22 15:15:12"
