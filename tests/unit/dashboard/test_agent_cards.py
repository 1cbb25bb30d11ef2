"""What the agents page says of each."""

import json
from typing import Any

from agent_rows import ROWS
from dashboard_parts import INES, PaperMarts, filters, parts_of, text_of

from dashboard import agent_cards
from dashboard.agent_figures import AgentsAnswer, read_agents


def answer(search: str = "") -> AgentsAnswer:
    return read_agents(PaperMarts(rows=ROWS), filters(search))


def lines(text: str) -> list[list[Any]]:
    rows: list[list[Any]] = json.loads(text)["rows"]
    return rows


def test_a_row_opens_the_agent_and_its_numbers_the_calls() -> None:
    row = lines(agent_cards.table_rows(answer("?range=7d")))[0]
    assert (row[0]["text"], row[0]["href"]) == ("Ines", "/reports/agents?range=7d&agent=ines")
    assert (row[1]["text"], row[1]["href"]) == ("10", "/reports/calls?range=7d&agent=ines&of=agents&show=handled")
    assert [each["text"] for each in row[3:7]] == ["5:00", "4:00", "0:20", "0:40"]


def test_of_one_agent_the_rows_are_days() -> None:
    one = answer("?range=7d&agent=ines")
    assert agent_cards.title(one) == "By day"
    assert "Day" in text_of(agent_cards.table_head(one))
    first = lines(agent_cards.table_rows(one))[0]
    assert (first[0]["text"], first[0]["href"]) == (
        "Sun 22 Nov 2026", "/reports/agents?from=2026-11-22&to=2026-11-22&agent=ines"
    )  # fmt: skip


def test_an_earlier_period_stands_below() -> None:
    row = lines(agent_cards.table_rows(answer("?compare=week")))[0]
    assert row[1]["change"][0] == row[3]["change"][0] == row[9]["change"][0] == "unchanged"


def test_how_calls_were_filed_is_counted_and_opens_them() -> None:
    rows = lines(agent_cards.dispositions(answer()))
    assert [(row[0]["text"], row[1]["text"], row[1]["note"]) for row in rows] == [
        ("solved", "5", "50\u2009%"), ("sale", "2", "20\u2009%"), ("not filed", "3", "30\u2009%")
    ]  # fmt: skip
    assert rows[0][1]["href"] == "/reports/calls?of=agents&disposition=solved&show=filed"
    assert rows[2][1]["href"] == "/reports/calls?of=agents&disposition=-&show=filed"


def test_pauses_are_summed_by_reason() -> None:
    (row,) = lines(agent_cards.reasons(answer("?agent=ines")))
    assert (row[0], row[1]["text"]) == ("lunch", "30:00")


def test_the_strip_is_of_all_together() -> None:
    texts = [text_of(each) for each in agent_cards.summary(answer())]
    assert texts[0] == "Handled 14 2 agents"
    assert texts[2] == "Missed rings 2 12.5\u2009% of rings"
    assert text_of(agent_cards.summary(AgentsAnswer(filters()))[0]) == "Handled – 0 agents"


def test_every_number_has_its_explanation() -> None:
    shown = answer("?compare=week")
    named = {
        getattr(each, "data-explain")
        for part in (agent_cards.summary(shown), agent_cards.table_head(shown))
        for each in parts_of(part)
        if hasattr(each, "data-explain")
    }
    assert named <= {card.definition.name for card in agent_cards.explanations(shown)}


def test_every_agent_can_be_chosen_by_name() -> None:
    assert json.loads(agent_cards.names(AgentsAnswer(filters(), agents=[INES]))) == [["ines", "Ines Moreau"]]
    assert agent_cards.took(answer()) == "14 conversations in 0 ms"
