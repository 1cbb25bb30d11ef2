"""Every attack of tests/attacks.py against each wall alone: the whole, the connection, and the operating system.

All statements of one kind run in one locked process (tests/locked_run.py), because a process takes half a second.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attacks import BOMBS, NETWORK, OTHERS, READS, SECRET, SETTINGS, WRITES
from integration.warehouse.locked.conftest import Place

TESTS = Path(__file__).parents[3]
ATTACKS = {"reads": READS, "network": NETWORK, "writes": WRITES, "settings": SETTINGS, "others": OTHERS}
EVERY = [statement for kind in ATTACKS.values() for statement in kind]
# Walls that need no right; the others stand where a user may have namespaces, or is root.
ALWAYS = {"rights", "files", "processes", "memory", "cpu"}
Ran = tuple[list[tuple[str, str]], dict[str, Any]]
Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def run(place: Place) -> Run:
    """Runs statements behind these walls: what came of each, and what the process says of itself at its end."""

    def ran(how: str, statements: list[str], seconds: float = 5.0) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "locked_run", str(place.file), how, str(seconds)],
            cwd=TESTS, input=json.dumps([it.format(d=place.outside) for it in statements]), capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        *outcomes, end = map(json.loads, done.stdout.splitlines())
        assert len(outcomes) == len(statements)
        return [tuple(it) for it in outcomes], end

    return ran


def test_s10_there_are_as_many_attacks_as_were_asked_for() -> None:
    assert len(set(EVERY)) >= 39 * 3


def test_s10_no_statement_is_answered_and_nothing_outside_is_touched(run: Run, place: Place) -> None:
    before = place.state()
    outcomes, end = run("all", EVERY)
    answered = [it for it, (outcome, _) in zip(EVERY, outcomes, strict=True) if outcome != "QueryRefused"]
    assert not answered
    assert not [said for _, said in outcomes if SECRET in said]
    assert place.state() == before
    assert end["opened"] == []
    assert set(end["standing"]) >= ALWAYS
    assert end["uid"] != 0


def test_s10_the_connection_would_refuse_them_by_itself(run: Run, place: Place) -> None:
    before, harmful = place.state(), [*READS, *NETWORK, *WRITES, *SETTINGS]
    outcomes, _ = run("connection", harmful)
    assert not [it for it, (outcome, _) in zip(harmful, outcomes, strict=True) if outcome == "answered"]
    assert not [said for _, said in outcomes if SECRET in said]
    assert place.state() == before


def test_s10_the_system_would_keep_an_unlocked_duckdb_from_everything(run: Run, place: Place) -> None:
    """As if somebody had found the hole in DuckDB: whatever it does, it reaches no file."""
    before = place.state()
    outcomes, end = run("system", EVERY)
    assert not [said for outcome, said in outcomes if outcome == "answered" and SECRET in said]
    assert place.state() == before
    assert end["opened"] == []


def test_s10_what_is_expensive_ends_and_the_next_is_answered(run: Run) -> None:
    outcomes, _ = run("all", [*BOMBS, "SELECT count(*) FROM calls"], seconds=0.3)
    assert outcomes[-1] == ("answered", "[(3,)]")
    assert {outcome for outcome, _ in outcomes} <= {"answered", "QueryStopped", "QueryRefused"}
    assert sum(outcome == "QueryStopped" for outcome, _ in outcomes) > len(BOMBS) / 2
