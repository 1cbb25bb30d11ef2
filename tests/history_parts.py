"""Calls that were, on paper: rows of a list, one call with its events, and a store that gives them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analyst_parts import FakeBook
from msgspec.structs import replace

from api.errors import NotFound
from api.history import forms
from api.history.call_files import CallFiles
from api.history.routes import HistoryDesk
from api.history.search import Cursor, Search
from api.history.store import HistoryStore, Page
from api.managers.period import Period
from api.tokens import Principal

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def row(number: int = 1, **changes: Any) -> forms.CallRow:
    """An answered call with a recording, so many minutes before noon."""
    at = NOON - timedelta(minutes=number)
    plain = forms.CallRow(
        cursor=Cursor(at, 0, f"pbx:{number}").text(), call_id=f"pbx:{number}", at=at, is_known=True,
        direction="inbound", from_number=f"+493012340{number:02}", from_name="Mira Costa", to_number="0800300200",
        contact=None, status="ENDED", outcome="answered", certainty="final", started_at=at,
        ended_at=at + timedelta(seconds=374), duration=342.0, queues=["Support"], agents=["Samir Haddad"], stays=1,
        wait_s=18.2, talk_s=300.0, hold_s=42.0, rings=0, ring_s=None, mos=4.3, transfers=0, transfer_to=None,
        recordings=1, disposition="SALE", disposition_title="Sale", has_notes=False, merged_into=None, verdict="agree",
    )  # fmt: skip
    return replace(plain, **changes)


class FakeHistory:
    """Gives these rows to whoever asks, and keeps what was asked; of calls it has one, `pbx:1`."""

    def __init__(self, *rows: forms.CallRow, more: bool = False) -> None:
        self.rows = list(rows)
        self.more = more
        self.asked: list[tuple[str, Search]] = []
        self.places: list[tuple[int, Cursor | None, Cursor | None]] = []

    async def page(
        self, principal: Principal, search: Search, limit: int, after: Cursor | None, before: Cursor | None
    ) -> Page:
        self.asked.append((principal.tenant, search))
        self.places.append((limit, after, before))
        return Page(self.rows[:limit], self.more)

    async def count(self, principal: Principal, search: Search) -> int:
        self.asked.append((principal.tenant, search))
        return len(self.rows)

    async def one(self, principal: Principal, call_id: str) -> forms.Whole:
        raise NotFound("Call session not found")

    async def rejects(self, principal: Principal, period: Period) -> list[forms.Rejects]:
        return [forms.Rejects("pbx", "ami", 3, period.start)]

    async def events(self, principal: Principal, call_id: str) -> list[forms.Event]:
        if call_id != "pbx:1":
            raise NotFound("Call session not found")
        return [forms.Event(1, NOON, "QueueCallerJoin", "ami", "a", 1, 88_120, {"stints[0].queue": "support"})]


class FakeWriter:
    """Gives back the lines that it is to make a file of."""

    async def write(self, principal: Principal, kind: str, lines: AsyncIterator[bytes]) -> tuple[str, bytes]:
        return f"application/x-{kind}", b"".join([line async for line in lines])


def history_desk(store: HistoryStore, zone: ZoneInfo, book: FakeBook | None = None) -> HistoryDesk:
    """The desk over a store, with files of 22 November at noon."""
    return HistoryDesk(store, zone, CallFiles(store, FakeWriter(), book or FakeBook(), lambda: NOON))
