"""/api/admin/dispositions: the codes by which agents say what came of a call. Each tenant has its own."""

from typing import Any

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Struct, UnsetType
from psycopg.errors import UniqueViolation

from api.admin.acting import Acting, Asked, Items, OurDesk, Tenant, changed, given, is_plain, missing
from api.admin.words import Code, Name
from api.errors import Conflict


class DispositionForm(Struct, frozen=True, rename="camel"):
    """One code. One that is not active is not offered any more; calls that have it keep it."""

    code: str
    title: str
    is_active: bool


class NewDisposition(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A code to be made. The code is for good: calls have it."""

    code: Code
    title: Name


class DispositionChange(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What is to be different; what is left out stays."""

    title: Name | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


@get("/dispositions")
async def dispositions(request: Asked, desk: OurDesk, tenant: Tenant = None) -> Items[DispositionForm]:
    """All codes by title."""
    async with desk.acting(request.user, tenant) as act:
        rows = await act.rows("SELECT code, title, is_active FROM dispositions ORDER BY title, code")
    return Items([_form(row) for row in rows], len(rows))


@post("/dispositions", status_code=201)
async def add_disposition(
    request: Asked, desk: OurDesk, data: JSONBody[NewDisposition], tenant: Tenant = None
) -> DispositionForm:
    """Make a code."""
    async with desk.acting(request.user, tenant) as act:
        try:
            await act.run(
                "INSERT INTO dispositions (tenant_id, code, title) VALUES (%s, %s, %s)",
                *(act.tenant, data.code, data.title),
            )
        except UniqueViolation:
            raise Conflict(f"code: there is {data.code} already; choose another.") from None
        await act.audit("disposition.add", data.code, {"title": data.title})
    return DispositionForm(data.code, data.title, True)


@put("/dispositions/{code:str}")
async def change_disposition(
    request: Asked, desk: OurDesk, code: FromPath[str], data: JSONBody[DispositionChange], tenant: Tenant = None
) -> DispositionForm:
    """Change a code's title, or whether it is offered."""
    async with desk.acting(request.user, tenant) as act:
        before = await _found(act, code)
        wanted = given(data, ("title", "is_active"))
        after = before | wanted
        await act.run(
            "UPDATE dispositions SET title = %s, is_active = %s WHERE code = %s",
            *(after["title"], after["is_active"], code),
        )
        await act.audit("disposition.change", code, changed(before, wanted))
    return _form(after)


@delete("/dispositions/{code:str}", status_code=204)
async def remove_disposition(request: Asked, desk: OurDesk, code: FromPath[str], tenant: Tenant = None) -> None:
    """Delete a code that no call has."""
    async with desk.acting(request.user, tenant) as act:
        before = await _found(act, code)
        # The tenant is named so that the index serves, and not only by row-level security.
        used = "SELECT FROM call_sessions WHERE tenant_id = %s AND disposition = %s LIMIT 1"
        if await act.row(used, act.tenant, code) is not None:
            raise Conflict("code: calls have it. Set isActive to false, so that it is not offered any more.")
        await act.run("DELETE FROM dispositions WHERE code = %s", code)
        await act.audit("disposition.remove", code, {"title": before["title"]})


async def _found(act: Acting, code: str) -> dict[str, Any]:
    row = is_plain(code) and await act.row(
        "SELECT code, title, is_active FROM dispositions WHERE code = %s FOR UPDATE", code
    )
    if not row:
        raise missing("disposition")
    return row


def _form(row: dict[str, Any]) -> DispositionForm:
    return DispositionForm(row["code"], row["title"], row["is_active"])
