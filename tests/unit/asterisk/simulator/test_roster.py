"""Queues and people of the simulated centre."""

from asterisk.simulator.pbx import Options, Pbx
from asterisk.simulator.roster import DEFAULT_AGENTS, DEFAULT_QUEUES, people, queues, staff


def test_names_are_unique_however_many_there_are() -> None:
    crew = people(1500, queues(3))
    assert len({person.name for person in crew}) == len({person.interface for person in crew}) == 1500


def test_every_queue_has_agents_from_the_start() -> None:
    lines = queues(DEFAULT_QUEUES)
    pbx = Pbx(Options(), 0)
    staff(pbx, lines, people(DEFAULT_AGENTS, lines))
    assert [queue.name for queue in lines][:3] == ["Support", "Sales", "Billing"]
    assert all(len(queue.members) >= 2 for queue in lines)
    assert len(pbx.agents) == DEFAULT_AGENTS
    assert all(len(agent.members) == 2 for agent in pbx.agents.values())


def test_more_queues_than_names_are_numbered() -> None:
    assert [queue.name for queue in queues(12)][-2:] == ["Line 11", "Line 12"]


def test_who_has_one_queue_is_in_it_once() -> None:
    assert {person.queues for person in people(5, queues(1))} == {("Support",)}
