"""The command line: what is wrong with it is said, and what it says is what comes."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from asterisk.simulator.__main__ import main, read_speed

SECRET = {"TRUNKLINE_AMI_SECRET": "sesame"}


def test_a_speed_is_a_factor_or_max() -> None:
    context, option = click.Context(main), main.params[0]
    assert read_speed(context, option, "2.5") == 2.5
    assert read_speed(context, option, "max") is None
    for wrong in ("0", "-1", "fast"):
        with pytest.raises(click.BadParameter, match="neither a factor"):
            read_speed(context, option, wrong)


def test_without_a_secret_it_says_what_to_set() -> None:
    result = CliRunner().invoke(main, [], env={"TRUNKLINE_AMI_SECRET": ""})
    assert result.exit_code == 78 and "TRUNKLINE_AMI_SECRET" in result.output


def test_recordings_and_traffic_exclude_each_other(tmp_path: Path) -> None:
    path = tmp_path / "a.ami"
    path.touch()
    result = CliRunner().invoke(main, ["--play", str(path), "--generate"], env=SECRET)
    assert result.exit_code == 2 and "exclude each other" in result.output


def test_what_is_no_recording_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    result = CliRunner().invoke(main, ["--listen", "127.0.0.1:0", "--play", str(path)], env=SECRET)
    assert result.exit_code == 65 and "a.txt" in result.output


def test_a_few_calls_are_played_to_their_end(tmp_path: Path) -> None:
    options = ["--listen", "127.0.0.1:0", "--clients", "0", "--once", "--speed", "max", "--files", str(tmp_path)]
    result = CliRunner().invoke(main, [*options, "--calls", "5", "--begin", "1795360000"], env=SECRET)
    assert result.exit_code == 0 and result.output.startswith("listening on 127.0.0.1:")
    lines = (tmp_path / "queue_log").read_text().splitlines()
    assert sum("ENTERQUEUE" in line for line in lines) == 5


def test_a_recording_is_played_with_its_files_at_its_own_time(tmp_path: Path) -> None:
    (path,) = (Path(__file__).parents[3] / "scenarios").glob("s04_*/session.ami.gz")
    options = ["--listen", "127.0.0.1:0", "--clients", "0", "--once", "--speed", "max", "--files", str(tmp_path)]
    result = CliRunner().invoke(main, [*options, "--keep-time", "--play", str(path)], env=SECRET)
    assert result.exit_code == 0
    assert (tmp_path / "queue_log").read_bytes() == path.with_name("queue_log").read_bytes()


def test_several_pbxs_are_played_at_once_each_for_itself(tmp_path: Path) -> None:
    options = ["--listen", "127.0.0.1:0", "--clients", "0", "--once", "--speed", "max", "--files", str(tmp_path)]
    result = CliRunner().invoke(main, [*options, "--calls", "5", "--begin", "1795360000", "--pbxs", "2"], env=SECRET)
    assert result.exit_code == 0 and [line[-4:] for line in result.output.splitlines()] == ["sim1", "sim2"]
    logs = [(tmp_path / name / "queue_log").read_text() for name in ("sim1", "sim2")]
    assert [log.count("ENTERQUEUE") for log in logs] == [5, 5]
    assert "sim1-" in logs[0] and "sim1-" not in logs[1]


def test_a_port_that_is_taken_is_named() -> None:
    options = ["--listen", "127.0.0.1:0", "--listen", "203.0.113.1:5038", "--clients", "0"]
    result = CliRunner().invoke(main, options, env=SECRET)
    assert result.exit_code == 69 and "203.0.113.1" in result.output
