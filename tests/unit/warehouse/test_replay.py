"""`trunkline replay`: files in, lines of JSON out, and what is wrong said in a sentence."""

import json
from pathlib import Path

from click.testing import CliRunner

from warehouse.replay import replay_command

SCENARIO = Path(__file__).parents[2] / "scenarios" / "s19_positions_three_callers_one_agent" / "session.ami.gz"


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    result = CliRunner().invoke(replay_command, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_one_call_a_line_in_the_order_they_began() -> None:
    code, out, err = run(str(SCENARIO), "--json")
    calls = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [call["outcome"] for call in calls] == ["answered", "abandoned", "answered"]
    assert [call["started_at"] for call in calls] == sorted(call["started_at"] for call in calls)


def test_a_table_for_people() -> None:
    code, out, _ = run(str(SCENARIO))
    assert code == 0 and "abandoned" in out and "Alice" in out


def test_settings_are_used(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"queues": {"2001": {"tenant": "north"}}}')
    _, out, _ = run(str(SCENARIO), "--json", "--settings", str(path))
    assert {json.loads(line)["tenant"] for line in out.splitlines()} == {"north"}


def test_what_cannot_be_read_is_said_without_a_traceback(tmp_path: Path) -> None:
    bad = tmp_path / "notes.txt"
    bad.write_text("hello")
    code, _, err = run(str(bad), "--json")
    assert code == 1 and "notes.txt: expected" in err
    wrong = tmp_path / "settings.json"
    wrong.write_text('{"colour": 1}')
    code, _, err = run(str(SCENARIO), "--settings", str(wrong))
    assert code == 1 and "colour" in err


def test_what_was_refused_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "bad.ami"
    path.write_bytes(b"Event: Hangup\r\nCause: 16\r\n\r\n")
    code, _, err = run(str(path), "--json")
    assert code == 0 and "1 events were refused" in err and "Hangup without Uniqueid" in err
