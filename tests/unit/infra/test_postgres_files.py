"""Where the cluster lies for whom, and what the programs are told."""

import os
from pathlib import Path

import pytest

from infra.postgres_files import Programs, initdb_command, new_cluster_home, programs, remove_cluster, server_command

PROGRAMS = Programs(Path("/pg/bin"), "")


def test_the_programs_of_the_wheel_are_found_and_are_for_whom_they_run() -> None:
    found = programs()
    assert Path(found.path("postgres")).exists()
    assert Path(found.path("initdb")).exists()
    assert bool(found.user) == (os.geteuid() == 0)


def test_an_ordinary_users_cluster_is_in_the_data_folder(tmp_path: Path) -> None:
    assert new_cluster_home(tmp_path / "postgres", "", tmp_path / "shared") == tmp_path / "postgres"
    assert (tmp_path / "postgres").stat().st_mode & 0o777 == 0o700


def test_roots_clusters_are_in_private_folders_of_their_own(tmp_path: Path) -> None:
    # `nobody` may only be given a folder by root; for everybody else the owner is the same before and after.
    user = "nobody" if os.geteuid() == 0 else str(tmp_path.owner())
    homes = [new_cluster_home(tmp_path / "postgres", user, tmp_path / "shared") for _ in range(2)]
    assert homes[0] != homes[1]
    for home in homes:
        assert home.parent == tmp_path / "shared"
        assert home.stat().st_mode & 0o777 == 0o700
        assert home.owner() == user


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
