"""api/history/call_files.py: all rows of a search, a page at a time, and no more than such a file may have."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from analyst_parts import FakeBook
from api_parts import principal
from history_parts import FakeHistory, history_desk, row

from api.errors import BadRequest
from api.history.call_files import MOST_ROWS, CallFile
from api.history.search import Cursor, Search
from api.history.store import Page
from api.managers.period import Period
from api.tokens import Principal

START = datetime(2026, 11, 22, tzinfo=UTC)
SEARCH = Search(Period(START, START + timedelta(days=1)), ZoneInfo("UTC"))


class Long(FakeHistory):
    """Two rows a page, and then the others."""

    async def page(
        self, principal: Principal, search: Search, limit: int, after: Cursor | None, before: Cursor | None
    ) -> Page:
        self.places.append((limit, after, before))
        at = next((n for n, each in enumerate(self.rows, 1) if after and each.cursor == after.text()), 0)
        return Page(self.rows[at : at + 2], at + 2 < len(self.rows))


class Counted(FakeHistory):
    """Says that there are so many."""

    async def count(self, principal: Principal, search: Search) -> int:
        return 2_001


async def made(store: FakeHistory, kind: str, book: FakeBook | None = None) -> CallFile:
    return await history_desk(store, ZoneInfo("UTC"), book).files.file(principal(), SEARCH, kind, "a=b")


async def content(file: CallFile) -> bytes:
    return b"".join([chunk async for chunk in file.chunks])


async def test_csv_goes_on_page_by_page_until_the_end() -> None:
    store, book = Long(row(1), row(2, from_number="=1+1"), row(3)), FakeBook()
    file = await made(store, "csv", book)
    head, *lines = csv.reader(io.StringIO((await content(file)).decode("utf-8-sig"), newline=""))
    assert [line[head.index("Number")] for line in lines] == ["'+49301234001", "'=1+1", "'+49301234003"]
    assert [after and after.call_id for _, after, _ in store.places] == [None, "pbx:2"]
    assert (file.name, file.media) == ("trunkline-calls-2026-11-22-2026-11-22.csv", "text/csv")
    assert book.noted == [("manager-default", {"file": file.name, "query": "a=b"})]


async def test_excel_and_pdf_are_made_elsewhere_of_the_same_rows() -> None:
    file = await made(Long(row(1), row(2), row(3)), "xlsx")
    first, *pages = [json.loads(line) for line in (await content(file)).splitlines()]
    assert (file.media, first["title"], [len(rows) for rows in pages]) == ("application/x-xlsx", "Calls", [2, 1])


async def test_too_many_rows_are_refused_with_what_to_do_and_taken_by_nobody() -> None:
    book = FakeBook()
    with pytest.raises(BadRequest, match=r"2,001 rows.* at most 2,000.* Excel or CSV"):
        await made(Counted(), "pdf", book)
    assert book.noted == [] and MOST_ROWS["csv"] > MOST_ROWS["xlsx"]


async def test_rows_that_come_meanwhile_do_not_make_it_endless() -> None:
    endless: Any = FakeHistory(row(1), more=True)
    assert len((await content(await made(endless, "pdf"))).splitlines()) == MOST_ROWS["pdf"] + 1
