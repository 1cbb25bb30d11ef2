"""What the live part does by the clock: each second what time alone changes, and now and then who may still listen."""

import time

from api.background import Work
from api.gate import Gate
from api.live.feed import Feed
from api.live.hub import Hub
from api.live.pulse import PostgresPulse
from api.live.seats import Seats
from api.live.totals import day_start

TICK_S = 1.0
# With the look at a user's standing, which is kept for three seconds, a demoted user's socket is closed within five,
# with one to spare on a busy machine.
DISMISS_S = 1.0
# An agent who is given another seat hears of it soon enough.
RESEAT_S = 1.0


def live_work(feed: Feed, hub: Hub, pulse: PostgresPulse, gate: Gate, seats: Seats) -> list[Work]:
    """All of the live part's work beside the requests."""

    async def ask() -> None:
        await pulse.refresh(hub.tenants, day_start(hub.now, hub.zone))

    async def tick() -> None:
        hub.tick()

    async def dismiss() -> None:
        now = time.time()
        try:
            # All at once: asked one by one, ten thousand would take longer than the five seconds that are promised.
            await gate.look(client.principal for client in hub.clients)
        finally:
            # Who is out by time alone is closed also while nobody can be asked.
            await hub.dismiss(now, lambda principal: gate.still_holds(principal, now))

    async def reseat() -> None:
        await seats.look(client.principal for client in hub.clients)
        for client in hub.clients:
            if (found := await seats.of(client.principal)) != client.seats:
                hub.reseat(client, found)

    return [
        Work("the live feed", feed.run),
        Work("telling the sockets", hub.spread),
        Work("the summary", tick, TICK_S),
        Work("asking how fresh everything is", ask, TICK_S),
        Work("looking who is still signed in", dismiss, DISMISS_S),
        Work("looking who is which agent", reseat, RESEAT_S),
    ]
