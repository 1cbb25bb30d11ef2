"""URLs of other roles and databases. What is done with them is tested on a real server."""

from psycopg.conninfo import conninfo_to_dict

from infra.schema import database_url, role_url

OWNER = "postgresql://owner:p%40ss@db.example:5433/calls?sslmode=require"


def test_another_role_keeps_host_database_and_options() -> None:
    assert conninfo_to_dict(role_url(OWNER, "trunkline_api", "a/b:c@d")) == {
        "host": "db.example",
        "port": "5433",
        "dbname": "calls",
        "user": "trunkline_api",
        "password": "a/b:c@d",
        "sslmode": "require",
    }


def test_another_database_keeps_everything_else() -> None:
    assert conninfo_to_dict(database_url(OWNER, "lake")) == conninfo_to_dict(OWNER) | {"dbname": "lake"}


def test_a_server_on_a_socket_works_too() -> None:
    url = role_url("postgresql:///calls?host=/run/postgresql", "r", "p")
    assert conninfo_to_dict(url) == {"host": "/run/postgresql", "dbname": "calls", "user": "r", "password": "p"}
