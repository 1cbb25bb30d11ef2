"""Two tenants of one PBX on one hub: calls, agents and queues change at random, sockets of every kind come, ask and go.

`python tests/two_tenants.py 1000000` runs until so many frames were looked at, and prints how many crossed over.
"""

import asyncio
import random
import sys
from collections import Counter

from api_parts import NOON, UTC, Clock, FakePulse, busy, changed_call, principal, queue
from msgspec.structs import replace

from api.live.board import Board
from api.live.client import Client
from api.live.conversation import Conversation
from api.live.hub import SOCKETS_PER_USER, Hub
from api.roles import Role
from api.socketio.packets import event_of
from calls.live import CallLive
from calls.presence import Presence, PresenceState

# In every id, name and number of a tenant, and nowhere else.
MARKS = {"alpha": "Xalpha", "omega": "Xomega"}
OTHER = {"alpha": "omega", "omega": "alpha"}
EACH = 4
STATES = [PresenceState.AVAILABLE, PresenceState.RINGING, PresenceState.ON_CALL, PresenceState.PAUSED]


class TwoTenants:
    """The run. `frames` were looked at by tenant, `crossed` of them were about the other tenant."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.board, self.clock = Board(), Clock()
        self.hub = Hub(self.board, FakePulse(), UTC, self.clock)
        self.frames: Counter[str] = Counter()
        self.crossed: list[str] = []
        self._clients: list[Client] = []
        self._version = 0
        self._calls = {tenant: self._call(tenant) for tenant in MARKS}

    async def run(self, frames: int) -> None:
        """Go on until so many frames were looked at."""
        while self.frames.total() < frames:
            for _ in range(self.random.randint(1, 8)):
                self._change(self.random.choice(list(MARKS)))
            self.clock.now += 20
            self.hub.flush()
            if self.random.random() < 0.02:
                self.clock.now += 1_000
                self.hub.tick()
                self._come_and_go()
                await self._ask()
            self._look()

    def _change(self, tenant: str) -> None:
        self._version += 1
        mark, number = MARKS[tenant], self.random.randrange(EACH)
        match self.random.randrange(3):
            case 0:
                own = [f"{mark}-q{each}" for each in range(EACH) if self.random.random() < 0.5]
                state = Presence(self.random.choice(STATES), self.clock.now, reason=mark)
                self.board.put_agent(
                    replace(busy(f"{mark}-{number}", self._version), tenant=tenant, presence=state, queues=own)
                )
            case 1:
                self.board.put_queue(queue(f"{mark}-q{number}", self._version, tenant=tenant))
            case 2:
                self.board.put_call(replace(self._calls[tenant], version=self._version))

    def _call(self, tenant: str) -> CallLive:
        plain, mark = changed_call(tenant=tenant), MARKS[tenant]
        stints = [replace(stint, queue=f"{mark}-q0") for stint in plain.call.stints]
        call = replace(plain.call, call_id=f"pbx:{mark}", pbx="pbx", from_number=mark, stints=stints)
        return replace(plain, call=call, agent_id=f"PJSIP/{mark}-0")

    def _come_and_go(self) -> None:
        if self._clients and self.random.random() < 0.4:
            self.hub.leave(self._clients.pop(self.random.randrange(len(self._clients))))
        while len(self._clients) < 2 * 6:
            tenant, role = self.random.choice(list(MARKS)), self.random.choice([Role.MANAGER, Role.AGENT])
            # Also a seat that was given to the wrong tenant's user must show nothing.
            seats = frozenset(f"pbx:PJSIP/{self.random.choice(list(MARKS.values()))}-{each}" for each in range(2))
            someone = replace(principal(role, tenant), user_id=str(self.random.randrange(10 * SOCKETS_PER_USER)))
            more = {"write": event_of} if self.random.random() < 0.5 else {}
            client = self.hub.join(someone, seats, **more)
            assert client is not None
            self._clients.append(client)

    async def _ask(self) -> None:
        for client in self._clients:
            mark, number = MARKS[self.random.choice(list(MARKS))], self.random.randrange(EACH)
            room = self.random.choice([f"queue:pbx:{mark}-q{number}", f"agent:pbx:PJSIP/{mark}-{number}"])
            say = self.random.choice(
                [f'{{"event":"subscribe","data":{{"rooms":["{room}"]}}}}', '{"event":"subscribe"}']
            )
            await Conversation(self.hub, client, self._holds).take(say)

    async def _holds(self) -> bool:
        return True

    def _look(self) -> None:
        for client in self._clients:
            foreign = MARKS[OTHER[client.tenant]]
            for frame in client.take_frames():
                self.frames[client.tenant] += 1
                if foreign in frame:
                    self.crossed.append(frame)


if __name__ == "__main__":
    it = TwoTenants(seed=NOON)
    asyncio.run(it.run(int(sys.argv[1])))
    sys.stdout.write(f"{it.frames.total():,} frames to {len(it.frames)} tenants, {len(it.crossed):,} crossed over\n")
