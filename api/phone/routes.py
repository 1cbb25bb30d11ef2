"""The routes of pages that are phones: /api/pbx/phone, /sip, and what supervisors do by their own."""

import time
from typing import Annotated, Any, cast

from litestar import Request, Router, WebSocket, delete, get, post, websocket
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation
from msgspec import Struct

from api.access import only
from api.control.commands import command_form
from api.errors import BadRequest
from api.gate import Gate
from api.live.messages import CommandUpdated
from api.phone import forms
from api.phone.customers import Customers
from api.phone.desk import PhoneDesk, checked_find
from api.phone.relay import REPLACED, SIP, Relay
from api.phone.sessions import Phones
from api.phone.supervise import SuperviseDesk
from api.roles import ACTORS, EVERYBODY, LEADERS
from api.tokens import Principal

NO_SESSION = "This page is not your phone: ask for a session first."


class PhoneParts(Struct, frozen=True):
    """What the routes need."""

    desk: PhoneDesk
    supervise: SuperviseDesk
    relay: Relay
    phones: Phones
    gate: Gate
    customers: Customers


OurParts = NamedDependency[SkipValidation[PhoneParts]]
Asked = Request[Principal, Any, Any]
Find = Annotated[str, QueryParameter(name="find", description="a part of a name or number", max_length=100)]
Page = Annotated[str, QueryParameter(name="page", description="the page's id", min_length=1, max_length=64)]


@post("/phone/session", status_code=200, opt=only(EVERYBODY))
async def open_session(request: Asked, parts: OurParts, data: JSONBody[forms.SessionBody]) -> forms.SessionForm:
    """Make this page one's phone: what it registers with. Another page of the same user is the phone no longer."""
    return await parts.desk.open(request.user, data.page_id)


@get("/phone/directory", opt=only(EVERYBODY))
async def directory(request: Asked, parts: OurParts, find: Find = "") -> forms.Directory:
    """People and queues on one's PBX, what they do now, and who waits."""
    return await parts.desk.directory(request.user, checked_find(find))


@post("/phone/target", status_code=200, opt=only(EVERYBODY))
async def target(request: Asked, parts: OurParts, data: JSONBody[forms.TargetBody]) -> forms.TargetForm:
    """Whether a call can be sent there, and what the phone dials for it. A number's rules are asked, and it counts."""
    return await parts.desk.target(request.user, data.to, data.call_id)


@get("/phone/history", opt=only(EVERYBODY))
async def history(request: Asked, parts: OurParts) -> forms.History:
    """One's calls of today, taken and missed."""
    return await parts.desk.history(request.user)


@get("/calls/{call_id:str}/customer", opt=only(ACTORS))
async def customer(request: Asked, parts: OurParts, call_id: FromPath[str]) -> forms.CustomerForm:
    """Whom the agent of a call talks to: the contact, and the calls that they had before, with notes and result."""
    return await parts.customers.of(request.user, call_id)


@post("/phone/quality", status_code=204, opt=only(EVERYBODY))
async def quality(request: Asked, parts: OurParts, data: JSONBody[forms.QualityBody]) -> None:
    """Say how one's leg of a call sounds; the last word on a leg is kept."""
    await parts.desk.quality(request.user, data)


@post("/phone/commands/{command_id:str}", status_code=204, opt=only(EVERYBODY))
async def result(request: Asked, parts: OurParts, command_id: FromPath[str], data: JSONBody[forms.ResultBody]) -> None:
    """Say what came of a `phone:command`: that it could not be done, or, of muting, that it was."""
    await parts.desk.answer(request.user, command_id, data)


@post("/calls/{call_id:str}/supervise", status_code=202)
async def supervise(
    request: Asked, parts: OurParts, call_id: FromPath[str], data: JSONBody[forms.SuperviseBody]
) -> CommandUpdated:
    """Ring one's own page, which answers by itself, to hear a call; whisper to its agent, or speak to both."""
    _same(call_id, data.call_id)
    return command_form(await parts.supervise.supervise(request.user, call_id, data.mode))


@delete("/calls/{call_id:str}/supervise", status_code=202)
async def end_supervising(request: Asked, parts: OurParts, call_id: FromPath[str]) -> CommandUpdated:
    """Hear a call no more."""
    return command_form(await parts.supervise.end(request.user, call_id))


@post("/calls/{call_id:str}/conference", status_code=202, opt=only(ACTORS))
async def conference(
    request: Asked, parts: OurParts, call_id: FromPath[str], data: JSONBody[forms.ConferenceBody]
) -> CommandUpdated:
    """Ring an extension or a number, and let who answers into the call."""
    _same(call_id, data.call_id)
    return command_form(await parts.supervise.conference(request.user, call_id, data.target))


@websocket("/sip", opt=only(EVERYBODY))
async def sip_socket(socket: WebSocket[Principal, Any, Any], parts: OurParts, page: Page) -> None:
    """A page's SIP."""
    session = await parts.phones.session(socket.user, page)
    await socket.accept(subprotocols=SIP if SIP in socket.scope["subprotocols"] else None)
    if session is None or SIP not in socket.scope["subprotocols"]:
        # A browser tells its page the reason only of a socket that was open.
        await socket.close(REPLACED, NO_SESSION)
        return

    async def still() -> bool:
        return await parts.gate.still_holds(socket.user, time.time())

    await parts.relay.run(cast(Any, socket), session, still)


def phone_routers(parts: PhoneParts) -> list[Router]:
    """All routes of phones."""
    provided = {"parts": Provide(lambda: parts, sync_to_thread=False)}
    handlers: list[Any] = [
        *(open_session, directory, target, history, customer, quality, result, supervise, end_supervising, conference)
    ]
    return [
        Router("/api/pbx", route_handlers=handlers, dependencies=provided, opt=only(LEADERS), tags=["Phones"]),
        Router("/", route_handlers=[sip_socket], dependencies=provided),
    ]


def _same(call_id: str, said: str | None) -> None:
    if said is not None and said != call_id:
        raise BadRequest("callId: it is not the call of the address.")
