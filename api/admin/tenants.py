"""/api/admin/tenants: the customers' organisations. Operators make and change them; everybody else sees their own."""

from datetime import datetime
from typing import Any

from litestar import get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Struct, UnsetType
from psycopg.errors import UniqueViolation

from api.admin.acting import Asked, Items, OurDesk, changed, given, is_plain, missing
from api.admin.words import Name, TenantId
from api.errors import BadRequest, Conflict

HOME = "default"


class TenantForm(Struct, frozen=True, rename="camel"):
    """One tenant. Nobody of a tenant that is not active is signed in."""

    id: str
    name: str
    is_active: bool
    created_at: datetime


class NewTenant(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A tenant to be made. Its id is for good: it stands on every row."""

    id: TenantId
    name: Name


class TenantChange(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What is to be different; what is left out stays."""

    name: Name | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


@get("/tenants")
async def tenants(request: Asked, desk: OurDesk) -> Items[TenantForm]:
    """All tenants for an operator, else one's own."""
    async with desk.acting(request.user, None) as act:
        rows = await act.rows("SELECT id, name, is_active, created_at FROM tenants ORDER BY name, id")
    return Items([_form(row) for row in rows], len(rows))


@post("/tenants", status_code=201)
async def add_tenant(request: Asked, desk: OurDesk, data: JSONBody[NewTenant]) -> TenantForm:
    """Make a tenant."""
    async with desk.acting(request.user, None) as act:
        act.need_operator()
        try:
            row = await act.row(
                "INSERT INTO tenants (id, name) VALUES (%s, %s) RETURNING id, name, is_active, created_at",
                *(data.id, data.name),
            )
        except UniqueViolation:
            raise Conflict(f"id: there is a tenant {data.id} already; choose another.") from None
        await act.audit("tenant.add", data.id, {"name": data.name})
    assert row is not None
    return _form(row)


@get("/tenants/{tenant_id:str}")
async def tenant(request: Asked, desk: OurDesk, tenant_id: FromPath[str]) -> TenantForm:
    """One tenant."""
    async with desk.acting(request.user, None) as act:
        found = is_plain(tenant_id) and await act.row(
            "SELECT id, name, is_active, created_at FROM tenants WHERE id = %s", tenant_id
        )
    if not found:
        raise missing("tenant")
    return _form(found)


@put("/tenants/{tenant_id:str}")
async def change_tenant(
    request: Asked, desk: OurDesk, tenant_id: FromPath[str], data: JSONBody[TenantChange]
) -> TenantForm:
    """Rename a tenant, close it or open it again. Closing one signs everybody of it out."""
    async with desk.acting(request.user, None) as act:
        act.need_operator()
        before = is_plain(tenant_id) and await act.row(
            "SELECT id, name, is_active, created_at FROM tenants WHERE id = %s FOR UPDATE", tenant_id
        )
        if not before:
            raise missing("tenant")
        wanted = given(data, ("name", "is_active"))
        if tenant_id == act.principal.tenant and wanted.get("is_active") is False:
            raise BadRequest("isActive: you would sign yourself out; let another operator close this tenant.")
        after = before | wanted
        await act.run(
            "UPDATE tenants SET name = %s, is_active = %s WHERE id = %s", after["name"], after["is_active"], tenant_id
        )
        await act.audit("tenant.change", tenant_id, changed(before, wanted))
    return _form(after)


def _form(row: dict[str, Any]) -> TenantForm:
    return TenantForm(row["id"], row["name"], row["is_active"], row["created_at"])
