"""/api/admin/extensions/seen: where the PBX has seen an agent whom nobody has mapped to a user yet."""

from litestar import get
from msgspec import Struct

from api.admin.acting import Asked, Items, OurDesk, Tenant


class SeenForm(Struct, frozen=True):
    """An interface to be mapped. `name` is what the PBX calls the agent there."""

    pbx: str
    interface: str
    extension: str
    name: str


@get("/extensions/seen")
async def seen_extensions(request: Asked, desk: OurDesk, tenant: Tenant = None) -> Items[SeenForm]:
    """All that are not mapped, by PBX and extension."""
    async with desk.acting(request.user, tenant) as act:
        rows = await act.rows(
            "SELECT DISTINCT a.pbx, a.extension, a.interface, a.name FROM agent_extensions a"
            " WHERE NOT EXISTS (SELECT FROM extensions e WHERE e.pbx = a.pbx AND e.interface = a.interface)"
            " ORDER BY a.pbx, a.extension, a.interface, a.name"
        )
    return Items([SeenForm(row["pbx"], row["interface"], row["extension"], row["name"]) for row in rows], len(rows))
