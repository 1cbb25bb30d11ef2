"""/api/admin/extensions: which user is reached where.

The user may then sign in by the extension, with their own password, and is called by their own name wherever the agent
is shown. The SIP secret of the telephone is another matter.
"""

import re
from typing import Any
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Struct, UnsetType
from psycopg.errors import UniqueViolation

from api.admin.acting import Acting, Asked, Items, Limit, Offset, OurDesk, Tenant, changed, given, id_of, missing
from api.admin.words import Extension, Interface, PbxName
from api.errors import BadRequest, Conflict

WEB = re.compile(r"PJSIP/[A-Za-z0-9_.-]{1,40}")
_JOINED = """
SELECT e.id, e.tenant_id, e.user_id, u.username, u.name, e.pbx, e.interface, e.extension, e.is_web
FROM extensions e JOIN users u ON u.id = e.user_id
"""


class ExtensionForm(Struct, frozen=True, rename="camel"):
    """Where a user is reached. `username` and `name` are the user's; `isWeb`: the phone is a page in a browser."""

    id: str
    tenant: str
    user_id: str
    username: str
    name: str
    pbx: str
    interface: str
    extension: str
    is_web: bool


class NewExtension(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A user to be reached at an interface; the extension, if none is said, is the interface's: 1001 of PJSIP/1001.

    With `isWeb` the phone there is a page in a browser: the PBX needs no entry of its own for it, and may have none.
    """

    user_id: UUID
    pbx: PbxName
    interface: Interface
    extension: Extension | UnsetType = UNSET
    is_web: bool = False


class ExtensionChange(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What is to be different; what is left out stays."""

    user_id: UUID | UnsetType = UNSET
    extension: Extension | UnsetType = UNSET
    is_web: bool | UnsetType = UNSET


@get("/extensions")
async def extensions(
    request: Asked, desk: OurDesk, tenant: Tenant = None, limit: Limit = 200, offset: Offset = 0
) -> Items[ExtensionForm]:
    """All that are mapped, by PBX and extension."""
    async with desk.acting(request.user, tenant) as act:
        rows = await act.rows(f"{_JOINED} ORDER BY e.pbx, e.extension LIMIT %s OFFSET %s", limit, offset)
        count = await act.row("SELECT count(*) AS total FROM extensions")
    return Items([_form(row) for row in rows], count["total"] if count else 0)


@post("/extensions", status_code=201)
async def add_extension(
    request: Asked, desk: OurDesk, data: JSONBody[NewExtension], tenant: Tenant = None
) -> ExtensionForm:
    """Map an interface to a user. One that no agent of the tenant was seen at yet only an operator may give out."""
    if data.is_web:
        _check_web(data.interface)
    extension = data.extension or data.interface.partition("/")[2].partition("@")[0]
    async with desk.acting(request.user, tenant) as act:
        await _check_user(act, data.user_id)
        if not act.is_operator:
            await _check_seen(act, data)
        values = (act.tenant, data.user_id, data.pbx, data.interface, extension, data.is_web)
        try:
            row = await act.row(
                "INSERT INTO extensions (tenant_id, user_id, pbx, interface, extension, is_web)"
                " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
                *values,
            )
        except UniqueViolation as error:
            raise _taken(error, data.pbx) from None
        assert row is not None
        said = {"user_id": str(data.user_id), "pbx": data.pbx, "interface": data.interface, "extension": extension}
        await act.audit("extension.add", str(row["id"]), said | {"is_web": data.is_web})
        return _form(await _found(act, row["id"]))


@put("/extensions/{extension_id:str}")
async def change_extension(
    request: Asked, desk: OurDesk, extension_id: FromPath[str], data: JSONBody[ExtensionChange], tenant: Tenant = None
) -> ExtensionForm:
    """Give an interface to another user, or another extension to sign in with."""
    async with desk.acting(request.user, tenant) as act:
        before = await _found(act, id_of(extension_id, "extension"))
        wanted = given(data, ("user_id", "extension", "is_web"))
        after = before | wanted
        if after["is_web"]:
            _check_web(before["interface"])
        await _check_user(act, after["user_id"])
        try:
            await act.run(
                "UPDATE extensions SET user_id = %s, extension = %s, is_web = %s WHERE id = %s",
                *(after["user_id"], after["extension"], after["is_web"], before["id"]),
            )
        except UniqueViolation as error:
            raise _taken(error, before["pbx"]) from None
        text = {name: value if name == "is_web" else str(value) for name, value in wanted.items()}
        await act.audit(
            "extension.change", str(before["id"]), changed(before | {"user_id": str(before["user_id"])}, text)
        )
        return _form(await _found(act, before["id"]))


@delete("/extensions/{extension_id:str}", status_code=204)
async def remove_extension(request: Asked, desk: OurDesk, extension_id: FromPath[str], tenant: Tenant = None) -> None:
    """Map an interface to nobody: the agent is known by the interface again."""
    async with desk.acting(request.user, tenant) as act:
        before = await _found(act, id_of(extension_id, "extension"))
        await act.run("DELETE FROM extensions WHERE id = %s", before["id"])
        said = {"user_id": str(before["user_id"]), "pbx": before["pbx"], "interface": before["interface"]}
        await act.audit("extension.remove", str(before["id"]), said)


async def _found(act: Acting, number: UUID) -> dict[str, Any]:
    row = await act.row(f"{_JOINED} WHERE e.id = %s", number)
    if row is None:
        raise missing("extension")
    return row


def _check_web(interface: str) -> None:
    """Raise BadRequest for what no page can be: Asterisk finds a page by its SIP user, which is in the interface."""
    if not WEB.fullmatch(interface):
        raise BadRequest("interface: a phone in a browser is PJSIP/ and its SIP user, letters, digits, . _ and -.")


async def _check_user(act: Acting, user_id: UUID) -> None:
    if await act.row("SELECT FROM users WHERE id = %s", user_id) is None:
        raise BadRequest("userId: there is no such user.")


async def _check_seen(act: Acting, data: NewExtension) -> None:
    """Raise BadRequest where no agent of this tenant was seen: on a PBX of several, it may be another's telephone."""
    seen = await act.row(
        "SELECT FROM agent_extensions WHERE pbx = %s AND interface = %s LIMIT 1", data.pbx, data.interface
    )
    if seen is None:
        raise BadRequest(
            "interface: no agent of yours was seen there yet. Let them log into a queue once, or ask an operator."
        )


def _taken(error: UniqueViolation, pbx: str) -> Conflict:
    field = (
        "extension" if "extension" in (error.diag.constraint_name or "").removeprefix("extensions_") else "interface"
    )
    return Conflict(f"{field}: it is given out on {pbx} already.")


def _form(row: dict[str, Any]) -> ExtensionForm:
    return ExtensionForm(
        id=str(row["id"]),
        tenant=row["tenant_id"],
        user_id=str(row["user_id"]),
        username=row["username"],
        name=row["name"],
        pbx=row["pbx"],
        interface=row["interface"],
        extension=row["extension"],
        is_web=row["is_web"],
    )
