"""What the agents page reads: everybody, and of one the days."""

from agent_rows import ROWS, performance
from dashboard_parts import PaperMarts, filters

from dashboard.agent_figures import MOST_DAYS, AgentsAnswer, read_agents, shown_days, together


def read(search: str = "") -> AgentsAnswer:
    return read_agents(PaperMarts(rows=ROWS), filters(search))


def test_who_handled_most_stands_first() -> None:
    assert [row.now["agent_id"] for row in read().rows] == ["ines", "tomas"]
    assert (read().alone, read().timeline) == ("", ())


def test_queues_of_the_address_are_nothing_to_agents() -> None:
    assert read("?queue=billing").filters.queues == ()


def test_all_together_are_sums_and_the_rates_of_the_sums() -> None:
    total = together([performance(handled=10), performance("tomas", 5, agent_aht=600.0), performance("new", 0)])
    assert (total["handled"], total["missed"], total["online_s"]) == (15, 6, 21600.0)
    assert total["agent_aht"] == 400.0
    assert round(total["occupancy"], 4) == round(3000 / 6600, 4)
    assert together([]) == {}


def test_an_earlier_period_is_read_beside() -> None:
    assert read().rows[0].before == {}
    assert read("?compare=week").rows[0].before["handled"] == 10
    assert read("?compare=week").before["handled"] == 14


def test_dispositions_are_sums_and_the_unfiled_come_last() -> None:
    assert read().dispositions == [("solved", 5), ("sale", 2), (None, 3)]


def test_one_agent_alone_has_days_and_a_timeline() -> None:
    one = read("?agent=ines&range=7d")
    assert (one.alone, len(one.days), len(one.timeline)) == ("ines", 2, 6)
    assert read("?agent=ines&agent=tomas").alone == ""


def test_no_more_days_are_drawn_than_can_be_seen() -> None:
    assert len(shown_days(filters("?range=7d"))) == 7
    assert len(shown_days(filters("?range=year"))) == MOST_DAYS
    assert shown_days(filters())[0].day == 22
