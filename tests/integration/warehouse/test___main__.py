"""The command line, as processes: against a real database and lake, and with nothing but the published files."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from made_calls import START, queue_call
from made_installation import Installation

from calls.call import StintOutcome
from calls.settings import QueueSettings
from warehouse.marts import open_marts
from warehouse.replay import call_lines

DAY = ("--from", "2026-10-24", "--to", "2026-10-25")
CALLS = [
    queue_call(1, wait_s=4),
    queue_call(2, wait_s=30, at=START + 600_000),
    queue_call(3, StintOutcome.ABANDONED, wait_s=12, at=START + 3_600_000),
    queue_call(4, StintOutcome.TIMEOUT, wait_s=90, at=START + 3_600_000, queue="sales"),
]
PATIENCE_S = 60


def environment(installation: Installation) -> dict[str, str]:
    """What `trunkline up` sets for the warehouse."""
    return os.environ | {
        "TRUNKLINE_DATA": str(installation.data),
        "TRUNKLINE_LAKE": installation.catalog,
        "TRUNKLINE_DATABASE": installation.source,
        "TRUNKLINE_LOAD_EVERY": "0.2",
        "TRUNKLINE_TIMEZONE": "UTC",
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "warehouse", *arguments],
        env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip


def said(environment: dict[str, str], *arguments: str) -> str:
    """What a command that works prints."""
    done = run(environment, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def filled(
    module_database_as: Callable[..., str], module_lake_database: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The environment of an installation with a few calls, loaded and published once: these tests only read it."""
    owner, source = module_database_as(), module_database_as("trunkline_warehouse")
    installation = Installation(owner, source, module_lake_database, tmp_path_factory.mktemp("filled") / "data")
    installation.write(*CALLS)
    installation.write_queue("support", QueueSettings("Support", None, 10.0, 20.0, 5.0, 0.8))
    said(environment(installation), "build")
    installation.close()
    return environment(installation)


def test_the_report_has_rows_queues_and_a_total(filled: dict[str, str]) -> None:
    report = json.loads(said(filled, "report", "service-level", *DAY, "--interval", "1h", "--json"))
    assert report["from"] == "2026-10-24T00:00:00+00:00"
    assert [row["queue"] for row in report["queues"]] == ["sales", "support"]
    assert len(report["rows"]) == 2 * 24
    total = report["total"]
    assert (total["offered"], total["answered"], total["abandoned"], total["flow_out"]) == (4, 2, 1, 1)
    assert (total["service_level"], total["service_level_of"], total["asa"]) == (1 / 3, 3, 17.0)
    assert report["rows"][2]["service_level"] is None
    assert "sl_genesys(flowouts=0, short_abandons=0, abandons=1)" in report["metrics"]["service_level"]


def test_report_and_sql_need_nothing_but_the_files(filled: dict[str, str]) -> None:
    files_only = {name: value for name, value in filled.items() if name not in ("TRUNKLINE_LAKE", "TRUNKLINE_DATABASE")}
    lines = said(files_only, "report", "service-level", *DAY, "--busy", "--queue", "support", "--csv").splitlines()
    assert lines[0].startswith("interval_start,pbx,queue,name,offered,")
    assert len(lines) == 1 + 2
    table = said(files_only, "report", "service-level", *DAY, "--interval", "1d", "--variant", "sl_connect")
    assert "Amazon Connect, Service level X" in table
    answer = json.loads(said(files_only, "sql", "SELECT sum(offered) AS offered FROM service_level", "--json"))
    assert answer == [{"offered": 4}]
    refused = run(files_only, "sql", "DROP TABLE calls")
    assert refused.returncode == 1
    assert "Only one SELECT" in refused.stderr


def test_more_memory_than_allowed_ends_the_question_not_the_machine(filled: dict[str, str]) -> None:
    greedy = run(filled, "sql", "SELECT repeat('x', 1000000) FROM range(100000)")
    assert greedy.returncode == 1
    assert "too much memory" in greedy.stderr


def test_calls_read_back_are_what_a_replay_prints(filled: dict[str, str]) -> None:
    assert said(filled, "calls", *DAY, "--json").splitlines() == list(call_lines(CALLS))


def test_what_is_wrong_is_said_with_what_to_do(installation: Installation) -> None:
    nowhere = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
    for arguments, code, words in (
        (("build",), 78, "trunkline up"),
        (("report", "service-level", *DAY), 1, "Nothing is published yet"),
        (("sql", "SELECT 1"), 1, "Nothing is published yet"),
    ):
        done = run(nowhere | {"TRUNKLINE_DATA": str(installation.data)}, *arguments)
        assert done.returncode == code
        assert words in done.stderr
        assert "Traceback" not in done.stderr


@pytest.fixture
def served(installation: Installation) -> Iterator[subprocess.Popen[str]]:
    """A warehouse that was started before its database had any schema to offer."""
    installation.execute("ALTER TABLE call_sessions RENAME TO not_yet")
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "warehouse"], env=environment(installation), stderr=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


def next_line(process: subprocess.Popen[str], message: str) -> dict[str, Any]:
    """The next line of its log that says this."""
    assert process.stderr is not None
    while line := process.stderr.readline():
        entry: dict[str, Any] = json.loads(line)
        if entry["message"] == message:
            return entry
    raise AssertionError(f"the process ended without saying {message!r}")


def test_serve_waits_for_the_database_keeps_up_and_stops_when_told(
    installation: Installation, served: subprocess.Popen[str]
) -> None:
    assert "call_sessions" in next_line(served, "refresh failed, trying again")["reason"]
    installation.execute("ALTER TABLE not_yet RENAME TO call_sessions")
    next_line(served, "refresh works again")
    for n in (1, 2):
        installation.write(queue_call(n))
        while next_line(served, "refreshed")["calls"] != 1:
            pass
        assert open_marts(installation.data, "default").queue_names()[0].queue == "support"
    begun = time.monotonic()
    served.send_signal(signal.SIGTERM)
    assert served.wait(PATIENCE_S) == 0
    assert time.monotonic() - begun < PATIENCE_S
