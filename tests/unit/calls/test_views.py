"""State as it is published."""

import pytest
from stories import NOON, told

from calls.settings import AgentSettings, QueueSettings, Settings
from calls.views import agent_id, agent_live, extension_of, queue_live


@pytest.mark.parametrize(
    ("interface", "extension"), [("PJSIP/1001", "1001"), ("Local/1003@agents/n", "1003"), ("odd", "odd")]
)
def test_the_extension_of_an_interface(interface: str, extension: str) -> None:
    assert extension_of(interface) == extension


def test_an_agent_on_a_call() -> None:
    settings = Settings(agents={"PJSIP/alice": AgentSettings("a-1", "Alice Adams", "north")})
    told_ = told("0 member Alice added, 0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice", settings)
    live = agent_live(told_.state, told_.state.agents["PJSIP/alice"])
    assert (live.agent_id, live.name, live.tenant, live.queues) == ("a-1", "Alice Adams", "north", ["support"])
    assert live.call is not None
    assert (live.call.call_id, live.call.queue, live.call.number) == ("pbx:one", "support", "5551234")
    assert agent_id(told_.state, "PJSIP/alice") == "a-1"


def test_an_agent_after_a_call_has_it_in_the_interval_it_was_answered_in() -> None:
    told_ = told(
        "0 member Alice added, 0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 65 caller ends,"
        "65 agent Alice leaves"
    )
    live = agent_live(told_.state, told_.state.agents["PJSIP/alice"])
    assert (live.call, live.tallies) == (None, [(NOON, 1, 60.0, 0.0)])


def test_a_queue_with_a_caller_and_agents() -> None:
    settings = Settings(queues={"support": QueueSettings(name="Support", target=0.9)})
    told_ = told(
        "0 member Alice added, 0 member Bob added, 0 member Bob unreachable, 0 arrives, 1 joins support", settings
    )
    live = queue_live(told_.state, told_.state.queues["support"])
    assert (live.name, live.target, live.agents) == ("Support", 0.9, 1)
    assert [(waiter.call_id, waiter.entered_at - NOON) for waiter in live.waiting] == [("pbx:one", 1000)]
