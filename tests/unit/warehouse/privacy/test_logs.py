"""The archived log without a person: which days are rewritten, which are waited for, and what stays."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from asterisk.recording import read_log
from calls.codec import RECORD_VERSION, Entry, Record
from calls.erasure import Eraser, Person, pattern_of
from ingest.log import Log
from warehouse.privacy.logs import Cleaned, clean_logs, out_of_reach

DAY_MS = 86_400_000
NATIONAL, INSTEAD = "3055512345", "0001234567"
ERASER = Eraser([Person(NATIONAL, INSTEAD, pattern_of(49, NATIONAL))])
LATER = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = {"pbx1": "1970-04-11.tlog.zst"}


def written(data: Path, *days: int) -> Path:
    """A log with the person and somebody else on each of these days since 1970."""
    log = Log(data / "log" / "pbx1")
    for day in days:
        for raw in (f"CallerIDNum: +49{NATIONAL}".encode(), b"CallerIDNum: +4930999"):
            log.append([Record(RECORD_VERSION, "pbx1", "ami", "a", 1, [Entry(day, day * DAY_MS, raw)])])
    log.close()
    return log.folder


def told(folder: Path) -> list[bytes]:
    return [entry.raw for path in sorted(folder.glob("*.zst")) for it in read_log(path) for entry in it.entries]


def test_days_that_are_over_and_sent_are_rewritten_and_nothing_else_of_them(tmp_path: Path) -> None:
    folder = written(tmp_path, 100, 101)
    (folder / "a.cursor").write_text(json.dumps({"file": "1970-04-12.tlog.zst", "offset": 0}))
    assert clean_logs(tmp_path, ERASER, LATER) == Cleaned(1, 1, ("pbx1 1970-04-12",), FIRST)
    person, nobody = f"CallerIDNum: +49{NATIONAL}".encode(), b"CallerIDNum: +4930999"
    assert told(folder) == [f"CallerIDNum: +49{INSTEAD}".encode(), nobody, person, nobody]
    assert clean_logs(tmp_path, ERASER, LATER).files == 0
    # Sent to its end, and nobody has listened for days.
    last = folder / "1970-04-12.tlog.zst"
    (folder / "a.cursor").write_text(json.dumps({"file": last.name, "offset": last.stat().st_size}))
    os.utime(last, (0, 0))
    assert clean_logs(tmp_path, ERASER, LATER, through=FIRST) == Cleaned(1, 1, through={"pbx1": last.name})
    assert person not in told(folder)


def test_what_came_after_the_request_stays(tmp_path: Path) -> None:
    folder = written(tmp_path, 100, 101, 102)
    before = told(folder)
    asked = datetime.fromtimestamp(100.5 * DAY_MS / 1000, UTC)
    assert clean_logs(tmp_path, ERASER, asked)[:3] == (1, 1, ())
    assert told(folder)[1:] == before[1:]


def test_a_cursor_that_says_nothing_holds_everything_back(tmp_path: Path) -> None:
    folder = written(tmp_path, 100, 101)
    (folder / "a.cursor").write_text("{")
    assert clean_logs(tmp_path, ERASER, LATER) == Cleaned(0, 0, ("pbx1 1970-04-11", "pbx1 1970-04-12"))


def test_what_is_done_is_not_looked_through_again_and_no_file_is_begun_without_time(tmp_path: Path) -> None:
    folder = written(tmp_path, 100, 101, 102)
    none = clean_logs(tmp_path, ERASER, LATER, seconds=-1.0)
    assert (none.files, none.left, none.through) == (0, 2, {})
    all_done = {"pbx1": "1970-04-12.tlog.zst"}
    before = told(folder)
    assert clean_logs(tmp_path, ERASER, LATER, through=all_done) == Cleaned(0, 0, ("pbx1 1970-04-13",), all_done)
    assert told(folder) == before


def test_logs_that_are_elsewhere_or_may_not_be_written_are_named(tmp_path: Path) -> None:
    written(tmp_path, 100)
    (tmp_path / "log" / "empty").mkdir()
    assert out_of_reach(tmp_path, ["pbx1", "pbx2", "empty"]) == ["empty", "pbx2"]
