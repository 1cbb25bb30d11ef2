"""What is fuzzed: codec, decoder and reducer, each a function of bytes that raises when a promise is broken.

For the decoder and the reducer Hypothesis makes packets and events of the bytes, so that a change of one byte is a
change of one of them, and coverage leads on from there. No exception, no hang, nothing dropped silently.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from fuzz.telling import EVENTS, FILE_EVENTS, NAMES, Telling, packets, stories
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterisk.ami import PacketBuffer, event_name, packet_bytes, parse_packet
from asterisk.cel import format_cel, parse_cel
from asterisk.decode import events_of, is_read
from asterisk.errors import LineError, OversizedPacket
from asterisk.noise import IGNORED, KEPT, is_ignored, sift
from asterisk.queue_log import format_queue_log, parse_queue_log
from calls.apply import rooms_of
from calls.codec import Entry, Record, decode_record, encode_record, frame_records, unframe_records
from calls.errors import BadRecord
from calls.events import Event
from calls.evidence import linked_of
from calls.form import call_form
from calls.reducer import advance
from calls.state import CallChanged, Rejected, State
from calls.timeline import step

# Events that say something only now and then: other variables, other applications, empty mailboxes and reports.
MAY_SAY_NOTHING = frozenset({"VarSet", "Newexten", "MessageWaiting", "RTCPSent", "RTCPReceived"})
ANY = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))


def bytes_to_packets(data: bytes) -> None:
    """Any chunking gives the same packets, and what is not in them is line ends, or the rest of an unfinished one."""
    whole, pieces = PacketBuffer(), PacketBuffer()
    expected, found, start = whole.feed(data), list[bytes](), 0
    while start < len(data):
        size = 1 + data[start] * 3
        found += pieces.feed(data[start : start + size])
        start += size
    assert found == expected
    banner = (whole.banner or "").encode("utf-8", "surrogateescape")
    lost = Counter(data) - Counter(b"".join(expected)) - Counter(bytes(whole._buffer)) - Counter(banner)
    assert set(lost) <= set(b"\r\n")
    for raw in expected:
        _one_packet(raw)
    _ignoring(expected)
    with suppress(OversizedPacket):
        assert all(len(raw) <= 64 for raw in PacketBuffer(limit=64).feed(data))


def _one_packet(raw: bytes) -> None:
    packet = parse_packet(raw)
    lines = raw.split(b"\r\n")
    assert len(packet.fields) == len(lines)
    if all(line.partition(b":")[2].startswith(b" ") for line in lines):
        assert packet_bytes(packet) == raw
    assert packet.name.encode("utf-8", "surrogateescape") == event_name(raw) or b"Event :" in raw or b"\nEvent:" in raw


def _ignoring(found: list[bytes]) -> None:
    ignored: Counter[str] = Counter()
    kept = sift(found, ignored)
    assert len(kept) + ignored.total() == len(found)
    assert [raw for _, raw in kept] == [raw for raw in found if not is_ignored(raw)]
    assert all(name.encode() in IGNORED | KEPT.keys() for name in ignored)


def bytes_to_records(data: bytes) -> None:
    """What is no record, and no line of a file, is refused by name; what is one is the same when written and read."""
    with suppress(BadRecord):
        record = decode_record(data)
        assert decode_record(encode_record(record)) == record
    with suppress(BadRecord):
        records = list(unframe_records(data))
        assert list(unframe_records(frame_records(records))) == records
    record = Record(1, "pbx", "ami", "fuzz", 1, [Entry(seq, 0, raw) for seq, raw in enumerate(data.split(b"\n"), 1)])
    assert list(unframe_records(frame_records([record]))) == [record]
    for line in data.splitlines():
        _line(line, parse_queue_log, format_queue_log)
        _line(line, parse_cel, format_cel)


def _line(line: bytes, parse: Callable[[bytes], Any], write: Callable[[Any], bytes]) -> None:
    with suppress(LineError):
        # A queue_log's line without its last separator is written with it.
        written = write(parse(line))
        assert write(parse(written)) == written


@ANY
@given(st.lists(packets(), max_size=12))
def packets_to_events(told: list[bytes]) -> None:
    """Each packet that has a reader gives one event or one reject, in its place; some may say nothing."""
    record = Record(1, "pbx", "ami", "fuzz", 1, [Entry(seq, 1000, raw) for seq, raw in enumerate(told, 1)])
    found = {it.seq if isinstance(it, Rejected) else it.pos.seq: it for it in events_of(record)}
    assert list(found) == sorted(found)
    for entry in record.entries:
        name = event_name(entry.raw).decode("utf-8", "replace")
        silent = not is_read(entry.raw) or name in MAY_SAY_NOTHING or parse_packet(entry.raw).name not in NAMES
        assert entry.seq in found or silent, f"{name} was dropped"
    state = State(pbx="pbx")
    for event in found.values():
        if isinstance(event, Event):
            state = _advanced(state, event)


@ANY
@given(stories(EVENTS))
def events_to_calls(told: list[Telling]) -> None:
    """No event raises, a reject changes nothing, redelivery neither, and what is stored is what there was."""
    state, calls = State(pbx="pbx"), dict[str, Any]()
    for place, telling in enumerate(told, 1):
        event = EVENTS[telling.name](telling, place)
        before = state
        state = _advanced(state, event, calls)
        assert advance(state, event) == (state, ())
        assert before.version + 1 == state.version
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=State) == state


@ANY
@given(stories(FILE_EVENTS))
def files_to_calls(told: list[Telling]) -> None:
    """Whatever files say beside AMI: nothing raises, what waits for them is neither open nor final, indexes hold."""
    state = State(pbx="pbx")
    for place, telling in enumerate(told, 1):
        event = FILE_EVENTS[telling.name](telling, place)
        state = _advanced(state, event)
        assert advance(state, event) == (state, ())
        assert state.linked == linked_of(state.evidence.values())
        assert all(call.ended_at is not None and call.certainty == "provisional" for call in state.ended.values())
        assert not state.ended.keys() & state.calls.keys()
        assert all(
            set(it.alive) <= {record.channel.uniqueid for record in it.records} for it in state.evidence.values()
        )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=State) == state


def _advanced(state: State, event: Event, calls: dict[str, Any] | None = None) -> State:
    after, changes = advance(state, event)
    for change in changes:
        if isinstance(change, Rejected) and len(changes) == 1:
            assert (after.calls, after.agents, after.queues) == (state.calls, state.agents, state.queues)
        if isinstance(change, CallChanged):
            _whole(change)
            if calls is not None:
                calls[change.call.call_id] = change.call
    assert all(call.ended_at is None and call.parties for call in after.calls.values())
    assert after.channels == {p.uniqueid: key for key, call in after.calls.items() for p in call.parties}
    assert after.rooms == rooms_of(after.calls.values())
    assert set(after.merged.values()) <= after.calls.keys()
    for queue in after.queues.values():
        for it in queue.waiting:
            assert any(s.uniqueid == it.uniqueid and s.left_at is None for s in after.calls[it.linkedid].stints)
    return after


def _whole(change: CallChanged) -> None:
    call = change.call
    call_form(call)
    step(change)
    assert all((leg.talk_ms or 0) >= 0 and leg.hold_ms >= 0 and leg.apart_ms >= 0 for leg in call.legs)
    assert all(leg.stint is None or leg.stint < len(call.stints) for leg in call.legs)
    assert all(ring.stint is None or ring.stint < len(call.stints) for ring in call.rings)
    assert all(ring.stint is None or ring.stint < len(call.stints) for ring in call.missed)
    if call.ended_at is not None:
        assert call.outcome is not None and all(leg.ended_at is not None for leg in call.legs)
        assert all(stint.left_at is not None for stint in call.stints)


Target = Callable[[bytes], Any]
TARGETS: dict[str, tuple[Target, ...]] = {
    "codec": (bytes_to_packets, bytes_to_records),
    "decoder": (packets_to_events.hypothesis.fuzz_one_input,),
    "reducer": (events_to_calls.hypothesis.fuzz_one_input, files_to_calls.hypothesis.fuzz_one_input),
}
