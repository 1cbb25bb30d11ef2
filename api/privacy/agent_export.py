"""All that there is about an agent as one ZIP, sent as it is read: a page of rows is in memory. Callers are left out.

An agent is who sits at one place of a PBX; if an administrator has said whose place it is, all that user's places and
what they did here belong to it.
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from api.errors import NotFound
from api.history.call_table import csv_of
from api.privacy.export_words import MARK, agent_readme
from api.privacy.zip_stream import ZipStream
from api.tokens import Principal

NO_AGENT = "There is no such agent."
# What stands in the tables beside the moment, by the name of each; the source gives it in this order.
TABLES = {
    "states.csv": ("Since", "Until", "State", "Reason", "PBX"),
    "calls.csv": (
        *("Answered", "Ended", "Call", "Queue", "Direction", "Rang", "Talk, seconds", "Hold, seconds", "Holds"),
        *("Ended by", "Sent on", "Result", "Sound (MOS)"),
    ),
    "rings.csv": ("When", "Call", "Rang, seconds"),
    "commands.csv": ("When", "What", "State", "Call"),
    "sign-ins.csv": ("When", "Last used", "Ended", "Program"),
    "acts.csv": ("When", "What", "Whom or what", "Detail"),
}


class Place(Struct, frozen=True):
    """Where an agent is reached."""

    pbx: str
    agent_id: str
    interface: str
    extension: str


class Agent(Struct, frozen=True, rename="camel"):
    """Who it is. Without `user_id` nobody has said whose place it is."""

    name: str
    user_id: str | None
    username: str | None
    role: str | None
    is_active: bool | None
    created_at: datetime | None
    places: list[Place]


# A moment and a key, behind which the next page begins, and the rest of a row.
Row = tuple[datetime, str, list[Any]]


class Source(Protocol):
    """Where it is read: `api.privacy.agents.Agents`."""

    async def agent(self, principal: Principal, agent_id: str) -> Agent | None: ...

    async def rows(self, principal: Principal, agent: Agent, table: str, after: Row | None) -> list[Row]: ...

    async def note(self, principal: Principal, action: str, subject: str, detail: dict[str, Any]) -> None: ...


class AgentExports:
    """Makes the files. `zone`: the clock of the tables."""

    def __init__(self, source: Source, zone: ZoneInfo, clock: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._source = source
        self._zone = zone
        self._clock = clock

    async def file(self, principal: Principal, agent_id: str) -> tuple[str, AsyncIterator[bytes]]:
        """The name of the file and its bytes; that it was taken is written down first. Raises NotFound."""
        agent = await self._source.agent(principal, agent_id)
        if agent is None:
            raise NotFound(NO_AGENT)
        now, identity = self._clock().astimezone(self._zone), str(uuid4())
        told = {"agent": agent.name, "user": agent.user_id}
        await self._source.note(principal, "privacy.export_agent", identity, told)
        return f"agent-{now:%Y-%m-%d}-{identity[:8]}.zip", self._chunks(principal, agent, identity, now)

    async def _chunks(self, principal: Principal, agent: Agent, identity: str, now: datetime) -> AsyncIterator[bytes]:
        file = ZipStream(now)
        file.begin("README.txt")
        file.add(agent_readme(agent.name, identity, now).encode())
        file.begin("agent.json")
        file.add(msgspec.json.format(msgspec.json.encode(agent), indent=2) + b"\n")
        for table, headings in TABLES.items():
            file.begin(table)
            file.add((MARK + csv_of(headings)).encode())
            after: Row | None = None
            while rows := await self._source.rows(principal, agent, table, after):
                for at, _, rest in rows:
                    file.add(csv_of([self._plain(value) for value in (at, *rest)]).encode())
                after = rows[-1]
                yield file.drain()
        yield file.close()

    def _plain(self, value: Any) -> str | int | float | None:
        if isinstance(value, datetime):
            return f"{value.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"
        if value is None or isinstance(value, int | float):
            return value
        return value if isinstance(value, str) else msgspec.json.encode(value).decode()
