"""Tells the sockets of who watches what fired and what is over, whichever process has seen it.

PostgreSQL tells every process that a firing has changed; one that has sockets of its tenant reads it and tells them.
What was missed while PostgreSQL was away is made good when it is back.
"""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, LiteralString

from api.alerts.store import rule_of
from api.database import Database, notices
from api.live.client import Client
from api.live.hub import Hub
from api.live.messages import ALERT_CLEARED, ALERT_RAISED, AlertUpdate, Message, message

CHANNEL = "trunkline_alerts"
# What is over for longer no page shows any more.
MISSED_MS = 300_000

_ONE: LiteralString = "SELECT rule_id, rule, raised_at, value, cleared_at FROM alerts_fired"
Listen = Callable[[], AsyncIterator[str | None]]


class AlertNews:
    """Tells the sockets of this process."""

    def __init__(self, database: Database, url: str, hub: Hub) -> None:
        self._database, self._hub = database, hub
        self._listen: Listen = lambda: notices(url, CHANNEL)
        self._listened = False

    async def run(self) -> None:
        """Listen and tell, until the connection breaks."""
        async for told in self._listen():
            if told is None:
                await self._make_good()
                continue
            changed = json.loads(told)
            if clients := self._clients(changed["tenant"]):
                where: LiteralString = f"{_ONE} WHERE rule_id = %s AND raised_at = %s"
                await self._tell(changed["tenant"], clients, where, [changed["id"], changed["raised_at"]])

    async def _make_good(self) -> None:
        """Who listens for the first time has missed nothing."""
        if self._listened:
            for tenant in self._hub.tenants:
                since = self._hub.now - MISSED_MS
                where: LiteralString = f"{_ONE} WHERE cleared_at IS NULL OR cleared_at > %s ORDER BY raised_at"
                await self._tell(tenant, self._clients(tenant), where, [since])
        self._listened = True

    async def _tell(self, tenant: str, clients: list[Client], statement: LiteralString, values: Sequence[Any]) -> None:
        async with self._database.seeing(tenant) as connection:
            rows = await (await connection.execute(statement, values)).fetchall()
        messages = [_message(row) for row in rows]
        for client in clients:
            client.tell(messages)

    def _clients(self, tenant: str) -> list[Client]:
        """The open sockets of those who see the work of others."""
        return [each for each in self._hub.clients if each.tenant == tenant and not each.is_agent]


def _message(row: dict[str, Any]) -> Message:
    rule = rule_of(row["rule"])
    data = AlertUpdate(
        alert_id=str(row["rule_id"]), name=rule.name, metric=rule.metric.value, side=rule.side.value, limit=rule.limit,
        value=row["value"], raised_at=row["raised_at"], cleared_at=row["cleared_at"],
    )  # fmt: skip
    return message(ALERT_RAISED if row["cleared_at"] is None else ALERT_CLEARED, data)
