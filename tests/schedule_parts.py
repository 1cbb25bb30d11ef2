"""Reports by mail for tests: schedules in a dictionary, and files out of nothing."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from api.errors import ApiError
from api.post.account import MailAccount
from api.post.forms import Schedule, Sending, Status
from api.post.routes import ScheduleDesk
from api.post.store import Draft
from api.report_files import ReportFile
from api.tokens import Principal

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
ACCOUNT = MailAccount("127.0.0.1", 1, "reports@example.com", frozenset({"example.com"}), tls="none")
FORM = {"page": "queues", "kind": "csv", "recipients": ["ann@example.com"], "every": "day", "at": "07:00"}


class FakeSchedules:
    """`ScheduleStore` in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, UUID], Schedule] = {}
        self.sent: list[UUID] = []
        self.is_full = False

    async def all(self, tenant: str) -> list[Schedule]:
        return [each for (whose, _), each in self.kept.items() if whose == tenant]

    async def one(self, tenant: str, schedule_id: UUID) -> Schedule | None:
        return self.kept.get((tenant, schedule_id))

    async def add(self, principal: Principal, draft: Draft) -> Schedule | None:
        if self.is_full:
            return None
        key = uuid4()
        self.kept[principal.tenant, key] = _schedule(principal, key, draft)
        return self.kept[principal.tenant, key]

    async def change(self, principal: Principal, schedule_id: UUID, draft: Draft) -> Schedule | None:
        self.kept[principal.tenant, schedule_id] = _schedule(principal, schedule_id, draft)
        return self.kept[principal.tenant, schedule_id]

    async def remove(self, principal: Principal, schedule_id: UUID) -> bool:
        return self.kept.pop((principal.tenant, schedule_id), None) is not None

    async def send(self, principal: Principal, schedule_id: UUID, now: datetime) -> Sending | None:
        self.sent.append(schedule_id)
        return Sending(str(uuid4()), now, Status.ACCEPTED, "", "", True, ["ann@example.com"], [], {}, None)

    async def sendings(self, tenant: str, schedule_id: UUID, limit: int, offset: int) -> tuple[list[Sending], int]:
        return [], 0


def _schedule(principal: Principal, key: UUID, draft: Draft) -> Schedule:
    form = draft.form
    return Schedule(
        *(str(key), form.page, form.kind, form.query, draft.recipients, form.every, form.days, form.day_of_month),
        *(form.at, form.time_zone or "UTC", form.is_active, "", draft.next_at, principal.name, None),
    )


class FakeFiles:
    """A page of one figure, as its file and as what it says of itself; or an error."""

    def __init__(self, error: ApiError | None = None) -> None:
        self.error = error
        self.asked: list[tuple[str, str, str, str]] = []

    async def fetch(self, principal: Principal, page: str, kind: str, query: str) -> ReportFile:
        self.asked.append((principal.name, page, kind, query))
        if self.error is not None:
            raise self.error
        said = {
            "title": page.title(),
            "about": [["Range", "26 Nov 2026"]],
            "figures": [{"title": "Offered", "value": "12"}],
        }
        content = json.dumps(said).encode() if kind == "json" else f"{page},{query}\r\n".encode()
        return ReportFile(f"trunkline-{page}.{kind}", "text/csv" if kind == "csv" else "application/json", content)


class Moment:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> None:
        """Later by this."""
        self.now += timedelta(**by)


def schedule_desk(store: FakeSchedules | None = None, *, has_mail: bool = True) -> ScheduleDesk:
    """A desk on nothing."""
    plain = ScheduleDesk(store or FakeSchedules(), ACCOUNT, ZoneInfo("Europe/Berlin"), lambda: None, Moment())
    return plain if has_mail else replace(plain, account=None)
