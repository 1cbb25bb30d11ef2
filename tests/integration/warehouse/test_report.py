"""The service-level report: its frame, its words, its table."""

import io
import json
from pathlib import Path

import pytest
from made_calls import START, queue_call
from made_lake import publish_calls
from rich.console import Console

from calls.call import StintOutcome
from calls.settings import QueueSettings
from warehouse.marts import COUNTS, RATIOS, BadRange, Marts, open_marts
from warehouse.printing import as_json
from warehouse.report import Question, definitions, service_level, service_level_table

BERLIN_DAY = Question("2026-10-25", "2026-10-26", interval="1h", timezone="Europe/Berlin")


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Marts:
    data: Path = tmp_path_factory.mktemp("data")
    at = START + 25 * 3_600_000
    calls = [
        queue_call(1, at=at),
        queue_call(2, StintOutcome.ABANDONED, 30, at),
        queue_call(3, None, at=at, queue="new"),
    ]
    publish_calls(data, calls, {"support": QueueSettings("Support", None, 0.0, 20.0, 5.0, 0.8)})
    return open_marts(data, "default")


def test_it_repeats_the_question_and_answers_in_local_time(marts: Marts) -> None:
    report = json.loads(as_json(service_level(marts, BERLIN_DAY)))
    assert (report["from"], report["to"]) == ("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00")
    assert (report["interval"], report["timezone"], report["variant"]) == ("1h", "Europe/Berlin", "service_level")
    starts = [row["interval_start"] for row in report["rows"] if row["queue"] == "support"]
    assert len(starts) == 25
    assert starts[2:4] == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]
    assert [(row["queue"], row["offered"]) for row in report["queues"]] == [("new", 1), ("support", 2)]
    assert (report["total"]["offered"], report["total"]["service_level"]) == (3, 0.5)


def test_rows_without_calls_can_be_left_out(marts: Marts) -> None:
    question = Question("2026-10-25", "2026-10-26", ("support",), "1d", "Europe/Berlin", empty=False)
    (row,) = service_level(marts, question)["rows"]
    assert (row["answered"], row["abandoned"], row["asa"]) == (1, 1, 4.0)
    quiet = Question("2026-11-01", "2026-11-02", empty=False)
    assert service_level(marts, quiet)["rows"] == []


def test_every_number_has_its_definition() -> None:
    meaning = definitions("sl_asterisk")
    assert set(meaning) == {*COUNTS, *RATIOS, "service_level"}
    assert meaning["service_level"] == (
        "Answered within the threshold, of answered; answered in sl / answered"
        " (sl_asterisk, app_queue's ServicelevelPerf)"
    )


def test_the_table_ends_with_the_total_and_what_each_number_means(marts: Marts) -> None:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(*service_level_table(service_level(marts, BERLIN_DAY)), sep="\n")
    lines = console.export_text().splitlines()
    total = next(line for line in lines if line.startswith("│ total"))
    assert "0.5" in total
    assert any(line.startswith("asa: Mean wait of answered callers") for line in lines)


def test_what_makes_no_sense_is_refused(marts: Marts) -> None:
    for question in (Question("today", "2026-10-26"), Question("2026-10-26", "2026-10-25")):
        with pytest.raises(BadRange):
            service_level(marts, question)
