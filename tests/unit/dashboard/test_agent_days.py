"""One agent's days: drawn, and one thing after the other."""

import json
from dataclasses import replace
from typing import Any

from agent_rows import ROWS
from dashboard_parts import NOW, PaperMarts, filters

from dashboard import agent_days
from dashboard.agent_figures import AgentsAnswer, read_agents
from dashboard.tokens import ASSETS


def answer(search: str) -> AgentsAnswer:
    return replace(read_agents(PaperMarts(rows=ROWS), filters(search)), watermark=NOW)


def strips(search: str) -> dict[str, Any]:
    drawn: dict[str, Any] = json.loads(agent_days.strips(answer(search)))
    return drawn


def test_a_day_is_its_states_on_one_axis_of_hours() -> None:
    drawn = strips("?agent=ines")
    (day,) = drawn["days"]
    assert (day["label"], drawn["from"], drawn["to"]) == ("Sun 22 Nov", 12, 15)
    assert [part[:3] for part in day["parts"]] == [
        [12.0, 12.1667, "st-available"],
        [12.1667, 12.25, "st-call"],
        [12.25, 12.75, "st-paused"],
        # What goes on ends where the marts end.
        [12.75, 14.0561, "st-available"],
    ]
    assert day["parts"][2][3] == "Paused, lunch: 12:15 – 12:45 (30:00)"
    assert day["missed"] == [[12 + 5 / 60, "Missed ring 12:05"]]


def test_a_day_off_is_there_and_empty() -> None:
    drawn = strips("?range=7d&agent=ines")
    assert [bool(day["parts"]) for day in drawn["days"]] == [True] + [False] * 6
    nobody = AgentsAnswer(filters("?agent=ines"))
    assert json.loads(agent_days.strips(nobody))["from"] == 8
    assert json.loads(agent_days.strips(answer("")))["days"] == []


def test_of_one_day_everything_is_listed_and_calls_open() -> None:
    rows = json.loads(agent_days.events(answer("?agent=ines")))["rows"]
    assert [row[1]["text"] for row in rows][:4] == ["Available", "Missed ring", "On call", "Conversation"]
    assert rows[3][1]["href"] == "/reports/calls/pbx-1%3A7?agent=ines"
    assert [each["text"] for each in rows[3][2:]] == ["ended by caller", "5:00"]
    assert rows[5][3]["text"] == "–"
    assert "Choose one day" in json.loads(agent_days.events(answer("?range=7d&agent=ines")))["empty"]


def test_every_state_has_its_colour() -> None:
    css = (ASSETS / "numbers.css").read_text()
    for _, swatch in agent_days.legend():
        assert f".{swatch.split()[-1]} {{" in css
