"""Live messages: what is published can be read back."""

import json

from stories import NOON, told

from calls.form import call_form
from calls.live import (
    CallLive,
    GapLive,
    RejectLive,
    decode_agent,
    decode_call,
    decode_gap,
    decode_queue,
    decode_reject,
    encode_live,
    gap_key,
    reject_key,
)
from calls.views import agent_live, queue_live


def test_live_state_survives_the_wire() -> None:
    told_ = told("0 member Alice added, 0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice")
    agent = agent_live(told_.state, told_.state.agents["PJSIP/alice"])
    queue = queue_live(told_.state, told_.state.queues["support"])
    call = CallLive(7, call_form(told_.call), "PJSIP/alice")
    assert decode_agent(encode_live(agent)) == agent
    assert decode_queue(encode_live(queue)) == queue
    assert decode_call(encode_live(call)) == call


LASTS = GapLive("pbx", "ami", "the cable", NOON, None)
LOST = GapLive("pbx", "kafka", "lost", None, None, {"partition": 3, "from": 7, "to": 9})
REJECT = RejectLive("pbx", "ami", "a", 1, 2, "not now", b"Event: X\r\nName: J\xf6rg")


def test_gaps_and_rejects_survive_the_wire() -> None:
    for gap in (LASTS, LOST):
        assert decode_gap(encode_live(gap)) == gap
    assert decode_reject(encode_live(REJECT)) == REJECT
    # Bytes that are no text are JSON all the same.
    assert json.loads(encode_live(REJECT))["raw"] == "RXZlbnQ6IFgNCk5hbWU6IEr2cmc="


def test_the_end_of_a_gap_has_the_key_of_its_beginning() -> None:
    assert gap_key(LASTS) == gap_key(GapLive("pbx", "ami", "the cable", NOON, NOON + 5)) == f"pbx:ami:{NOON}"


def test_what_kafka_lost_is_known_by_where_it_was() -> None:
    assert gap_key(LOST) == "pbx:kafka:3:7"


def test_a_reject_is_known_by_its_position() -> None:
    assert reject_key(REJECT) == "pbx:ami:a:1:2"
