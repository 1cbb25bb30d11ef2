"""A real PostgreSQL: migrations, roles, a kill, a second server on the same folder, a port that was taken."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from infra import migrate, postgres
from infra.errors import InUseError, MigrationError
from infra.migrate import Migration
from infra.server import Server

NewPostgres = Callable[[], tuple[Server, postgres.PostgresPlace]]
OwnPostgres = tuple[Server, Callable[..., str]]


def test_a_killed_server_comes_back_with_every_committed_row(own_postgres: OwnPostgres) -> None:
    server, url = own_postgres
    with psycopg.connect(url("trunkline")) as connection:
        connection.execute("INSERT INTO tenants (id, name) VALUES ('t', 'Kept')")
    before = server.address

    server.kill()
    server.start()

    assert server.address == before
    with psycopg.connect(url("trunkline")) as connection:
        assert connection.execute("SELECT name FROM tenants WHERE id = 't'").fetchone() == ("Kept",)


def test_a_process_number_that_is_in_use_again_does_not_stop_a_start(own_postgres: OwnPostgres) -> None:
    server, _ = own_postgres
    cluster = Path(server.process.command.cwd or "")
    server.kill()
    lines = (cluster / "postmaster.pid").read_text().split("\n")
    (cluster / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))

    assert server.start()


def test_a_second_server_on_the_same_folder_is_refused_and_the_first_lives_on(new_postgres: NewPostgres) -> None:
    server, place = new_postgres()
    server.start()
    try:
        with pytest.raises(InUseError, match=str(server.process.pid)):
            postgres.prepare(place, patience=0.2)
        assert server.process.running
    finally:
        server.stop()


def test_a_port_taken_by_a_stranger_is_chosen_anew(new_postgres: NewPostgres) -> None:
    server, _ = new_postgres()
    before = server.start()
    server.stop()
    host, port = before.split(":")
    with socket.create_server((host, int(port))):
        after = server.start()
        server.stop()
    assert after != before


def test_nobody_connects_without_the_password(database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(database, password="wrong")


def test_each_role_logs_in_with_its_own_password(database_as: Callable[..., str]) -> None:
    for role in ("trunkline_streams", "trunkline_api", "trunkline_warehouse"):
        with psycopg.connect(database_as(role)) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_migrations_are_applied_once_and_recorded(database: str) -> None:
    files = migrate.read_folder()
    assert migrate.migrate(database, files) == ()
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT name, sha256 FROM schema_migrations ORDER BY version").fetchall()
    assert rows == [(file.name, file.sha256) for file in files]


def test_a_migration_that_fails_leaves_nothing_of_itself(lake_database: str) -> None:
    good = Migration(1, "0001_good.sql", "CREATE TABLE good (a int); INSERT INTO good VALUES (1)")
    bad = Migration(2, "0002_bad.sql", "CREATE TABLE half (a int); SELECT nonsense")

    with pytest.raises(MigrationError, match=r"0002_bad\.sql"):
        migrate.migrate(lake_database, (good, bad))

    with psycopg.connect(lake_database) as connection:
        assert connection.execute("SELECT to_regclass('good')::text, to_regclass('half')").fetchone() == ("good", None)
        assert connection.execute("SELECT name FROM schema_migrations").fetchall() == [("0001_good.sql",)]


def test_databases_are_made_once(postgres_url: str) -> None:
    postgres.ensure_databases(postgres_url, ("made_once",))
    postgres.ensure_databases(postgres_url, ("made_once",))
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_database WHERE datname = 'made_once'").fetchone() == (1,)
