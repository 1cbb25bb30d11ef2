"""Files of queue_log imported into a real database: what is told, what is left alone, and how it is gone on with."""

import gzip
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from made_installation import Installation
from queue_logs import NAMES, content, told_by_reducer

from calls.call import Call, Outcome, Status, Stint, StintOutcome
from warehouse.errors import QueueLogUnreadable
from warehouse.import_queue_log import import_files
from warehouse.queue_log_store import Progress
from warehouse.readback import stored_calls

RECORDED = Path(__file__).parents[2] / "scenarios/load_300/queue_log"
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
# Small enough that the recording of 1,300 lines is read in some ten pieces.
PIECE = 8_000
START = 1_795_360_000
PATIENCE_S = 60


def line(at: int, callid: str, rest: str) -> bytes:
    return f"{START + at}|{callid}|{rest}".encode()


ANSWERED = [
    line(0, "c1", "q1|NONE|ENTERQUEUE||030123|1"),
    line(7, "c1", "q1|Ann|CONNECT|7|c2|5"),
    line(67, "c1", "q1|Ann|COMPLETECALLER|7|60|1"),
]
SENT_ON = [line(70, "c1", "q2|NONE|ENTERQUEUE||030123|1"), line(80, "c1", "q2|NONE|ABANDON|1|1|10")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def take(installation: Installation, *files: Path, size: int = PIECE) -> list[Progress]:
    """Import these files."""
    return import_files(installation.source, files, NAMES, installation.data / "spill", lambda _: None, size)


def written(path: Path, *lines: bytes) -> Path:
    path.write_bytes(content(list(lines)))
    return path


def stored(installation: Installation) -> list[dict[str, Any]]:
    """All calls of the database, by id."""
    forms = [msgspec.json.decode(msgspec.json.encode(it)) for it in stored_calls(installation.source, *ALWAYS)]
    return sorted(forms, key=lambda form: form["call_id"])


def told(*paths: Path) -> list[dict[str, Any]]:
    """What the reducer tells of the content of these files."""
    return told_by_reducer(b"".join(path.read_bytes() for path in paths))[0]


def versions(installation: Installation) -> list[Any]:
    """When each row of a call was written."""
    return installation.asked("SELECT call_id, changed_at FROM call_sessions ORDER BY call_id")


def test_what_is_stored_is_what_the_reducer_tells(installation: Installation) -> None:
    (done,) = take(installation, RECORDED)
    assert stored(installation) == told(RECORDED)
    assert (done.calls, done.lines, done.read_to) == (
        len(stored(installation)), RECORDED.read_bytes().count(b"\n"), RECORDED.stat().st_size,
    )  # fmt: skip


def test_the_same_file_again_changes_nothing_whatever_it_is_called(installation: Installation, folder: Path) -> None:
    take(installation, RECORDED)
    before = versions(installation)
    zipped = folder / "queue_log.1.gz"
    zipped.write_bytes(gzip.compress(RECORDED.read_bytes()))
    (done,) = take(installation, zipped)
    assert versions(installation) == before
    assert done.lines == RECORDED.read_bytes().count(b"\n")


def test_a_file_that_grew_adds_what_is_new(installation: Installation, folder: Path) -> None:
    path = written(folder / "queue_log", *ANSWERED)
    take(installation, path)
    take(installation, written(path, *ANSWERED, *SENT_ON, line(90, "c9", "q1|NONE|ENTERQUEUE|||1")))
    assert stored(installation) == told(path)
    assert [stint["outcome"] for stint in stored(installation)[0]["stints"]] == ["answered", "abandoned"]


def test_calls_go_on_in_the_next_file_in_whatever_order_they_are_given(
    installation: Installation, folder: Path
) -> None:
    first = written(folder / "queue_log.1", *ANSWERED[:2])
    second = written(folder / "queue_log", *ANSWERED[2:], *SENT_ON)
    take(installation, second, first)
    assert stored(installation) == told(first, second)
    assert len(stored(installation)) == 1


def test_bad_lines_are_kept_with_their_place_and_counted(installation: Installation, folder: Path) -> None:
    (done, _) = take(
        installation,
        written(folder / "queue_log.1", *ANSWERED, b"torn|", line(99, "c7", "q1|Ann|CONNECT|1|c8|1"))
        .rename(folder / "old"),
        written(folder / "queue_log", line(200, "NONE", "NONE|NONE|QUEUESTART|")),
    )  # fmt: skip
    place = len(content(ANSWERED))
    found = installation.asked("SELECT seq, reason, raw FROM rejects WHERE ingester = 'import' ORDER BY seq")
    assert [(row[0], row[1], bytes(row[2])) for row in found] == [
        (place, "old: the line has 2 fields, a line of queue_log has at least 5", b"torn|"),
        (
            place + 6,
            "old: the line is refused: its caller never entered this queue",
            line(99, "c7", "q1|Ann|CONNECT|1|c8|1"),
        ),
    ]
    assert done.rejected == 2


def test_a_last_line_without_end_waits_in_the_newest_file_and_is_bad_in_an_older(
    installation: Installation, folder: Path
) -> None:
    path = folder / "queue_log"
    path.write_bytes(content(ANSWERED) + SENT_ON[0])
    (done,) = take(installation, path)
    assert (done.read_to, done.rejected) == (len(content(ANSWERED)), 0)
    newer = written(folder / "newer", line(500, "NONE", "NONE|NONE|QUEUESTART|"))
    for _ in range(2):
        done, _ = take(installation, path, newer)
        assert (done.read_to, done.rejected) == (len(content(ANSWERED)), 1)


def known_call(linkedid: str, uniqueid: str) -> Call:
    """A call that live events brought."""
    stint = Stint(uniqueid, "q1", START * 1000, 1, START * 1000 + 9000, StintOutcome.ABANDONED)
    return Call(
        linkedid=linkedid, pbx="lab1", started_at=START * 1000, tenant="default", version=7, status=Status.ENDED,
        ended_at=START * 1000 + 9000, outcome=Outcome.ABANDONED, stints=(stint,),
    )  # fmt: skip


@pytest.mark.parametrize("linkedid", ["c1", "c0"])
def test_a_call_that_live_events_know_is_left_as_it_is(installation: Installation, folder: Path, linkedid: str) -> None:
    installation.write(known_call(linkedid, "c1"))
    before = stored(installation)
    take(installation, written(folder / "queue_log", *ANSWERED))
    assert stored(installation) == before


def test_live_events_replace_an_imported_call(installation: Installation, folder: Path) -> None:
    take(installation, written(folder / "queue_log", *ANSWERED))
    installation.write(known_call("c1", "c1"))
    assert stored(installation)[0]["outcome"] == "abandoned"


def test_a_file_that_was_cut_is_refused(installation: Installation, folder: Path) -> None:
    path = written(folder / "queue_log", *ANSWERED, *SENT_ON)
    take(installation, path)
    with pytest.raises(QueueLogUnreadable, match="was cut"):
        take(installation, written(path, *ANSWERED))


def test_files_that_begin_in_the_same_second_are_told_apart(installation: Installation, folder: Path) -> None:
    take(installation, written(folder / "a", *ANSWERED))
    (other,) = take(installation, written(folder / "b", line(0, "c5", "q1|NONE|ENTERQUEUE|||1")))
    assert other.generation == START * 1000 + 1


def test_members_with_names_are_found_where_live_events_saw_them(installation: Installation, folder: Path) -> None:
    installation.execute(
        "INSERT INTO agent_extensions"
        " (pbx, agent_id, tenant_id, name, interface, extension, status, state, since, live, version) VALUES"
        " ('lab1', 'PJSIP/7', 'default', 'Bob', 'PJSIP/7', '7', 'OFFLINE', 'offline', now(), '{}', 1)"
    )  # fmt: skip
    take(installation, written(folder / "queue_log", *[it.replace(b"Ann", b"Bob") for it in ANSWERED]))
    assert stored(installation)[0]["legs"][0]["interface"] == "PJSIP/7"
    assert installation.asked("SELECT agent_id FROM call_sessions") == [("PJSIP/7",)]


def test_queues_of_the_past_are_known_to_reports(installation: Installation, folder: Path) -> None:
    take(installation, written(folder / "queue_log", *ANSWERED))
    installation.load()
    assert installation.rows("SELECT queue, tenant FROM lake.queues") == [("q1", "north")]


def test_it_may_be_killed_at_any_time_and_goes_on(installation: Installation) -> None:
    """SIGKILL, each time a little later, until one run comes to its end."""
    script = (
        "import sys; from pathlib import Path; from queue_logs import NAMES;"
        "from warehouse.import_queue_log import import_files;"
        f"import_files(sys.argv[1], [Path(sys.argv[2])], NAMES, Path(sys.argv[3]), print, {PIECE})"
    )
    arguments = [sys.executable, "-c", script, installation.source, str(RECORDED), str(installation.data / "spill")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[2]), *sys.path))}
    kills, deadline = 0, time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        process = subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for number, _ in enumerate(process.stdout):
            if number > 2:
                process.send_signal(signal.SIGKILL)
                break
        process.stdout.close()
        if process.wait() == 0:
            break
        kills += 1
    assert kills > 1
    assert stored(installation) == told(RECORDED)
