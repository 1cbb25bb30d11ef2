"""GET /api/pbx/manager/agents, /queues, /metrics and /reports/agent-performance, as the reference guide has them."""

import time
from collections.abc import Callable
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from litestar import Request, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter, SkipValidation
from msgspec import Struct

from api.access import only
from api.errors import NotFound
from api.managers.forms import Agents, MetricsForm, Queues, agent_form, metrics_form, queue_form
from api.managers.performance import Performance, performance_form
from api.managers.period import read_period
from api.managers.store import ManagerStore
from api.roles import WATCHERS
from api.tokens import Principal


def epoch_ms() -> int:
    """Now, ms since the epoch."""
    return time.time_ns() // 1_000_000


class Desk(Struct, frozen=True):
    """What the manager's routes need: the store, the zone of local days, the clock (ms since the epoch)."""

    store: ManagerStore
    zone: ZoneInfo
    clock: Callable[[], int] = epoch_ms


OurDesk = NamedDependency[SkipValidation[Desk]]
Asked = Request[Principal, Any, Any]
StartDate = Annotated[
    str, QueryParameter(name="startDate", description="ISO 8601; a date alone begins at its local midnight")
]
EndDate = Annotated[
    str, QueryParameter(name="endDate", description="ISO 8601; a date alone includes that whole local day")
]


@get("/agents")
async def agents(request: Asked, desk: OurDesk) -> Agents:
    """All agents with their status and the call they are on."""
    found = await desk.store.agents(request.user.tenant)
    now = desk.clock()
    return Agents([agent_form(agent, row, now) for agent, row in found])


@get("/queues")
async def queues(request: Asked, desk: OurDesk) -> Queues:
    """All queues: who waits, for how long, and how many agents are logged in."""
    found = await desk.store.queues(request.user.tenant)
    now = desk.clock()
    return Queues([queue_form(queue, now) for queue in found])


@get("/metrics")
async def metrics(
    request: Asked,
    desk: OurDesk,
    start_date: StartDate,
    end_date: EndDate,
    agent_id: Annotated[
        str | None, QueryParameter(name="agentId", description="only the callers whom this agent answered")
    ] = None,
) -> MetricsForm:
    """Figures of [startDate, endDate), by the arrival of the caller in the queue.

    `totalCalls` counts stays in a queue, without those refused at the door. `serviceLevel` is a percentage: answered
    within the queue's threshold, of answered and abandoned, short abandons left out. `avgWaitTime` is the mean wait of
    answered callers, `avgCallDuration` talk and hold per handled call, in seconds. A mean or rate of nothing is null.
    """
    tenant = request.user.tenant
    period = read_period(start_date, end_date, desk.zone)
    interface = None
    if agent_id is not None and (interface := await desk.store.interface(tenant, agent_id)) is None:
        raise NotFound("Agent extension not found")
    return metrics_form(await desk.store.tally(tenant, period.start, period.end, interface))


@get("/reports/agent-performance")
async def agent_performance(
    request: Asked,
    desk: OurDesk,
    agent_id: Annotated[str, QueryParameter(name="agentId", description="whose report it is")],
    start_date: StartDate,
    end_date: EndDate,
) -> Performance:
    """What an agent did in [startDate, endDate): calls by the moment at which they were answered.

    `callsHandled` counts the agent's parts in calls that are over, dialled ones among them; `avgCallDuration` is talk
    and hold, `avgWrapUpTime` the time in wrap-up, per handled call, in seconds. `availability` is the time in which the
    agent was available, of that logged in, a percentage. A mean or rate of nothing is null.
    """
    period = read_period(start_date, end_date, desk.zone)
    work = await desk.store.work(request.user.tenant, agent_id, period.start, period.end, desk.clock())
    if work is None:
        raise NotFound("Agent extension not found")
    return performance_form(work)


def manager_router(desk: Desk) -> Router:
    """The routes under /api/pbx/manager."""
    return Router(
        "/api/pbx/manager",
        route_handlers=[agents, queues, metrics, agent_performance],
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        opt=only(WATCHERS),
        tags=["Manager"],
    )
