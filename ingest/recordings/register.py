"""PostgreSQL, as far as the keeper may go: for whom to encrypt, of which call a file is, and the row of what is stored.

Its role may execute three functions (infra/migrations/0014_recordings.sql) and read no table. A database that is away
is asked again later; meanwhile the recipients of last time hold, which are kept in a file.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from msgspec import Struct

from ingest.recordings.seal import make_folder
from ingest.recordings.slips import Slip

# A database that is away must not keep a recording in plain text: encrypting goes on without it.
CONNECT_S, STATEMENT_MS = 2, 2000
# Between two attempts to reach it.
RETRY_S = 2.0

log = logging.getLogger(__name__)

_KEEP = "SELECT keep_recording(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


class RegisterAway(Exception):
    """PostgreSQL cannot be asked now; it is tried again."""


class RegisterRefuses(Exception):
    """PostgreSQL does not take this; asking again will not help."""


class RecordedCall(Struct, frozen=True):
    """The call that a file is a recording of; from when to when, ms since the epoch, as far as that was heard."""

    call_id: str
    tenant: str
    started_at: int | None
    ended_at: int | None


class Register:
    """The database at `url`, for the recordings of one PBX."""

    def __init__(self, url: str, pbx: str, cache: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.pbx = pbx
        self._url = url
        self._cache = cache
        self._clock = clock
        self._connection: psycopg.Connection[Any] | None = None
        self._not_before = 0.0
        self._told = False

    @property
    def reachable(self) -> bool:
        """Whether it answered last time."""
        return self._connection is not None

    def recipients(self) -> Mapping[str, str]:
        """For whom each tenant's recordings are encrypted: what the database says, else what it said last."""
        try:
            found = dict(self._ask("SELECT tenant_id, recipient FROM recording_recipients()"))
        except RegisterAway:
            return self._remembered()
        if found != self._remembered():
            make_folder(self._cache.parent)
            part = self._cache.with_suffix(".new")
            part.write_bytes(msgspec.json.encode(found))
            part.replace(self._cache)
        return found

    def call_of(self, name: str) -> RecordedCall | None:
        """The call that this file is of, None when none is known. Raises RegisterAway and RegisterRefuses."""
        # As our own names are made: the Linkedid, something that makes it the only one, the ending.
        linkedid = name.rsplit(".", 2)[0]
        rows = self._ask("SELECT * FROM recorded_call(%s, %s, %s)", self.pbx, name, linkedid)
        if not rows:
            return None
        call_id, tenant, started_at, ended_at = rows[0]
        return RecordedCall(call_id, tenant, _ms(started_at), _ms(ended_at))

    def keep(self, slip: Slip) -> bool:
        """Put down what was stored. False: it is not wanted any more. Raises RegisterAway and RegisterRefuses."""
        times = [
            None if ms is None else datetime.fromtimestamp(ms / 1000, UTC) for ms in (slip.started_at, slip.ended_at)
        ]
        rows = self._ask(
            _KEEP,
            *(slip.id, slip.tenant, slip.call_id, self.pbx, slip.name, slip.recipient, slip.path, slip.media_type),
            *(*times, slip.seconds, slip.size, bytes.fromhex(slip.sha256)),
        )
        return bool(rows[0][0])

    def close(self) -> None:
        """Leave the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        if self._connection is None and self._clock() < self._not_before:
            raise RegisterAway("the database did not answer a moment ago")
        try:
            if self._connection is None:
                options = f"-c statement_timeout={STATEMENT_MS}"
                self._connection = psycopg.connect(
                    self._url, autocommit=True, connect_timeout=CONNECT_S, options=options
                )
                self._told = False
            return self._connection.execute(statement.encode(), values or None).fetchall()
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise RegisterRefuses(str(error)) from error
        except psycopg.Error as error:
            self.close()
            self._not_before = self._clock() + RETRY_S
            if not self._told:
                log.warning("the database does not answer; it is tried again", extra={"reason": str(error)})
            self._told = True
            raise RegisterAway(f"the database does not answer: {error}") from error

    def _remembered(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._cache.read_bytes(), type=dict[str, str])
        except (FileNotFoundError, msgspec.DecodeError):
            return {}


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
