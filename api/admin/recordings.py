"""/api/admin/recordings: how long a tenant keeps its recordings, and whether agents may listen to their own calls."""

from typing import Annotated, Any

from litestar import get, put
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from api.admin.acting import Acting, Asked, OurDesk, Tenant, changed, given

Days = Annotated[int, Meta(ge=1, le=36_500)]
UNSAID: dict[str, Any] = {"keep_days": None, "agents_listen": False}


class RecordingRules(Struct, frozen=True, rename="camel"):
    """`keepDays` null: for ever."""

    keep_days: int | None
    agents_listen: bool


class RecordingRulesChange(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What is to be different; what is left out stays. A shorter time deletes what is older within minutes."""

    keep_days: Days | UnsetType | None = UNSET
    agents_listen: bool | UnsetType = UNSET


@get("/recordings")
async def recordings(request: Asked, desk: OurDesk, tenant: Tenant = None) -> RecordingRules:
    """What holds for the tenant's recordings."""
    async with desk.acting(request.user, tenant) as act:
        return RecordingRules(**await _found(act))


@put("/recordings")
async def change_recordings(
    request: Asked, desk: OurDesk, data: JSONBody[RecordingRulesChange], tenant: Tenant = None
) -> RecordingRules:
    """Change what holds for the tenant's recordings."""
    async with desk.acting(request.user, tenant) as act:
        # So that two who change it at once come one after the other.
        await act.row("SELECT FROM tenants WHERE id = %s FOR NO KEY UPDATE", act.tenant)
        before = await _found(act)
        wanted = given(data, ("keep_days", "agents_listen"))
        after = before | wanted
        await act.run(
            "INSERT INTO recording_settings (tenant_id, keep_days, agents_listen) VALUES (%s, %s, %s)"
            " ON CONFLICT (tenant_id) DO UPDATE"
            " SET keep_days = excluded.keep_days, agents_listen = excluded.agents_listen",
            *(act.tenant, after["keep_days"], after["agents_listen"]),
        )
        await act.audit("recordings.change", act.tenant, changed(before, wanted))
    return RecordingRules(**after)


async def _found(act: Acting) -> dict[str, Any]:
    row = await act.row("SELECT keep_days, agents_listen FROM recording_settings")
    return dict(row) if row is not None else dict(UNSAID)
