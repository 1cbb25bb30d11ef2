"""An API process as far as alerts go: a live board, a hub, a watchman; and rules and firings in PostgreSQL."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import psycopg
from alert_parts import RULE, ScriptedPast
from api_parts import NOON, UTC, FakePulse, principal, queue
from api_rows import add_user
from msgspec.structs import replace

from api.alerts.hindsight import Hindsight
from api.alerts.store import AlertStore
from api.alerts.tap import Tap
from api.alerts.trying import PastOfRules
from api.alerts.watching import Watchman
from api.alerts.words import AlertForm
from api.database import Database
from api.live.board import Board
from api.live.client import Client
from api.live.hub import Hub
from api.roles import Role
from calls.live import Waiter

STARTED = time.monotonic()


def running() -> int:
    """A clock that begins at noon, ms since the epoch."""
    return NOON + round((time.monotonic() - STARTED) * 1000)


class Process:
    """What one API process has of the live state, and its watchman."""

    def __init__(self, url: str, clock: Callable[[], int] = running, past: PastOfRules | None = None) -> None:
        self.board = Board()
        self.tap = Tap(self.board, clock)
        self.hub = Hub(self.board, FakePulse(), UTC, clock)
        self.watchman = Watchman(url, self.tap, lambda: True, Hindsight(past or ScriptedPast(), UTC))

    def wait(self, count: int, version: int) -> None:
        """So many callers wait from now on."""
        self.board.put_queue(queue(version=version, waiting=[Waiter(f"pbx:{it}", NOON, None) for it in range(count)]))
        self.tap.note()

    def join(self, role: Role) -> Client:
        client = self.hub.join(principal(role))
        assert client is not None
        return client

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """With its watchman at work."""
        task = asyncio.create_task(self.watchman.run())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def add_rule(
    database: Database, owner: str, clock: Callable[[], int] = running, **more: Any
) -> tuple[AlertStore, str]:
    """Keep the rule of tests with these changes: the store, and the secret."""
    petra = replace(principal(Role.MANAGER), user_id=add_user(owner, "petra", "manager"))
    store = AlertStore(database, clock)
    made = await store.add(petra, msgspec.convert({"rule": RULE} | more, AlertForm))
    return store, made.secret or ""


def found(owner: str) -> list[tuple[int, int | None]]:
    """What fired while nobody watched: ms after noon when it was raised, and when that was found."""
    with psycopg.connect(owner) as connection:
        rows = connection.execute("SELECT raised_at, found_at FROM alerts_fired ORDER BY raised_at").fetchall()
    return [(raised - NOON, late and late - NOON) for raised, late in rows]


def fired(owner: str) -> list[tuple[Any, ...]]:
    """What fired: ms after noon when it was raised and cleared, and the value."""
    with psycopg.connect(owner) as connection:
        rows = connection.execute("SELECT raised_at, cleared_at, value FROM alerts_fired ORDER BY raised_at").fetchall()
    return [(raised - NOON, cleared and cleared - NOON, value) for raised, cleared, value in rows]
