"""The command line: what is wrong with it is said, and what it says is what comes."""

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from asterisk.simulator.__main__ import Chosen, main, read_speed
from asterisk.simulator.traffic import DEFAULT_RATE

DEFAULTS: dict[str, Any] = {
    "listen": "127.0.0.1:0",
    "port": None,
    "user": "trunkline",
    "files": None,
    "speed": 1.0,
    "clients": 0,
    "once": True,
    "write_timeout": 10.0,
    "recordings": (),
    "keep_time": False,
    "generate": False,
    "name": "sim1",
    "seed": 1,
    "rate": None,
    "calls_per_hour": None,
    "calls": None,
    "queues": 6,
    "agents": None,
    "talk": 45.0,
    "begin": None,
}
SECRET = {"TRUNKLINE_AMI_SECRET": "sesame"}


def chosen(**others: object) -> Chosen:
    """The defaults but for some."""
    return Chosen(**{**DEFAULTS, **others})


def test_an_address_is_host_and_port() -> None:
    assert chosen(listen="127.0.0.1:5038").address == ("127.0.0.1", 5038)
    assert chosen(listen="127.0.0.1:5038", port=7).address == ("127.0.0.1", 7)
    with pytest.raises(click.UsageError, match="HOST:PORT"):
        _ = chosen(listen="5038").address


def test_a_rate_is_given_per_second_or_per_hour() -> None:
    assert chosen().plan.rate == DEFAULT_RATE
    assert chosen(calls_per_hour=1800.0).plan.rate == 0.5
    assert chosen(rate=3.0, calls_per_hour=1800.0).plan.rate == 3.0
    with pytest.raises(click.UsageError, match="above 0"):
        _ = chosen(rate=0.0).plan


def test_traffic_at_full_speed_lies_in_the_past() -> None:
    assert chosen(begin=5.0).begins_us == 5_000_000
    assert chosen(speed=None, calls=1000, rate=1.0).begins_us < chosen().begins_us - 1_000_000_000


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
