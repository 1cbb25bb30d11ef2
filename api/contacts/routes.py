"""/api/pbx/contacts: whom one calls and who calls. Agents look them up and add to them, supervisors change them."""

from typing import Annotated, Any, LiteralString

from litestar import Request, Router, delete, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation
from msgspec import UNSET, Meta, Struct, UnsetType
from psycopg.errors import UniqueViolation

from api.access import only
from api.admin.acting import Items, Limit, Offset, given, id_of, is_plain, missing
from api.admin.words import Name
from api.contacts.book import COLUMNS, Contact, contact_of
from api.database import Connection, Database
from api.dialling.numbers import e164_of
from api.dialling.permits import rules_of
from api.errors import BadRequest, Conflict
from api.roles import EVERYBODY, Role
from api.tokens import Principal

EDITORS = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR})
AUTHORS = EDITORS | {Role.AGENT}

_END = r"(?![\s\S])"
# Printable on one line, or nothing.
_LINE = rf"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*{_END}"
# The same with ends of lines and tabs.
_LINES = rf"^[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*{_END}"
Written = Annotated[str, Meta(pattern=rf"^[+0-9 ()./-]{{3,40}}{_END}", description="+49 30 123456, or as at home")]
Company = Annotated[str, Meta(max_length=200, pattern=_LINE)]
Email = Annotated[str, Meta(max_length=254, pattern=rf"^([^\s@\x00-\x1f\x7f-\x9f]+@[^\s@\x00-\x1f\x7f-\x9f]+)?{_END}")]
Notes = Annotated[str, Meta(max_length=4_000, pattern=_LINES)]
Search = Annotated[
    str | None, QueryParameter(name="search", description="a part of name, company or number", max_length=200)
]


class NewContact(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A contact to be made. The number is read from the tenant's country; a tenant has each number once."""

    name: Name
    number: Written
    company: Company = ""
    email: Email = ""
    notes: Notes = ""


class ContactChange(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What is to be different; what is left out stays."""

    name: Name | UnsetType = UNSET
    number: Written | UnsetType = UNSET
    company: Company | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    notes: Notes | UnsetType = UNSET


class ContactDesk(Struct, frozen=True):
    """What these routes need; `country` is that of tenants who have said none."""

    database: Database
    country: str


OurDesk = NamedDependency[SkipValidation[ContactDesk]]
Asked = Request[Principal, Any, Any]


@get("/")
async def contacts(
    request: Asked, desk: OurDesk, search: Search = None, limit: Limit = 100, offset: Offset = 0
) -> Items[Contact]:
    """The contacts by name. `search` finds a part of name or company, or a number however it is written."""
    if search is not None and not is_plain(search):
        raise BadRequest("search: it has characters that no name has.")
    tenant = request.user.tenant
    async with desk.database.seeing(tenant) as connection:
        like = f"%{_literal(search or '')}%"
        number = e164_of(search or "", await _country(connection, desk))
        where: LiteralString = (
            "WHERE tenant_id = %s AND (name ILIKE %s OR company ILIKE %s OR number LIKE %s OR number = %s)"
        )
        values = (tenant, like, like, like, number)
        statement: LiteralString = f"SELECT {COLUMNS} FROM contacts {where} ORDER BY name, number LIMIT %s OFFSET %s"
        rows = await (await connection.execute(statement, [*values, limit, offset])).fetchall()
        count = await (await connection.execute(f"SELECT count(*) AS total FROM contacts {where}", values)).fetchone()
    return Items([contact_of(row) for row in rows], count["total"] if count else 0)


@post("/", status_code=201, opt=only(AUTHORS))
async def add_contact(request: Asked, desk: OurDesk, data: JSONBody[NewContact]) -> Contact:
    """Make a contact."""
    tenant = request.user.tenant
    async with desk.database.seeing(tenant) as connection:
        number = await _e164(connection, desk, data.number)
        try:
            found = await connection.execute(
                "INSERT INTO contacts (tenant_id, name, number, company, email, notes) VALUES (%s, %s, %s, %s, %s, %s)"
                f" RETURNING {COLUMNS}",
                [tenant, data.name, number, data.company, data.email, data.notes],
            )
        except UniqueViolation:
            raise _taken(number) from None
        row = await found.fetchone()
    assert row is not None
    return contact_of(row)


@get("/{contact_id:str}")
async def contact(request: Asked, desk: OurDesk, contact_id: FromPath[str]) -> Contact:
    """One contact."""
    async with desk.database.seeing(request.user.tenant) as connection:
        return contact_of(await _found(connection, contact_id))


@put("/{contact_id:str}", opt=only(EDITORS))
async def change_contact(
    request: Asked, desk: OurDesk, contact_id: FromPath[str], data: JSONBody[ContactChange]
) -> Contact:
    """Change a contact."""
    async with desk.database.seeing(request.user.tenant) as connection:
        after = await _found(connection, contact_id) | given(data, ("name", "company", "email", "notes"))
        if data.number is not UNSET:
            after["number"] = await _e164(connection, desk, data.number)
        try:
            await connection.execute(
                "UPDATE contacts SET name = %s, number = %s, company = %s, email = %s, notes = %s, changed_at = now()"
                " WHERE id = %s",
                [after["name"], after["number"], after["company"], after["email"], after["notes"], after["id"]],
            )
        except UniqueViolation:
            raise _taken(after["number"]) from None
    return contact_of(after)


@delete("/{contact_id:str}", status_code=204, opt=only(EDITORS))
async def remove_contact(request: Asked, desk: OurDesk, contact_id: FromPath[str]) -> None:
    """Delete a contact. Calls that were theirs stay."""
    async with desk.database.seeing(request.user.tenant) as connection:
        row = await _found(connection, contact_id)
        await connection.execute("DELETE FROM contacts WHERE id = %s", [row["id"]])


async def _found(connection: Connection, contact_id: str) -> dict[str, Any]:
    statement: LiteralString = f"SELECT {COLUMNS} FROM contacts WHERE id = %s FOR UPDATE"
    row = await (await connection.execute(statement, [id_of(contact_id, "contact")])).fetchone()
    if row is None:
        raise missing("contact")
    return row


async def _country(connection: Connection, desk: ContactDesk) -> str:
    return (await rules_of(connection)).country or desk.country


async def _e164(connection: Connection, desk: ContactDesk, text: str) -> str:
    country = await _country(connection, desk)
    number = e164_of(text, country)
    if number is None:
        raise BadRequest(f"number: that is no phone number, read from {country}; write it as +49 30 123456.")
    return number


def _taken(number: str) -> Conflict:
    return Conflict(f"number: there is a contact with {number} already; change that one.")


def _literal(text: str) -> str:
    """A text in which LIKE sees no pattern."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def contact_router(desk: ContactDesk) -> Router:
    """The routes under /api/pbx/contacts."""
    return Router(
        "/api/pbx/contacts",
        route_handlers=[contacts, add_contact, contact, change_contact, remove_contact],
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        opt=only(EVERYBODY),
        tags=["Contacts"],
    )
