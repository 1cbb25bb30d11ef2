"""The API's parts as tests make them: users, live state, and fakes at its seams; and the whole origin made of them."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from alert_parts import alert_desk
from analyst_parts import FakeAnalyst, FakeBook
from argon2 import PasswordHasher
from history_parts import FakeHistory, history_desk
from limit_parts import FakeLimits
from manager_parts import FakeStore
from msgspec.structs import replace
from no_dashboard import NoDashboard
from no_pbx import desks_on_nothing, phones_on_nothing
from past_parts import FakePast
from schedule_parts import schedule_desk
from stories import told

from api.accounts import AccountStore, Reached, Standing, Standings, User
from api.admin.acting import AdminDesk
from api.analysts.routes import AnalystDesk
from api.app import Parts
from api.contacts.book import Contact
from api.contacts.routes import ContactDesk
from api.database import Database
from api.door.brake import Allowance
from api.door.crowd import Crowd, Rates
from api.door.origins import Origins
from api.door.peers import Proxies
from api.gate import Gate
from api.health import Checks
from api.live.board import Board
from api.live.freshness import Certainty, Gap, PbxReport
from api.live.hub import Hub
from api.live.seats import Seats
from api.login import Doorman
from api.managers.limits import LimitDesk
from api.managers.routes import Desk
from api.outermost import Door
from api.passwords import Passwords
from api.past.routes import PastDesk
from api.privacy.parts import privacy_desk
from api.problems import raw_headers
from api.proxy import HttpProxy
from api.proxy_socket import SocketProxy
from api.recordings.playing import Player
from api.recordings.routes import RecordingDesk
from api.recordings.rows import RecordingRows
from api.reports import Reports
from api.roles import Role
from api.sign_ins import SignIns
from api.telemetry import Telemetry
from api.tokens import Principal, Tokens
from calls.form import call_form
from calls.live import AgentCall, AgentLive, CallLive, QueueLive, Waiter
from calls.presence import Presence, PresenceState
from calls.tally import Tally

SECRET = b"a secret of tests, long enough for it"
ORIGIN = "http://trunkline.test"
UTC = ZoneInfo("UTC")
# 2026-11-22T12:00:00Z, the beginning of a quarter of an hour.
NOON = 1_795_348_800_000
PASSWORD = "correct horse"
# Where no database is.
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"

# As cheap as argon2 allows: tests are not attackers.
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HASH = HASHER.hash(PASSWORD)


def user(role: Role = Role.MANAGER, tenant: str = "default", *, is_active: bool = True) -> User:
    """A user whose id is its role and tenant."""
    return User(f"{role}-{tenant}", tenant, role.title(), role, HASH, is_active)


class FakeAccounts:
    """Users in a dictionary, by name: the role's word, for each role. Each is signed in as `session_of` says."""

    def __init__(self, *users: User) -> None:
        self.users = {each.role.value: each for each in users or map(user, Role)}
        self.extensions: dict[str, Reached] = {}
        self.asked = 0

    async def find(self, username: str) -> User | None:
        return self.users.get(username)

    async def find_extension(self, extension: str, pbx: str | None) -> Reached | None:
        found = self.extensions.get(extension)
        return found if found is not None and pbx in (None, found.pbx) else None

    async def standings(self, sessions: Sequence[str]) -> dict[str, Standing]:
        self.asked += 1
        active = [each for each in self.users.values() if each.is_active]
        return {session_of(each): Standing(each.id, each.tenant, each.role) for each in active}


class FakeSignIns:
    """Sign-ins by the hash of their refresh token. All of a user are one."""

    def __init__(self) -> None:
        self.kept: dict[bytes, Principal] = {}
        self.ended: list[str] = []

    async def begin(self, user: User, refresh_hash: bytes, ends: int, user_agent: str) -> str:
        self.kept[refresh_hash] = Principal(user.id, user.name, user.tenant, user.role, ends, session_of(user))
        return session_of(user)

    async def rotate(self, presented: bytes, fresh: bytes) -> Principal | None:
        if presented not in self.kept:
            return None
        self.kept[fresh] = self.kept.pop(presented)
        return self.kept[fresh]

    async def end(self, principal: Principal) -> None:
        self.ended.append(principal.session)

    async def forget(self) -> None:
        self.kept.clear()


def session_of(user: User) -> str:
    """The id of this user's sign-in."""
    return f"sign-in of {user.id}"


class FakePulse:
    """Freshness, as told."""

    def __init__(self) -> None:
        self.known: list[PbxReport] = [PbxReport("pbx", NOON, 41)]
        self.heard = NOON

    def reports(self) -> Iterable[PbxReport]:
        return self.known

    def gaps(self) -> Iterable[Gap]:
        return []

    def certainty(self, tenant: str) -> Certainty:
        return Certainty(7, 2)

    def heard_at(self) -> int:
        return self.heard


class FakeBrake:
    """Counts in memory; no try comes back."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()

    async def take(self, *counted: tuple[Allowance, str]) -> float:
        self.taken.update((allowance.name, key) for allowance, key in counted)
        return max(
            allowance.every_s if self.taken[allowance.name, key] > allowance.tries else 0.0
            for allowance, key in counted
        )

    async def forgive(self, allowance: Allowance, key: str) -> None:
        del self.taken[allowance.name, key]


class Clock:
    """A clock that stands until it is moved; ms since the epoch."""

    def __init__(self, now: int = NOON) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def contact(name: str = "Ana Lind", number: str = "+4930123456") -> Contact:
    """Somebody who calls."""
    return Contact("7", name, number, "Lind AG", "", "", datetime.fromtimestamp(NOON / 1000, UTC))


def agent(name: str = "Alice", version: int = 1, **changes: Any) -> AgentLive:
    """An available agent of the queue `support`."""
    plain = AgentLive(
        pbx="pbx",
        tenant="default",
        agent_id=f"PJSIP/{name}",
        name=name,
        interface=f"PJSIP/{name}",
        extension=name,
        version=version,
        presence=Presence(PresenceState.AVAILABLE, NOON - 60_000),
        call=None,
        queues=["support"],
        tallies=[(NOON - 900_000, 2, 300.0, 10.0)],
    )
    return replace(plain, **changes)


def busy(name: str = "Alice", version: int = 2) -> AgentLive:
    """An agent on a call for ten seconds."""
    call = AgentCall("pbx:1", "support", "+493012345", "Ana", NOON - 10_000)
    return agent(name, version, call=call, presence=Presence(PresenceState.ON_CALL, NOON - 10_000, call_id="1"))


def queue(name: str = "support", version: int = 1, **changes: Any) -> QueueLive:
    """A queue in which one caller has waited for half a minute, with ten calls earlier today."""
    facts = Tally(offered=10, answered=8, abandoned=2, answered_in_sl=6, wait_answered_s=80.0, handled=8, talk_s=800.0)
    plain = QueueLive(
        pbx="pbx",
        tenant="default",
        queue_id=name,
        name=name.title(),
        version=version,
        waiting=[Waiter("pbx:2", NOON - 30_000, "+49301")],
        agents=1,
        service_level_s=20.0,
        short_abandon_s=5.0,
        target=0.8,
        tallies=[(NOON - 900_000, facts)],
    )
    return replace(plain, **changes)


def changed_call(version: int = 1, tenant: str = "default") -> CallLive:
    """A call that an agent answered, as it is published."""
    call = told(
        "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 60 caller ends, 61 agent Alice leaves"
    ).call
    return CallLive(version, replace(call_form(call), tenant=tenant), "PJSIP/Alice")


def principal(role: Role = Role.MANAGER, tenant: str = "default", expires: int = 4_000_000_000) -> Principal:
    """Somebody who is signed in."""
    return Principal(f"{role}-{tenant}", role.title(), tenant, role, expires, f"sign-in of {role}-{tenant}")


def bearer(role: Role = Role.MANAGER, tenant: str = "default") -> dict[str, str]:
    """The header that signs a request in."""
    return {"authorization": f"Bearer {token(role, tenant)}"}


def token(role: Role = Role.MANAGER, tenant: str = "default") -> str:
    """A token of this role."""
    return Tokens(SECRET).issue(principal(role, tenant))


@asynccontextmanager
async def nothing_beside() -> AsyncIterator[None]:
    """No work beside the requests."""
    yield


def make_gate(accounts: FakeAccounts | None = None, rates: Rates | None = None) -> Gate:
    """A gate with the tests' secret; time stands still."""
    standings = Standings(accounts or FakeAccounts(), clock=lambda: 0.0)
    return Gate(Tokens(SECRET), standings, crowd=Crowd(rates, lambda: 0.0))


class FakeSeats:
    """Each user of a tenant is the agents told; nobody is any if none are."""

    def __init__(self, *seats: str) -> None:
        self.told = frozenset(seats)
        self.asked: list[list[str]] = []

    async def seats(self, tenant: str, users: Sequence[str]) -> dict[str, frozenset[str]]:
        self.asked.append(list(users))
        return dict.fromkeys(users, self.told) if tenant == "default" else {}


def make_seats(*seats: str) -> Seats:
    """Agents of the users of `default`, by their keys on the topic."""
    return Seats(FakeSeats(*seats), clock=lambda: 0.0)


def make_doorman(accounts: AccountStore, sign_ins: SignIns | None = None) -> Doorman:
    """A doorman of these users."""
    kept = sign_ins or SignIns(FakeSignIns(), lambda _: None)
    return Doorman(accounts, kept, Passwords(HASHER), Tokens(SECRET), FakeBrake(), Origins())


def make_parts(**changes: Any) -> Parts:
    """All parts, fakes at the seams."""
    accounts = changes.pop("accounts", None) or FakeAccounts()
    gate = make_gate(accounts)
    hub = Hub(Board(), FakePulse(), UTC, Clock())
    plain = Parts(
        gate=gate,
        doorman=make_doorman(accounts),
        desk=Desk(FakeStore(), UTC, Clock()),
        limits=LimitDesk(FakeLimits()),
        admin=AdminDesk(Database(NOWHERE), Passwords(HASHER), UTC),
        analysts=AnalystDesk(FakeAnalyst(), FakeBook(), UTC),
        acting=desks_on_nothing(NOWHERE),
        phones=phones_on_nothing(NOWHERE, hub, gate),
        history=history_desk(FakeHistory(), UTC),
        recordings=RecordingDesk(RecordingRows(Database(NOWHERE)), Player(None)),
        contacts=ContactDesk(Database(NOWHERE), "DE"),
        past=PastDesk(FakePast(), UTC, Clock()),
        privacy=privacy_desk(Database(NOWHERE), "DE", UTC, Player(None)),
        schedules=schedule_desk(),
        alerts=alert_desk(),
        hub=hub,
        seats=make_seats(),
        checks=Checks({}),
        telemetry=Telemetry(),
        reports=Reports(
            gate, HttpProxy("dashboard.test:80", NoDashboard()), SocketProxy("127.0.0.1:1"), b"away", FakeBook()
        ),
        door=Door(Proxies(), Crowd()),
        lifespan=nothing_beside,
    )
    return replace(plain, **changes)


class Socket:
    """A WebSocket to an ASGI application, in the same loop."""

    def __init__(self) -> None:
        self.up: asyncio.Queue[Any] = asyncio.Queue()
        self.down: asyncio.Queue[Any] = asyncio.Queue()

    async def frame(self) -> dict[str, Any]:
        """The next frame, read as JSON."""
        message = await self.down.get()
        assert message["type"] == "websocket.send", message
        return dict(json.loads(message["text"]))

    async def closed(self) -> int:
        """The code with which it is closed; what comes before is passed over."""
        while (message := await self.down.get())["type"] != "websocket.close":
            assert message["type"] == "websocket.send"
        return int(message["code"])

    def send(self, text: str) -> None:
        """Send a frame."""
        self.up.put_nowait({"type": "websocket.receive", "text": text, "bytes": None})


@asynccontextmanager
async def socket_to(app: Any, path: str, headers: dict[str, str]) -> AsyncIterator[Socket]:
    """An open socket. Raises Refused when the application does not accept it."""
    socket, (path, _, query) = Socket(), path.partition("?")
    scope = {
        "type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "ws", "root_path": "",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "subprotocols": [], "state": {},
        "headers": raw_headers({"host": "trunkline.test", "origin": ORIGIN} | headers),
        "client": ("203.0.113.5", 1), "server": ("trunkline.test", 80), "extensions": {},
    }  # fmt: skip
    socket.up.put_nowait({"type": "websocket.connect"})
    task = asyncio.create_task(app(scope, socket.up.get, socket.down.put))
    try:
        if (await socket.down.get())["type"] != "websocket.accept":
            raise Refused
        yield socket
    finally:
        socket.up.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await task


class Refused(Exception):
    """A socket was closed before it opened."""


async def until(check: Callable[[], bool]) -> None:
    """Wait until it is so; a minute is for ever."""
    async with asyncio.timeout(60):
        while True:
            if check():
                return
            await asyncio.sleep(0.02)


def client_of(app: Any, **options: Any) -> httpx.AsyncClient:
    """A client of an ASGI application, at `ORIGIN`."""
    transport = httpx.ASGITransport(app, client=options.pop("peer", ("203.0.113.5", 4711)))
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, **options)
