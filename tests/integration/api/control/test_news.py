"""api/control/news.py: users hear of their commands on their sockets, whichever process had them in hand."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
from api_parts import UTC, Clock, FakePulse, principal, until
from api_rows import add_user
from msgspec.structs import replace

from api.background import Work, beside
from api.control.commands import Verdict
from api.control.news import CommandNews, PostgresTelegraph
from api.control.store import Ask, PostgresCommands, Wish
from api.database import Database
from api.live.board import Board
from api.live.client import Client
from api.live.hub import Hub
from api.roles import Role

LISTENING = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%%' AND datname = current_database()"


def told(client: Client) -> list[dict[str, Any]]:
    """What a client was told of commands."""
    frames = [json.loads(frame) for frame in client.take_frames()]
    return [frame["data"] for frame in frames if frame["event"] == "command:updated"]


async def test_a_user_hears_of_each_step_and_nobody_else_does(database: str, database_as: Callable[..., str]) -> None:
    user, other = add_user(database, "ann", "agent"), add_user(database, "bob", "agent")
    url = database_as("trunkline_api")
    pool, hub = Database(url), Hub(Board(), FakePulse(), UTC, Clock())
    await pool.open()
    store = PostgresCommands(pool)
    me = replace(principal(Role.AGENT), user_id=user)
    mine, theirs = (hub.join(replace(me, user_id=each)) for each in (user, other))
    assert mine is not None and theirs is not None
    news = CommandNews(PostgresTelegraph(pool, url), store, hub)
    heard: list[dict[str, Any]] = []

    def statuses() -> list[str]:
        heard.extend(told(mine))
        return [each["status"] for each in heard]

    async with beside([Work("news", news.run)]):
        await until(lambda: listening(database) == 1)
        made, _ = await store.accept(Ask(me, uuid.uuid4()), wish())
        await store.take(made)
        await store.settle(made, Verdict(True))
        await until(lambda: len(statuses()) >= 3)
        assert statuses()[-1] == "confirmed" and heard[-1]["commandId"] == str(made.id)
        # The connection breaks, and what was settled meanwhile is told when it is back.
        with psycopg.connect(database) as connection:
            connection.execute(f"SELECT pg_terminate_backend(pid) {LISTENING}")
        late, _ = await store.accept(Ask(me, uuid.uuid4()), wish())
        await store.settle(late, Verdict(False, "why"))
        await until(lambda: bool(statuses()) and heard[-1]["detail"] == "why")
        await asyncio.sleep(0)
    assert told(theirs) == []
    await pool.close()


def listening(owner: str) -> int:
    """How many connections listen."""
    with psycopg.connect(owner) as connection:
        row = connection.execute(f"SELECT count(*) {LISTENING}").fetchone()
    assert row is not None
    return int(row[0])


def wish() -> Wish:
    """A hang-up."""
    return Wish(uuid.uuid4(), "hangup", {}, "pbx", "pbx:1", "PJSIP/1001", "u1", 10.0)
