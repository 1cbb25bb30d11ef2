"""What managers' routes ask in tests: figures as told, and marts of which nothing is published."""

from datetime import datetime
from pathlib import Path
from typing import Any

from api.managers.past import marts_under
from api.managers.performance import Performer, Work
from calls.agent_tally import AgentTally
from calls.live import AgentLive, QueueLive
from calls.tally import Tally

# Where nothing is published, so that PostgreSQL answers alone.
NO_MARTS = marts_under(Path("/nonexistent"))


class FakeStore:
    """The manager's figures, as told."""

    def __init__(self, tally: Tally | None = None) -> None:
        self.tally_of: Tally = tally or Tally()
        self.agents_of: dict[str, list[tuple[AgentLive, dict[str, Any] | None]]] = {}
        self.queues_of: dict[str, list[QueueLive]] = {}
        self.asked: list[Any] = []

    async def agents(self, tenant: str) -> list[tuple[AgentLive, dict[str, Any] | None]]:
        return self.agents_of.get(tenant, [])

    async def queues(self, tenant: str) -> list[QueueLive]:
        return self.queues_of.get(tenant, [])

    async def interface(self, tenant: str, agent_id: str) -> str | None:
        known = {agent.agent_id: agent.interface for agent, _ in self.agents_of.get(tenant, [])}
        return known.get(agent_id)

    async def tally(self, tenant: str, start: datetime, end: datetime, interface: str | None) -> Tally:
        self.asked.append((tenant, start, end, interface))
        return self.tally_of

    async def work(self, tenant: str, agent_id: str, start: datetime, end: datetime, now: int) -> Work | None:
        found = [each for each, _ in self.agents_of.get(tenant, []) if each.agent_id == agent_id]
        done = AgentTally(handled=2, talk_s=90.0)
        return Work(Performer(agent_id, "", "", "pbx", None, None), done, {"SALE": 1}) if found else None
