"""GET /api/pbx/history…: calls that were, by what a report counts, and one of them with the events that prove it."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter, SkipValidation
from litestar.response import Stream
from msgspec import Struct

from api.access import only
from api.errors import BadRequest
from api.history.call_files import CallFiles
from api.history.forms import AllRejects, CallRows, Counted, Events, Whole
from api.history.search import Search, read_cursor, read_names, read_number, read_show, read_zone
from api.history.shows import SHOWS, show_of
from api.history.store import HistoryStore
from api.managers.period import read_period
from api.roles import EVERYBODY, WATCHERS
from api.tokens import Principal


class HistoryDesk(Struct, frozen=True):
    """What the routes need: the store, the zone of local days, and who makes files."""

    store: HistoryStore
    zone: ZoneInfo
    files: CallFiles


OurDesk = NamedDependency[SkipValidation[HistoryDesk]]
OurSearch = NamedDependency[SkipValidation[Search]]
Asked = Request[Principal, Any, Any]
Text = str | None
Place = Annotated[Text, QueryParameter(description="a row's `cursor`, or a page's `next`", max_length=300)]


def search_of(
    desk: OurDesk,
    start_date: Annotated[str, QueryParameter(name="startDate", description="ISO 8601; a date alone is a local day")],
    end_date: Annotated[str, QueryParameter(name="endDate", description="ISO 8601; a date alone is included")],
    show: Annotated[str, QueryParameter(description=f"what is listed: {', '.join(SHOWS)}", max_length=40)] = "calls",
    queue: Annotated[list[str] | None, QueryParameter(description="only of these queues: id, or pbx:id")] = None,
    agent_id: Annotated[
        list[str] | None, QueryParameter(name="agentId", description="only of these agents: id, or pbx:id")
    ] = None,
    of: Annotated[Text, QueryParameter(description="agents: counted as agents' figures are", max_length=20)] = None,
    number: Annotated[Text, QueryParameter(description="part of the caller's or dialled number", max_length=60)] = None,
    disposition: Annotated[list[str] | None, QueryParameter(description="only with these codes; - is none")] = None,
    pbx: Annotated[Text, QueryParameter(description="only on this PBX", max_length=200)] = None,
    hour: Annotated[int | None, QueryParameter(description="only in this hour of local time", ge=0, le=23)] = None,
    minute: Annotated[
        int | None, QueryParameter(description="only in the quarter from it", ge=0, le=45, multiple_of=15)
    ] = None,
    weekday: Annotated[int | None, QueryParameter(description="only on this day; 1 is Monday", ge=1, le=7)] = None,
    clock: Annotated[Text, QueryParameter(description="IANA zone of dates, hours, weekdays", max_length=80)] = None,
    min_seconds: Annotated[
        float | None, QueryParameter(name="minSeconds", description="talk and hold, at least", ge=0, le=1e9)
    ] = None,
    max_seconds: Annotated[
        float | None, QueryParameter(name="maxSeconds", description="talk and hold, at most", ge=0, le=1e9)
    ] = None,
) -> Search:
    """What the query of an address asks for. Raises BadRequest, naming the parameter."""
    zone = read_zone(clock, desk.zone)
    agents = read_names("agentId", agent_id)
    if of not in (None, "agents"):
        raise BadRequest("of: write `agents`, or leave it out.")
    return Search(
        period=read_period(start_date, end_date, zone),
        zone=zone,
        show=read_show(show),
        queues=read_names("queue", queue),
        agents=agents,
        of_agents=bool(agents) or of == "agents",
        number=read_number(number),
        dispositions=read_names("disposition", disposition),
        pbx=next(iter(read_names("pbx", [pbx])), None) if pbx is not None else None,
        hour=hour,
        minute=minute,
        weekday=weekday,
        min_seconds=min_seconds,
        max_seconds=max_seconds,
    )


@get("/", dependencies={"search": Provide(search_of, sync_to_thread=False)})
async def history(
    request: Asked,
    desk: OurDesk,
    search: OurSearch,
    limit: Annotated[int, QueryParameter(description="how many at most", ge=1, le=200)] = 50,
    after: Place = None,
    before: Place = None,
) -> CallRows:
    """Calls of [startDate, endDate), newest first, a page at a time; or with `show` the rows that a number counts.

    `unit` says what a row is: a call, a stay in a queue (by the moment of entering), a ring, an agent's part (by the
    moment of answering) or a ledger. There are as many as the report's number says. Agents see calls in which they
    have a part. `after` and `before` go on from a row, in the same search.
    """
    page = await desk.store.page(
        request.user, search, limit, read_cursor("after", after), read_cursor("before", before)
    )
    unit = show_of(search.show, of_agents=search.of_agents).unit
    return CallRows(unit.value, page.rows, page.rows[-1].cursor if page.more and page.rows else None)


@get("/count", dependencies={"search": Provide(search_of, sync_to_thread=False)})
async def history_count(request: Asked, desk: OurDesk, search: OurSearch) -> Counted:
    """How many rows the same search has in all: the number on the report."""
    return Counted(await desk.store.count(request.user, search))


@get("/file", dependencies={"search": Provide(search_of, sync_to_thread=False)}, opt=only(WATCHERS))
async def history_file(
    request: Asked,
    desk: OurDesk,
    search: OurSearch,
    kind: Annotated[Literal["csv", "xlsx", "pdf"], QueryParameter(description="csv, xlsx or pdf")],
) -> Stream:
    """All rows of the same search as a file, newest first: CSV, Excel or a PDF to be read.

    A search with more rows than such a file has is a 400 that says how many there are. Each file is a row of the audit
    log, written before the first byte. 502: the dashboard, which makes Excel and PDF, does not answer.
    """
    made = await desk.files.file(request.user, search, kind, request.url.query)
    # The name is made of nothing that came from outside but dates that were understood.
    named = {"content-disposition": f'attachment; filename="{made.name}"'}
    return Stream(made.chunks, media_type=made.media, headers=named)


@get("/{call_id:str}")
async def one_call(request: Asked, desk: OurDesk, call_id: FromPath[str]) -> Whole:
    """One call: stays in queues, agents' parts, rings, holds, notes, corrections, and its ledger."""
    return await desk.store.one(request.user, call_id)


@get("/{call_id:str}/events")
async def call_events(
    request: Asked,
    desk: OurDesk,
    call_id: FromPath[str],
    download: Annotated[bool, QueryParameter(description="to be saved rather than shown")] = False,
) -> Response[Events]:
    """The events that prove a call, in their order, each with its place in its source and the fields it proved."""
    events = Events(call_id, await desk.store.events(request.user, call_id))
    # The name is made of nothing that came from outside.
    headers = {"content-disposition": 'attachment; filename="call-events.json"'} if download else {}
    return Response(events, headers=headers)


@get("/rejects", opt=only(WATCHERS))
async def rejects(
    request: Asked,
    desk: OurDesk,
    start_date: Annotated[str, QueryParameter(name="startDate", description="ISO 8601; a date alone is a local day")],
    end_date: Annotated[str, QueryParameter(name="endDate", description="ISO 8601; a date alone is included")],
    clock: Annotated[Text, QueryParameter(description="IANA zone of dates", max_length=80)] = None,
) -> AllRejects:
    """How much of what the tenant's PBXs said in [startDate, endDate) was refused, by source.

    Packets and lines that could not be understood, or that the state did not allow. They are kept as they came.
    """
    period = read_period(start_date, end_date, read_zone(clock, desk.zone))
    return AllRejects(await desk.store.rejects(request.user, period))


def history_router(desk: HistoryDesk) -> Router:
    """The routes under /api/pbx/history, and beside it."""
    searching = Router("/history", route_handlers=[history, history_count, history_file, one_call, call_events])
    return Router(
        "/api/pbx",
        route_handlers=[searching, rejects],
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        opt=only(EVERYBODY),
        tags=["Calls that were"],
    )
