"""The one command knows every name, checks its options, and imports no process."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from infra.__main__ import PROGRAMS, trunkline
from infra.errors import SettingError


def test_help_names_every_command() -> None:
    output = CliRunner().invoke(trunkline, ["--help"]).output
    assert all(name in output for name in ("up", "migrate", *PROGRAMS))


def test_up_tells_what_can_be_chosen() -> None:
    output = CliRunner().invoke(trunkline, ["up", "--help"]).output
    assert all(option in output for option in ("--broker", "--database", "--pbx", "--data", "--host", "--port"))


@pytest.mark.parametrize("arguments", [["--broker", "x"], ["--pbx", "x"]])
def test_an_option_that_makes_no_sense_is_an_error_with_advice(arguments: list[str]) -> None:
    result = CliRunner().invoke(trunkline, ["up", *arguments])
    assert isinstance(result.exception, SettingError)
    assert "For example" in result.exception.advice


def test_it_imports_no_process() -> None:
    code = """
import sys, infra.__main__
processes = {"ingest", "streams", "api", "warehouse", "dashboard", "faust", "litestar"}
print(sorted(processes & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_failure_is_two_lines_and_exit_code_1() -> None:
    argv = [sys.executable, "-m", "infra", "up", "--broker", "nonsense"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "trunkline: --broker nonsense is not HOST:PORT."
    assert done.stderr.splitlines()[1].startswith("  → ")
