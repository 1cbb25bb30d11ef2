"""The routes that act: /api/pbx/agent/status, /calls, /commands, /queues. Acting is answered with a command.

202 says that it was written down, not that it was done: `GET /api/pbx/commands/{id}` and the event `command:updated`
tell what came of it.
"""

from typing import Annotated, Any

from litestar import Request, Router, delete, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter, SkipValidation
from msgspec import Struct

from api.access import only
from api.control import forms
from api.control.commands import command_form
from api.control.desk import CallDesk
from api.control.floor import FloorDesk
from api.control.notes import Notebook
from api.errors import BadRequest
from api.live.messages import CommandUpdated
from api.roles import ACTORS, LEADERS
from api.tokens import Principal


class Desks(Struct, frozen=True):
    """What the routes need."""

    calls: CallDesk
    floor: FloorDesk
    notebook: Notebook


OurDesks = NamedDependency[SkipValidation[Desks]]
Asked = Request[Principal, Any, Any]
Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="the same key with the same request, within a day, is the same call",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+(?![\s\S])",
    ),
]
AgentQuery = Annotated[
    str | None,
    QueryParameter(name="agentId", description="the agent; without it oneself", min_length=1, max_length=200),
]


@post("/agent/status", status_code=202)
async def set_status(request: Asked, desks: OurDesks, data: JSONBody[forms.StatusBody]) -> CommandUpdated:
    """Change an agent's status: AVAILABLE takes calls, AWAY and BUSY pause, OFFLINE leaves the queues."""
    return command_form(await desks.floor.status(request.user, data.status, data.reason, data.agent_id))


@post("/calls/dial", status_code=202)
async def dial(request: Asked, desks: OurDesks, data: JSONBody[forms.DialBody], key: Key = None) -> CommandUpdated:
    """Ring one's own phone and, when it is answered, dial the number."""
    return command_form(await desks.calls.dial(request.user, data.phone_number, data.contact_id, key))


@get("/calls/{call_id:str}")
async def call(request: Asked, desks: OurDesks, call_id: FromPath[str]) -> forms.CallForm:
    """A call: its parties, notes, disposition, and whether its agent is muted."""
    return await desks.notebook.call(request.user, call_id)


@post("/calls/{call_id:str}/answer", status_code=202)
async def answer(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.OfCall | None] = None
) -> CommandUpdated:
    """Ask the agent's phone to pick up."""
    _same(call_id, data)
    return command_form(await desks.calls.answer(request.user, call_id))


@post("/calls/{call_id:str}/hangup", status_code=202)
async def hangup(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.OfCall | None] = None
) -> CommandUpdated:
    """End the agent's part of the call."""
    _same(call_id, data)
    return command_form(await desks.calls.hangup(request.user, call_id))


@post("/calls/{call_id:str}/hold", status_code=202)
async def hold(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.HoldBody | None] = None
) -> CommandUpdated:
    """Ask the agent's phone to hold or, with `hold: false`, to take the other side back."""
    _same(call_id, data)
    wanted = True if data is None else data.hold
    return command_form(await desks.calls.hold(request.user, call_id, hold=wanted))


@post("/calls/{call_id:str}/unhold", status_code=202)
async def unhold(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.OfCall | None] = None
) -> CommandUpdated:
    """Ask the agent's phone to take the other side back."""
    _same(call_id, data)
    return command_form(await desks.calls.hold(request.user, call_id, hold=False))


@post("/calls/{call_id:str}/transfer", status_code=202)
async def transfer(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.TransferBody]
) -> CommandUpdated:
    """Send the other side to an extension, a queue or a number: at once (blind), or after consulting (attended)."""
    _same(call_id, data)
    return command_form(await desks.calls.transfer(request.user, call_id, data.target, data.type))


@post("/calls/{call_id:str}/transfer/complete", status_code=202)
async def complete(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.OfCall | None] = None
) -> CommandUpdated:
    """Complete an attended transfer: the two others talk to each other, the agent is out."""
    _same(call_id, data)
    return command_form(await desks.calls.complete(request.user, call_id))


@post("/calls/{call_id:str}/transfer/cancel", status_code=202)
async def cancel(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.OfCall | None] = None
) -> CommandUpdated:
    """Give an attended transfer up: the agent is back with the other side."""
    _same(call_id, data)
    return command_form(await desks.calls.cancel(request.user, call_id))


@post("/calls/{call_id:str}/mute", status_code=202)
async def mute(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.MuteBody]
) -> CommandUpdated:
    """Mute the agent in the call, or not. It lasts until the agent's part of the call ends."""
    _same(call_id, data)
    return command_form(await desks.calls.mute(request.user, call_id, muted=data.muted))


@post("/calls/{call_id:str}/notes", status_code=200)
async def notes(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.NotesBody]
) -> forms.NotesForm:
    """Keep notes and a disposition of a call, also after it has ended."""
    _same(call_id, data)
    return await desks.notebook.write(request.user, call_id, data.notes, data.disposition)


@post("/calls/{call_id:str}/recording/start", status_code=202)
async def record(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.OfCall | None] = None
) -> CommandUpdated:
    """Begin to record the call."""
    _same(call_id, data)
    return command_form(await desks.calls.record(request.user, call_id))


@post("/calls/{call_id:str}/recording/stop", status_code=202)
async def stop_recording(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.OfCall | None] = None
) -> CommandUpdated:
    """End the recording of the call."""
    _same(call_id, data)
    return command_form(await desks.calls.stop_recording(request.user, call_id))


@post("/calls/{call_id:str}/redirect", status_code=202, opt=only(LEADERS))
async def redirect(
    request: Asked, desks: OurDesks, call_id: FromPath[str], data: JSONBody[forms.RedirectBody]
) -> CommandUpdated:
    """Send the caller who waits, or whom an agent talks to, to an extension, a queue or a number."""
    _same(call_id, data)
    return command_form(await desks.calls.redirect(request.user, call_id, data.target))


@post("/calls/bridge", status_code=202, opt=only(LEADERS))
async def bridge(request: Asked, desks: OurDesks, data: JSONBody[forms.BridgeBody]) -> CommandUpdated:
    """Let the outside parties of two calls talk to each other; their agents are out."""
    return command_form(await desks.calls.bridge(request.user, data.call_id, data.other_call_id))


@get("/commands/{command_id:str}")
async def command(request: Asked, desks: OurDesks, command_id: FromPath[str]) -> CommandUpdated:
    """What came of a command: accepted, sent, confirmed or failed, and why."""
    return command_form(await desks.calls.command(request.user, command_id))


@get("/dispositions")
async def dispositions(request: Asked, desks: OurDesks) -> forms.Dispositions:
    """The codes by which agents say what came of a call."""
    return await desks.notebook.dispositions(request.user)


@get("/queues/{queue_id:str}", opt=only(LEADERS))
async def queue(request: Asked, desks: OurDesks, queue_id: FromPath[str]) -> forms.QueueForm:
    """A queue's members and callers, as the PBX says them right now."""
    return await desks.floor.queue(request.user, queue_id)


@post("/queues/{queue_id:str}/members", status_code=202)
async def join(
    request: Asked, desks: OurDesks, queue_id: FromPath[str], data: JSONBody[forms.MemberBody]
) -> CommandUpdated:
    """Make oneself, or another agent, a member of a queue."""
    found = await desks.floor.join(request.user, queue_id, data.agent_id, data.penalty, paused=data.paused)
    return command_form(found)


@delete("/queues/{queue_id:str}/members", status_code=202)
async def leave(
    request: Asked, desks: OurDesks, queue_id: FromPath[str], agent_id: AgentQuery = None
) -> CommandUpdated:
    """Take oneself, or another agent, out of a queue."""
    return command_form(await desks.floor.leave(request.user, queue_id, agent_id))


@post("/queues/{queue_id:str}/members/pause", status_code=202)
async def pause(
    request: Asked, desks: OurDesks, queue_id: FromPath[str], data: JSONBody[forms.PauseBody]
) -> CommandUpdated:
    """Pause oneself, or another agent, in a queue, or not."""
    found = await desks.floor.pause(request.user, queue_id, data.agent_id, data.reason, paused=data.paused)
    return command_form(found)


@post("/queues/{queue_id:str}/route", status_code=202, opt=only(LEADERS))
async def route(
    request: Asked, desks: OurDesks, queue_id: FromPath[str], data: JSONBody[forms.DialBody]
) -> CommandUpdated:
    """Let the agent of a queue who has been available for longest call a number."""
    return command_form(await desks.calls.route(request.user, queue_id, data.phone_number, data.contact_id))


def control_router(desks: Desks) -> Router:
    """All routes that act."""
    handlers: list[Any] = [
        *(set_status, dial, call, answer, hangup, hold, unhold, transfer, complete, cancel, mute, notes),
        *(record, stop_recording, redirect, bridge, command, dispositions, queue, join, leave, pause, route),
    ]
    return Router(
        "/api/pbx",
        route_handlers=handlers,
        dependencies={"desks": Provide(lambda: desks, sync_to_thread=False)},
        opt=only(ACTORS),
        tags=["Acting"],
    )


def _same(call_id: str, data: Any) -> None:
    """Raise BadRequest when the body names another call than the address."""
    said = None if data is None else data.call_id
    if said is not None and said != call_id:
        raise BadRequest("callId: it is not the call of the address.")
