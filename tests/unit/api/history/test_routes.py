"""api/history/routes.py: what an address asks for, and what is refused with the parameter's name."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from api_parts import FakeAccounts, bearer, client_of, make_parts, user
from history_parts import FakeHistory, history_desk, row

from api.app import create_origin
from api.history.routes import history_router
from api.roles import Role

DAY = {"startDate": "2026-11-22", "endDate": "2026-11-22"}
BERLIN = ZoneInfo("Europe/Berlin")


def client(store: FakeHistory, role: Role = Role.MANAGER) -> httpx.AsyncClient:
    parts = make_parts(accounts=FakeAccounts(user(role)), history=history_desk(store, BERLIN))
    return client_of(create_origin(parts, [history_router(parts.history)]), headers=bearer(role))


async def test_a_local_day_with_all_that_can_be_asked() -> None:
    store = FakeHistory(row(1), row(2), more=True)
    asked: dict[str, Any] = DAY | {
        "show": "abandoned", "queue": ["support", "pbx:sales"], "agentId": "alice", "number": "+49 (30) 12-34",
        "disposition": "SALE", "pbx": "pbx", "hour": 9, "weekday": 1, "minSeconds": 10, "maxSeconds": 20.5, "limit": 2,
    }  # fmt: skip
    async with client(store) as browser:
        answer = await browser.get("/api/pbx/history", params=asked)
    assert answer.status_code == 200, answer.text
    ((tenant, search),) = store.asked
    assert (tenant, search.show, search.queues, search.agents) == (
        "default", "abandoned", ("support", "pbx:sales"), ("alice",),
    )  # fmt: skip
    assert search.period.start == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert search.period.end == datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert (search.number, search.of_agents, search.zone) == ("+49301234", True, BERLIN)
    assert (search.hour, search.weekday, search.min_seconds, search.max_seconds) == (9, 1, 10.0, 20.5)
    told = answer.json()
    assert (told["unit"], told["next"]) == ("stay", told["items"][1]["cursor"])
    assert told["items"][0]["fromName"] == "Mira Costa"


async def test_the_last_page_leads_nowhere_and_a_page_goes_on_from_a_row() -> None:
    store = FakeHistory(row(1))
    async with client(store) as browser:
        answer = await browser.get("/api/pbx/history", params=DAY | {"after": row(1).cursor, "before": row(2).cursor})
    assert answer.json()["next"] is None
    ((limit, after, before),) = store.places
    assert (limit, after and after.call_id, before and before.call_id) == (50, "pbx:1", "pbx:2")


async def test_how_many_there_are() -> None:
    async with client(FakeHistory(row(1), row(2))) as browser:
        answer = await browser.get("/api/pbx/history/count", params=DAY | {"of": "agents", "show": "handled"})
    assert answer.json() == {"total": 2}


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 200), (Role.AGENT, 403)])
async def test_watchers_are_told_how_much_was_refused(role: Role, status: int) -> None:
    async with client(FakeHistory(), role) as browser:
        answer = await browser.get("/api/pbx/rejects", params=DAY | {"clock": "UTC"})
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["items"] == [
            {"pbx": "pbx", "source": "ami", "rejects": 3, "lastAt": "2026-11-22T00:00:00Z"}
        ]


async def test_events_are_shown_or_saved() -> None:
    async with client(FakeHistory()) as browser:
        shown = await browser.get("/api/pbx/history/pbx:1/events")
        saved = await browser.get("/api/pbx/history/pbx:1/events", params={"download": "true"})
        nowhere = await browser.get("/api/pbx/history/pbx:2/events")
        no_call = await browser.get("/api/pbx/history/pbx:2")
    assert (shown.json()["callId"], shown.json()["items"][0]["seq"]) == ("pbx:1", 88_120)
    assert "content-disposition" not in shown.headers
    assert saved.headers["content-disposition"] == 'attachment; filename="call-events.json"'
    assert (nowhere.status_code, no_call.status_code) == (404, 404)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("show", "everything"),
        ("clock", "Mars/Olympus"),
        ("number", "12"),
        ("after", "yesterday"),
        ("before", "2026-99-22T12:00:00.000000Z~0~pbx:1"),
        ("queue", "sup\x00port"),
        ("agentId", "a\nb"),
        ("disposition", "\x01"),
        ("pbx", "\x7f"),
        ("of", "queues"),
        ("hour", "24"),
        ("minute", "7"),
        ("weekday", "0"),
        ("limit", "201"),
        ("min", "-1"),
        ("startDate", "yesterday"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_name(name: str, value: str) -> None:
    async with client(FakeHistory()) as browser:
        answer = await browser.get("/api/pbx/history", params=DAY | {"minSeconds" if name == "min" else name: value})
    assert answer.status_code == 400
    assert name in answer.json()["detail"]


async def test_a_list_is_a_file_too_for_those_who_see_the_work_of_others() -> None:
    store = FakeHistory(row(1), row(2))
    async with client(store) as browser:
        answer = await browser.get("/api/pbx/history/file", params=DAY | {"kind": "csv", "show": "abandoned"})
        odd = await browser.get("/api/pbx/history/file", params=DAY | {"kind": "doc"})
    assert answer.headers["content-disposition"] == 'attachment; filename="trunkline-calls-2026-11-22-2026-11-22.csv"'
    assert (answer.headers["content-type"], len(answer.text.splitlines())) == ("text/csv; charset=utf-8", 3)
    assert (odd.status_code, store.asked[0][1].show) == (400, "abandoned")
    async with client(store, Role.AGENT) as browser:
        assert (await browser.get("/api/pbx/history/file", params=DAY | {"kind": "csv"})).status_code == 403
