"""/api/admin/users: who may sign in, and as what. A user is never deleted: what was done stays theirs."""

from datetime import datetime
from typing import Any, LiteralString

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Struct, UnsetType
from psycopg.errors import UniqueViolation

from api.admin.acting import Acting, Asked, Items, Limit, Offset, OurDesk, Tenant, changed, given, id_of, missing
from api.admin.words import Name, NewPassword, Username
from api.errors import BadRequest, Conflict, NotAllowed
from api.roles import Role

_COLUMNS: LiteralString = "id, tenant_id, username, name, role, is_active, is_operator, created_at"


class UserForm(Struct, frozen=True, rename="camel"):
    """One user. An operator answers for the whole installation."""

    id: str
    tenant: str
    username: str
    name: str
    role: Role
    is_active: bool
    is_operator: bool
    created_at: datetime


class NewUser(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A user to be made. The user name is what they sign in with, the only one of it in the installation."""

    username: Username
    name: Name
    role: Role
    password: NewPassword
    is_operator: bool = False


class UserChange(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What is to be different; what is left out stays."""

    name: Name | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    is_operator: bool | UnsetType = UNSET


class PasswordForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The password that holds from now on."""

    password: NewPassword


@get("/users")
async def users(
    request: Asked, desk: OurDesk, tenant: Tenant = None, limit: Limit = 200, offset: Offset = 0
) -> Items[UserForm]:
    """The users by name."""
    async with desk.acting(request.user, tenant) as act:
        rows = await act.rows(f"SELECT {_COLUMNS} FROM users ORDER BY name, username LIMIT %s OFFSET %s", limit, offset)
        count = await act.row("SELECT count(*) AS total FROM users")
    return Items([_form(row) for row in rows], count["total"] if count else 0)


@post("/users", status_code=201)
async def add_user(request: Asked, desk: OurDesk, data: JSONBody[NewUser], tenant: Tenant = None) -> UserForm:
    """Make a user."""
    hashed = await desk.passwords.hash(data.password)
    async with desk.acting(request.user, tenant) as act:
        if data.is_operator:
            act.need_operator()
        _check_operator(data.role, is_operator=data.is_operator)
        values = (act.tenant, data.username, data.name, hashed, data.role.value, data.is_operator)
        try:
            row = await act.row(
                "INSERT INTO users (tenant_id, username, name, password_hash, role, is_operator)"
                f" VALUES (%s, %s, %s, %s, %s, %s) RETURNING {_COLUMNS}",
                *values,
            )
        except UniqueViolation:
            raise Conflict(f"username: {data.username} is taken; choose another.") from None
        assert row is not None
        said = {"username": data.username, "name": data.name, "role": data.role, "is_operator": data.is_operator}
        await act.audit("user.add", str(row["id"]), said)
    return _form(row)


@get("/users/{user_id:str}")
async def user(request: Asked, desk: OurDesk, user_id: FromPath[str], tenant: Tenant = None) -> UserForm:
    """One user."""
    async with desk.acting(request.user, tenant) as act:
        return _form(await _found(act, user_id))


@put("/users/{user_id:str}")
async def change_user(
    request: Asked, desk: OurDesk, user_id: FromPath[str], data: JSONBody[UserChange], tenant: Tenant = None
) -> UserForm:
    """Change a user. A role that is taken away is gone within seconds, on open pages too."""
    async with desk.acting(request.user, tenant) as act:
        before = await _found(act, user_id, for_change=True)
        wanted = given(data, ("name", "role", "is_active", "is_operator"))
        after = before | wanted
        if before["is_operator"] != after["is_operator"]:
            act.need_operator()
        _check_operator(after["role"], is_operator=after["is_operator"])
        _check_self(act, before, after)
        await act.run(
            "UPDATE users SET name = %s, role = %s, is_active = %s, is_operator = %s WHERE id = %s",
            *(after["name"], str(after["role"]), after["is_active"], after["is_operator"], before["id"]),
        )
        if not after["is_active"]:
            await _sign_out(act, before)
        await act.audit("user.change", str(before["id"]), changed(before, wanted))
    return _form(after)


@delete("/users/{user_id:str}", status_code=204)
async def deactivate_user(request: Asked, desk: OurDesk, user_id: FromPath[str], tenant: Tenant = None) -> None:
    """Deactivate a user: signed out everywhere, and no way in until somebody activates them again."""
    async with desk.acting(request.user, tenant) as act:
        before = await _found(act, user_id, for_change=True)
        _check_self(act, before, before | {"is_active": False})
        await act.run("UPDATE users SET is_active = false WHERE id = %s", before["id"])
        await _sign_out(act, before)
        await act.audit("user.deactivate", str(before["id"]), {})


@post("/users/{user_id:str}/password", status_code=204)
async def set_password(
    request: Asked, desk: OurDesk, user_id: FromPath[str], data: JSONBody[PasswordForm], tenant: Tenant = None
) -> None:
    """Set a user's password. Whoever is signed in by the old one is signed out."""
    hashed = await desk.passwords.hash(data.password)
    async with desk.acting(request.user, tenant) as act:
        before = await _found(act, user_id, for_change=True)
        await act.run("UPDATE users SET password_hash = %s WHERE id = %s", hashed, before["id"])
        await _sign_out(act, before)
        await act.audit("user.password", str(before["id"]), {})


@post("/users/{user_id:str}/sign-out", status_code=204)
async def sign_user_out(request: Asked, desk: OurDesk, user_id: FromPath[str], tenant: Tenant = None) -> None:
    """Sign a user out everywhere."""
    async with desk.acting(request.user, tenant) as act:
        before = await _found(act, user_id, for_change=True)
        count = await _sign_out(act, before)
        await act.audit("user.sign_out", str(before["id"]), {"sign_ins": count})


async def _found(act: Acting, user_id: str, *, for_change: bool = False) -> dict[str, Any]:
    """The row of a user. Raises NotFound, and NotAllowed when an operator is to be changed by anybody else."""
    statement: LiteralString = f"SELECT {_COLUMNS} FROM users WHERE id = %s"
    row = await act.row(statement + (" FOR UPDATE" if for_change else ""), id_of(user_id, "user"))
    if row is None:
        raise missing("user")
    if for_change and row["is_operator"] and not act.is_operator:
        raise NotAllowed("Only an operator may change an operator.")
    return row


async def _sign_out(act: Acting, row: dict[str, Any]) -> int:
    return await act.run(
        "UPDATE sign_ins SET revoked_at = now() WHERE user_id = %s AND revoked_at IS NULL AND expires_at > now()",
        row["id"],
    )


def _check_operator(role: str, *, is_operator: bool) -> None:
    if is_operator and role != Role.ADMINISTRATOR:
        raise BadRequest("isOperator: only an administrator can be an operator.")


def _check_self(act: Acting, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Raise BadRequest when somebody takes their own rights: nobody might be left who could give them back."""
    held = ("role", "is_active", "is_operator")
    if str(before["id"]) == act.principal.user_id and any(before[name] != after[name] for name in held):
        raise BadRequest("You cannot take your own rights; let another administrator do it.")


def _form(row: dict[str, Any]) -> UserForm:
    return UserForm(
        id=str(row["id"]),
        tenant=row["tenant_id"],
        username=row["username"],
        name=row["name"],
        role=Role(row["role"]),
        is_active=row["is_active"],
        is_operator=row["is_operator"],
        created_at=row["created_at"],
    )
