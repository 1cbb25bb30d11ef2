"""/api/pbx/manager/limits: when the wallboard is no longer calm about a queue, in two colours; a tenant's own.

Who watches reads them, managers change them. They change nothing that is counted.
"""

import json
from typing import Annotated, Any, Protocol

from litestar import Request, Router, get, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, SkipValidation
from msgspec import Meta, Struct
from msgspec.structs import asdict

from api.access import only
from api.admin.acting import Items, is_plain, missing
from api.admin.words import Ratio, Seconds
from api.database import Database
from api.errors import BadRequest
from api.roles import MANAGERS, WATCHERS
from api.tokens import Principal

Callers = Annotated[int, Meta(ge=0, le=100_000)]


class Limits(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Amber past the first of a pair, red past the second; `level_red`: red below it. Null: as every queue has it."""

    wait_amber_seconds: Seconds | None = None
    wait_red_seconds: Seconds | None = None
    waiting_amber: Callers | None = None
    waiting_red: Callers | None = None
    level_red: Ratio | None = None


class QueueLimits(Struct, frozen=True, rename="camel"):
    """A queue's limits; its id is the PBX's name, a colon and the queue's."""

    id: str
    limits: Limits


class LimitStore(Protocol):
    """Where limits are kept: `PostgresLimits`."""

    async def all(self, tenant: str) -> list[QueueLimits]: ...

    async def change(self, principal: Principal, pbx: str, queue: str, limits: Limits) -> bool: ...


_COLUMNS = "wait_amber_s, wait_red_s, waiting_amber, waiting_red, level_red"
_ALL = f"SELECT pbx, queue_id, {_COLUMNS} FROM queue_limits ORDER BY pbx, queue_id"
_PUT = (
    f"INSERT INTO queue_limits (tenant_id, pbx, queue_id, {_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (tenant_id, pbx, queue_id) DO UPDATE SET wait_amber_s = excluded.wait_amber_s,"
    " wait_red_s = excluded.wait_red_s, waiting_amber = excluded.waiting_amber, waiting_red = excluded.waiting_red,"
    " level_red = excluded.level_red"
)


class PostgresLimits:
    """`LimitStore` on PostgreSQL; every change is in the audit log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, tenant: str) -> list[QueueLimits]:
        """Those that somebody has set."""
        async with self._database.seeing(tenant) as connection:
            rows = await (await connection.execute(_ALL)).fetchall()
        return [_form(row) for row in rows]

    async def change(self, principal: Principal, pbx: str, queue: str, limits: Limits) -> bool:
        """Set all of a queue's; False, and nothing changes, where the tenant has no such queue."""
        async with self._database.seeing(principal.tenant) as connection:
            known = await connection.execute("SELECT FROM queues WHERE pbx = %s AND queue_id = %s", [pbx, queue])
            if await known.fetchone() is None:
                return False
            said = asdict(limits)
            audit = (principal.user_id, "queue.limits", f"{pbx}:{queue}", json.dumps(said))
            await connection.execute("SELECT append_audit(%s, %s, %s, %s)", audit)
            await connection.execute(_PUT, [principal.tenant, pbx, queue, *said.values()])
        return True


class LimitDesk(Struct, frozen=True):
    """What the routes need."""

    store: LimitStore


OurLimitDesk = NamedDependency[SkipValidation[LimitDesk]]
Asked = Request[Principal, Any, Any]


@get("/")
async def queue_limits(request: Asked, limit_desk: OurLimitDesk) -> Items[QueueLimits]:
    """The limits of all queues that have some of their own."""
    found = await limit_desk.store.all(request.user.tenant)
    return Items(found, len(found))


@put("/{queue_id:str}", opt=only(MANAGERS))
async def change_limits(
    request: Asked, limit_desk: OurLimitDesk, queue_id: FromPath[str], data: JSONBody[Limits]
) -> QueueLimits:
    """Set all limits of a queue; what is left out is as every queue has it."""
    for amber, red in (("wait_amber_seconds", "wait_red_seconds"), ("waiting_amber", "waiting_red")):
        first, second = getattr(data, amber), getattr(data, red)
        if first is not None and second is not None and second < first:
            raise BadRequest(f"{_camel(red)}: red comes after amber, so it is {_camel(amber)} or more.")
    pbx, _, queue = queue_id.partition(":")
    if not is_plain(queue_id) or not await limit_desk.store.change(request.user, pbx, queue, data):
        raise missing("queue")
    return QueueLimits(queue_id, data)


def limit_router(desk: LimitDesk) -> Router:
    """The routes under /api/pbx/manager/limits."""
    return Router(
        "/api/pbx/manager/limits",
        route_handlers=[queue_limits, change_limits],
        dependencies={"limit_desk": Provide(lambda: desk, sync_to_thread=False)},
        opt=only(WATCHERS),
        tags=["Managers"],
    )


def _form(row: dict[str, Any]) -> QueueLimits:
    values = (row["wait_amber_s"], row["wait_red_s"], row["waiting_amber"], row["waiting_red"], row["level_red"])
    return QueueLimits(f"{row['pbx']}:{row['queue_id']}", Limits(*values))


def _camel(word: str) -> str:
    first, *rest = word.split("_")
    return first + "".join(part.capitalize() for part in rest)
