"""What was asked for, in PostgreSQL: the requests that run, their steps, and the functions that take people out.

Each method is a transaction of its own. Never logs or raises a number. Every method raises LakeUnavailable.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from calls.erasure import Person
from warehouse.errors import LakeUnavailable
from warehouse.readback import CONNECT_SECONDS

WAITING, DONE = "waiting", "done"


CALLER, RETENTION = "caller", "retention"


class Request(NamedTuple):
    """People to be erased: everything of the tenant's until `asked_at`. `kind`: one who asked, or the tenant's rule."""

    id: UUID
    tenant: str
    kind: str
    asked_at: datetime
    people: tuple[Person, ...]
    figures: dict[str, Any] | None


class Step(NamedTuple):
    """How far a step is; `detail` is for people and for the certificate."""

    is_done: bool
    detail: dict[str, Any]


class Left(NamedTuple):
    """What others have yet to do: recordings to delete, calls that a stream worker has in hand."""

    recordings: int
    in_hand: int


class Requests:
    """The tables of one database, `source`, a postgresql:// URL."""

    def __init__(self, source: str) -> None:
        self.source = source

    def again(self, request: Request) -> Request:
        """The request as it is by now."""
        return next(it for it in self.running() if it.id == request.id)

    def running(self) -> list[Request]:
        """Those that are not done, the oldest first."""
        with connected(self.source) as connection:
            found = connection.execute(
                "SELECT id, tenant_id, kind, asked_at, figures FROM privacy_requests WHERE status = 'running'"
                " ORDER BY asked_at, id"
            ).fetchall()
            people = connection.execute(
                "SELECT request_id, person, national, stand_in, pattern, names FROM privacy_people"
                " ORDER BY request_id, person"
            ).fetchall()
        of = defaultdict[UUID, list[Person]](list)
        for key, word, national, instead, pattern, names in people:
            of[key].append(Person(national, instead, pattern, tuple(names), word))
        return [
            Request(key, tenant, kind, asked_at, tuple(of[key]), figures)
            for key, tenant, kind, asked_at, figures in found
        ]

    def steps(self, request: Request) -> dict[str, Step]:
        """The steps that were begun."""
        with connected(self.source) as connection:
            found = connection.execute(
                "SELECT step, status, detail FROM privacy_steps WHERE request_id = %s", [request.id]
            ).fetchall()
        return {step: Step(status == DONE, detail) for step, status, detail in found}

    def note(self, request: Request, step: str, is_done: bool, detail: Mapping[str, Any]) -> None:
        """How far a step is."""
        with connected(self.source) as connection:
            connection.execute(
                "INSERT INTO privacy_steps (request_id, tenant_id, step, status, detail) VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT (request_id, step) DO UPDATE SET status = excluded.status, detail = excluded.detail,"
                " changed_at = clock_timestamp()",
                [request.id, request.tenant, step, DONE if is_done else WAITING, Jsonb(dict(detail), _dumps)],
            )

    def erase(self, request: Request) -> dict[str, Any]:
        """Take the people out of the tables: `counts` of rows changed, `figures` that did not, and calls `since`."""
        with connected(self.source) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            row = connection.execute("SELECT erase_people(%s)", [request.id]).fetchone()
        assert row is not None
        return dict(row[0])

    def left(self, request: Request) -> Left:
        """What others have yet to do."""
        with connected(self.source) as connection:
            row = connection.execute("SELECT recordings, in_hand FROM privacy_left(%s)", [request.id]).fetchone()
        return Left(*row) if row else Left(0, 0)

    def pbxs(self, request: Request) -> list[str]:
        """The PBXs that the people's calls were on, and those of the tenant's queues."""
        with connected(self.source) as connection:
            found = connection.execute(
                "SELECT pbx FROM queues WHERE tenant_id = %s UNION SELECT c.pbx FROM privacy_calls m"
                " JOIN call_sessions c ON c.call_id = m.call_id WHERE m.request_id = %s",
                [request.tenant, request.id],
            ).fetchall()
        return sorted(pbx for (pbx,) in found)

    def keep_figures(self, request: Request, figures: Mapping[str, Any]) -> None:
        """What all came to before the lake was touched, so that a kill does not lose it."""
        with connected(self.source) as connection:
            connection.execute(
                "UPDATE privacy_requests SET figures = %s WHERE id = %s", [Jsonb(dict(figures), _dumps), request.id]
            )

    def finish(self, request: Request, certificate: Mapping[str, Any]) -> None:
        """The people are forgotten: from here on the request holds the certificate and nothing of them."""
        with connected(self.source) as connection:
            connection.execute("SELECT finish_erasure(%s, %s)", [request.id, Jsonb(dict(certificate), _dumps)])


@contextmanager
def connected(source: str) -> Iterator[psycopg.Connection]:
    """A transaction of its own. Raises LakeUnavailable, without what the server says: it may repeat a number."""
    try:
        with psycopg.connect(source, connect_timeout=CONNECT_SECONDS) as connection:
            yield connection
    except psycopg.Error as error:
        raise LakeUnavailable(f"The database failed while erasing: {type(error).__name__}") from None


def _dumps(value: object) -> str:
    return msgspec.json.encode(value).decode()
