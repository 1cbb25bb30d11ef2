"""api/post/call_lists.py: the address of the calls page is the same search as the page's own, and comes as a file."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest
from analyst_parts import FakeBook
from api_parts import SECRET, principal
from history_parts import NOON, FakeHistory, FakeWriter, row

from api.errors import BadRequest
from api.history.call_files import CallFiles
from api.history.routes import HistoryDesk
from api.history.routes import search_of as asked_search
from api.history.search import Search
from api.post.call_lists import MailedFiles, search_of
from api.post.report_letter import Summary
from api.post.rounds import LARGEST
from api.report_files import ReportFiles
from api.tokens import Tokens
from dashboard.call_search import OWN, asked
from dashboard.filters import parse

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = "from=2026-11-21&to=2026-11-22"


def mailed(history: FakeHistory, book: FakeBook | None = None, largest: int = LARGEST) -> MailedFiles:
    files = CallFiles(history, FakeWriter(), book or FakeBook(), lambda: NOON)
    away = httpx.MockTransport(lambda request: httpx.Response(200, text=request.url.path))
    return MailedFiles(ReportFiles("d:1", away, Tokens(SECRET)), files, BERLIN, largest)


def of_the_page(query: str) -> Search:
    """What the page asks the API for."""
    filters = parse(query, datetime(2026, 11, 27, tzinfo=UTC), BERLIN, OWN)
    told = parse_qs(msgspec.json.decode(asked(filters))["query"])
    given: dict[str, Any] = {name: told.get(name) for name in ("queue", "disposition")}
    named = {name: values[0] for name, values in told.items() if name not in given}
    given |= {name: int(named[name]) for name in ("hour", "minute", "weekday") if name in named}
    given |= {f"{it}_seconds": float(named[f"{it}Seconds"]) for it in ("min", "max") if f"{it}Seconds" in named}
    given |= {name: named[name] for name in ("show", "of", "number", "pbx", "clock") if name in named}
    desk = HistoryDesk(FakeHistory(), BERLIN, CallFiles(FakeHistory(), FakeWriter(), FakeBook()))
    return asked_search(desk, named["startDate"], named["endDate"], agent_id=told.get("agentId"), **given)


@pytest.mark.parametrize(
    "more",
    [
        "", "&show=abandoned&queue=pbx:a&queue=pbx:b", "&agent=pbx:7&show=handled", "&of=agents&show=missed&pbx=pbx",
        "&number=%2B49+30&disposition=-&clock=UTC", "&hour=9&weekday=1&min=10&max=60", "&hour=09:45&min=x&weekday=9",
        "&show=nothing&hour=25&of=x&call=pbx:1&row=2&variant=offered&by=day&compare=week",
    ],
)  # fmt: skip
def test_it_is_the_search_of_the_page(more: str) -> None:
    assert search_of(DAYS + more, BERLIN) == of_the_page(DAYS + more)


@pytest.mark.parametrize("wrong", ["", "from=x&to=2026-11-22", f"{DAYS}&clock=Mars", f"{DAYS}&number=1"])
def test_what_makes_no_sense_is_named(wrong: str) -> None:
    with pytest.raises(BadRequest):
        search_of(wrong, BERLIN)


async def test_it_comes_as_a_file_and_says_what_it_is_about() -> None:
    history, book = FakeHistory(row(1), row(2)), FakeBook()
    files = mailed(history, book)
    about = msgspec.json.decode((await files.fetch(principal(), "calls", "json", DAYS)).content, type=Summary)
    assert (about.title, dict(about.about)["Range"], about.figures[0].value) == (
        "Calls",
        "21 Nov 2026 – 22 Nov 2026",
        "2",
    )
    assert book.noted == []
    made = await files.fetch(principal(), "calls", "csv", DAYS)
    assert made.name == "trunkline-calls-2026-11-21-2026-11-22.csv" and made.content.count(b"\r\n") == 3
    assert [detail["query"] for _, detail in book.noted] == [DAYS]
    assert {tenant for tenant, _ in history.asked} == {"default"}


async def test_other_pages_are_the_dashboards() -> None:
    made = await mailed(FakeHistory()).fetch(principal(), "queues", "csv", "range=today")
    assert made.content == b"/reports/export/queues.csv"


async def test_what_is_too_long_for_a_letter_is_not_kept_in_memory() -> None:
    files = mailed(FakeHistory(row(1)), largest=100)
    with pytest.raises(BadRequest, match="fewer days"):
        await files.fetch(principal(), "calls", "csv", DAYS)
