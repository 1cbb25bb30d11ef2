"""`trunkline reconcile` over a recording and its files: what it prints, and its exit code."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from warehouse.__main__ import warehouse

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def reconcile(folder: Path, *more: str, queue_log: Path | None = None) -> Result:
    """The command over a folder of the recordings."""
    files = ("--queue-log", str(queue_log or folder / "queue_log"), "--cel", str(folder / "cel.csv"))
    return CliRunner().invoke(
        warehouse, ["reconcile", str(folder / "session.ami.gz"), *files, "--cdr", str(folder / "cdr.csv"), *more]
    )


def test_a_recording_agrees_or_is_explained() -> None:
    shown = reconcile(SCENARIOS / "s35_park_by_feature_code")
    assert shown.exit_code == 0, shown.output
    assert "parked" in shown.output and "The caller was parked." in shown.output
    assert "Unexplained" not in shown.output


def test_json_has_a_call_a_line_with_every_fact() -> None:
    lines = reconcile(SCENARIOS / "s01_queue_caller_hangup", "--json").output.splitlines()
    (call,) = map(msgspec.json.decode, lines)
    assert (call["call_id"], call["verdict"]) == ("lab1:lab1-1795360512.12", "agree")
    assert {fact["source"] for fact in call["facts"]} == {"queue_log", "cel", "cdr"}


def test_what_nothing_explains_is_shown_and_told_by_the_exit_code(tmp_path: Path) -> None:
    folder, other = SCENARIOS / "s01_queue_caller_hangup", tmp_path / "queue_log"
    other.write_bytes((folder / "queue_log").read_bytes().replace(b"|Alice|", b"|Bob|") + b"torn\n")
    shown = reconcile(folder, queue_log=other)
    assert shown.exit_code == 1
    assert "Unexplained" in shown.output and "stints[0].agent" in shown.output
    assert "1 lines were refused; the first: queue_log at byte" in shown.stderr


def test_files_are_of_one_pbx(tmp_path: Path) -> None:
    cel = str(SCENARIOS / "s01_queue_caller_hangup" / "cel.csv")
    shown = CliRunner().invoke(warehouse, ["reconcile", str(tmp_path), "--cel", cel])
    assert shown.exit_code == 1 and "The files are those of one PBX; the recordings are of none." in shown.output


@pytest.mark.parametrize(
    "arguments", [[], ["--from", "2026-11-22"], ["--from", "2026-11-22", "--to", "2026-11-23", "."]]
)
def test_it_is_either_a_range_or_recordings(arguments: list[str]) -> None:
    shown = CliRunner().invoke(warehouse, ["reconcile", *arguments])
    assert shown.exit_code == 2 and "Give a range by --from and --to, or recordings, but not both." in shown.output
