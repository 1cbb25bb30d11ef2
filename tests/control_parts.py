"""The command layer's parts as tests make them: commands in memory, facts as told, desks on no PBX."""

import itertools
from datetime import UTC, datetime
from uuid import UUID

from api_parts import NOON, NOWHERE, until
from fake_asterisk import FakeAsterisk, reply
from msgspec.structs import replace

from api.control.commands import FOLLOWS, Command, CommandStatus, Verdict
from api.control.desk import CallDesk
from api.control.facts import Seat, Waiting
from api.control.floor import FloorDesk
from api.control.links import Link, Links
from api.control.notes import Notebook
from api.control.permits import AnyNumber, DialPolicy
from api.control.places import RecordingPlace
from api.control.plan import Dialplan, Plan, Step
from api.control.routes import Desks
from api.control.runner import Runner
from api.control.seeker import Patience
from api.control.store import BUSY, Ask, CallEnd, Left, Wish
from api.control.targets import Targets
from api.database import Database
from api.errors import BadRequest, Conflict
from asterisk.account import Account, Timing
from asterisk.actions import Hangup
from asterisk.ami import Packet
from calls.live import AgentLive, QueueLive

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUICK = Timing(connect=1.0, login=1.0, boot=0.05, ping_every=0.5, ping_timeout=0.5, retry_first=0.02, retry_most=0.05)
SHORT = Patience(settles=0.1, away=0.6, look=0.01)
SECRET = "a secret of tests"


def command(name: str = "hangup", status: CommandStatus = CommandStatus.SENT, **changes: object) -> Command:
    """A command about a call of Alice's."""
    plain = Command(
        *(UUID(int=1), "default", "agent-default", name, {}, status, "", "pbx", "pbx:1", "PJSIP/Alice", "u1", AT)
    )
    return replace(plain, **changes)


def plan_of(name: str = "hangup", **changes: object) -> Plan:
    """A hang-up that its answer confirms."""
    plain = Plan(name, "pbx", (Step(Hangup("u1")),), call_id="pbx:1", interface="PJSIP/Alice", channel="u1")
    return replace(plain, **changes)


class FakeCommands:
    """`CommandStore` in memory, with the same compare-and-set."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Command] = {}
        self.keys: dict[str, tuple[UUID, bytes | None]] = {}
        self.calls: dict[str, CallEnd] = {}
        self.owners: dict[UUID, UUID] = {}
        self.alive: set[UUID] = set()

    async def earlier(self, ask: Ask) -> Command | None:
        if ask.key is None or ask.key not in self.keys:
            return None
        number, body = self.keys[ask.key]
        if body != ask.body_hash:
            raise Conflict("another request")
        return self.rows[number]

    async def accept(self, ask: Ask, wish: Wish) -> tuple[Command, bool]:
        if found := await self.earlier(ask):
            return found, False
        if wish.name == "dial" and any(self._is_open_dial(row, wish) for row in self.rows.values()):
            raise BadRequest(BUSY)
        who = ask.principal
        about = (wish.pbx, wish.call_id, wish.interface, wish.channel)
        made = Command(
            *(wish.id, who.tenant, who.user_id, wish.name, wish.arguments, CommandStatus.ACCEPTED, "", *about, AT)
        )
        self.rows[wish.id], self.owners[wish.id] = made, ask.owner
        if ask.key is not None:
            self.keys[ask.key] = (wish.id, ask.body_hash)
        return made, True

    def _is_open_dial(self, row: Command, wish: Wish) -> bool:
        return row.name == "dial" and row.interface == wish.interface and bool(FOLLOWS[row.status])

    async def take(self, command: Command) -> bool:
        row = self.rows[command.id]
        if row.status is not CommandStatus.ACCEPTED:
            return False
        self.rows[command.id] = replace(row, status=CommandStatus.SENT)
        return True

    async def settle(self, command: Command, verdict: Verdict, *, unsent: bool = False) -> Command | None:
        row = self.rows[command.id]
        if verdict.status not in FOLLOWS[row.status] or (unsent and row.status is not CommandStatus.ACCEPTED):
            return None
        self.rows[command.id] = replace(row, status=verdict.status, detail=verdict.detail, settled_at=AT)
        return self.rows[command.id]

    async def find(self, tenant: str, command_id: UUID) -> Command | None:
        row = self.rows.get(command_id)
        return row if row is not None and row.tenant == tenant else None

    async def last_transfer(self, tenant: str, channel: str) -> Command | None:
        confirmed = (row for row in self.rows.values() if row.status is CommandStatus.CONFIRMED)
        return next((row for row in confirmed if row.channel == channel and row.name.startswith("transfer")), None)

    async def call_end(self, tenant: str, call_id: str) -> CallEnd | None:
        return self.calls.get(call_id)

    async def lives(self, owner: UUID) -> None:
        self.alive.add(owner)

    async def left(self, at_most: int) -> list[Left]:
        orphans = [row for row in self.rows.values() if FOLLOWS[row.status] and self.owners[row.id] not in self.alive]
        return [Left(row.id, row.tenant, self.owners[row.id]) for row in orphans[:at_most]]

    async def claim(self, left: Left, owner: UUID, within_s: float) -> Command | None:
        if self.owners[left.id] != left.owner:
            return None
        self.owners[left.id] = owner
        return self.rows[left.id]

    async def forget(self) -> None:
        self.rows = {number: row for number, row in self.rows.items() if FOLLOWS[row.status]}

    async def given_up(self, command_ids: list[UUID]) -> set[UUID]:
        found = (self.rows[each] for each in command_ids if each in self.rows)
        return {row.id for row in found if row.name == "dial" and row.status is CommandStatus.FAILED}


class FakeFacts:
    """`Facts`, as told: seats, queues, callers who wait, contacts."""

    def __init__(self, *seats: Seat, queues: tuple[QueueLive, ...] = ()) -> None:
        self.seats = list(seats)
        self.queues = list(queues)
        self.callers: dict[str, Waiting] = {}
        self.contacts: set[str] = set()
        self.left: list[str] = []
        # Calls that all who are here have on hold.
        self.held: set[str] = set()
        self.rests: dict[str, float] = {}

    async def own(self, tenant: str, user_id: str) -> list[Seat]:
        return [each for each in self._of(tenant) if each.user_id == user_id]

    async def on_call(self, tenant: str, call_id: str) -> list[Seat]:
        return [each for each in self._of(tenant) if each.agent.call and each.agent.call.call_id == call_id]

    async def holding(self, tenant: str, call_id: str) -> list[Seat]:
        return [each for each in self._of(tenant) if call_id in self.held]

    async def agents(self, tenant: str, agent_id: str) -> list[Seat]:
        return [each for each in self._of(tenant) if each.agent.agent_id == agent_id]

    async def members(self, tenant: str, pbx: str, queue: str) -> list[AgentLive]:
        found = [each.agent for each in self._of(tenant) if each.agent.pbx == pbx and queue in each.agent.queues]
        return sorted(found, key=lambda agent: agent.presence.since)

    async def waiting(self, tenant: str, call_id: str) -> Waiting | None:
        return self.callers.get(call_id)

    async def queue(self, tenant: str, name: str) -> QueueLive | None:
        known = (it for it in self.queues if it.tenant == tenant)
        return next((it for it in known if name in (it.queue_id, f"{it.pbx}:{it.queue_id}")), None)

    async def reached(self, tenant: str, pbx: str, name: str) -> str | None:
        if any(it.queue_id == name for it in self.queues if it.tenant == tenant and it.pbx == pbx):
            return "queue"
        return "agent" if any(each.agent.extension == name for each in self._of(tenant)) else None

    async def has_contact(self, tenant: str, contact_id: str) -> bool:
        return contact_id in self.contacts

    async def left_queues(self, tenant: str, pbx: str, interface: str) -> list[str]:
        return self.left

    async def wrap_ups(self, tenant: str, pbx: str) -> dict[str, float]:
        return self.rests

    def _of(self, tenant: str) -> list[Seat]:
        return [each for each in self.seats if each.agent.tenant == tenant]


class Place:
    """`RecordingPlace` that counts."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def file(self, pbx: str, uniqueid: str) -> str:
        return f"/spool/{uniqueid}.{next(self._numbers)}.wav"


class FakePbx(FakeAsterisk):
    """A PBX with these channels, by Uniqueid: name, state, bridge. `refused` says what is answered with an error."""

    def __init__(self) -> None:
        super().__init__()
        self.channels: dict[str, tuple[str, str, str]] = {}
        self.members: list[dict[str, str]] = []
        self.nowhere: set[str] = set()
        self.refused: dict[str, str] = {}

    def answer(self, asked: Packet) -> bytes:
        name = asked.get("Action")
        if name in self.refused:
            return reply(asked, "Error", Message=self.refused[name])
        if name in ("Status", "Hangup") and asked.get("Channel") not in self.channels:
            return reply(asked, "Error", Message="No such channel")
        if name == "ShowDialPlan" and asked.get("Extension") in self.nowhere:
            return reply(asked, "Error", Message="Did not find extension")
        if name == "Status":
            return listed(asked, [self._channel("Status", asked.get("Channel"))])
        if name == "CoreShowChannels":
            return listed(asked, [self._channel("CoreShowChannel", each) for each in self.channels])
        if name == "ShowDialPlan":
            return listed(asked, [{"Event": "ListDialplan"}])
        if name == "QueueStatus":
            return listed(asked, [{"Event": "QueueMember", **member} for member in self.members])
        return super().answer(asked)

    @property
    def settings(self) -> dict[str, str]:
        """How an API is told of it."""
        return {
            "TRUNKLINE_PBX": "pbx",
            "TRUNKLINE_AMI": f"127.0.0.1:{self.port}",
            "TRUNKLINE_CONTROL_USER": "control",
            "TRUNKLINE_CONTROL_SECRET": self.secret,
        }

    def tell(self, event: str, **headers: str) -> None:
        """Say that something happened."""
        lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
        self.say(f"Event: {event}\r\nPrivilege: call,all\r\n{lines}\r\n".encode())

    def asked_for(self, action: str) -> list[Packet]:
        """What it was asked of this kind."""
        return [packet for packet in self.heard if packet.get("Action") == action]

    def _channel(self, event: str, uniqueid: str) -> dict[str, str]:
        name, state, bridge = self.channels[uniqueid]
        about = {"Event": event, "Channel": name, "ChannelState": state, "Uniqueid": uniqueid, "Linkedid": uniqueid}
        return about | {"BridgeID" if event == "Status" else "BridgeId": bridge}


def listed(asked: Packet, items: list[dict[str, str]]) -> bytes:
    """A list as Asterisk answers with it."""
    end = {"Event": "ListComplete", "EventList": "Complete"}
    packets = [{**item, "ActionID": asked.action_id} for item in (*items, end)]
    bodies = ("".join(f"{key}: {value}\r\n" for key, value in packet.items()) for packet in packets)
    return reply(asked, EventList="start") + "".join(f"{body}\r\n" for body in bodies).encode()


class Layer:
    """All of it on what a test tells."""

    def __init__(
        self,
        links: Links | None = None,
        facts: FakeFacts | None = None,
        policy: DialPolicy | None = None,
        place: RecordingPlace | None = None,
    ) -> None:
        self.links = links or Links()
        self.facts = facts or FakeFacts()
        self.store = FakeCommands()
        self.runner = Runner(self.store, self.links, SHORT)
        targets = Targets(self.facts, policy or AnyNumber(), Dialplan())
        self.calls = CallDesk(self.runner, self.store, self.facts, self.links, targets, place, lambda: NOON)
        self.floor = FloorDesk(self.runner, self.facts, self.links, lambda: NOON)
        self.desks = Desks(self.calls, self.floor, Notebook(Database(NOWHERE)))

    async def settled(self, made: Command) -> Command:
        """The command once it is settled."""
        await until(lambda: not FOLLOWS[self.store.rows[made.id].status])
        return self.store.rows[made.id]


async def linked(server: FakeAsterisk, pbx: str = "pbx") -> Links:
    """A link to this PBX, logged in."""
    link = Link(pbx, Account("127.0.0.1", server.port, "control", server.secret, events="call,agent"), QUICK)
    links = Links([link])
    links.start()
    await logged_in(link)
    return links


async def logged_in(link: Link, logins: int = 1) -> None:
    """Wait for so many logins."""
    await until(lambda: link.is_up and link.logins >= logins)
