"""The whole origin as one ASGI application, made of parts that are handed in. Must not read the environment."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import cast

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from api.access import Guard, only, refuse_undecided
from api.admin.acting import AdminDesk
from api.admin.routes import admin_router
from api.alerts.routes import AlertDesk, alert_router
from api.analysts.routes import AnalystDesk, analyst_router
from api.asgi import App, Receive, Scope, Send
from api.contacts.routes import ContactDesk, contact_router
from api.control.routes import Desks, control_router
from api.control.spoken import Spoken
from api.gate import COOKIE, Gate
from api.health import Checks, health_router
from api.history.routes import HistoryDesk, history_router
from api.live.asyncapi import asyncapi_json
from api.live.entrance import Entrance
from api.live.hub import Hub
from api.live.seats import Seats
from api.live.socket import pbx_socket
from api.login import Doorman, login_routers
from api.managers.limits import LimitDesk, limit_router
from api.managers.routes import Desk, manager_router
from api.outermost import Door, Outermost
from api.pages import pages_router, read_pages
from api.past.routes import PastDesk, past_router
from api.phone.page import desktop_router, read_desktop
from api.phone.routes import PhoneParts, phone_routers
from api.post.routes import ScheduleDesk, schedule_router
from api.privacy.routes import PrivacyDesk, privacy_router
from api.problems import respond
from api.recordings.routes import RecordingDesk, recording_router
from api.reports import Reports, is_ours
from api.roles import EVERYBODY
from api.socketio.transports import SocketIo, is_socketio
from api.telemetry import Telemetry

VERSION = "1"
# The largest body that any of our own routes reads is a login.
MAX_BODY = 16 * 1024

Lifespan = Callable[[], AbstractAsyncContextManager[None]]
Routes = Sequence[ControllerRouterHandler]


class Parts(Struct, frozen=True):
    """What the origin is made of. `lifespan` runs what goes on beside the requests."""

    gate: Gate
    doorman: Doorman
    desk: Desk
    limits: LimitDesk
    history: HistoryDesk
    admin: AdminDesk
    analysts: AnalystDesk
    acting: Desks
    phones: PhoneParts
    recordings: RecordingDesk
    contacts: ContactDesk
    past: PastDesk
    privacy: PrivacyDesk
    schedules: ScheduleDesk
    alerts: AlertDesk
    hub: Hub
    seats: Seats
    checks: Checks
    telemetry: Telemetry
    reports: Reports
    door: Door
    lifespan: Lifespan


def routes_of(parts: Parts) -> Routes:
    """All of our own routes."""
    return [
        *login_routers(parts.doorman),
        manager_router(parts.desk),
        limit_router(parts.limits),
        history_router(parts.history),
        admin_router(parts.admin),
        control_router(parts.acting),
        *phone_routers(parts.phones),
        recording_router(parts.recordings),
        contact_router(parts.contacts),
        analyst_router(parts.analysts),
        past_router(parts.past),
        privacy_router(parts.privacy),
        schedule_router(parts.schedules),
        alert_router(parts.alerts),
        health_router(parts.checks, parts.telemetry),
        pages_router(read_pages(parts.gate)),
        desktop_router(read_desktop(parts.gate)),
        pbx_socket,
        asyncapi_json,
    ]


def create_origin(parts: Parts, routes: Routes | None = None) -> App:
    """Everything under one address: our own routes, Socket.IO, and the dashboard under /reports.

    `routes`: only these of our own; making all of them takes a moment.
    """
    entrance = _entrance(parts)
    # Litestar's own types are narrower than ASGI's.
    api, socketio = cast(App, create_api(parts, routes)), SocketIo(parts.gate, entrance)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and is_ours(scope["path"]):
            await parts.reports(scope, receive, send)
        elif scope["type"] != "lifespan" and is_socketio(scope["path"]):
            await socketio(scope, receive, send)
        else:
            await api(scope, receive, send)

    return Outermost(dispatch, parts.telemetry, parts.door)


def create_api(parts: Parts, routes: Routes | None = None) -> Litestar:
    """Our own routes, or these of them. Raises Undecided when one says nothing about who may call it."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with parts.lifespan():
            yield

    entrance = _entrance(parts)
    app = Litestar(
        routes_of(parts) if routes is None else routes,
        guards=[Guard(parts.gate).check],
        dependencies={"entrance": Provide(lambda: entrance, sync_to_thread=False)},
        exception_handlers={Exception: respond},
        lifespan=[lifespan],
        logging_config=None,
        openapi_config=_openapi(),
        request_max_body_size=MAX_BODY,
    )
    refuse_undecided(app)
    return app


def _entrance(parts: Parts) -> Entrance:
    spoken = Spoken(parts.acting.calls, parts.acting.floor)
    return Entrance(parts.hub, parts.gate, parts.seats, act=spoken.act)


def _openapi() -> OpenAPIConfig:
    schemes: dict[str, SecurityScheme] = {
        "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT"),
        "cookie": SecurityScheme(type="apiKey", security_scheme_in="cookie", name=COOKIE),
    }
    plugins: Sequence[JsonRenderPlugin] = [JsonRenderPlugin(path="/openapi.json")]
    return OpenAPIConfig(
        title="Trunkline",
        version=VERSION,
        description="Live figures are pushed over sockets, which /schema/asyncapi.json describes.",
        use_handler_docstrings=True,
        components=Components(security_schemes=dict(schemes)),
        security=[{"bearer": []}, {"cookie": []}],
        render_plugins=plugins,
        openapi_router=Router("/schema", route_handlers=[], opt=only(EVERYBODY), include_in_schema=False),
    )
