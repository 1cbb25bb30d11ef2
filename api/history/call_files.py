"""Lists of calls as files: CSV written here as it is read, Excel and PDF by the dashboard, of rows that are sent there.

Whatever the length, a page of rows is in memory at a time. Each file is written down before its first byte.
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from api.errors import BadRequest
from api.history.call_table import Cell, Head, cells, csv_of, head
from api.history.search import Search, read_cursor
from api.history.store import HistoryStore
from api.tokens import Principal

# What a kind may have. An hour's reading of CSV; what Excel is made of in some seconds; what anybody reads on paper.
MOST_ROWS = {"csv": 500_000, "xlsx": 50_000, "pdf": 2_000}
CSV = "text/csv"
_MARK = "\ufeff"
_AT_ONCE = 500


class CallFile(Struct, frozen=True):
    """A file: its name, its media type, and its bytes as they come."""

    name: str
    media: str
    chunks: AsyncIterator[bytes]


class Book(Protocol):
    """Where it is written down that somebody took numbers away."""

    async def note(self, principal: Principal, detail: dict[str, Any]) -> None: ...


class Writer(Protocol):
    """Who makes Excel and PDF of lines of JSON: `api.report_files.ReportFiles`. Raises ApiError."""

    async def write(self, principal: Principal, kind: str, lines: AsyncIterator[bytes]) -> tuple[str, bytes]: ...


class CallFiles:
    """Makes files of searches."""

    def __init__(
        self,
        store: HistoryStore,
        writer: Writer,
        book: Book,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._writer = writer
        self._book = book
        self._clock = clock

    async def file(self, principal: Principal, search: Search, kind: str, asked: str) -> CallFile:
        """All rows of a search. `asked`: its query, for the audit log. Raises BadRequest where there are too many."""
        total = await self._store.count(principal, search)
        if total > MOST_ROWS[kind]:
            raise BadRequest(f"kind: {_too_many(total, kind)}")
        top = head(search, principal.tenant, total, self._clock(), kind)
        name = f"{top.name}.{kind}"
        await self._book.note(principal, {"file": name, "query": asked})
        if kind == "csv":
            return CallFile(name, CSV, self._csv(principal, search, top))
        media, content = await self._writer.write(principal, kind, self._lines(principal, search, top, kind))
        return CallFile(name, media, _whole(content))

    async def about(self, principal: Principal, search: Search) -> Head:
        """What a file of a search says above its rows."""
        total = await self._store.count(principal, search)
        return head(search, principal.tenant, total, self._clock(), "csv")

    async def _csv(self, principal: Principal, search: Search, top: Head) -> AsyncIterator[bytes]:
        yield (_MARK + csv_of(top.headings)).encode()
        async for rows in self._pages(principal, search, "csv"):
            yield "".join(map(csv_of, rows)).encode()

    async def _lines(self, principal: Principal, search: Search, top: Head, kind: str) -> AsyncIterator[bytes]:
        """The head, then the rows, some a line, as JSON."""
        yield msgspec.json.encode(top) + b"\n"
        async for rows in self._pages(principal, search, kind):
            yield msgspec.json.encode(rows) + b"\n"

    async def _pages(self, principal: Principal, search: Search, kind: str) -> AsyncIterator[list[list[Cell]]]:
        after, left = None, MOST_ROWS[kind]
        while left > 0:
            page = await self._store.page(principal, search, min(_AT_ONCE, left), after, None)
            if page.rows:
                yield [cells(row, search, kind) for row in page.rows]
            if not page.more or not page.rows:
                return
            left -= len(page.rows)
            after = read_cursor("after", page.rows[-1].cursor)


def _too_many(total: int, kind: str) -> str:
    other = {"csv": "", "xlsx": ", or take CSV", "pdf": ", or take Excel or CSV"}[kind]
    return f"there are {total:,} rows, and such a file has at most {MOST_ROWS[kind]:,}. Choose fewer days{other}."


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
