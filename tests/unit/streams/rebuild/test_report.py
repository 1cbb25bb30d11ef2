"""What a rebuild tells, to programs and to people."""

import io
import json

from rich.console import Console

from streams.rebuild.derive import Told
from streams.rebuild.differences import Finding, Verdict
from streams.rebuild.mend import Missing
from streams.rebuild.report import MOST_SHOWN, Report


def fill(report: Report, changed: int = 1) -> Report:
    report.told("lab1", Told(entries=54321, events=4))
    report.found("lab1:1", Finding(Verdict.SAME, {}))
    for number in range(changed):
        fields = {"legs[0].talk_s": (1.5, 2.0), "legs[1].talk_s": (None, 2.0), "outcome": (None, "[b]other[/b]")}
        report.found(f"lab1:c{number}", Finding(Verdict.CHANGED, fields))
    report.found("lab1:3", Finding(Verdict.NEW, {"call_id": (None, "lab1:3")}))
    report.found("lab1:4", Finding(Verdict.LEFT, {"outcome": (None, "other")}, "still open"))
    report.missing(Missing("lab1:5", "2026-11-22 10:00:00+00"))
    report.sha256 = "abc"
    return report


def text(report: Report) -> str:
    out = io.StringIO()
    report.close(Console(file=out, width=120, markup=False))
    return out.getvalue()


def test_a_line_a_call_that_differs_and_the_summary_last() -> None:
    lines: list[str] = []
    assert text(fill(Report(False, lines.append))) == ""
    changed, new, left, missing, last = map(json.loads, lines)
    assert changed["what"] == "changed" and changed["fields"]["legs[0].talk_s"] == [1.5, 2.0]
    assert new == {"call_id": "lab1:3", "what": "new"}
    assert left == {
        "call_id": "lab1:4", "what": "left alone", "reason": "still open", "fields": {"outcome": [None, "other"]}
    }  # fmt: skip
    assert (missing["call_id"], missing["what"]) == ("lab1:5", "not in the archive")
    summary = last["summary"]
    assert summary["calls"] == {"as before": 1, "changed": 1, "new": 1, "left alone": 1, "not in the archive": 1}
    assert summary["changed_fields"] == {"legs[].talk_s": 1, "outcome": 1}
    assert (summary["left_alone"], summary["sha256"]) == ({"still open": 1}, "abc")
    assert summary["read"]["lab1"]["entries"] == 54321


def test_tables_for_people_are_not_longer_than_they_can_be_read() -> None:
    out = text(fill(Report(True), changed=MOST_SHOWN))
    assert "[b]other[/b]" in out and "still open" in out and "54,321" in out and "abc" in out and "--dry-run" in out
    assert "the first 50" in out and out.count("lab1:c") == MOST_SHOWN


def test_where_nothing_differs_there_are_no_tables_of_it() -> None:
    report = Report(False)
    report.found("lab1:1", Finding(Verdict.SAME, {}))
    out = text(report)
    assert "changed field" not in out and "left alone, because" not in out
