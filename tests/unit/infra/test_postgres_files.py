"""Where the cluster lies for whom, and what the programs are told."""

import os
import pwd
import tempfile
from pathlib import Path

import pytest

from infra.postgres_files import (
    Programs,
    initdb_command,
    is_open_to_others,
    new_cluster_home,
    programs,
    remove_cluster,
    server_command,
)

PROGRAMS = Programs(Path("/pg/bin"), "")


def test_the_programs_of_the_wheel_are_found_and_are_for_whom_they_run() -> None:
    found = programs()
    assert Path(found.path("postgres")).exists()
    assert Path(found.path("initdb")).exists()
    assert bool(found.user) == (os.geteuid() == 0)


def test_an_ordinary_users_cluster_is_in_the_data_folder(tmp_path: Path) -> None:
    assert new_cluster_home(tmp_path / "postgres", "", tmp_path / "shared") == tmp_path / "postgres"
    assert (tmp_path / "postgres").stat().st_mode & 0o777 == 0o700


# `nobody` may only be given a folder by root; for everybody else the owner is the same before and after.
OTHER = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def test_where_others_may_not_pass_roots_clusters_are_elsewhere(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    homes = [new_cluster_home(tmp_path / "postgres", OTHER, tmp_path / "shared") for _ in range(2)]
    assert homes[0] != homes[1]
    for home in homes:
        assert home.parent == tmp_path / "shared"
        assert home.stat().st_mode & 0o777 == 0o700
        assert home.owner() == OTHER


def test_where_others_may_pass_roots_cluster_is_in_the_data_folder() -> None:
    with tempfile.TemporaryDirectory() as made:
        data = Path(made)
        data.chmod(0o711)
        home = new_cluster_home(data / "postgres", OTHER, data / "shared")
        assert home == data / "postgres/cluster"
        assert (home.stat().st_mode & 0o777, home.owner()) == (0o700, OTHER)
        assert (data / "postgres").stat().st_mode & 0o777 == 0o711


def test_one_closed_folder_on_the_way_is_enough() -> None:
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "in").mkdir(mode=0o755)
        assert not is_open_to_others(Path(made) / "in")
        Path(made).chmod(0o711)
        assert is_open_to_others(Path(made) / "in")


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_cluster_is_removed_wherever_it_lies(tmp_path: Path, elsewhere: bool) -> None:
    folder, home = tmp_path / "postgres", tmp_path / "shared/cluster-1"
    folder.mkdir()
    data = home / "data" if elsewhere else folder / "data"
    data.mkdir(parents=True)
    if elsewhere:
        (folder / "data").symlink_to(data)
    remove_cluster(folder)
    assert list(folder.iterdir()) == []
    assert not home.exists()
    remove_cluster(folder)


def test_the_server_listens_on_loopback_without_sockets_in_utc() -> None:
    command = server_command(PROGRAMS, Path("/cluster"), 20001, ("fsync=off",))
    assert command[:7] == ("/pg/bin/postgres", "-D", "/cluster", "-p", "20001", "-k", "")
    settings = set(command[8::2])
    assert settings == {"listen_addresses=127.0.0.1", "timezone=UTC", "log_timezone=UTC", "jit=off", "fsync=off"}


def test_everybody_needs_a_password_and_none_is_on_the_command_line() -> None:
    command = initdb_command(PROGRAMS, Path("/cluster"), "owner", Path("/password"))
    assert {"--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--pwfile=/password"} <= set(command)
