"""What the heat map says: shades, words, and the hours that stand out."""

import json
from typing import Any

from dashboard_parts import BERLIN, NOW, PaperMarts, text_of

from dashboard import heat_cards
from dashboard.filters import parse
from dashboard.heat_figures import HeatAnswer, read_heat


def hour(weekday: int, at: int, offered: int, hours: float = 4, level: float | None = 0.8) -> dict[str, Any]:
    """A row of the mart."""
    rates = {"service_level": level, "abandon_rate": 0.05 * at / 10, "asa": 10.0 + at, "aht": 250.0}
    return {
        "weekday": weekday, "hour": at, "hours": hours, "offered": offered, "offered_per_hour": offered / hours, **rates
    }  # fmt: skip


HOURS = [hour(1, 9, 80, level=0.6), hour(1, 10, 40), hour(5, 11, 4, level=0.1), hour(7, 12, 0, level=None)]


def answer(search: str = "", hours: Any = HOURS) -> HeatAnswer:
    return read_heat(PaperMarts(rows={"heat_map": hours}), parse(search, NOW, BERLIN, ("metric",)))


def grid(search: str = "") -> dict[str, Any]:
    drawn: dict[str, Any] = json.loads(heat_cards.grid(answer(search)))
    return drawn


def test_only_hours_with_callers_are_drawn_and_each_day_is() -> None:
    drawn = grid()
    assert (drawn["days"][0], drawn["hours"]) == ("Mon", ["09", "10", "11"])
    assert [sum(cell is not None for cell in line) for line in drawn["cells"]] == [2, 0, 0, 0, 1, 0, 0]


def test_a_cell_says_opens_and_shades_its_hour() -> None:
    cell = grid()["cells"][0][1]
    assert (cell["text"], cell["level"]) == ("10", 0.5)
    assert cell["href"] == "/reports/calls?weekday=1&hour=10&show=offered"
    assert cell["title"] == "Mon 10:00 – 11:00: callers an hour 10, 40 callers in 4 such hours"


def test_another_metric_has_its_own_words_and_ends() -> None:
    drawn = grid("?metric=service_level")
    assert (drawn["least"], drawn["most"]) == ("10\u2009%", "80\u2009%")
    assert "metric" not in drawn["cells"][0][0]["href"]
    assert drawn["cells"][0][0]["href"].endswith("show=in_time")
    assert heat_cards.title(answer("?metric=aht")) == "Handle time, by weekday and hour"
    assert heat_cards.title(answer("?metric=nonsense")) == "Callers an hour, by weekday and hour"


def test_the_strip_names_the_hours_that_stand_out_of_many_callers() -> None:
    texts = [text_of(each) for each in heat_cards.summary(answer())]
    assert texts[1:] == [
        "Busiest hour Mon 09:00 20 callers",
        "Lowest service level Mon 09:00 60\u2009% in time",
        "Most abandoned Mon 10:00 5\u2009% hung up",
    ]
    assert "too few calls yet" in text_of(heat_cards.summary(answer(hours=[hour(1, 9, 3)])))


def test_without_a_call_the_map_says_so() -> None:
    assert "No calls in this range yet" in json.loads(heat_cards.grid(answer(hours=[])))["empty"]


def test_a_cell_is_explained_by_what_it_shows() -> None:
    cell = heat_cards.explanations(answer("?metric=service_level&variant=sl_offered"))[0]
    assert cell.definition.name == "cell"
    assert cell.definition.formula.endswith("offered")
    assert heat_cards.took(answer()) == "0 calls in 0 ms"
