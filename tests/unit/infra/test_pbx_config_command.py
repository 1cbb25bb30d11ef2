"""The command refuses what does not go together, and shows no secret."""

from pathlib import Path

from click.testing import CliRunner

from infra.passwords import Passwords
from infra.pbx_config_command import pbx_config


def run(tmp_path: Path, *more: str) -> tuple[int, str]:
    """Exit code and output, with what every call needs."""
    needed = ["--out", str(tmp_path / "out"), "--data", str(tmp_path), "--name", "hq", "--trunk", "192.0.2.9:5060"]
    result = CliRunner().invoke(pbx_config, [*needed, *more])
    return result.exit_code, result.output


def test_it_writes_and_shows_no_secret(tmp_path: Path) -> None:
    code, output = run(tmp_path, "--phone", "1001=Alice")
    assert code == 0 and (tmp_path / "out/manager.conf").exists()
    assert Passwords(tmp_path / "secrets.json").get("pbx_hq_ami") not in output


def test_what_does_not_go_together_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path, "--certificate", "/c.pem")[0] == 2
    assert "FIRST-LAST" in run(tmp_path, "--rtp", "20000-10000")[1]
    assert not (tmp_path / "out").exists()
