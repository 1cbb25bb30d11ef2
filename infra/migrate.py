"""Brings the database's schema to what the numbered SQL files say: each file once, in order, in its own transaction.

Files are `NNNN_name.sql`. What was applied is recorded in the table schema_migrations with the file's SHA-256; an
applied file never changes again, a correction is a new file. Concurrent runs wait for each other. Plans are pure;
`migrate` and `set_role_password` are the only functions that touch a database.
"""

import hashlib
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from infra.errors import MigrationError

FOLDER = Path(__file__).with_name("migrations")
# Any number does, if every run takes the same: "trunkline" read as digits on a telephone, cut to 32 bits' worth.
ADVISORY_LOCK = 878_655_463

CREATE_RECORD = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  version integer PRIMARY KEY,
  name text NOT NULL,
  sha256 text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)"""


@dataclass(frozen=True)
class Migration:
    """One file. `version` is its number, `name` the whole file name."""

    version: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_folder(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """The folder's migrations by number. Raises MigrationError for a misnamed file and for a number used twice."""
    found = sorted((_read(path) for path in folder.glob("*.sql")), key=lambda migration: migration.version)
    for before, after in itertools.pairwise(found):
        if before.version == after.version:
            raise MigrationError(f"{before.name} and {after.name} have the same number.", "Give one a new number.")
    return tuple(found)


def _read(path: Path) -> Migration:
    match = re.fullmatch(r"(\d{4})_[a-z0-9_]+\.sql", path.name)
    if match is None:
        raise MigrationError(f"{path} is not named NNNN_name.sql.", "Rename it.")
    return Migration(int(match[1]), path.name, path.read_text(encoding="utf-8"))


def plan(files: Sequence[Migration], applied: Mapping[int, tuple[str, str]]) -> tuple[Migration, ...]:
    """What is left to apply, in order. `applied` maps version to (name, sha256).

    Raises MigrationError when an applied file is gone or was changed, or a new one would come before an applied one.
    """
    by_version = {migration.version: migration for migration in files}
    for version, (name, sha256) in applied.items():
        file = by_version.get(version)
        if file is None:
            raise MigrationError(
                f"The database has applied {name}, which this version of Trunkline does not know.",
                "Use the version that made this database, or a newer one.",
            )
        if file.sha256 != sha256:
            raise MigrationError(
                f"{file.name} was changed after it had been applied.",
                f"Restore infra/migrations/{file.name} and put the change into a new file.",
            )
    last = max(applied, default=0)
    left = tuple(migration for migration in files if migration.version not in applied)
    if left and left[0].version < last:
        raise MigrationError(
            f"{left[0].name} comes before migrations that were already applied.", "Give it the next free number."
        )
    return left


def migrate(database_url: str, files: Sequence[Migration]) -> tuple[str, ...]:
    """Apply what is left and return the names of it. The role of the URL must own the database.

    Raises MigrationError, with PostgreSQL's words, when a file fails; the files before it stay applied.
    """
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
        connection.execute(CREATE_RECORD)
        rows = connection.execute("SELECT version, name, sha256 FROM schema_migrations").fetchall()
        left = plan(files, {version: (name, sha256) for version, name, sha256 in rows})
        for migration in left:
            _apply(connection, migration)
        return tuple(migration.name for migration in left)


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    try:
        with connection.transaction():
            # Without parameters the text is sent as it is, and may hold several statements.
            connection.execute(migration.text.encode())
            connection.execute(
                "INSERT INTO schema_migrations (version, name, sha256) VALUES (%s, %s, %s)",
                (migration.version, migration.name, migration.sha256),
            )
    except psycopg.Error as error:
        raise MigrationError(
            f"{migration.name} failed: {error}",
            "Nothing of it was applied. Mend the file, or grant the role what it lacks, and start again.",
        ) from error


def set_role_password(database_url: str, role: str, password: str) -> None:
    """Give `role` the password. It is sent as a SCRAM verifier, so that it is in no log of the server."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier)))
