"""What the heat map page reads."""

from dashboard_parts import PaperMarts, filters

from dashboard.heat_figures import read_heat


def test_hours_and_total_are_of_the_choice() -> None:
    marts = PaperMarts(rows={"heat_map": [{"weekday": 1, "hour": 9}]})
    answer = read_heat(marts, filters("?queue=billing&variant=sl_offered"))
    assert answer.hours == [{"weekday": 1, "hour": 9}]
    assert answer.total["offered"] == 0
    ((name, asked),) = marts.reports
    assert (name, asked.queues, asked.variant) == ("heat_map", ("billing",), "sl_offered")
