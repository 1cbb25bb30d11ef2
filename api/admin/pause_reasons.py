"""/api/admin/pause-reasons: what agents may pause for, in the order in which their pages offer it."""

from typing import Annotated

from litestar import get, put
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api.admin.acting import Asked, OurDesk, Tenant
from api.errors import BadRequest
from api.phone.desk import REASONS

# `|` separates the fields of queue_log.
Reason = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=80,
        pattern=r"^(?!\s)[^\x00-\x1f\x7f-\x9f|\u2028\u2029\u202a-\u202e\u2066-\u2069]+(?<!\s)(?![\s\S])",
        description="printable, no | in it",
    ),
]


class PauseReasons(Struct, frozen=True, forbid_unknown_fields=True):
    """All reasons; none of them leaves only a pause without one."""

    reasons: Annotated[list[Reason], Meta(max_length=30)]


@get("/pause-reasons")
async def pause_reasons(request: Asked, desk: OurDesk, tenant: Tenant = None) -> PauseReasons:
    """What agents may pause for."""
    async with desk.acting(request.user, tenant) as act:
        row = await act.row("SELECT reasons FROM pause_reasons WHERE tenant_id = %s", act.tenant)
    return PauseReasons(list(REASONS) if row is None else list(row["reasons"]))


@put("/pause-reasons")
async def change_pause_reasons(
    request: Asked, desk: OurDesk, data: JSONBody[PauseReasons], tenant: Tenant = None
) -> PauseReasons:
    """Offer these reasons and no others."""
    if len(set(data.reasons)) < len(data.reasons):
        raise BadRequest("reasons: one is there twice.")
    async with desk.acting(request.user, tenant) as act:
        await act.run(
            "INSERT INTO pause_reasons (tenant_id, reasons) VALUES (%s, %s)"
            " ON CONFLICT (tenant_id) DO UPDATE SET reasons = excluded.reasons",
            *(act.tenant, data.reasons),
        )
        await act.audit("pause_reasons.change", act.tenant, {"reasons": data.reasons})
    return data
