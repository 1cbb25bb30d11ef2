"""Whether the audit log is whole: every row's hash is reckoned anew from the row before it, here, not in the database.

The form that is hashed is that of `audit_content` in migrations/0010_identity.sql, written a second time on purpose:
who changes the database's functions does not change this. What cannot be seen from inside is that the newest rows were
taken away; for that, keep the number and hash that a check ends with elsewhere, and give the hash to the next one.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import psycopg
from msgspec import Struct

from infra.errors import StartError

# What the first row's hash covers in the place of a row before it.
BEGINNING = bytes(32)
# As many rows as are held here at a time.
ROWS = 5_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ROWS = """
SELECT id, occurred_at, tenant_id, user_id::text, user_name, action, subject, detail::text, previous_hash, hash
FROM audit_log ORDER BY id
"""


class Row(Struct, frozen=True):
    """A row of `audit_log`. `detail` is its JSON as PostgreSQL writes it."""

    id: int
    occurred_at: datetime
    tenant_id: str
    user_id: str | None
    user_name: str
    action: str
    subject: str
    detail: str
    previous_hash: bytes
    hash: bytes


class Break(Struct, frozen=True):
    """The first row that does not follow from the one before it, and how that shows."""

    id: int
    reason: str


class Verdict(Struct, frozen=True):
    """What a walk found: how many rows hold, the last of them, and the first that does not."""

    rows: int
    last_id: int
    last_hash: str
    broken: Break | None
    # None: no hash was given that it could have.
    has_known: bool | None

    @property
    def is_whole(self) -> bool:
        return self.broken is None and self.has_known is not False


def sentence(verdict: Verdict) -> str:
    """What was found, for people."""
    if verdict.broken is not None:
        return f"Row {verdict.broken.id} is broken: {verdict.broken.reason}. The {verdict.rows} before it hold."
    if verdict.has_known is False:
        return "No row has the hash that was given: rows were taken away, or the log was written anew."
    return f"All {verdict.rows} rows hold. Keep this elsewhere: row {verdict.last_id} has the hash {verdict.last_hash}."


def hash_of(row: Row) -> bytes:
    """The hash that the row must have."""
    micros = (row.occurred_at - EPOCH) // EPOCH.resolution
    who = (row.tenant_id, row.user_id, row.user_name)
    fields = (str(row.id), str(micros), *who, row.action, row.subject, row.detail)
    content = ",".join("-" if field is None else f"{len(field.encode())}:{field}" for field in fields)
    return hashlib.sha256(row.previous_hash + content.encode()).digest()


def walk(rows: Iterable[Row], known: str = "") -> Verdict:
    """Walk the chain in order until it breaks. `known` is a hash (hex) from before, which must be in it."""
    last_id, last_hash, count, broken = 0, BEGINNING, 0, None
    wanted = known.lower()
    seen = wanted == BEGINNING.hex()
    for row in rows:
        if reason := _fault(row, last_id, last_hash):
            broken = Break(row.id, reason)
            break
        last_id, last_hash, count = row.id, row.hash, count + 1
        seen = seen or row.hash.hex() == wanted
    return Verdict(count, last_id, last_hash.hex(), broken, seen if known else None)


def _fault(row: Row, last_id: int, last_hash: bytes) -> str:
    if row.id != last_id + 1:
        return f"rows {last_id + 1} to {row.id - 1} are missing before it"
    if row.previous_hash != last_hash:
        return "it does not follow from the row before it, which was replaced"
    return "" if row.hash == hash_of(row) else "its content is not what was hashed when it was written"


def verify(owner_url: str, known: str = "") -> Verdict:
    """Walk the audit log of this database. Raises StartError when it cannot be read."""
    try:
        with psycopg.connect(owner_url) as connection:
            return walk(_rows(connection), known)
    except psycopg.Error as error:
        raise StartError(
            f"The audit log could not be read: {error}", "Start the database first: `trunkline up`."
        ) from error


def _rows(connection: psycopg.Connection) -> Iterator[Row]:
    # A cursor of the server: the log is as long as the installation is old.
    with connection.cursor(name="audit") as cursor:
        cursor.itersize = ROWS
        cursor.execute(_ROWS)
        for row in cursor:
            yield Row(*row)
