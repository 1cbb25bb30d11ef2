"""The set-based form on a few lines; tests/properties/test_queue_log.py holds it equal to the reducer's on any."""

from hypothesis import given
from queue_logs import content, shifts, told_by_reducer, told_by_sets

LINES = [
    b"1795360000|NONE|NONE|NONE|QUEUESTART|",
    b"1795360001|c1|q1|NONE|ENTERQUEUE||03|0123|1",
    b"1795360005|c1|q1|Ann|RINGNOANSWER|2500",
    b"1795360009|c1|q1|PJSIP/1002|CONNECT|8|c2|3",
    b"1795360010|c1|q1|PJSIP/1002|CONNECT|8|c2|3",
    b"",
    b"1795360039|c1|q1|PJSIP/1002|COMPLETEAGENT|8|31|1",
]


def test_a_call_is_told() -> None:
    (call,), refusals = told_by_sets(content(LINES))
    assert (call["call_id"], call["tenant"], call["from_number"], call["outcome"], call["certainty"]) == (
        "lab1:c1", "north", "03|0123", "answered", "final",
    )  # fmt: skip
    (stint,), (leg,), (missed,) = call["stints"], call["legs"], call["missed"]
    assert (stint["outcome"], stint["wait_s"], stint["agent"]) == ("answered", 8, "PJSIP/1002")
    assert (leg["rang_at"], leg["talk_s"], leg["ended_by"]) == ("2026-11-22T15:06:46.000Z", 31, "agent")
    assert (missed["interface"], missed["rang_at"], missed["ring_s"]) == ("PJSIP/1001", "2026-11-22T15:06:42.500Z", 2.5)
    assert [reason for _, reason in refusals] == [
        "is refused: nobody waits in this queue", "has 1 fields, a line of queue_log has at least 5",
    ]  # fmt: skip


def test_what_may_go_on_is_told_in_the_end_wherever_the_lines_were_cut() -> None:
    whole = told_by_sets(content(LINES))
    assert all(told_by_sets(content(LINES), (cut,)) == whole for cut in range(len(LINES) + 1))


@given(shifts)
def test_what_queues_write_is_told_as_the_reducer_tells_it(lines: list[bytes]) -> None:
    assert told_by_sets(content(lines)) == told_by_reducer(content(lines))
