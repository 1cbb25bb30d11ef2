"""The command says what it finds, ends with the code of the worst, and shows no secret."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from infra.doctor.command import doctor_command
from infra.errors import SettingError
from infra.settings import Address, UpSettings, parse_pbx

SECRET = "a-secret-that-nobody-sees"
# Nobody listens at port 1.
GIVEN = {
    "TRUNKLINE_PBX": "hq",
    "TRUNKLINE_AMI_USER": "u",
    "TRUNKLINE_AMI_SECRET": SECRET,
    "TRUNKLINE_AMI": "127.0.0.1:1",
}


def run(*arguments: str, given: dict[str, str] = GIVEN) -> Result:
    """What the command does with these, and with the environment `given`."""

    def settings(data: Path, host: str, port: int, broker: str, database: str, pbx: str) -> UpSettings:
        return UpSettings(data, Address(host, port), pbx=parse_pbx(pbx), given=given)

    return CliRunner().invoke(doctor_command(settings, given), ["--only-pbx", *arguments])


def test_a_pbx_that_is_not_there_is_wrong_and_no_secret_is_shown(tmp_path: Path) -> None:
    result = run("--data", str(tmp_path), "--json")
    told = json.loads(result.stdout)
    wrong = [finding["check"] for finding in told["findings"] if finding["severity"] == "wrong"]
    assert (result.exit_code, wrong) == (2, ["pbx-login"])
    assert SECRET not in result.output


def test_files_are_looked_at_where_they_are_given(tmp_path: Path) -> None:
    (tmp_path / "manager.conf").write_text(f"[general]\nenabled = no\n[u]\nsecret = {SECRET}\n")
    result = run("--data", str(tmp_path), "--asterisk-config", str(tmp_path))
    assert "ami-off" in result.output and "manager.conf:2" in result.output
    assert SECRET not in result.output


def test_a_pbx_that_is_not_described_is_refused(tmp_path: Path) -> None:
    result = run("--data", str(tmp_path), given={"TRUNKLINE_AMI": "127.0.0.1:1"})
    assert isinstance(result.exception, SettingError)
