"""dashboard/call_search.py: what the address of the calls page asks the API for, and how it says so."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from dashboard_parts import BERLIN, NOW

from dashboard.call_search import OFFERED, OWN, SHOWS, asked, chips
from dashboard.filters import parse


def told(search: str) -> dict[str, Any]:
    return dict(json.loads(asked(parse(search, NOW, BERLIN, OWN))))


def query(search: str) -> dict[str, list[str]]:
    return parse_qs(told(search)["query"])


def test_days_that_move_are_dates_to_the_api() -> None:
    assert query("?range=7d&show=abandoned&queue=billing&queue=pbx-1:support&agent=ines") == {
        "startDate": ["2026-11-16"], "endDate": ["2026-11-22"], "clock": ["Europe/Berlin"], "show": ["abandoned"],
        "queue": ["billing", "pbx-1:support"], "agentId": ["ines"],
    }  # fmt: skip


def test_everything_that_narrows() -> None:
    search = "?number=0140&disposition=SALE&pbx=pbx-1&weekday=1&hour=09:15&min=10&max=60&of=agents"
    asked_for = query(search)
    assert {name: asked_for[name][0] for name in sorted(set(asked_for) - {"startDate", "endDate", "clock"})} == {
        "disposition": "SALE", "hour": "9", "maxSeconds": "60", "minSeconds": "10", "minute": "15", "number": "0140",
        "of": "agents", "pbx": "pbx-1", "weekday": "1",
    }  # fmt: skip


@pytest.mark.parametrize("search", ["?hour=25", "?hour=9:07", "?weekday=8", "?min=-1", "?max=x", "?of=all", "?show=x"])
def test_what_is_not_understood_is_passed_over(search: str) -> None:
    assert set(query(search)) == {"startDate", "endDate", "clock"}
    assert chips(parse(search, NOW, BERLIN, OWN)) == []


def test_one_call_keeps_the_list_that_it_is_of() -> None:
    said = told("?range=7d&show=held&call=pbx:1&row=2026~0~pbx:1")
    assert (said["call"], said["row"], said["list"]) == ("pbx:1", "2026~0~pbx:1", "/reports/calls?range=7d&show=held")
    assert (said["words"], said["range"], said["zone"]) == ("held", "16 – 22 Nov 2026", "Europe/Berlin")
    assert "call" not in parse_qs(said["query"])


def test_each_narrower_choice_can_be_dropped_alone() -> None:
    found = chips(parse("?range=7d&weekday=7&hour=23:45&number=0140&call=pbx:1", NOW, BERLIN, OWN))
    assert [(chip.words, chip.without.address()) for chip in found] == [
        ("number has 0140", "?range=7d&hour=23%3A45&weekday=7"),
        ("Sundays", "?range=7d&hour=23%3A45&number=0140"),
        ("23:45 to 00:00", "?range=7d&number=0140&weekday=7"),
    ]
    assert [chip.words for chip in chips(parse("?hour=9", NOW, BERLIN, OWN))] == ["09:00 to 10:00"]


def test_every_choice_of_the_menu_has_words() -> None:
    assert set(OFFERED) <= set(SHOWS)
