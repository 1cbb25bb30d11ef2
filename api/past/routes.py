"""/api/pbx/past: the wallboard at a past instant, and what it was told from there on, for whoever plays it.

It comes from the log through the same reducer as the live board, with the names and thresholds of then. Contacts are of
today, so callers have the names that the line told.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Protocol
from zoneinfo import ZoneInfo

from litestar import Request, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter, SkipValidation
from msgspec import Struct

from api.access import only
from api.errors import BadRequest
from api.live.messages import Snapshot
from api.past.instants import past_instant
from api.past.showing import PastFrame, past_frames, past_snapshot
from api.roles import WATCHERS
from api.tokens import Principal
from calls.past import PastBoard, Reel

# Of what is played: at the highest speed some minutes by the clock on the wall.
LONGEST_MS = 2 * 3600 * 1000
LONGEST_STEP_MS = 60_000


class Past(Protocol):
    """Who knows the past: `api.past.process.PastProcess`."""

    async def board(self, tenant: str, at: int) -> PastBoard: ...

    async def reel(self, tenant: str, start: int, end: int) -> Reel: ...


def epoch_ms() -> int:
    """Now, ms since the epoch."""
    return time.time_ns() // 1_000_000


class PastDesk(Struct, frozen=True):
    """What the routes need: who knows, the zone of local days, the clock (ms since the epoch)."""

    past: Past
    zone: ZoneInfo
    clock: Callable[[], int] = epoch_ms


class PastReel(Struct, frozen=True):
    """What the live socket would have sent behind the snapshot of `since`, until then; ms since the epoch."""

    since: int
    until: int
    frames: list[PastFrame]


OurPastDesk = NamedDependency[SkipValidation[PastDesk]]
Asked = Request[Principal, Any, Any]
At = Annotated[str, QueryParameter(name="at", description="an instant in ISO 8601; without an offset in local time")]
Since = Annotated[str, QueryParameter(name="since", description="as `at`")]
Until = Annotated[str, QueryParameter(name="until", description="as `at`, two hours later at most")]
Step = Annotated[int, QueryParameter(name="step", ge=1, le=LONGEST_STEP_MS, description="ms of what is played")]


@get("/")
async def past_board(request: Asked, past_desk: OurPastDesk, at: At) -> Snapshot:
    """The wallboard as it was at an instant: the live socket's snapshot as of then. 404 before anything was heard."""
    instant = past_instant("at", at, past_desk.zone, past_desk.clock())
    tenant = request.user.tenant
    return past_snapshot(tenant, await past_desk.past.board(tenant, instant), instant, past_desk.zone)


@get("/reel")
async def past_reel(request: Asked, past_desk: OurPastDesk, start: Since, end: Until, step: Step = 250) -> PastReel:
    """What the live socket would have sent from an instant to another, behind the snapshot of the first.

    Changes within a `step` are told once, at its end. `until` says how far it reaches, which is less than was asked for
    where much happened: go on from there.
    """
    instant = partial(past_instant, zone=past_desk.zone, now=past_desk.clock())
    since, until = instant("since", start), instant("until", end)
    if not since < until <= since + LONGEST_MS:
        raise BadRequest("until: it lies after `since`, two hours at most.")
    tenant = request.user.tenant
    reel = await past_desk.past.reel(tenant, since, until)
    return PastReel(since, reel.until, past_frames(tenant, reel.moments, step, past_desk.zone))


def past_router(desk: PastDesk) -> Router:
    """The routes under /api/pbx/past."""
    return Router(
        "/api/pbx/past",
        route_handlers=[past_board, past_reel],
        dependencies={"past_desk": Provide(lambda: desk, sync_to_thread=False)},
        opt=only(WATCHERS),
        tags=["Past"],
    )
