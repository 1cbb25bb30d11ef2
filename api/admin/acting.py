"""An administrator at work: one transaction in one tenant, in which a change and its audit row are written together.

An administrator acts in their own tenant. An operator, who answers for the whole installation, may name another one; to
everybody else another tenant is not there, and answers as one that never was.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, Generic, LiteralString, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation
from msgspec import UNSET, Struct

from api.database import Connection, Database
from api.errors import NotAllowed, NotFound
from api.passwords import Passwords
from api.roles import Role
from api.tokens import Principal


class Acting:
    """The transaction: what is read and written in it, and by whom."""

    def __init__(self, connection: Connection, principal: Principal, is_operator: bool, tenant: str) -> None:
        self.principal = principal
        self.is_operator = is_operator
        self.tenant = tenant
        self._connection = connection

    async def rows(self, statement: LiteralString, *values: Any) -> list[dict[str, Any]]:
        """All rows that a statement gives."""
        return await (await self._connection.execute(statement, values)).fetchall()

    async def row(self, statement: LiteralString, *values: Any) -> dict[str, Any] | None:
        """The first row that a statement gives."""
        return await (await self._connection.execute(statement, values)).fetchone()

    async def run(self, statement: LiteralString, *values: Any) -> int:
        """Execute a statement; how many rows it was about."""
        return (await self._connection.execute(statement, values)).rowcount

    async def enter(self, tenant: str) -> None:
        """See this tenant's rows from here on, and no others. Only for an operator."""
        await self.row("SELECT set_config('trunkline.tenant', %s, true)", tenant)

    async def audit(self, action: str, subject: str, detail: dict[str, Any]) -> None:
        """Say what was done; `detail` is never to hold a secret."""
        text = json.dumps(detail, ensure_ascii=False)
        await self.row("SELECT append_audit(%s, %s, %s, %s)", self.principal.user_id, action, subject, text)

    def need_operator(self) -> None:
        """Raise NotAllowed unless an operator acts."""
        if not self.is_operator:
            raise NotAllowed("Only an operator of the whole installation may do this.")


class AdminDesk(Struct, frozen=True):
    """What the administration's routes need; `zone` is that of local days."""

    database: Database
    passwords: Passwords
    zone: ZoneInfo

    @asynccontextmanager
    async def acting(self, principal: Principal, tenant: str | None) -> AsyncIterator[Acting]:
        """A transaction in the administrator's own tenant, or in the one that an operator names. Raises NotFound."""
        async with self.database.seeing(principal.tenant) as connection:
            act = Acting(connection, principal, await _is_operator(connection, principal), tenant or principal.tenant)
            if act.is_operator:
                await act.row("SELECT set_config('trunkline.operating', 'on', true)")
            if act.tenant != principal.tenant:
                if not (act.is_operator and is_plain(act.tenant) and await _is_tenant(act)):
                    raise NotFound("There is no such tenant.")
                await act.enter(act.tenant)
            yield act


async def _is_operator(connection: Connection, principal: Principal) -> bool:
    found = await connection.execute("SELECT is_operator FROM users WHERE id = %s AND is_active", [principal.user_id])
    row = await found.fetchone()
    return principal.role is Role.ADMINISTRATOR and row is not None and bool(row["is_operator"])


async def _is_tenant(act: Acting) -> bool:
    return await act.row("SELECT FROM tenants WHERE id = %s", act.tenant) is not None


OurDesk = NamedDependency[SkipValidation[AdminDesk]]
Asked = Request[Principal, Any, Any]
Tenant = Annotated[
    str | None, QueryParameter(name="tenant", description="for operators: another tenant to act in", max_length=63)
]
Limit = Annotated[int, QueryParameter(name="limit", description="how many at most", ge=1, le=1000)]
Offset = Annotated[int, QueryParameter(name="offset", description="how many to pass over", ge=0, le=1_000_000)]


Item = TypeVar("Item")


class Items(Struct, Generic[Item], frozen=True):
    """A part of a list, and how many there are in all."""

    items: list[Item]
    total: int


def id_of(text: str, what: str) -> UUID:
    """The id in an address. Raises NotFound for what can be none: it is as missing as one that is not there."""
    try:
        found = UUID(text)
    except ValueError:
        raise missing(what) from None
    # It takes braces and the like as well: one thing has one address.
    if str(found) != text.lower():
        raise missing(what)
    return found


def missing(what: str) -> NotFound:
    """The one answer for what is not there, whether it never was or is another tenant's."""
    return NotFound(f"There is no such {what}.")


def is_plain(text: str) -> bool:
    """Whether a text of an address can be a name at all: no control characters, which no table holds either."""
    return text.isprintable()


def given(form: Struct, names: Sequence[str]) -> dict[str, Any]:
    """The fields that a request did say, of these."""
    return {name: value for name in names if (value := getattr(form, name)) is not UNSET}


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is different, as the audit log has it: `{field: [old, new]}`."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
