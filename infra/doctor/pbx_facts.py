"""What a running PBX says when it is asked: the subject of the checks of `pbx_checks`.

Job: log in as the ingester and as the API do, ask, and listen for an event of our own.
Contract: nothing is changed, and nothing is asked that is answered with a password. What a login may not ask, or the
PBX does not know, is None, and the checks say so. It takes a second or two, and at most some ten.
"""

import asyncio
import secrets
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from asterisk import dialplan
from asterisk.account import Account, Timing
from asterisk.actions import Ping, QueueStatus
from asterisk.ami import Packet, event_name, parse_packet
from asterisk.answers import Answer
from asterisk.connection import Connection
from asterisk.dialplan import Dialplan
from asterisk.encoding import Action
from asterisk.errors import ActionRefused, ActionTimedOut, AmiError, ConnectionLost, LoginRefused, NotConnected
from infra.doctor.manager_checks import is_loopback
from infra.doctor.questions import (
    CoreSettings,
    ListCommands,
    ModuleCheck,
    OwnEvent,
    PJSIPShowEndpoints,
    ShowWholeDialPlan,
)

# A login takes milliseconds, an answer too; these are for a PBX that is busy or far away.
LOGIN_SECONDS, ANSWER_SECONDS, EVENT_SECONDS = 6.0, 5.0, 3.0
POLL_SECONDS = 0.02
# What calls, queues, browsers, recordings and the records need.
MODULES = (
    *("chan_pjsip", "res_pjsip", "res_pjsip_registrar", "res_rtp_asterisk", "res_srtp", "pbx_config", "app_dial"),
    *("app_queue", "app_mixmonitor", "res_mutestream", "bridge_simple", "res_pjsip_notify", "res_pjsip_refer"),
    *("res_http_websocket", "res_pjsip_transport_websocket", "cel_custom", "cdr_csv"),
)


@dataclass(frozen=True)
class Access:
    """One login: who, and what is said where it is refused. `trouble` is empty after a login."""

    user: str
    trouble: str = ""
    # The actions it may use; None where the PBX does not tell.
    actions: frozenset[str] | None = None


@dataclass(frozen=True)
class Heard:
    """Whether our own event came back to the ingester's login, and what it carried."""

    came: bool
    timed: bool = False
    numbered: bool = False


@dataclass(frozen=True)
class Member:
    """One member of a queue; `status` is a device state (4 invalid, 5 unavailable)."""

    queue: str
    name: str
    interface: str
    status: str
    paused: bool


@dataclass(frozen=True)
class PbxFacts:
    """What was found. `address` is HOST:PORT of the manager interface."""

    expected_name: str
    address: str
    ingester: Access
    control: Access
    # Whether what is said crosses a network, and in clear.
    in_clear: bool = False
    version: str | None = None
    system_name: str | None = None
    # How many seconds the PBX's clock is before ours.
    clock_s: float | None = None
    heard: Heard | None = None
    dialplan: Dialplan | None = None
    queues: tuple[str, ...] | None = None
    members: tuple[Member, ...] = ()
    modules_missing: tuple[str, ...] | None = None
    # By endpoint: its device state as PJSIPShowEndpoints tells it.
    endpoints: dict[str, str] | None = None


@dataclass(frozen=True)
class Way:
    """How the PBX is reached, by whom."""

    name: str
    host: str
    port: int
    user: str
    control_user: str
    secret: str = field(repr=False)
    control_secret: str = field(repr=False)
    tls: ssl.SSLContext | None = None

    @property
    def ingester(self) -> Account:
        return Account(self.host, self.port, self.user, self.secret, self.tls)

    @property
    def control(self) -> Account:
        return Account(self.host, self.port, self.control_user, self.control_secret, self.tls)


class _Session:
    """One login, for as long as it is asked; it keeps the events that it hears."""

    def __init__(self, account: Account) -> None:
        self.events: list[Packet] = []
        self.user = account.username
        self.connection = Connection(account, self._take, timing=Timing(connect=LOGIN_SECONDS))

    def _take(self, packets: list[bytes], received_ms: int) -> None:
        self.events += [parse_packet(raw) for raw in packets if event_name(raw) == b"UserEvent"]

    async def trouble(self) -> str:
        """Wait until the login is accepted or cannot be; why not, or nothing."""
        deadline = time.monotonic() + LOGIN_SECONDS
        while not self.connection.logged_in:
            reason = self.connection.trouble
            if isinstance(reason, LoginRefused | ConnectionLost) or time.monotonic() > deadline:
                return str(reason)
            await asyncio.sleep(POLL_SECONDS)
        return ""

    async def ask(self, action: Action) -> Answer | None:
        """The answer; None when the PBX refuses, does not know the action, or says nothing."""
        try:
            return await self.connection.send(action, ANSWER_SECONDS)
        except (ActionRefused, ActionTimedOut, ConnectionLost, NotConnected):
            return None

    async def access(self) -> Access:
        """What the login came to."""
        trouble = await self.trouble()
        told = None if trouble else await self.ask(ListCommands())
        return Access(self.user, trouble, frozenset(key for key, _ in told.response.fields) if told else None)


@asynccontextmanager
async def _session(account: Account) -> AsyncIterator[_Session]:
    session = _Session(account)
    session.connection.start()
    try:
        yield session
    finally:
        await session.connection.close()


async def ask_pbx(way: Way) -> PbxFacts:
    """Everything that the checks look at. Raises nothing: what cannot be had is part of the facts."""
    async with _session(way.ingester) as ingester, _session(way.control) as control:
        listening, acting = await ingester.access(), await control.access()
        address = f"{way.host}:{way.port}"
        in_clear = way.tls is None and not is_loopback(way.host)
        if listening.trouble and acting.trouble:
            return PbxFacts(way.name, address, listening, acting, in_clear)
        # Either may ask; the one that acts may ask more.
        asking = ingester if acting.trouble else control
        settings, status = await asking.ask(CoreSettings()), await asking.ask(QueueStatus())
        items = status.items if status else ()
        return PbxFacts(
            expected_name=way.name,
            address=address,
            ingester=listening,
            control=acting,
            in_clear=in_clear,
            version=settings.response.get("AsteriskVersion") if settings else None,
            system_name=settings.response.get("SystemName") if settings else None,
            clock_s=await _clock(asking),
            heard=None if listening.trouble or acting.trouble else await _hear(ingester, control),
            dialplan=await _dialplan(asking),
            queues=tuple(one.get("Queue") for one in items if one.name == "QueueParams") if status else None,
            members=tuple(_member(one) for one in items if one.name == "QueueMember"),
            modules_missing=await _missing_modules(asking, acting),
            endpoints=await _endpoints(asking),
        )


async def _clock(session: _Session) -> float | None:
    asked = time.time()
    answer = await session.ask(Ping())
    try:
        told = float(answer.response.get("Timestamp")) if answer else None
    except ValueError:
        return None
    return told - (asked + time.time()) / 2 if told else None


async def _hear(listening: _Session, acting: _Session) -> Heard | None:
    nonce = secrets.token_hex(8)
    if await acting.ask(OwnEvent(nonce)) is None:
        return None
    deadline = time.monotonic() + EVENT_SECONDS
    while time.monotonic() < deadline:
        for event in listening.events:
            if event.get("Nonce") == nonce:
                return Heard(True, bool(event.get("Timestamp")), bool(event.get("SequenceNumber")))
        await asyncio.sleep(POLL_SECONDS)
    return Heard(False)


async def _dialplan(session: _Session) -> Dialplan | None:
    answer = await session.ask(ShowWholeDialPlan())
    return dialplan.from_packets(answer.items) if answer else None


def _member(item: Packet) -> Member:
    return Member(
        item.get("Queue"), item.get("Name"), item.get("Location"), item.get("Status"), item.get("Paused") == "1"
    )


async def _missing_modules(session: _Session, access: Access) -> tuple[str, ...] | None:
    if access.actions is None or "ModuleCheck" not in access.actions:
        return None
    missing = []
    for module in MODULES:
        try:
            await session.connection.send(ModuleCheck(f"{module}.so"), ANSWER_SECONDS)
        except ActionRefused:
            missing.append(module)
        except AmiError:
            return None
    return tuple(missing)


async def _endpoints(session: _Session) -> dict[str, str] | None:
    answer = await session.ask(PJSIPShowEndpoints())
    return {item.get("ObjectName"): item.get("DeviceState") for item in answer.items} if answer else None
