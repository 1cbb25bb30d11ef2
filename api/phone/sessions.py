"""Which page is the phone of whom: kept in PostgreSQL, where Asterisk finds the secret and every process the page."""

from typing import Any, LiteralString, Protocol
from uuid import UUID

from msgspec import Struct

from api.control.plan import Target
from api.database import Database
from api.tokens import Principal

# How long a number may be dialled after it was asked for: from the click to the REFER.
LEAVE_S = 60

_LINE = """
SELECT e.pbx, e.interface, e.extension, u.name, t.name AS tenant_name, coalesce(a.agent_id, e.interface) AS agent_id,
  coalesce((SELECT max(q.wrapup_s) FROM queues q WHERE q.pbx = e.pbx AND a.live -> 'queues' ? q.queue_id), 0)
    AS wrap_up_s
FROM extensions e JOIN users u ON u.id = e.user_id JOIN tenants t ON t.id = e.tenant_id
  LEFT JOIN agent_extensions a ON a.pbx = e.pbx AND a.interface = e.interface
WHERE e.user_id = %s AND e.is_web ORDER BY e.pbx, e.interface LIMIT 1
"""
_REASONS = "SELECT reasons FROM pause_reasons"
_SIGNED_IN = "SELECT (extract(epoch FROM created_at) * 1000)::bigint AS at FROM sign_ins WHERE id = %s"
_OPEN = """
INSERT INTO phone_sessions AS s (pbx, interface, tenant_id, user_id, sign_in, page_id, secret)
VALUES (%(pbx)s, %(interface)s, %(tenant)s, %(user)s, %(sign_in)s, %(page)s, %(secret)s)
ON CONFLICT (pbx, interface) DO UPDATE SET user_id = excluded.user_id, sign_in = excluded.sign_in,
  page_id = excluded.page_id, secret = excluded.secret, opened_at = clock_timestamp(),
  owner = CASE WHEN s.page_id = excluded.page_id THEN s.owner END,
  socket = CASE WHEN s.page_id = excluded.page_id THEN s.socket END
"""
_SESSION = """
SELECT s.pbx, s.interface, s.page_id FROM phone_sessions s
  JOIN extensions e ON e.pbx = s.pbx AND e.interface = s.interface AND e.user_id = s.user_id AND e.is_web
WHERE s.user_id = %s AND s.sign_in = %s AND s.page_id = %s
"""
_MINE: LiteralString = " WHERE pbx = %(pbx)s AND interface = %(interface)s AND page_id = %(page)s"
# What was asked of an agent, whoever asked: only by the agent's own page it is answered.
_ASKED = """
SELECT FROM commands c JOIN extensions e ON e.pbx = c.pbx AND e.interface = c.interface
WHERE c.id = %s AND e.user_id = %s AND e.is_web AND c.status = 'sent'
"""
_CONNECT = "UPDATE phone_sessions SET owner = %(owner)s, socket = %(socket)s" + _MINE
_DISCONNECT = "UPDATE phone_sessions SET owner = NULL, socket = NULL" + _MINE + " AND socket = %(socket)s"
_FETCH = (
    "UPDATE phone_sessions SET fetched_for = page_id"
    + _MINE
    + " AND fetched_for IS DISTINCT FROM page_id RETURNING pbx"
)
_ALLOW = """
INSERT INTO phone_leaves (tenant_id, user_id, pbx, exten, expires_at)
VALUES (%s, %s, %s, %s, now() + make_interval(secs => %s))
ON CONFLICT (user_id, pbx, exten) DO UPDATE SET expires_at = excluded.expires_at
"""
_MAY_REACH = """
SELECT EXISTS (SELECT FROM queues WHERE pbx = %(pbx)s AND queue_id = %(exten)s)
  OR EXISTS (SELECT FROM agent_extensions WHERE is_active AND pbx = %(pbx)s AND extension = %(exten)s)
  OR EXISTS (SELECT FROM extensions WHERE pbx = %(pbx)s AND extension = %(exten)s)
  OR EXISTS (SELECT FROM phone_leaves WHERE user_id = %(user)s AND pbx = %(pbx)s AND exten = %(exten)s
    AND expires_at > now()) AS may
"""


class Line(Struct, frozen=True):
    """A user's place whose phone is a page. `endpoint` is the phone's name in SIP."""

    pbx: str
    interface: str
    extension: str
    name: str
    tenant_name: str
    agent_id: str
    wrap_up_s: float

    @property
    def endpoint(self) -> str:
        """Its name in SIP."""
        return self.interface.partition("/")[2]


class Session(Struct, frozen=True):
    """A page that is a phone."""

    tenant: str
    user_id: str
    pbx: str
    interface: str
    page_id: str

    @property
    def endpoint(self) -> str:
        """The phone's name in SIP."""
        return self.interface.partition("/")[2]


class Watched(Struct, frozen=True):
    """A page as who watches over calls sees it; `is_there`: its socket is open somewhere."""

    session: Session
    is_there: bool


class Phones(Protocol):
    """Where sessions are kept."""

    async def line(self, principal: Principal) -> Line | None:
        """The caller's place with a page for a phone."""
        ...

    async def pause_reasons(self, principal: Principal) -> list[str] | None:
        """The tenant's own reasons to pause, None where it has none."""
        ...

    async def open(self, principal: Principal, line: Line, page_id: str, secret: str) -> None:
        """This page is the phone from now on, and no other."""
        ...

    async def session(self, principal: Principal, page_id: str) -> Session | None:
        """The caller's session of this page, by the sign-in that opened it."""
        ...

    async def connect(self, session: Session, owner: UUID, socket: UUID) -> None:
        """The page's socket is open in the process `owner`."""
        ...

    async def disconnect(self, session: Session, socket: UUID) -> None:
        """That socket is closed."""
        ...

    async def fetches(self, session: Session) -> bool:
        """Whether calls of an earlier page are to be fetched: True once for each page."""
        ...

    async def may_reach(self, session: Session, exten: str) -> bool:
        """Whether the page may dial this, or hand a call to it: what is the tenant's, or was allowed just now."""
        ...

    async def take_guard(self, pbx: str, owner: UUID, for_s: float) -> bool:
        """Whether this process watches over the calls of this PBX's pages."""
        ...

    async def watched(self, pbx: str) -> list[Watched]:
        """All pages of a PBX, of all tenants."""
        ...


class PostgresPhones:
    """`Phones` on the tables of 0016_phones.sql. `prefix` is dialled before a number for outside, of `outbound`."""

    def __init__(self, database: Database, outbound: str, prefix: str) -> None:
        self._database = database
        self._outbound = outbound
        self._prefix = prefix

    async def line(self, principal: Principal) -> Line | None:
        """The caller's place with a page for a phone."""
        row = await self._row(principal.tenant, _LINE, [UUID(principal.user_id)])
        return None if row is None else Line(**row)

    async def pause_reasons(self, principal: Principal) -> list[str] | None:
        """The tenant's own reasons to pause."""
        row = await self._row(principal.tenant, _REASONS, [])
        return None if row is None else list(row["reasons"])

    async def signed_in_at(self, principal: Principal) -> int | None:
        """When the caller signed in, ms since the epoch."""
        row = await self._row(principal.tenant, _SIGNED_IN, [UUID(principal.session)])
        return None if row is None else int(row["at"])

    async def open(self, principal: Principal, line: Line, page_id: str, secret: str) -> None:
        """This page is the phone from now on."""
        values = {
            **{"pbx": line.pbx, "interface": line.interface, "page": page_id, "secret": secret},
            **{"tenant": principal.tenant, "user": UUID(principal.user_id), "sign_in": UUID(principal.session)},
        }
        async with self._database.seeing(principal.tenant) as connection:
            await connection.execute(_OPEN, values)

    async def session(self, principal: Principal, page_id: str) -> Session | None:
        """The caller's session of this page."""
        values = [UUID(principal.user_id), UUID(principal.session), page_id]
        row = await self._row(principal.tenant, _SESSION, values) if page_id.isprintable() else None
        return None if row is None else Session(principal.tenant, principal.user_id, **row)

    async def connect(self, session: Session, owner: UUID, socket: UUID) -> None:
        """The page's socket is open in the process `owner`."""
        await self._change(session, _CONNECT, owner=owner, socket=socket)

    async def disconnect(self, session: Session, socket: UUID) -> None:
        """That socket is closed."""
        await self._change(session, _DISCONNECT, socket=socket)

    async def fetches(self, session: Session) -> bool:
        """Whether calls of an earlier page are to be fetched."""
        return await self._change(session, _FETCH) > 0

    async def may_reach(self, session: Session, exten: str) -> bool:
        """Whether the page may dial this."""
        values = {"pbx": session.pbx, "exten": exten, "user": UUID(session.user_id)}
        row = await self._row(session.tenant, _MAY_REACH, values)
        return row is not None and bool(row["may"])

    async def was_asked(self, principal: Principal, command_id: UUID) -> bool:
        """Whether this is a command, still open, on the caller's own phone."""
        return await self._row(principal.tenant, _ASKED, [command_id, UUID(principal.user_id)]) is not None

    async def number_for(self, tenant: str, user_id: str, pbx: str, target: Target) -> str:
        """What a page has to dial to reach a target; a number outside it may dial for a moment."""
        if target.context != self._outbound:
            return target.exten
        number = self._prefix + target.exten
        async with self._database.seeing(tenant) as connection:
            await connection.execute("DELETE FROM phone_leaves WHERE expires_at < now()")
            await connection.execute(_ALLOW, [tenant, UUID(user_id), pbx, number, LEAVE_S])
        return number

    async def take_guard(self, pbx: str, owner: UUID, for_s: float) -> bool:
        """Whether this process watches over the calls of this PBX's pages."""
        async with self._database.tenantless() as connection:
            found = await connection.execute("SELECT take_guard(%s, %s, %s) AS mine", [pbx, owner, for_s])
            row = await found.fetchone()
        return row is not None and bool(row["mine"])

    async def watched(self, pbx: str) -> list[Watched]:
        """All pages of a PBX."""
        async with self._database.tenantless() as connection:
            rows = await (await connection.execute("SELECT * FROM watched_phones(%s)", [pbx])).fetchall()
        return [
            Watched(
                Session(row["tenant_id"], str(row["user_id"]), pbx, row["interface"], row["page_id"]), row["is_there"]
            )
            for row in rows
        ]

    async def _row(self, tenant: str, statement: LiteralString, values: Any) -> dict[str, Any] | None:
        async with self._database.seeing(tenant) as connection:
            return await (await connection.execute(statement, values)).fetchone()

    async def _change(self, session: Session, statement: LiteralString, **more: Any) -> int:
        values = {"pbx": session.pbx, "interface": session.interface, "page": session.page_id, **more}
        async with self._database.seeing(session.tenant) as connection:
            return (await connection.execute(statement, values)).rowcount
