"""Fakes at the seams of analysts' SQL: who answers, and where it is written down."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from api.analysts.process import Answer
from api.tokens import Principal


class FakeAnalyst:
    """Answers every statement with itself, or with an error."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.seated = 0

    @contextmanager
    def seat(self, tenant: str) -> Iterator[None]:
        self.seated += 1
        yield
        self.seated -= 1

    async def ask(self, tenant: str, statement: str, timezone: str, most_rows: int) -> Answer:
        if self.error is not None:
            raise self.error
        return Answer(["tenant", "statement"], ["VARCHAR", "VARCHAR"], [[tenant, statement]], cut=most_rows == 1)


class FakeBook:
    """Keeps what was written down."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, dict[str, Any]]] = []

    async def note(self, principal: Principal, detail: dict[str, Any]) -> None:
        self.noted.append((principal.user_id, detail))
