"""Calls that were, on paper, behind the addresses of the API: what is asked is kept, answers may wait or be refused."""

import threading
from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec
from analyst_parts import FakeBook
from dashboard_parts import NOW, SECRET
from e2e.paper_administration import problem
from history_parts import row
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.errors import ApiError
from api.history import forms
from api.history.call_files import CallFiles
from api.history.search import Cursor, Search
from api.history.store import Page
from api.managers.period import read_period
from api.report_files import ReportFiles
from api.roles import Role
from api.tokens import Principal, Tokens

# What the made call of look/call.html has: two queues, two agents, a hold and a transfer.
BEGUN = datetime(2026, 11, 22, 12, 58, 9, tzinfo=UTC)
SAMIR, AIKO = "Samir Haddad", "Aiko Tanaka"


def at(second: float) -> datetime:
    """So many seconds into the call."""
    return BEGUN + timedelta(seconds=second)


def part(agent: str, exten: str, spans: tuple[float, float, float], **more: Any) -> forms.Part:
    """An agent's part: rang, answered, ended."""
    rang, answered, ended = spans
    plain: dict[str, Any] = {
        "stint": 0, "talk_s": ended - answered, "hold_s": 0.0, "holds": 0, "ended_by": "caller", "transfer_kind": None,
        "transfer_to": None, "mos": 4.32, "mos_method": "e_model_rtcp", "loss_ratio": None, "jitter_ms": None,
        "rtt_ms": None,
    }  # fmt: skip
    return forms.Part(
        **plain | {"agent": agent, "interface": f"PJSIP/{exten}", "rang_at": at(rang), "answered_at": at(answered)}
        | {"ended_at": at(ended)} | more
    )  # fmt: skip


def fact(subject: str, ours: Any, source: str, theirs: Any, verdict: str = "agree", rule: str | None = None) -> Any:
    """A fact of a ledger."""
    return {
        "subject": subject, "ours": ours, "source": source, "theirs": theirs, "verdict": verdict, "rule": rule,
    }  # fmt: skip


def stay(queue: str, entered: float, left: float, agent: str) -> forms.Stay:
    """An answered stay in a queue."""
    return forms.Stay(queue.lower(), queue, at(entered), at(left), 2, "answered", left - entered, agent, 20.0)


def whole(**changes: Any) -> forms.Whole:
    """The call of the look."""
    held = part(
        SAMIR, "1004", (22, 32, 323), talk_s=244.0, hold_s=47.0, holds=1, ended_by="transfer", transfer_kind="blind",
        transfer_to="Billing", mos=3.41, loss_ratio=0.041, jitter_ms=22.0, rtt_ms=180.0,
    )  # fmt: skip
    plain = forms.Whole(
        id="3f0c", call_id="pbx-1:1795528689.4412", pbx="pbx-1", direction="inbound", from_number="+15550140040",
        from_name="Mira Costa", to_number="0800300200", status="ENDED", certainty="final", merged_into=None, merged=[],
        started_at=BEGUN, answered_at=at(32), ended_at=at(502), hangup_cause=16, outcome="answered", duration=421.0,
        disposition="RESOLVED", disposition_title="Resolved",
        notes="Delivery 88213 stuck at customs. Passed to Billing for the refund.\nRefund 42.00 booked.", contact=None,
        stays=[stay("Support", 14, 32, SAMIR), stay("Billing", 323, 372, AIKO)],
        parts=[held, part(AIKO, "1003", (360, 372, 502), stint=1)],
        rings=[forms.Ring(0, "Tomas Berg", "PJSIP/1007", at(15), 6.0)], holds=[forms.OnHold(0, at(244), at(291))],
        corrections=[],
        ledger=forms.Ledger(
            "explained", 11, 1, 0,
            [
                fact("stints[0].wait_s", 18.204, "queue_log", 18),
                fact("legs[1].talk_s", 129.8, "queue_log", 0, "explained", "parked"),
                fact("ended_at", "2026-11-22T13:06:31.007Z", "cel", "2026-11-22T13:06:31.007Z"),
            ],
            at(600),
        ),
        events=len(EVENTS),
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def event(second: float, name: str, **proved: Any) -> forms.Event:
    """An event; of a path `[` is written `__`, and `].` `_of_`."""
    paths = {path.replace("__", "[").replace("_of_", "]."): value for path, value in proved.items()}
    return forms.Event(1, at(second), name, "ami", "ingester", 3, 88_000 + int(second * 13), paths)


EVENTS = [
    event(0, "ChannelStarted", started_at="2026-11-22T12:58:09.000Z", direction="inbound", status="QUEUED"),
    event(14, "CallerJoined", stints__0_of_queue="support", stints__0_of_entered_at="x", stints__0_of_position=2),
    event(21, "AgentRingNoAnswer", missed__0_of_agent="Tomas Berg", missed__0_of_rang_at="x"),
    event(32, "AgentConnected", legs__0_of_answered_at="x", stints__0_of_outcome="answered", stints__0_of_wait_s=18.2),
    event(244, "Hold", legs__0_of_holds=1, status="ON_HOLD"),
    event(291, "Unhold", legs__0_of_hold_s=47.0, status="CONNECTED"),
    event(323, "BlindTransferred", legs__0_of_transfer={"kind": "blind", "to": "Billing"}),
    event(372, "AgentConnected", legs__1_of_answered_at="x"),
    *(event(380 + n, "Measured", legs__1_of_mos=4.3) for n in range(6)),
    event(502, "HangUp", ended_at="2026-11-22T13:06:31.000Z", hangup_cause=16, status="ENDED"),
]


@dataclass
class History:
    """What the API knows. `refuse`: every answer; while `held` is not set, lists wait. `asked`: paths with queries."""

    rows: Sequence[forms.CallRow] = field(default_factory=lambda: [row(n) for n in range(1, 8)])
    unit: str = "call"
    call: forms.Whole = field(default_factory=whole)
    events: Sequence[forms.Event] = field(default_factory=lambda: list(EVENTS))
    recordings: Sequence[dict[str, Any]] = ()
    refuse: tuple[int, str] | None = None
    refuse_recordings: tuple[int, str] | None = None
    held: threading.Event | None = None
    asked: list[str] = field(default_factory=list)

    def routes(self) -> list[Route]:
        """For a Starlette application."""
        return [
            Route("/api/pbx/history", self._list),
            Route("/api/pbx/history/count", self._count),
            Route("/api/pbx/history/file", partial(_file_of, self)),
            Route("/api/pbx/history/{call}", self._one),
            Route("/api/pbx/history/{call}/events", self._events),
            Route("/api/pbx/recordings", self._recordings),
            Route("/api/pbx/rejects", self._rejects),
        ]

    async def _list(self, request: Request) -> Response:
        self.asked.append(str(request.url.query))
        if self.held:
            await to_thread(self.held.wait)
        names = [each.cursor for each in self.rows]
        limit, places = int(request.query_params["limit"]), request.query_params
        if (cursor := places.get("before")) in names:
            found = self.rows[: names.index(cursor)][-limit:]
        else:
            start = names.index(places["after"]) + 1 if places.get("after") in names else 0
            found = self.rows[start : start + limit]
        more = bool(found) and found[-1] is not self.rows[-1] and "before" not in places
        return self._said(forms.CallRows(self.unit, list(found), found[-1].cursor if more else None))

    async def _count(self, _: Request) -> Response:
        return self._said(forms.Counted(len(self.rows)))

    async def _one(self, request: Request) -> Response:
        if request.path_params["call"] == "pbx:nowhere":
            return problem(404, "Call session not found")
        return self._said(self.call)

    async def _events(self, request: Request) -> Response:
        return self._said(forms.Events(self.call.call_id, list(self.events)))

    async def _recordings(self, _: Request) -> Response:
        if self.refuse_recordings:
            return problem(*self.refuse_recordings)
        return self._said({"items": list(self.recordings), "total": len(self.recordings)})

    async def _rejects(self, _: Request) -> Response:
        return self._said(forms.AllRejects([forms.Rejects("pbx-1", "ami", 17, BEGUN)]))

    def _said(self, told: Any) -> Response:
        if self.refuse:
            return problem(*self.refuse)
        return Response(msgspec.json.encode(told), media_type="application/json")


RECORDING = {
    "id": "00000000-0000-0000-0000-000000000007", "callId": "pbx-1:1795528689.4412", "pbx": "pbx-1",
    "startedAt": "2026-11-22T12:58:41.000Z", "endedAt": "2026-11-22T13:06:31.000Z", "seconds": 470.0,
    "mediaType": "audio/wav", "storedAt": "2026-11-22T13:07:00.000Z", "deletedAt": None, "deletedBecause": None,
}  # fmt: skip


@dataclass(frozen=True)
class _Rows:
    """The rows of a list as a store has them."""

    rows: Sequence[forms.CallRow]

    async def page(self, _: Principal, __: Search, limit: int, after: Cursor | None, ___: Cursor | None) -> Page:
        start = [each.cursor for each in self.rows].index(after.text()) + 1 if after else 0
        return Page(list(self.rows[start : start + limit]), start + limit < len(self.rows))

    async def count(self, _: Principal, __: Search) -> int:
        return len(self.rows)


async def _file_of(history: History, request: Request) -> Response:
    """A file as the API makes it, Excel and PDF by the dashboard of the same origin."""
    asked = request.query_params
    zone = ZoneInfo(asked["clock"])
    search = Search(read_period(asked["startDate"], asked["endDate"], zone), zone, asked.get("show", "calls"))
    petra = Principal("u1", "Petra Lang", "Northwind Support", Role.MANAGER, 4_000_000_000, "sign-in")
    async with httpx.AsyncHTTPTransport() as transport:
        writer = ReportFiles(request.url.netloc, transport, Tokens(SECRET.encode()))
        files = CallFiles(_Rows(history.rows), writer, FakeBook(), lambda: NOW)  # type: ignore[arg-type]
        try:
            made = await files.file(petra, search, asked["kind"], request.url.query)
        except ApiError as error:
            return problem(error.status, error.detail)
        content = b"".join([chunk async for chunk in made.chunks])
    named = {"content-disposition": f'attachment; filename="{made.name}"'}
    return Response(content, media_type=made.media, headers=named)
