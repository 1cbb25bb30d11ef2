"""The bodies of /api/admin/privacy, field by field. Pure."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from api.privacy.words import Step

# As a contact's number is written.
Written = Annotated[
    str, Meta(pattern=r"^[+0-9 ()./-]{1,40}(?![\s\S])", description="+49 30 123456, or as it is dialled")
]
# As the table has it.
KeptDays = Annotated[int, Meta(ge=30, le=3650)]


class PersonForm(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose number; read from the tenant's country where it names none."""

    number: Written


class ErasureForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The person to be erased. `confirm`: the same number once more, because there is no way back."""

    number: Written
    confirm: Written


class Found(Struct, frozen=True):
    """How much of each kind there is. `transfers`: calls that were only sent on to the person.

    `events` are what the telephone system said in these calls; `commands` what somebody asked of it with this number.
    """

    calls: int
    transfers: int
    notes: int
    recordings: int
    events: int
    corrections: int
    comparisons: int
    contacts: int
    commands: int
    dialled: int
    refused: int


class Preview(Struct, frozen=True, rename="camel"):
    """What there is. `number` as it was read, `also`: other ways in which it is found. `running`: an erasure's id."""

    number: str
    also: list[str]
    first_at: datetime | None
    last_at: datetime | None
    found: Found
    running: str | None


class Erasure(Struct, frozen=True, rename="camel"):
    """A request that people be erased. `kind`: `caller`, or `retention` where their time was over; nobody asked then.

    `unchanged`: all figures are as before; null until it is done. `intact`: the certificate is what its hash says.
    """

    id: str
    kind: str
    asked_by: str | None
    asked_at: datetime
    people: int
    is_done: bool
    finished_at: datetime | None
    steps: list[Step]
    certificate_hash: str | None
    unchanged: bool | None
    intact: bool | None


class RetentionForm(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Callers who have not called for so many days are erased; null: never."""

    forget_callers_days: KeptDays | None


class Retention(Struct, frozen=True, rename="camel"):
    """How long is kept what. `recordings_keep_days` is set under `/api/admin/recordings`; null: for ever."""

    forget_callers_days: int | None
    recordings_keep_days: int | None
