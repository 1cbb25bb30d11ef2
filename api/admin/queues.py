"""/api/admin/queues: what queues are called, whose they are, and what their figures are reckoned by.

A queue exists because a PBX has it. What is said here becomes a `settings` event of that PBX and holds from then on;
what was counted before stays as it was.
"""

from typing import Any

from litestar import get, put
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Struct, UnsetType
from psycopg.errors import InsufficientPrivilege

from api.admin.acting import Acting, Asked, Items, OurDesk, Tenant, changed, given, is_plain, missing
from api.admin.words import Name, Ratio, Seconds, TenantId
from api.errors import BadRequest

# What an administrator said goes before what the PBX's queue has now, which follows within seconds.
_QUEUES = """
SELECT q.pbx, q.queue_id, coalesce(s.tenant_id, q.tenant_id) AS tenant_id, coalesce(s.name, q.name) AS name,
  coalesce(s.service_level_s, q.service_level_s) AS service_level_s,
  coalesce(s.short_abandon_s, q.short_abandon_s) AS short_abandon_s,
  coalesce(s.wrapup_s, q.wrapup_s) AS wrapup_s, coalesce(s.target, q.target) AS target,
  s.name AS said_name, s.service_level_s AS said_service_level_s, s.short_abandon_s AS said_short_abandon_s,
  s.wrapup_s AS said_wrapup_s, s.target AS said_target
FROM queues q LEFT JOIN queue_settings s USING (pbx, queue_id)
"""
_SAID = ("name", "service_level_s", "short_abandon_s", "wrapup_s", "target")


class QueueForm(Struct, frozen=True, rename="camel"):
    """One queue; its id is the PBX's name, a colon and the queue's. Thresholds in seconds, `target` a ratio 0 to 1."""

    id: str
    pbx: str
    queue_id: str
    tenant: str
    name: str
    service_level_seconds: float
    short_abandon_seconds: float
    wrap_up_seconds: float
    target: float


class QueueChange(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What is to be different; what is left out stays, null is the default again. Only an operator says the tenant."""

    name: Name | UnsetType | None = UNSET
    tenant: TenantId | UnsetType = UNSET
    service_level_seconds: Seconds | UnsetType | None = UNSET
    short_abandon_seconds: Seconds | UnsetType | None = UNSET
    wrap_up_seconds: Seconds | UnsetType | None = UNSET
    target: Ratio | UnsetType | None = UNSET

    @property
    def said(self) -> dict[str, Any]:
        """The changed columns of `queue_settings` but the tenant."""
        fields = ("name", "service_level_seconds", "short_abandon_seconds", "wrap_up_seconds", "target")
        wanted = given(self, fields)
        return {column: wanted[field] for field, column in zip(fields, _SAID, strict=True) if field in wanted}


@get("/queues")
async def queues(request: Asked, desk: OurDesk, tenant: Tenant = None) -> Items[QueueForm]:
    """All queues that PBXs have told of."""
    async with desk.acting(request.user, tenant) as act:
        rows = await act.rows(f"{_QUEUES} ORDER BY name, q.pbx, q.queue_id")
    return Items([_form(row) for row in rows], len(rows))


@put("/queues/{queue_id:str}")
async def change_queue(
    request: Asked, desk: OurDesk, queue_id: FromPath[str], data: JSONBody[QueueChange], tenant: Tenant = None
) -> QueueForm:
    """Change what a queue is called, whose it is, or its thresholds."""
    async with desk.acting(request.user, tenant) as act:
        before = await _found(act, queue_id)
        owner = data.tenant or before["tenant_id"]
        if owner != before["tenant_id"]:
            act.need_operator()
            if await act.row("SELECT FROM tenants WHERE id = %s", owner) is None:
                raise BadRequest("tenant: there is no such tenant.")
        said = {name: before[f"said_{name}"] for name in _SAID}
        difference = changed(said | {"tenant": before["tenant_id"]}, data.said | {"tenant": owner})
        await act.audit("queue.change", queue_id, difference)
        await _keep(act, before, said | data.said, owner)
        shown = {name: value for name, value in data.said.items() if value is not None}
        return _form(before | shown | {"tenant_id": owner})


async def _found(act: Acting, queue_id: str) -> dict[str, Any]:
    pbx, _, name = queue_id.partition(":")
    row = is_plain(queue_id) and await act.row(f"{_QUEUES} WHERE q.pbx = %s AND q.queue_id = %s", pbx, name)
    if not row:
        raise missing("queue")
    return row


async def _keep(act: Acting, queue: dict[str, Any], said: dict[str, Any], owner: str) -> None:
    """Write what is said of the queue into its tenant, and take it from the one that had it."""
    place = (queue["pbx"], queue["queue_id"])
    if owner != act.tenant:
        await act.run("DELETE FROM queue_settings WHERE pbx = %s AND queue_id = %s", *place)
        await act.enter(owner)
    try:
        await act.run(
            "INSERT INTO queue_settings"
            " (pbx, queue_id, tenant_id, name, service_level_s, short_abandon_s, wrapup_s, target)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (pbx, queue_id) DO UPDATE SET name = excluded.name,"
            " service_level_s = excluded.service_level_s, short_abandon_s = excluded.short_abandon_s,"
            " wrapup_s = excluded.wrapup_s, target = excluded.target",
            *(*place, owner, *(said[name] for name in _SAID)),
        )
    except InsufficientPrivilege:
        # An operator has just given it to somebody else; that its row still is here lasts for a moment.
        raise missing("queue") from None


def _form(row: dict[str, Any]) -> QueueForm:
    return QueueForm(
        id=f"{row['pbx']}:{row['queue_id']}",
        pbx=row["pbx"],
        queue_id=row["queue_id"],
        tenant=row["tenant_id"],
        name=row["name"],
        service_level_seconds=row["service_level_s"],
        short_abandon_seconds=row["short_abandon_s"],
        wrap_up_seconds=row["wrapup_s"],
        target=row["target"],
    )
