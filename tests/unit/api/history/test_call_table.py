"""api/history/call_table.py: a row in a file says what the calls page says of it."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from history_parts import NOON, row

from api.history.call_table import COLUMNS, OUTCOMES, STATES, Lasting, Moment, cells, columns, csv_of, head
from api.history.search import Search
from api.managers.period import Period

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 21, 23, tzinfo=UTC)
SEARCH = Search(Period(START, START + timedelta(days=2)), BERLIN)
WORDS = Path("dashboard/assets/calls/words.js")


def told(kind: str = "csv", search: Search = SEARCH, **changes: object) -> dict[str, object]:
    made = cells(row(1, **changes), search, kind)
    return dict(zip([each.heading for each in columns(kind)], made, strict=True))


@pytest.mark.parametrize(("name", "words"), [("OUTCOMES", OUTCOMES), ("STATES", STATES)])
def test_the_words_are_those_of_the_page(name: str, words: dict[str, str]) -> None:
    found = re.search(rf"const {name} = {{(.*?)}};", WORDS.read_text(), re.DOTALL)
    assert found
    assert json.loads("{" + re.sub(r"(\w+):", r'"\1":', found[1]).strip().rstrip(",") + "}") == words


def test_a_call_on_the_clock_of_the_list() -> None:
    said = told()
    assert said["When"] == Moment(datetime.fromisoformat("2026-11-22T12:59:00"))
    assert (said["Caller"], said["Number"], said["Came to"]) == ("Mira Costa", "+49301234001", "Answered")
    assert (said["Wait"], said["Talk"], said["Hold"], said["Sound"]) == (Lasting(18), Lasting(300), Lasting(42), 4.3)


def test_whom_a_call_to_the_outside_was_for() -> None:
    said = told(direction="outbound", contact=None)
    assert (said["Caller"], said["Number"]) == (None, "0800300200")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_known": False}, "Not heard"),
        ({"outcome": None, "status": "QUEUED"}, "Waiting"),
        ({"outcome": "some_new_one"}, "Some new one"),
        ({"outcome": None, "status": None}, "Not known"),
    ],
)
def test_what_it_came_to(changes: dict[str, object], words: str) -> None:
    assert told(**changes)["Came to"] == words


def test_a_ring_has_no_talk_and_paper_has_fewer_columns() -> None:
    assert told(search=Search(SEARCH.period, BERLIN, show="missed"))["Talk"] is None
    assert len(told("pdf")) == 11 and len(told("xlsx")) == len(COLUMNS)


def test_what_is_listed_is_said() -> None:
    narrower = Search(SEARCH.period, BERLIN, show="in_time", queues=("billing",), number="+49", min_seconds=10.0)
    made = head(narrower, "Northwind", 1_234, NOON, "csv")
    about = dict(made.about)
    assert made.name == "trunkline-calls-2026-11-22-2026-11-23"
    assert (about["Centre"], about["Range"], about["Listed"]) == ("Northwind", "22 Nov 2026 – 23 Nov 2026", "In time")
    assert (about["Queues"], about["Number has"], about["Seconds, at least"]) == ("billing", "+49", "10.0")
    assert about["Made"] == "22 Nov 2026 13:00:00 Europe/Berlin" and "PBX" not in about
    assert made.figures == [("In time", "1,234", "stays in queues")]


def test_a_range_of_hours_is_said_to_the_second() -> None:
    hours = Search(Period(START + timedelta(hours=9), START + timedelta(hours=10)), BERLIN)
    assert dict(head(hours, "", 0, NOON, "csv").about)["Range"] == "22 Nov 2026 09:00:00 – 22 Nov 2026 10:00:00"


def test_no_text_becomes_a_formula_in_csv() -> None:
    made = csv_of([Moment(datetime.fromisoformat("2026-11-22T12:59:00")), "+4930", "=1", Lasting(3_725), None, 4.3, 2])
    assert made == "2026-11-22 12:59:00,'+4930,'=1,1:02:05,,4.3,2\r\n"
