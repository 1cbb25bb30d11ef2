"""/api/schedules: reports that go out by e-mail, for managers; what became of each, and sending one at once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Router, delete, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, SkipValidation
from msgspec import Struct

from api.access import only
from api.admin.acting import Items, Limit, Offset, id_of, missing
from api.errors import Conflict
from api.post.account import HOST, MailAccount
from api.post.forms import MailState, NewSchedule, Schedule, Sending, recipients_of, timing_of
from api.post.store import MOST_SCHEDULES, Draft, ScheduleStore
from api.roles import MANAGERS
from api.tokens import Principal

# What must be set before anything can be sent.
NEEDED = (HOST, "TRUNKLINE_SMTP_FROM")


class ScheduleDesk(Struct, frozen=True):
    """What the routes need. `stir` says that something is to be sent at once; without `account` nothing ever is."""

    store: ScheduleStore
    account: MailAccount | None
    zone: ZoneInfo
    stir: Callable[[], None]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


OurScheduleDesk = NamedDependency[SkipValidation[ScheduleDesk]]
Asked = Request[Principal, Any, Any]


@get("/")
async def schedules(request: Asked, schedule_desk: OurScheduleDesk) -> Items[Schedule]:
    """All schedules, each with what became of it last."""
    found = await schedule_desk.store.all(request.user.tenant)
    return Items(found, len(found))


@get("/mail")
async def mail(schedule_desk: OurScheduleDesk) -> MailState:
    """Whether e-mail can be sent from here, as whom, and to which domains."""
    account, zone = schedule_desk.account, schedule_desk.zone.key
    if account is None:
        return MailState(False, "", [], list(NEEDED), zone)
    return MailState(True, account.sender, sorted(account.domains), [], zone)


@post("/", status_code=201)
async def add_schedule(request: Asked, schedule_desk: OurScheduleDesk, data: JSONBody[NewSchedule]) -> Schedule:
    """Make a schedule. It has the maker's rights: where the maker is let go or may see the page no more, it stops.

    409 without a mail server, or where there are as many schedules as a tenant may have.
    """
    made = await schedule_desk.store.add(request.user, _draft(schedule_desk, data))
    if made is None:
        raise Conflict(f"There are {MOST_SCHEDULES} schedules already; remove one that nobody reads.")
    return made


@get("/{schedule_id:str}")
async def schedule(request: Asked, schedule_desk: OurScheduleDesk, schedule_id: FromPath[str]) -> Schedule:
    """One schedule."""
    return await _found(schedule_desk, request.user, schedule_id)


@put("/{schedule_id:str}")
async def change_schedule(
    request: Asked, schedule_desk: OurScheduleDesk, schedule_id: FromPath[str], data: JSONBody[NewSchedule]
) -> Schedule:
    """Change all of a schedule, which makes it the changer's: it has their rights from then on."""
    await _found(schedule_desk, request.user, schedule_id)
    draft = _draft(schedule_desk, data)
    changed = await schedule_desk.store.change(request.user, id_of(schedule_id, "schedule"), draft)
    if changed is None:
        raise missing("schedule")
    return changed


@delete("/{schedule_id:str}", status_code=204)
async def remove_schedule(request: Asked, schedule_desk: OurScheduleDesk, schedule_id: FromPath[str]) -> None:
    """Remove a schedule, with what became of it; the audit log keeps who had what sent to whom."""
    if not await schedule_desk.store.remove(request.user, id_of(schedule_id, "schedule")):
        raise missing("schedule")


@post("/{schedule_id:str}/send", status_code=202)
async def send_schedule(request: Asked, schedule_desk: OurScheduleDesk, schedule_id: FromPath[str]) -> Sending:
    """Have it sent at once, also while it is stopped; what becomes of it is in its sendings."""
    await _found(schedule_desk, request.user, schedule_id)
    _need(schedule_desk)
    sending = await schedule_desk.store.send(request.user, id_of(schedule_id, "schedule"), schedule_desk.clock())
    if sending is None:
        raise missing("schedule")
    schedule_desk.stir()
    return sending


@get("/{schedule_id:str}/sendings")
async def sendings(
    request: Asked, schedule_desk: OurScheduleDesk, schedule_id: FromPath[str], limit: Limit = 50, offset: Offset = 0
) -> Items[Sending]:
    """What became of it each time, the newest first."""
    await _found(schedule_desk, request.user, schedule_id)
    wanted = id_of(schedule_id, "schedule")
    found, total = await schedule_desk.store.sendings(request.user.tenant, wanted, limit, offset)
    return Items(found, total)


async def _found(desk: ScheduleDesk, principal: Principal, schedule_id: str) -> Schedule:
    found = await desk.store.one(principal.tenant, id_of(schedule_id, "schedule"))
    if found is None:
        raise missing("schedule")
    return found


def _draft(desk: ScheduleDesk, form: NewSchedule) -> Draft:
    account, timing = _need(desk), timing_of(form, desk.zone)
    recipients = recipients_of(form, account.domains)
    return Draft(form, recipients, desk.zone, timing.after(desk.clock()))


def _need(desk: ScheduleDesk) -> MailAccount:
    if desk.account is None:
        raise Conflict(f"No e-mail can be sent: the operator sets {' and '.join(NEEDED)} first.")
    return desk.account


def schedule_router(desk: ScheduleDesk) -> Router:
    """The routes under /api/schedules."""
    handlers = [schedules, mail, add_schedule, schedule, change_schedule, remove_schedule, send_schedule, sendings]
    return Router(
        "/api/schedules",
        route_handlers=handlers,
        dependencies={"schedule_desk": Provide(lambda: desk, sync_to_thread=False)},
        opt=only(MANAGERS),
        tags=["Reports by mail"],
    )
