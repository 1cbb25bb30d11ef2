"""The one command knows every name and checks its options."""

import pytest
from click.testing import CliRunner

from infra.__main__ import PROGRAMS, main, trunkline
from infra.errors import SettingError


def test_help_names_every_command() -> None:
    output = CliRunner().invoke(trunkline, ["--help"]).output
    assert all(name in output for name in ("up", "migrate", *(each.split()[0] for each in PROGRAMS)))


def test_up_tells_what_can_be_chosen() -> None:
    output = CliRunner().invoke(trunkline, ["up", "--help"]).output
    assert all(option in output for option in ("--broker", "--database", "--pbx", "--data", "--host", "--port"))


@pytest.mark.parametrize("arguments", [["--broker", "x"], ["--pbx", "x"]])
def test_an_option_that_makes_no_sense_is_an_error_with_advice(arguments: list[str]) -> None:
    result = CliRunner().invoke(trunkline, ["up", *arguments])
    assert isinstance(result.exception, SettingError)
    assert "For example" in result.exception.advice


def test_a_failure_is_two_lines_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        main(["up", "--broker", "nonsense"])
    first, second = capsys.readouterr().err.splitlines()
    assert first == "trunkline: --broker nonsense is not HOST:PORT."
    assert second.startswith("  → ")
