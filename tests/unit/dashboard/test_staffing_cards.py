"""What the staffing page says of the days ahead."""

import json
from typing import Any

from dashboard_parts import LIGHT, filters, parts_of, text_of
from made_outlook import morning

from dashboard import staffing_cards
from dashboard.staffing_figures import StaffingAnswer

ANSWER = StaffingAnswer(filters(), outlook=morning())
NOTHING = StaffingAnswer(filters())


def rows(text: str) -> list[list[Any]]:
    found: list[list[Any]] = json.loads(text)["rows"]
    return found


def test_the_strip_tells_how_many_are_needed_and_where_they_lack() -> None:
    texts = [text_of(each) for each in staffing_cards.summary(ANSWER)]
    assert texts == [
        "Calls to come 30 7 days from 23 Nov 2026",
        "Most agents needed 4 Mon 10:00, nobody hangs up",
        "Too few usually there 1 of 3 intervals",
        "Hours on the roster 3 30\u2009% shrinkage",
        "Handle time 4:00 of the past weeks",
        "Forecast error 20\u2009% as a week before: 30\u2009%",
    ]
    assert all("–" in text_of(each) for each in staffing_cards.summary(NOTHING))


def test_an_interval_with_too_few_is_marked_and_one_without_a_call_left_out() -> None:
    shown = rows(staffing_cards.table_rows(ANSWER))
    assert [row[0]["text"] for row in shown] == ["Mon 23 Nov 09:00", "Mon 23 Nov 10:00"]
    assert [row[4]["css"] for row in shown] == ["num", "num warn"]
    assert "a week of calls" in json.loads(staffing_cards.table_rows(NOTHING))["empty"]


def test_every_step_of_the_slider_is_there_in_words() -> None:
    said = json.loads(staffing_cards.what_if(ANSWER))
    assert said["-1"] == ["1 agent fewer", "40.0\u2009%", "warn-text", "grows", "90.0\u2009%", "none by Erlang C"]
    assert said["0"][0] == "as planned"
    assert json.loads(staffing_cards.what_if(StaffingAnswer(filters(), outlook=morning(90.0))))["1"][5] == "0.0\u2009%"
    assert json.loads(staffing_cards.what_if(NOTHING)) == {}


def test_the_chart_has_calls_and_both_numbers_of_agents() -> None:
    figure = staffing_cards.chart(ANSWER, LIGHT)
    assert [trace.name for trace in figure.data] == ["calls", "needed", "usually there"]
    assert list(figure.data[1].y) == [2, 4, None]
    assert len(staffing_cards.chart(NOTHING, LIGHT).data) == 3


def test_how_wrong_it_was_stands_beside_the_simplest_forecast() -> None:
    ((week, error),) = rows(staffing_cards.tried_rows(ANSWER))
    assert (week["text"], error["text"], error["note"]) == (
        "Week of 16 Nov 2026", "20\u2009%", "30\u2009% as a week before"
    )  # fmt: skip
    assert staffing_cards.title(ANSWER) == "Billing: agents for 80\u2009% in 20 s"
    assert staffing_cards.title(NOTHING) == NOTHING.why
    assert staffing_cards.took(ANSWER) == "reckoned in 0 ms"


def test_every_number_has_its_explanation() -> None:
    named = {
        getattr(each, "data-explain")
        for part in (staffing_cards.summary(ANSWER), staffing_cards.table_head(ANSWER))
        for each in parts_of(part)
        if hasattr(each, "data-explain")
    }
    assert named <= {card.definition.name for card in staffing_cards.explanations(ANSWER)}
