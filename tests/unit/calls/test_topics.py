"""Topics: each once, live ones compacted."""

from calls.topics import AGENTS, ALL, EVENTS, QUEUES, SETTINGS


def test_names_are_those_of_the_design() -> None:
    assert [topic.name for topic in ALL] == ["pbx.events", "calls", "agents", "queues", "gaps", "rejects", "settings"]


def test_live_state_is_compacted_and_events_are_not() -> None:
    assert {topic.config["cleanup.policy"] for topic in (AGENTS, QUEUES, SETTINGS)} == {"compact"}
    assert EVENTS.config["cleanup.policy"] == "delete"
