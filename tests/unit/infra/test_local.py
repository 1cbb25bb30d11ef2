"""Which processes there are for which choice, whom they need, and what one that is started by hand is told."""

from pathlib import Path
from typing import Any

import pytest

from infra.local import Stack, process_argv
from infra.ports import Ports
from infra.service import stop_waves
from infra.settings import Address, UpSettings

PROCESSES = {"streams", "ingest", "warehouse", "dashboard", "api"}
THEIRS: dict[str, Any] = {
    "broker": Address("b", 9092),
    "database": "postgresql://o:p@h/d",
    "pbx": Address("p", 5038),
}


def stack(tmp_path: Path, inherited: dict[str, str] | None = None, **changes: Any) -> Stack:
    settings = UpSettings(tmp_path, Address("127.0.0.1", 8000), **changes)
    return Stack(settings, inherited or {})


def test_by_default_everything_is_ours(tmp_path: Path) -> None:
    services = stack(tmp_path).services()
    assert {service.name for service in services} == PROCESSES | {"kafka", "postgres", "simulator"}


def test_what_the_user_brings_is_not_started(tmp_path: Path) -> None:
    services = stack(tmp_path, **THEIRS).services()
    assert {service.name for service in services} == PROCESSES
    assert all(service.needs == () for service in services)


def test_a_real_asterisk_takes_the_simulators_place(tmp_path: Path) -> None:
    services = {service.name: service for service in stack(tmp_path, pbx="asterisk").services()}
    assert "simulator" not in services
    assert "asterisk" in services["ingest"].needs
    # It finds its browser phones there when it begins.
    assert services["asterisk"].needs == ("postgres",)


def test_recordings_are_kept_where_a_pbx_makes_some(tmp_path: Path) -> None:
    ours = {service.name: service for service in stack(tmp_path, pbx="asterisk").services()}
    assert set(ours["recordings"].needs) == {"postgres", "asterisk"}
    given = {"TRUNKLINE_RECORDING_SPOOL": "/run/spool"}
    theirs = stack(tmp_path, **THEIRS, given=given)
    assert "recordings" in {service.name for service in theirs.services()}
    told = stack(
        tmp_path, **THEIRS, given=given | {"TRUNKLINE_PBX": "p", "TRUNKLINE_AMI_USER": "u", "TRUNKLINE_AMI_SECRET": "s"}
    )
    environment = {name: value for name, value in told.environment("recordings").items() if "RECORDING" in name}
    assert environment == {"TRUNKLINE_RECORDINGS": str(tmp_path / "recordings"), **given}


def test_servers_and_pbx_start_at_once_and_stop_last(tmp_path: Path) -> None:
    services = stack(tmp_path).services()
    assert {service.name for service in services if not service.needs} == {
        "kafka",
        "postgres",
        "simulator",
        "dashboard",
    }
    assert {"kafka", "postgres", "simulator"} <= set(stop_waves(services)[-1]) | {"dashboard"}


def test_a_process_is_run_by_its_module_without_the_current_folders_files() -> None:
    assert process_argv("streams", ("-x",))[1:] == ("-P", "-m", "streams", "-x")
    assert process_argv("simulator")[-1] == "asterisk.simulator"
    assert process_argv("recordings")[-1] == "ingest.recordings"


def test_a_process_is_handed_only_what_it_reads(tmp_path: Path) -> None:
    Ports(tmp_path / "ports.json").claim("dashboard")
    given = stack(tmp_path, {"PATH": "/bin", "TRUNKLINE_ADMIN_PASSWORD": "x"}, **THEIRS).environment("dashboard")
    assert {name for name in given if name.startswith("TRUNKLINE_")} == {
        "TRUNKLINE_DATA",
        "TRUNKLINE_LOG_LEVEL",
        "TRUNKLINE_DASHBOARD",
        "TRUNKLINE_JWT_SECRET",
        "TRUNKLINE_TIMEZONE",
    }


def test_by_hand_beside_the_others_it_finds_them(tmp_path: Path) -> None:
    port = Ports(tmp_path / "ports.json").claim("kafka")
    given = stack(tmp_path, {"PATH": "/bin", "TRUNKLINE_WORKER": "7"}).completed_environment("streams")
    assert given["PATH"] == "/bin"
    assert given["TRUNKLINE_WORKER"] == "7"
    assert given["TRUNKLINE_KAFKA"] == f"127.0.0.1:{port}"
    assert "TRUNKLINE_DATABASE" not in given


def test_by_hand_in_a_folder_that_was_never_used_nothing_is_made(tmp_path: Path) -> None:
    assert stack(tmp_path, {"PATH": "/bin"}).completed_environment("warehouse") == {"PATH": "/bin"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["kafka", "postgres"])
def test_a_server_prepared_nowhere_leaves_the_folder_alone(tmp_path: Path, name: str) -> None:
    stack(tmp_path).services()
    assert not (tmp_path / name).exists()
