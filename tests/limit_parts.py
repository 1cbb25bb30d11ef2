"""Limits of queues, kept in a dictionary."""

from api.managers.limits import Limits, QueueLimits
from api.tokens import Principal


class FakeLimits:
    """Knows the queue `pbx:support`."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Limits] = {}

    async def all(self, tenant: str) -> list[QueueLimits]:
        """The tenant's."""
        return [QueueLimits(queue, limits) for (whose, queue), limits in self.kept.items() if whose == tenant]

    async def change(self, principal: Principal, pbx: str, queue: str, limits: Limits) -> bool:
        """Whether there is such a queue."""
        if (pbx, queue) != ("pbx", "support"):
            return False
        self.kept[principal.tenant, f"{pbx}:{queue}"] = limits
        return True
