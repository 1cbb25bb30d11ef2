"""`trunkline replay`: files in, lines of JSON out, and what is wrong said in a sentence."""

import json
from pathlib import Path

import pytest
from click import ClickException
from click.testing import CliRunner

from warehouse.replay import replay_command, replay_files

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


def test_what_a_caller_is_called_is_no_markup(tmp_path: Path) -> None:
    path = tmp_path / "odd.ami"
    path.write_bytes(
        b"Event: Newchannel\r\nChannel: PJSIP/1-1\r\nUniqueid: 1.1\r\nCallerIDNum: [bold]5[/red] :cat:\r\n\r\n"
    )
    code, out, _ = run(str(path))
    assert code == 0 and "[bold]5[/red] :cat:" in out


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


def test_files_may_be_replayed_with_the_timelines_of_some_calls() -> None:
    assert replay_files([SCENARIO]).steps == {}
    wanted = list(replay_files([SCENARIO]).calls)[1]
    replay = replay_files([SCENARIO], follow=[wanted])
    assert list(replay.steps) == [wanted]
    assert replay.steps[wanted][0].event == "Newchannel"
    assert replay.steps[wanted][-1].proved["outcome"] == replay.calls[wanted].outcome == "abandoned"


def test_each_file_is_a_login_of_its_own() -> None:
    folder = SCENARIO.parents[1] / "s25_ami_drop_and_reconnect"
    sessions = [folder / "session.ami.gz", folder / "session-after.ami.gz"]
    followed = list(replay_files(sessions).calls)
    steps = [it for found in replay_files(sessions, follow=followed).steps.values() for it in found]
    assert {it.epoch for it in steps} == {1, 2}


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClickException, match=r"notes\.txt: expected"):
        replay_files([tmp_path / "notes.txt"])


def test_with_the_files_of_the_pbx_calls_are_final() -> None:
    folder = SCENARIO.parent
    files = ["--queue-log", str(folder / "queue_log"), "--cel", str(folder / "cel.csv")]
    for given, certainty in ((files, "final"), (files[:2], "final"), (files[2:], "provisional"), ([], "provisional")):
        code, out, err = run(str(SCENARIO), "--json", *given)
        assert (code, err, {json.loads(line)["certainty"] for line in out.splitlines()}) == (0, "", {certainty})


def test_what_a_recording_missed_is_put_right_by_the_files() -> None:
    folder = SCENARIO.parents[1] / "s25_ami_drop_and_reconnect"
    sessions = [str(folder / name) for name in ("session.ami.gz", "session-after.ami.gz")]
    _, out, _ = run(*sessions, "--json", "--queue-log", str(folder / "queue_log"), "--cel", str(folder / "cel.csv"))
    alone = [json.loads(line)["stints"] for line in run(*sessions, "--json")[1].splitlines()]
    healed = [json.loads(line)["stints"] for line in out.splitlines()]
    assert [None in [it["outcome"] for it in stints] for stints in alone].count(True) == 1
    assert [None in [it["outcome"] for it in stints] for stints in healed].count(True) == 0


def test_a_file_that_is_not_there_is_named() -> None:
    code, _, err = run(str(SCENARIO), "--queue-log", "nowhere")
    assert code == 2 and "nowhere" in err
