"""Starting and asking Asterisk, with a shell script in the place of the tree's loader."""

import resource
import socket
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra import asterisk, asterisk_files, asterisk_tree
from infra.asterisk import RealAsterisk, kept_installation
from infra.asterisk_files import Installation
from infra.errors import InUseError, StartError
from infra.folder_lock import FolderLock

# Runs until it is stopped, and answers as a console does once it runs.
WELL = """\
case "$*" in
  *waitfullybooted*) echo 'Asterisk has fully booted.' ;;
  *concise*) echo 'PJSIP/1001-0000000d!queue!2100!2!Up'; echo 'PJSIP/trunk-0000000e!queue!2100!2!Up' ;;
  *unknown*) echo 'Unable to connect to remote asterisk' >&2; exit 1 ;;
  *-rx*) for last; do :; done; echo "you asked: $last" ;;
  *) exec sleep 600 ;;
esac
"""
BROKEN = "echo 'no such module'; exit 3\n"


def installation(folder: Path, loader: str) -> Installation:
    """One in `folder` whose programs are run by the script `loader`."""
    tree = folder / "tree"
    (tree / "etc/asterisk").mkdir(parents=True)
    for name in asterisk_files.DEBIAN_FILES:
        (tree / "etc/asterisk" / name).touch()
    path = Path(asterisk_tree.program(tree)[0])
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{loader}")
    path.chmod(0o755)
    return kept_installation(folder, tree)


@pytest.fixture
def well(tmp_path: Path) -> Installation:
    return installation(tmp_path, WELL)


def test_an_installation_is_chosen_once(tmp_path: Path) -> None:
    first, second = (kept_installation(tmp_path, tmp_path / "tree", "berlin1") for _ in range(2))
    assert first == second
    assert first.folder == tmp_path.resolve() / "asterisk"


def test_start_waits_for_the_manager_port_and_stop_ends_it(well: Installation) -> None:
    pbx = RealAsterisk(well)
    with socket.create_server(pbx.ami_address):
        pbx.start()
        process = pbx.process
        assert process.running
        pbx.stop()
    assert not process.running
    FolderLock.take(well.folder, patience=0).release()


def test_kill_leaves_nothing_and_it_can_start_again(well: Installation) -> None:
    pbx = RealAsterisk(well)
    with socket.create_server(pbx.ami_address):
        pbx.start()
        process = pbx.process
        pbx.kill()
        assert not process.running
        assert pbx.start() == f"127.0.0.1:{well.ports.ami}"
        pbx.stop()


def test_an_asterisk_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    pbx = RealAsterisk(installation(tmp_path, BROKEN))
    with pytest.raises(StartError, match=r"(?s)exit code 3.*no such module"):
        pbx.start()
    with pytest.raises(StartError, match="does not run"):
        _ = pbx.process


def test_folder_of_another_is_refused(well: Installation) -> None:
    lock = FolderLock.take(well.folder)
    with pytest.raises(InUseError):
        asterisk.prepare(well, patience=0)
    lock.release()


def test_path_that_no_socket_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="too long"):
        asterisk.prepare(kept_installation(tmp_path / ("x" * 100), tmp_path / "tree"))


def test_console_answers(well: Installation) -> None:
    assert RealAsterisk(well).cli("core show uptime") == "you asked: core show uptime\n"


def test_channels_are_known_by_name(well: Installation) -> None:
    assert RealAsterisk(well).channels() == ["PJSIP/1001-0000000d", "PJSIP/trunk-0000000e"]


def test_console_without_asterisk_is_an_error(well: Installation) -> None:
    with pytest.raises(StartError, match="Unable to connect"):
        RealAsterisk(well).cli("unknown")


def test_manager_user_is_the_one_in_the_configuration(well: Installation) -> None:
    manager = asterisk_files.rendered(well)["manager.conf"]
    assert f"[{RealAsterisk(well).ami_user}](" in manager
    assert f"[{RealAsterisk(well).control_user}](" in manager


def test_addresses_are_those_of_the_installation(well: Installation) -> None:
    pbx, ports = RealAsterisk(well), well.ports
    assert pbx.ami_address == ("127.0.0.1", ports.ami)
    assert pbx.sip_address == ("127.0.0.1", ports.sip)
    assert pbx.trunk_address == ("127.0.0.2", ports.trunk)
    assert pbx.agents_address == ("127.0.0.3", ports.agents)
    assert pbx.websocket_url == f"ws://127.0.0.1:{ports.http}/ws"
    assert pbx.phone_secret("1001") == well.secrets.phones["1001"]
    assert pbx.sips_address == ("127.0.0.1", ports.sips)
    assert (pbx.ami_secret, pbx.control_secret) == (well.secrets.ami, well.secrets.control)
    assert (pbx.queue_log, pbx.cel, pbx.cdr) == (well.queue_log, well.cel, well.cdr)


def test_many_files_are_allowed() -> None:
    with subprocess.Popen(["sleep", "600"]) as process:
        asterisk.allow_many_files(process.pid)
        soft, hard = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        process.kill()
    assert soft == (asterisk.OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, asterisk.OPEN_FILES))


def test_command_needs_a_data_folder() -> None:
    result = CliRunner().invoke(asterisk.main, [])
    assert result.exit_code == 2
    assert "--data" in result.output
