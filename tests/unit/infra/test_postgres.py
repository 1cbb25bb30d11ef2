"""The URL, and what is done about a process number left behind. The server itself is run in tests/integration/infra."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg.conninfo
import pytest

from infra.passwords import Passwords
from infra.ports import Ports
from infra.postgres import OWNER, PostgresPlace, remove_stale_pid, url


@pytest.fixture
def place(tmp_path: Path) -> PostgresPlace:
    return PostgresPlace(tmp_path / "postgres", Ports(tmp_path / "ports.json"), Passwords(tmp_path / "secrets.json"))


def test_the_url_is_what_libpq_takes_and_demands_scram(place: PostgresPlace) -> None:
    info = psycopg.conninfo.conninfo_to_dict(url(place, 20001, "trunkline"))
    assert info == {
        "host": "127.0.0.1",
        "port": "20001",
        "dbname": "trunkline",
        "user": OWNER,
        "password": place.passwords.get(OWNER),
        "require_auth": "scram-sha-256",
    }


def test_each_role_has_its_own_password(place: PostgresPlace) -> None:
    owner, api = (urlsplit(url(place, 1, "x", role)) for role in (OWNER, "trunkline_api"))
    assert (owner.username, api.username) == (OWNER, "trunkline_api")
    assert owner.password != api.password


@pytest.mark.parametrize("pid", [os.getpid(), 999_999_999], ids=["a living program", "nobody"])
def test_a_pid_that_is_no_servers_is_removed(tmp_path: Path, pid: int) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{pid}\n/data\n")
    remove_stale_pid(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_a_pid_of_a_program_that_only_names_a_server_is_removed(tmp_path: Path) -> None:
    proc = tmp_path / "proc/42"
    proc.mkdir(parents=True)
    (proc / "cmdline").write_bytes(b"/usr/bin/less\0postgres.log\0")
    (tmp_path / "postmaster.pid").write_text("42\n/data\n")
    remove_stale_pid(tmp_path, proc.parent)
    assert not (tmp_path / "postmaster.pid").exists()


def test_a_running_servers_pid_is_respected(tmp_path: Path) -> None:
    proc = tmp_path / "proc/42"
    proc.mkdir(parents=True)
    (proc / "cmdline").write_bytes(b"/usr/lib/postgresql/bin/postgres\0-D\0")
    (tmp_path / "postmaster.pid").write_text("42\n/data\n")
    remove_stale_pid(tmp_path, proc.parent)
    assert (tmp_path / "postmaster.pid").exists()


def test_without_a_pid_there_is_nothing_to_do(tmp_path: Path) -> None:
    remove_stale_pid(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_passwords_are_not_in_the_places_text(place: PostgresPlace) -> None:
    assert place.passwords.get(OWNER) not in repr(place)
