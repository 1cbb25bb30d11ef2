"""Somebody who knows a past that never was."""

from api.errors import NotFound
from calls.past import PastBoard, PastMoment, Reel


class FakePast:
    """Knows these moments, and nothing of any other time."""

    def __init__(self, *moments: PastMoment) -> None:
        self.moments = moments
        self.asked: list[tuple[str, int]] = []

    async def board(self, tenant: str, at: int) -> PastBoard:
        """What the last moment before has shown."""
        self.asked.append((tenant, at))
        found = [moment.shown for moment in self.moments if moment.at <= at]
        if not found:
            raise NotFound("Nothing had been heard yet.")
        return found[-1]

    async def reel(self, tenant: str, start: int, end: int) -> Reel:
        """All of them."""
        self.asked.append((tenant, start))
        return Reel(list(self.moments), end)
