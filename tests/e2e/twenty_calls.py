"""Twenty customers who call three queues of a real Asterisk at once, and the agents who take, miss or refuse them.

What the phones do is told by the caller's number, whichever of them rings. So all calls go on beside each other, in
any order, and the fate of each is known beforehand.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from integration.queue_lines import QueueLine, QueueLines
from phones.call import Call
from phones.people import Behaviour, Desk, Person, Team, Trunk

from infra.asterisk import RealAsterisk

# Long enough that talks overlap, and as long as a caller waits who then abandons.
MOMENT_SECONDS = 1.0
# Between two callers, so that calls begin while others ring, talk and end.
ARRIVAL_SECONDS = 0.3


@dataclass(frozen=True)
class Line:
    """One customer's call, as the customer knows it."""

    number: str
    call: Call
    rings: asyncio.Queue[Call]
    queue_log: QueueLines

    async def until_told(self, event: str) -> None:
        """Wait until queue_log has an `event` of this call."""
        await self.queue_log.until(lambda lines: event in self._events(lines))

    async def until_connected(self) -> None:
        """Wait until an agent has answered."""
        while True:
            ring = await self.rings.get()
            await ring.until_settled()
            if ring.answered.is_set():
                return

    def _events(self, lines: list[QueueLine]) -> set[str]:
        mine = {line.callid for line in lines if line.event == "ENTERQUEUE" and line.data[1] == self.number}
        return {line.event for line in lines if line.callid in mine}


def _answers(talks: float | None = None) -> Behaviour:
    agent = Person()
    agent.answers_after(0.2, talks)
    return agent.takes


def _refuses() -> Behaviour:
    agent = Person()
    agent.rejects(486)
    return agent.takes


ANSWERS, ANSWERS_AND_ENDS, MISSES, REFUSES = _answers(), _answers(MOMENT_SECONDS), Person().takes, _refuses()


async def customer_ends(line: Line) -> None:
    """Hangs up on the agent."""
    await line.until_connected()
    await asyncio.sleep(MOMENT_SECONDS)
    await line.call.hang_up()


async def agent_ends(line: Line) -> None:
    """Talks until the agent hangs up."""
    await line.call.until_ended()


async def customer_abandons(line: Line) -> None:
    """Loses patience in the queue."""
    await line.until_told("ENTERQUEUE")
    await asyncio.sleep(MOMENT_SECONDS)
    await line.call.hang_up()


async def queue_gives_up(line: Line) -> None:
    """Waits for the longest and hangs up on the voicemail that follows."""
    await line.until_told("EXITWITHTIMEOUT")
    await line.call.hang_up()


@dataclass(frozen=True)
class Story:
    """What becomes of one call. `phones` is what they do that it rings at, one after another; later ones only ring."""

    queue: str
    outcome: str
    phones: tuple[Behaviour, ...]
    goes_on: Callable[[Line], Awaitable[None]]
    max_wait: int = 0


STORIES = (
    *[Story("2100", "answered", (ANSWERS,), customer_ends)] * 3,
    *[Story("2100", "answered", (MISSES, ANSWERS), customer_ends)] * 2,
    *[Story("2100", "answered", (ANSWERS_AND_ENDS,), agent_ends)] * 3,
    *[Story("2100", "answered", (REFUSES, ANSWERS_AND_ENDS), agent_ends)] * 2,
    *[Story("2100", "abandoned", (), customer_abandons)] * 3,
    Story("2100", "timeout", (), queue_gives_up, max_wait=2),
    Story("2001", "answered", (ANSWERS,), customer_ends),
    Story("2001", "answered", (REFUSES, ANSWERS_AND_ENDS), agent_ends),
    Story("2001", "answered", (ANSWERS_AND_ENDS,), agent_ends),
    Story("2001", "abandoned", (), customer_abandons),
    Story("2002", "answered", (ANSWERS,), customer_ends),
    Story("2002", "answered", (ANSWERS_AND_ENDS,), agent_ends),
)


class Script:
    """Tells each phone that rings what to do, by the number of the caller."""

    def __init__(self, stories: dict[str, Story]) -> None:
        self.rings: dict[str, asyncio.Queue[Call]] = defaultdict(asyncio.Queue)
        self._phones = {number: iter(story.phones) for number, story in stories.items()}

    def give_to(self, person: Person) -> None:
        """From now on this person acts by it."""
        person.does(self._act)

    async def _act(self, call: Call) -> None:
        self.rings[call.number].put_nowait(call)
        await next(self._phones[call.number], MISSES)(call)


async def make_twenty_calls(asterisk: RealAsterisk) -> list[QueueLine]:
    """Let all of it happen; what Asterisk wrote of it into queue_log."""
    stories = {f"07000{number:02}": story for number, story in enumerate(STORIES)}
    script, queue_log = Script(stories), QueueLines(asterisk.queue_log)
    async with (
        Team(asterisk) as team,
        Desk(asterisk, "1001") as alice,
        Desk(asterisk, "1002") as bob,
        Desk(asterisk, "1003") as carol,
        Trunk(asterisk) as trunk,
    ):
        team.all_do(script.give_to)
        for agent in (alice, bob, carol):
            script.give_to(agent)
        async with asyncio.TaskGroup() as customers:
            for number, story in stories.items():
                call = trunk.dial(story.queue, number=number, max_wait=story.max_wait)
                customers.create_task(_live_through(story, Line(number, call, script.rings[number], queue_log)))
                await asyncio.sleep(ARRIVAL_SECONDS)
    return queue_log.read()


async def _live_through(story: Story, line: Line) -> None:
    await line.call.until_answered()
    await story.goes_on(line)
