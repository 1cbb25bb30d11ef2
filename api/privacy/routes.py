"""/api/admin/privacy: what there is about a person, handing it out, having it erased, and how long callers are kept."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Protocol
from uuid import UUID

from litestar import Request, Response, Router, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation
from litestar.response import Stream
from msgspec import Struct

from api.access import only
from api.admin.acting import Items, Limit, Offset, id_of, missing
from api.errors import BadRequest
from api.privacy.forms import Erasure, ErasureForm, PersonForm, Preview, Retention, RetentionForm
from api.privacy.reading import Reading
from api.roles import ADMINISTRATORS
from api.tokens import Principal
from calls.certificates import file_of


class Store(Protocol):
    """Where it all is: `api.privacy.store.PrivacyStore`."""

    async def reading(self, principal: Principal, text: str, field: str = "number") -> Reading: ...

    async def preview(self, principal: Principal, person: Reading) -> Preview: ...

    async def start(self, principal: Principal, person: Reading) -> Erasure: ...

    async def all(self, tenant: str, limit: int, offset: int) -> tuple[list[Erasure], int]: ...

    async def one(self, tenant: str, request_id: UUID) -> Erasure | None: ...

    async def certificate(self, principal: Principal, request_id: UUID) -> dict[str, Any] | None: ...

    async def retention(self, tenant: str) -> Retention: ...

    async def change_retention(self, principal: Principal, days: int | None) -> Retention: ...


class Exporter(Protocol):
    """Who makes the file of a person: `api.privacy.export.Exports`."""

    async def file(self, principal: Principal, person: Reading) -> tuple[str, AsyncIterator[bytes]]: ...


class AgentExporter(Protocol):
    """Who makes the file of an agent: `api.privacy.agent_export.AgentExports`."""

    async def file(self, principal: Principal, agent_id: str) -> tuple[str, AsyncIterator[bytes]]: ...


class PrivacyDesk(Struct, frozen=True):
    """What the routes need."""

    store: Store
    exports: Exporter
    agent_exports: AgentExporter


OurPrivacyDesk = NamedDependency[SkipValidation[PrivacyDesk]]
Asked = Request[Principal, Any, Any]
Number = Annotated[str, QueryParameter(name="number", description="+49 30 123456, or as it is dialled", max_length=40)]
AgentId = Annotated[
    str,
    QueryParameter(name="agentId", description="as in the list of agents, or PBX:ID", max_length=200),
]


@post("/preview", status_code=200)
async def preview(request: Asked, privacy_desk: OurPrivacyDesk, data: JSONBody[PersonForm]) -> Preview:
    """What there is about a person, by kind, and how the number is read. Nothing is changed.

    400 for extensions and for numbers that stand in for somebody who was erased.
    """
    person = await privacy_desk.store.reading(request.user, data.number)
    return await privacy_desk.store.preview(request.user, person)


@get("/export")
async def export(request: Asked, privacy_desk: OurPrivacyDesk, number: Number) -> Stream:
    """All that there is about a person, as a ZIP: `README.txt` in it says what each file is.

    It comes as it is read, recordings included; one that cannot be opened is named in `recordings.csv`.
    """
    person = await privacy_desk.store.reading(request.user, number)
    return _zip(*await privacy_desk.exports.file(request.user, person))


@get("/agent-export")
async def agent_export(request: Asked, privacy_desk: OurPrivacyDesk, agent_id: AgentId) -> Stream:
    """All that there is about an agent, callers left out, as a ZIP: `README.txt` in it says what each file is."""
    return _zip(*await privacy_desk.agent_exports.file(request.user, agent_id))


@post("/erasures", status_code=202)
async def start_erasure(request: Asked, privacy_desk: OurPrivacyDesk, data: JSONBody[ErasureForm]) -> Erasure:
    """Have a person erased: all of them until now. It goes on by itself and cannot be undone.

    Asked for twice, it is the one that is running. 400 where `confirm` is another number.
    """
    person = await privacy_desk.store.reading(request.user, data.number)
    again = await privacy_desk.store.reading(request.user, data.confirm, "confirm")
    if person.number != again.number:
        raise BadRequest("confirm: that is another number; write the same once more.")
    return await privacy_desk.store.start(request.user, person)


@get("/erasures")
async def erasures(
    request: Asked, privacy_desk: OurPrivacyDesk, limit: Limit = 100, offset: Offset = 0
) -> Items[Erasure]:
    """All erasures, the newest first, each with its steps and what they wait for."""
    return Items(*await privacy_desk.store.all(request.user.tenant, limit, offset))


@get("/erasures/{request_id:str}")
async def erasure(request: Asked, privacy_desk: OurPrivacyDesk, request_id: FromPath[str]) -> Erasure:
    """One erasure."""
    found = await privacy_desk.store.one(request.user.tenant, id_of(request_id, "erasure"))
    if found is None:
        raise missing("erasure")
    return found


@get("/erasures/{request_id:str}/certificate")
async def certificate(request: Asked, privacy_desk: OurPrivacyDesk, request_id: FromPath[str]) -> Response[bytes]:
    """The certificate of an erasure that is done, JSON. Its SHA-256 is the header `x-certificate-sha256`.

    404 until it is done.
    """
    identity = id_of(request_id, "erasure")
    found = await privacy_desk.store.certificate(request.user, identity)
    if found is None:
        raise missing("certificate")
    headers = {
        "content-disposition": f'attachment; filename="erasure-{str(identity)[:8]}.json"',
        "x-certificate-sha256": str(found.get("hash")),
    }
    return Response(file_of(found), media_type="application/json", headers=headers)


@get("/retention")
async def retention(request: Asked, privacy_desk: OurPrivacyDesk) -> Retention:
    """After how many days without a call a caller is erased, and how long recordings are kept."""
    return await privacy_desk.store.retention(request.user.tenant)


@put("/retention")
async def change_retention(request: Asked, privacy_desk: OurPrivacyDesk, data: JSONBody[RetentionForm]) -> Retention:
    """Set after how many days without a call a caller is erased, once a day; null: never."""
    return await privacy_desk.store.change_retention(request.user, data.forget_callers_days)


def _zip(name: str, chunks: AsyncIterator[bytes]) -> Stream:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Stream(chunks, media_type="application/zip", headers=headers)


def privacy_router(desk: PrivacyDesk) -> Router:
    """The routes under /api/admin/privacy."""
    handlers = [
        *(preview, export, agent_export, start_erasure, erasures, erasure, certificate),
        *(retention, change_retention),
    ]
    return Router(
        "/api/admin/privacy",
        route_handlers=handlers,
        dependencies={"privacy_desk": Provide(lambda: desk, sync_to_thread=False)},
        opt=only(ADMINISTRATORS),
        tags=["Privacy"],
    )
