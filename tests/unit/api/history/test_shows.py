"""api/history/shows.py: queues and agents count some things differently under one name."""

import pytest

from api.history.shows import OF_QUEUES, SHOWS, Unit, show_of


def test_handled_is_a_stay_for_queues_and_a_part_for_agents() -> None:
    assert show_of("handled", of_agents=False).unit is Unit.STAY
    assert show_of("handled", of_agents=True).unit is Unit.PART


def test_a_ring_of_an_agent_needs_no_queue() -> None:
    assert show_of("missed", of_agents=True).condition == "true"
    assert show_of("missed", of_agents=False).condition != "true"


def test_all_else_is_the_same_for_both() -> None:
    same = set(SHOWS) - {"handled", "missed"}
    assert all(show_of(name, of_agents=True) is OF_QUEUES[name] for name in same)


@pytest.mark.parametrize("of_agents", [True, False])
def test_what_is_no_name_is_none(of_agents: bool) -> None:
    with pytest.raises(KeyError):
        show_of("everything", of_agents=of_agents)
