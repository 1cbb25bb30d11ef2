"""Gets a database ready for the processes: databases, migrations, roles with their passwords, a PBX's partition.

Works on our own server and on one of the user's alike; `owner_url` is the URL of a role that owns the database. Each
step may be repeated.
"""

from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from calls.topics import PARTITIONS
from infra import migrate, postgres
from infra.errors import StartError

ROLES = ("trunkline_streams", "trunkline_api", "trunkline_warehouse", "trunkline_recordings", "trunkline_asterisk")
# Numbers that nobody has: behind the trunk of a PBX to try things on there is no telephone network.
_OPEN_PRACTICE = """
INSERT INTO dial_policies (tenant_id, rules) VALUES ('default', '{"prefixes": ["+1555"]}') ON CONFLICT DO NOTHING
"""


def role_url(owner_url: str, role: str, password: str) -> str:
    """`owner_url` with another login; host, database and options stay."""
    parts = urlsplit(owner_url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(role, safe='')}:{quote(password, safe='')}@{host}"))


def database_url(owner_url: str, database: str) -> str:
    """`owner_url` with another database."""
    return urlunsplit(urlsplit(owner_url)._replace(path=f"/{quote(database, safe='')}"))


def bring_up(owner_url: str, password_of: Callable[[str], str]) -> tuple[str, ...]:
    """Apply what migrations are left and let the roles log in with what `password_of` says; the migrations' names.

    Raises MigrationError, or StartError when the database cannot be reached or the role lacks a right.
    """
    try:
        postgres.ensure_databases(owner_url, (postgres.LAKE,))
        applied = migrate.migrate(owner_url, migrate.read_folder())
        for role in ROLES:
            migrate.set_role_password(owner_url, role, password_of(role))
    except psycopg.Error as error:
        raise StartError(
            f"The database is not usable as it is: {error}",
            "With `--database URL`: check the URL; its role must own the database and may need CREATEDB and "
            "CREATEROLE. Without: read the file logs/postgres.log in the data folder.",
        ) from error
    return applied


def open_practice_numbers(owner_url: str) -> None:
    """Let the tenant `default` dial 555 numbers, unless its rules of dialling were said already."""
    with psycopg.connect(owner_url) as connection:
        connection.execute(_OPEN_PRACTICE)


def partition_of(owner_url: str, pbx: str) -> int:
    """The partition of `pbx`, chosen now if it is new and kept for ever. Raises StartError when it cannot be asked."""
    try:
        with psycopg.connect(owner_url) as connection:
            row = connection.execute("SELECT assign_partition(%s, %s)", (pbx, PARTITIONS)).fetchone()
    except psycopg.Error as error:
        raise StartError(
            f"The partition of {pbx} could not be read: {error}", "Start the database first: `trunkline up`."
        ) from error
    assert row is not None
    return int(row[0])
