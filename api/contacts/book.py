"""A tenant's contacts in PostgreSQL: their form on the wire, and callers found by what their lines say of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString, Protocol

from msgspec import Struct

from api.database import Database
from api.dialling.numbers import e164_of
from api.dialling.permits import rules_of

COLUMNS: LiteralString = "id, name, number, company, email, notes, created_at"
# With fewer digits it is an extension rather than a number without its plus.
LEAST_DIGITS = 8


class Contact(Struct, frozen=True, rename="camel"):
    """Somebody who calls or is called. `number` is in E.164, such as +4930123456."""

    id: str
    name: str
    number: str
    company: str
    email: str
    notes: str
    created_at: datetime


class CallerStore(Protocol):
    """Where callers are found."""

    async def find(self, tenant: str, numbers: Sequence[str]) -> Mapping[str, Contact]:
        """The contacts of those of these numbers that are of any; numbers are as the PBX tells them."""


class PostgresCallers:
    """`CallerStore` on the table `contacts`. `country` is that of tenants who have said none."""

    def __init__(self, database: Database, country: str) -> None:
        self._database = database
        self._country = country

    async def find(self, tenant: str, numbers: Sequence[str]) -> Mapping[str, Contact]:
        """The contacts of these numbers."""
        async with self._database.seeing(tenant) as connection:
            country = (await rules_of(connection)).country or self._country
            wanted = {number: readings(number, country) for number in numbers}
            every = sorted({each for found in wanted.values() for each in found})
            statement: LiteralString = f"SELECT {COLUMNS} FROM contacts WHERE tenant_id = %s AND number = ANY(%s)"
            rows = await (await connection.execute(statement, [tenant, every])).fetchall()
        known = {row["number"]: contact_of(row) for row in rows}
        found = {number: next((known[each] for each in read if each in known), None) for number, read in wanted.items()}
        return {number: contact for number, contact in found.items() if contact is not None}


def readings(number: str, country: str) -> list[str]:
    """What a caller's number may be in E.164, the likeliest first: some carriers leave out the plus."""
    forms = [e164_of(number, country)]
    if number.isascii() and number.isdecimal() and len(number) >= LEAST_DIGITS and not number.startswith("0"):
        forms.append(e164_of(f"+{number}", country))
    return list(dict.fromkeys(each for each in forms if each is not None))


def contact_of(row: dict[str, Any]) -> Contact:
    """The contact in a row of `COLUMNS`."""
    return Contact(
        id=str(row["id"]),
        name=row["name"],
        number=row["number"],
        company=row["company"],
        email=row["email"],
        notes=row["notes"],
        created_at=row["created_at"],
    )
