"""A database that keeps what it is asked, and answers with what it was given."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any


class Answer:
    """A cursor's answer."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._rows = list(rows)
        self.rowcount = len(self._rows)

    async def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows[0] if self._rows else None

    async def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows


class RecordingDatabase:
    """Stands for `Database`. `answers` maps a word of a statement to the rows that it gives."""

    def __init__(self, answers: dict[str, list[tuple[Any, ...]]] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[tuple[str, Sequence[Any]]] = []

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["RecordingDatabase"]:
        yield self

    @asynccontextmanager
    async def pipeline(self) -> AsyncIterator[None]:
        yield

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        self.asked.append(("transaction", ()))
        yield

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> Answer:
        self.asked.append((statement, values))
        return Answer(next((rows for word, rows in self.answers.items() if word in statement), []))
