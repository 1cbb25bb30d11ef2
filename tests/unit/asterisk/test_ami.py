"""AMI bytes ⇄ packets: a table read in both directions, any chunking, hostile bytes, and real recordings."""

import gzip
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk.ami import PACKET_END, Packet, PacketBuffer, event_name, packet_bytes, parse_packet
from asterisk.errors import AsteriskFault, OversizedPacket

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
RECORDINGS = sorted((Path(__file__).parents[2] / "scenarios").glob("s0*/session.ami.gz"))

BOTH_WAYS = [
    pytest.param(b"Event: Hangup\r\nCause: 16", (("Event", "Hangup"), ("Cause", "16")), id="event"),
    pytest.param(b"Response: Success\r\nActionID: a/1", (("Response", "Success"), ("ActionID", "a/1")), id="response"),
    pytest.param(b"Event: A\r\nX: 1\r\nX: 2", (("Event", "A"), ("X", "1"), ("X", "2")), id="repeated header"),
    pytest.param(b"Output: one\r\nOutput: two", (("Output", "one"), ("Output", "two")), id="command output"),
    pytest.param(b"Exten: ", (("Exten", ""),), id="empty value"),
    pytest.param(b"Message: Park successful\n", (("Message", "Park successful\n"),), id="bare LF in the value"),
    pytest.param(b"AppData: a: b=c: d", (("AppData", "a: b=c: d"),), id="colons in the value"),
    pytest.param(b"X:  two spaces ", (("X", " two spaces "),), id="spaces belong to the value"),
    pytest.param("Name: Žofie 🎧".encode(), (("Name", "Žofie 🎧"),), id="UTF-8"),
    pytest.param(b"Name: Zo\xc5", (("Name", "Zo\udcc5"),), id="name cut inside a character"),
    pytest.param(b"ChanVariable(PJSIP/1-0a): X=Y", (("ChanVariable(PJSIP/1-0a)", "X=Y"),), id="parentheses in the key"),
]

READ_ONLY = [
    pytest.param(b"Output:", (("Output", ""),), id="no space, no value"),
    pytest.param(b"Output:text", (("Output", "text"),), id="no space"),
    pytest.param(b"no header at all", (("no header at all", ""),), id="no colon"),
    pytest.param(b"A: 1\r\n\r\nB: 2"[:4], (("A", "1"),), id="one line"),
    pytest.param(b"", (), id="nothing"),
]


@pytest.mark.parametrize(("raw", "fields"), BOTH_WAYS)
def test_the_codec_reads_and_writes(raw: bytes, fields: tuple[tuple[str, str], ...]) -> None:
    assert parse_packet(raw).fields == fields
    assert packet_bytes(Packet(fields)) == raw


@pytest.mark.parametrize(("raw", "fields"), READ_ONLY)
def test_what_asterisk_would_not_write_is_read_all_the_same(raw: bytes, fields: tuple[tuple[str, str], ...]) -> None:
    assert parse_packet(raw).fields == fields


NAMES = [
    (b"Event: Newchannel\r\nChannel: x", b"Newchannel"),
    (b"Event:Newchannel", b"Newchannel"),
    (b"ActionID: 7\r\nEvent: QueueEntry\r\nQueue: q", b"QueueEntry"),
    (b"Response: Success\r\nMessage: Event: none", b""),
    (b"Event: OriginateResponse\r\nResponse: Failure", b"OriginateResponse"),
    (b"EventList: start\r\nResponse: Success", b""),
    (b"", b""),
]


@pytest.mark.parametrize(("raw", "name"), NAMES)
def test_the_event_name_is_found_with_and_without_a_parse(raw: bytes, name: bytes) -> None:
    assert event_name(raw) == name
    assert parse_packet(raw).name == name.decode()


def test_headers_are_found_whatever_their_case() -> None:
    packet = parse_packet(b"Event: Cdr\r\nUniqueID: a.1\r\nVariable: A=1\r\nvariable: B=2")
    assert packet.get("Uniqueid") == "a.1"
    assert packet.get("VARIABLE") == "A=1"
    assert packet.all("Variable") == ("A=1", "B=2")
    assert (packet.get("Linkedid"), packet.get("Linkedid", "none"), packet.all("Linkedid")) == ("", "none", ())


def test_an_answer_is_told_from_an_event_that_has_the_same_header() -> None:
    assert parse_packet(b"Response: Error\r\nActionID: t/1").response == "Error"
    assert parse_packet(b"Response: Error\r\nActionID: t/1").action_id == "t/1"
    assert parse_packet(b"Event: OriginateResponse\r\nResponse: Failure").response == ""


STREAMS = [
    pytest.param(BANNER + b"A: 1\r\n\r\nB: 2\r\n\r\n", [b"A: 1", b"B: 2"], id="plain"),
    pytest.param(b"A: 1\r\n\r\n\r\nB: 2\r\n\r\n", [b"A: 1", b"B: 2"], id="stray line end"),
    pytest.param(b"A: 1\r\n\r\n\r\n\r\n\r\nB: 2\r\n\r\n", [b"A: 1", b"B: 2"], id="three stray line ends"),
    pytest.param(b"\r\n\r\n\r\n\r\n", [], id="nothing but line ends"),
    pytest.param(b"A: 1\n\r\n\r\nB: 2\r\n\r\n", [b"A: 1\n", b"B: 2"], id="the value ends with a bare LF"),
    pytest.param(b"A: 1\r\r\n\r\nB: 2\r\n\r\n", [b"A: 1\r", b"B: 2"], id="the value ends with a bare CR"),
    pytest.param(b"Asterisk? No.\r\n\r\n", [b"Asterisk? No."], id="almost a greeting"),
    pytest.param("N: Ž\r\n\r\nM: 🎧\r\n\r\n".encode(), ["N: Ž".encode(), "M: 🎧".encode()], id="UTF-8"),
    pytest.param(b"A: 1\r\n\r\nB: 2\r\n", [b"A: 1"], id="the last packet has no end yet"),
]


@pytest.mark.parametrize(("stream", "packets"), STREAMS)
def test_every_way_to_cut_a_stream_gives_the_same_packets(stream: bytes, packets: list[bytes]) -> None:
    for size in range(1, len(stream) + 1):
        buffer = PacketBuffer()
        assert [packet for chunk in chunks_of(stream, size) for packet in buffer.feed(chunk)] == packets
    for cut in range(len(stream)):
        buffer = PacketBuffer()
        assert buffer.feed(stream[:cut]) + buffer.feed(stream[cut:]) == packets


@given(
    packets=st.lists(st.sampled_from([b"A: 1", b"Event: X\r\nY: 2", b"N: \xc5", b"V: a\n", b"W: \r", b"no colon"])),
    ends=st.lists(st.integers(0, 3), min_size=1),
    cuts=st.lists(st.integers(0, 200)),
    greeted=st.booleans(),
)
def test_any_chunking_of_any_packets(packets: list[bytes], ends: list[int], cuts: list[int], greeted: bool) -> None:
    stream = BANNER if greeted else b""
    for index, packet in enumerate(packets):
        stream += packet + PACKET_END + b"\r\n" * ends[index % len(ends)]
    buffer = PacketBuffer()
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert [packet for start, end in pairwise(edges) for packet in buffer.feed(stream[start:end])] == packets
    assert buffer.banner == ("Asterisk Call Manager/11.0.0" if greeted else None)


def test_the_banner_is_known_only_when_its_line_is_complete() -> None:
    buffer = PacketBuffer()
    assert buffer.feed(BANNER[:-1]) == []
    assert buffer.banner is None
    assert buffer.feed(BANNER[-1:]) == []
    assert buffer.banner == "Asterisk Call Manager/11.0.0"


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_bytes_make_it_fail_and_chunks_never_matter(noise: bytes, size: int) -> None:
    whole, pieces = PacketBuffer(), PacketBuffer()
    packets = whole.feed(noise + PACKET_END)
    assert [packet for chunk in chunks_of(noise + PACKET_END, size) for packet in pieces.feed(chunk)] == packets
    for packet in packets:
        assert parse_packet(packet).name.encode("utf-8", "surrogateescape") == event_name(packet)


NO_LINE_END = st.characters(codec="utf-8", exclude_characters="\r\n")
HEADER_NAMES = st.text(NO_LINE_END.filter(lambda char: char != ":"), min_size=1)


@given(st.lists(st.tuples(HEADER_NAMES, st.text(NO_LINE_END)), min_size=1))
def test_a_packet_survives_the_wire(fields: list[tuple[str, str]]) -> None:
    packet = Packet(tuple(fields))
    assert parse_packet(packet_bytes(packet)) == packet


@pytest.mark.parametrize("chunk_size", [1, 7, 64, 1000])
@pytest.mark.parametrize("start", [b"", BANNER[:-2]], ids=["packet", "greeting"])
def test_bytes_without_end_are_refused(start: bytes, chunk_size: int) -> None:
    buffer = PacketBuffer(limit=500)
    with pytest.raises(OversizedPacket, match=r"limit 500.*AMI port"):
        for chunk in chunks_of(start + b"x" * 1000, chunk_size):
            buffer.feed(chunk)


@pytest.mark.parametrize("chunk_size", [1, 64, 1004])
def test_a_packet_beyond_the_limit_is_refused_even_when_it_comes_whole(chunk_size: int) -> None:
    buffer = PacketBuffer(limit=500)
    with pytest.raises(AsteriskFault):
        for chunk in chunks_of(b"x" * 1000 + PACKET_END, chunk_size):
            buffer.feed(chunk)


def test_the_limit_is_for_one_packet_not_for_a_stream() -> None:
    buffer = PacketBuffer(limit=50)
    assert len(buffer.feed(b"A: 1\r\n\r\n" * 1000)) == 1000


def test_more_distinct_lines_than_are_remembered_change_nothing() -> None:
    for number in range(20_000):
        assert parse_packet(b"Event: X\r\nUniqueid: lab-%d" % number).get("Uniqueid") == f"lab-{number}"


def test_real_recordings_survive_byte_for_byte() -> None:
    assert len(RECORDINGS) > 5
    for recording in RECORDINGS:
        stream = gzip.decompress(recording.read_bytes())
        buffer = PacketBuffer()
        packets = [packet for chunk in chunks_of(stream, 1448) for packet in buffer.feed(chunk)]
        assert packets == PacketBuffer().feed(stream)
        assert [packet_bytes(parse_packet(packet)) for packet in packets] == packets
        assert [parse_packet(packet).name.encode() for packet in packets] == list(map(event_name, packets))
        assert all(parse_packet(packet).name or parse_packet(packet).response for packet in packets)


def chunks_of(stream: bytes, size: int) -> Iterator[bytes]:
    return (stream[start : start + size] for start in range(0, len(stream), size))
