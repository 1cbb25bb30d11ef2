"""Customers who keep calling a real Asterisk, and a team that answers, misses, refuses, ends and loses them.

What a phone does is told by the caller's number, as everywhere in these tests; a PBX that dies in the midst of it takes
its calls along, and the phones forget them.
"""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass

from phones.call import Call
from phones.people import Person, Team, Trunk

from infra.asterisk import RealAsterisk

QUEUE = "2100"
TALK_SECONDS = (1.0, 8.0)
PATIENCE_SECONDS = (1.0, 6.0)
RING_SECONDS = 0.3
# A call that the PBX's death took along is never ended by it.
FORGOTTEN_SECONDS = 12.0


@dataclass(frozen=True)
class Fate:
    """What becomes of one call: who ends it, and after how long; `misses`: the first phone lets it ring."""

    ender: str
    seconds: float
    misses: bool


def fate(number: int, seed: int) -> Fate:
    """Half are ended by the customer, a third by the agent, the rest give up; one in eight is missed once."""
    chosen = random.Random(f"{seed} {number}")
    ender = chosen.choices(("caller", "agent", "nobody"), (5, 3, 2))[0]
    span = PATIENCE_SECONDS if ender == "nobody" else TALK_SECONDS
    return Fate(ender, chosen.uniform(*span), chosen.random() < 1 / 8)


async def keep_calling(asterisk: RealAsterisk, per_second: float, seconds: float, seed: int) -> int:
    """Call so often for so long, and wait until all of them are over; how many calls there were."""
    count = round(per_second * seconds)
    fates = {f"07{number:05}": fate(number, seed) for number in range(count)}
    rung: set[str] = set()

    async def take(call: Call) -> None:
        mine = fates.get(call.number)
        call.ring()
        if mine is None or mine.ender == "nobody" or (mine.misses and call.number not in rung):
            rung.add(call.number)
            return
        await asyncio.sleep(RING_SECONDS)
        call.answer()
        if mine.ender == "agent" and call.answered.is_set():
            await asyncio.sleep(mine.seconds)
            await hang_up(call)

    def by_number(person: Person) -> None:
        person.does(take)

    async with Team(asterisk) as team, Trunk(asterisk) as trunk, asyncio.TaskGroup() as customers:
        team.all_do(by_number)
        for number, mine in fates.items():
            customers.create_task(_customer(trunk, number, mine))
            await asyncio.sleep(1 / per_second)
    return count


async def _customer(trunk: Trunk, number: str, mine: Fate) -> None:
    """Calls, talks or waits, and hangs up, or hears the other side do so. Nobody is there while the PBX is dead."""
    with suppress(TimeoutError, ConnectionError, OSError):
        call = await asyncio.wait_for(trunk.call(QUEUE, number=number), FORGOTTEN_SECONDS)
        if mine.ender == "agent":
            await asyncio.wait_for(call.until_ended(), FORGOTTEN_SECONDS + mine.seconds)
        else:
            await asyncio.sleep(mine.seconds)
        await hang_up(call)


async def hang_up(call: Call) -> None:
    """End it, if anybody is there to hear of it."""
    if not call.ended.is_set():
        with suppress(TimeoutError, ConnectionError, OSError):
            await asyncio.wait_for(call.hang_up(), FORGOTTEN_SECONDS)
