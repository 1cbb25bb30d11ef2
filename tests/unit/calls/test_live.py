"""Live messages: what is published can be read back."""

from stories import told

from calls.form import call_form
from calls.live import CallLive, decode_agent, decode_call, decode_queue, encode_live
from calls.views import agent_live, queue_live


def test_live_state_survives_the_wire() -> None:
    told_ = told("0 member Alice added, 0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice")
    agent = agent_live(told_.state, told_.state.agents["PJSIP/alice"])
    queue = queue_live(told_.state, told_.state.queues["support"])
    call = CallLive(7, call_form(told_.call), "PJSIP/alice")
    assert decode_agent(encode_live(agent)) == agent
    assert decode_queue(encode_live(queue)) == queue
    assert decode_call(encode_live(call)) == call
