"""api/alerts/news.py on a real PostgreSQL: sockets of who watches hear what fired and what is over."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from alert_process import Process, add_rule, fired
from api_parts import until

from api.alerts.news import AlertNews
from api.database import Database
from api.roles import Role


async def test_watchers_hear_of_it_and_agents_do_not(database: Database, database_as: Callable[..., str]) -> None:
    await add_rule(database, database_as())
    process = Process(database_as("trunkline_api"))
    clients = [process.join(role) for role in (Role.SUPERVISOR, Role.AGENT)]
    news = asyncio.create_task(AlertNews(database, database_as("trunkline_api"), process.hub).run())
    heard: list[list[dict[str, Any]]] = [[], []]

    def told(count: int) -> bool:
        for client, own in zip(clients, heard, strict=True):
            own += [it for it in map(json.loads, client.take_frames()) if it["event"].startswith("alert:")]
        return len(heard[0]) >= count

    process.wait(4, 1)
    async with process.watching():
        await until(lambda: bool(fired(database_as())))
        await until(lambda: told(1))
        process.wait(0, 2)
        await until(lambda: told(2))
    news.cancel()
    await asyncio.gather(news, return_exceptions=True)
    assert [(it["event"], it["data"]["name"]) for it in heard[0]] == [
        ("alert:raised", "Many wait"), ("alert:cleared", "Many wait"),
    ]  # fmt: skip
    assert heard[1] == []
