"""POST /api/analyst/sql: one SELECT about the marts of one's own tenant. Each question is in the audit log."""

import json
from contextlib import AbstractContextManager
from typing import Annotated, Any, Protocol
from zoneinfo import ZoneInfo

from litestar import Request, Router, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, SkipValidation
from msgspec import Meta, Struct

from api.access import only
from api.analysts.process import Answer
from api.database import Database
from api.errors import BadRequest
from api.roles import ANALYSTS
from api.tokens import Principal

ACTION = "analyst.sql"
SUBJECT = "marts"

# A character that is in no text of a table; the audit log could not keep it.
Statement = Annotated[str, Meta(min_length=1, max_length=10_000, description="one SELECT of DuckDB's SQL")]
Timezone = Annotated[str, Meta(min_length=1, max_length=64, description="in which instants are shown")]
MostRows = Annotated[int, Meta(ge=1, le=10_000)]


class SqlQuestion(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A statement. Without `timezone` instants are shown in the installation's own."""

    statement: Statement
    timezone: Timezone | None = None
    max_rows: MostRows = 1000


class SqlAnswer(Struct, frozen=True, rename="camel"):
    """`rows` of values in the order of `columns`, whose DuckDB types are `types`. `cut`: there would be more rows."""

    columns: list[str]
    types: list[str]
    rows: list[list[Any]]
    cut: bool


class Analyst(Protocol):
    """Who answers: `api.analysts.process.LockedSql`."""

    def seat(self, tenant: str) -> AbstractContextManager[None]: ...

    async def ask(self, tenant: str, statement: str, timezone: str, most_rows: int) -> Answer: ...


class Book(Protocol):
    """Where it is written down that somebody asked."""

    async def note(self, principal: Principal, detail: dict[str, Any]) -> None: ...


class AuditBook:
    """The audit log of the asker's tenant, in which what is noted stands as this action on this subject."""

    def __init__(self, database: Database, action: str = ACTION, subject: str = SUBJECT) -> None:
        self._database = database
        self._action = action
        self._subject = subject

    async def note(self, principal: Principal, detail: dict[str, Any]) -> None:
        """Write that this was asked, before it is answered."""
        values = (principal.user_id, self._action, self._subject, json.dumps(detail, ensure_ascii=False))
        async with self._database.seeing(principal.tenant) as connection:
            await connection.execute("SELECT append_audit(%s, %s, %s, %s)", values)


class AnalystDesk(Struct, frozen=True):
    """What the route needs; `zone` is that of local time."""

    analyst: Analyst
    book: Book
    zone: ZoneInfo


OurAnalystDesk = NamedDependency[SkipValidation[AnalystDesk]]


@post("/sql", status_code=200)
async def ask_sql(
    request: Request[Principal, Any, Any], analyst_desk: OurAnalystDesk, data: JSONBody[SqlQuestion]
) -> SqlAnswer:
    """Ask the published marts of the tenant one SELECT; `SHOW TABLES`, `DESCRIBE` and `FROM metrics` say what there is.

    A statement that is refused, takes longer than 10 s or too much memory is a 400 that says so. 429: as many questions
    as are answered at once are being answered. 404: nothing is published yet. An answer has at most 4 MiB.
    """
    if not is_text(data.statement) or not is_text(data.timezone or ""):
        raise BadRequest("statement: it has a character that no text has.")
    timezone = data.timezone or analyst_desk.zone.key
    tenant = request.user.tenant
    with analyst_desk.analyst.seat(tenant):
        detail = {"statement": data.statement, "timezone": timezone, "maxRows": data.max_rows}
        await analyst_desk.book.note(request.user, detail)
        answer = await analyst_desk.analyst.ask(tenant, data.statement, timezone, data.max_rows)
    return SqlAnswer(answer.columns, answer.types, answer.rows, answer.cut)


def is_text(text: str) -> bool:
    """Whether a table could hold it: no NUL, and no half of a character."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def analyst_router(desk: AnalystDesk) -> Router:
    """The routes under /api/analyst."""
    return Router(
        "/api/analyst",
        route_handlers=[ask_sql],
        dependencies={"analyst_desk": Provide(lambda: desk, sync_to_thread=False)},
        opt=only(ANALYSTS),
        tags=["Analysts"],
    )
