"""/api/admin/audit: who changed what, newest first, with whether each row still follows from the one before it."""

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import get
from litestar.params import QueryParameter
from msgspec import Struct

from api.admin.acting import Asked, Limit, Offset, OurDesk, Tenant
from api.managers.period import Period, read_period

BEGINNING = "1970-01-01"
_SPAN = "FROM audit_log a WHERE tenant_id = %s AND occurred_at >= %s AND occurred_at < %s"


class AuditForm(Struct, frozen=True, rename="camel"):
    """One thing that was done. `intact`: its hash is that of its content and of the row before it.

    Numbers run through the whole installation, so that a tenant's have holes.
    """

    id: int
    at: datetime
    user_id: str | None
    username: str
    action: str
    subject: str
    detail: Any
    hash: str
    intact: bool


class AuditPage(Struct, frozen=True):
    """A part of the log, how many rows there are of that time, and whether all of the part are intact."""

    items: list[AuditForm]
    total: int
    intact: bool


@get("/audit")
async def audit(
    request: Asked,
    desk: OurDesk,
    start: Annotated[str, QueryParameter(name="from", description="ISO 8601; a date alone is a local day")] = BEGINNING,
    end: Annotated[str | None, QueryParameter(name="to", description="as `from`; default: now")] = None,
    tenant: Tenant = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> AuditPage:
    """What was done in [from, to)."""
    period = _period(start, end, desk)
    async with desk.acting(request.user, tenant) as act:
        span = (act.tenant, period.start, period.end)
        rows = await act.rows(
            "SELECT id, occurred_at, user_id, user_name, action, subject, detail, encode(hash, 'hex') AS hash,"
            f" audit_holds(a) AS intact {_SPAN} ORDER BY id DESC LIMIT %s OFFSET %s",
            *(*span, limit, offset),
        )
        count = await act.row(f"SELECT count(*) AS total {_SPAN}", *span)
    items = [_form(row) for row in rows]
    return AuditPage(items, count["total"] if count else 0, all(item.intact for item in items))


def _period(start: str, end: str | None, desk: OurDesk) -> Period:
    if end is None:
        # A little later than now: the database's clock says when a row was written.
        end = datetime.fromtimestamp(datetime.now(UTC).timestamp() + 60, UTC).isoformat()
    return read_period(start, end, desk.zone, names=("from", "to"))


def _form(row: dict[str, Any]) -> AuditForm:
    return AuditForm(
        id=row["id"],
        at=row["occurred_at"],
        user_id=None if row["user_id"] is None else str(row["user_id"]),
        username=row["user_name"],
        action=row["action"],
        subject=row["subject"],
        detail=row["detail"],
        hash=row["hash"],
        intact=row["intact"],
    )
