"""Which packets make an answer: responses, lists, and what stands between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk.ami import parse_packet
from asterisk.answers import Answer, PendingAnswers

RESPONSE = b"Response: Success\r\nActionID: a/1"
LIST_START = b"Response: Success\r\nActionID: a/1\r\nEventList: start"
ITEM = b"Event: QueueMember\r\nActionID: a/1"
LIST_CANCELLED = b"Event: QueueStatusComplete\r\nActionID: a/1\r\nEventList: Cancelled"
LIST_END = b"Event: QueueStatusComplete\r\nActionID: a/1\r\nEventList: Complete\r\nListItems: 1"
OTHERS = [b"Event: Hangup", b"Response: Error\r\nActionID: b/1", b"Event: X\r\nValue: ActionID: a/1", b""]


@pytest.mark.parametrize(
    ("packets", "response", "items"),
    [
        pytest.param([RESPONSE], RESPONSE, [], id="one response"),
        pytest.param([b"Response: Error\r\nActionID: a/1"], b"Response: Error\r\nActionID: a/1", [], id="refused"),
        pytest.param([LIST_START, ITEM, LIST_END], LIST_START, [ITEM], id="list"),
        pytest.param([LIST_START, LIST_END], LIST_START, [], id="empty list"),
        pytest.param([LIST_START, LIST_CANCELLED], LIST_START, [], id="cancelled"),
        pytest.param([ITEM, RESPONSE], RESPONSE, [], id="the event that the action caused came first"),
    ],
)
def test_an_answer_is_complete_with_its_last_packet(packets: list[bytes], response: bytes, items: list[bytes]) -> None:
    pending = PendingAnswers()
    pending.expect("a/1")
    *before, last = packets
    assert [pending.take(packet) for packet in before] == [None] * len(before)
    assert pending.take(last) == Answer(parse_packet(response), tuple(map(parse_packet, items)))
    assert "a/1" not in pending


@given(st.lists(st.sampled_from([*OTHERS, ITEM])), st.lists(st.sampled_from(OTHERS)))
def test_other_packets_may_stand_anywhere(between: list[bytes], after: list[bytes]) -> None:
    pending = PendingAnswers()
    pending.expect("a/1")
    assert [pending.take(packet) for packet in [*after, LIST_START, *between]] == [None] * (
        len(after) + 1 + len(between)
    )
    answer = pending.take(LIST_END)
    assert answer is not None
    assert len(answer.items) == between.count(ITEM)


def test_what_nobody_waits_for_is_no_answer() -> None:
    pending = PendingAnswers()
    assert pending.take(RESPONSE) is None
    pending.expect("a/1")
    assert "a/1" in pending
    pending.forget("a/1")
    pending.forget("a/1")
    assert pending.take(RESPONSE) is None
