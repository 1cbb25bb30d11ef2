"""Tells whoever is to know beside the pages, from rows that were written when something fired or was over.

Each row is taken by one process, which writes down what became of it; one that dies in between leaves it to be sent
again some minutes later, under the same id. So everybody is told at least once, and told again where nobody answered.
"""

import asyncio
from typing import Any, Protocol

import msgspec

from api.alerts.store import rule_of
from api.alerts.webhook import NotSent, Webhooks
from api.database import Database
from api.post.letters import Letter
from calls.alerts import RATIOS, AlertMetric, AlertRule, Side
from calls.form import iso

# At once; a lookup, a connection and an answer may take some seconds each.
MOST_AT_ONCE = 20
LOOK_EVERY_S = 1.0
FORGET_EVERY_S, KEEP_DAYS = 3600.0, 400
# Seconds until it is tried again: after the last it is given up, an hour and a half later.
AGAIN_S = (10, 60, 300, 1200, 3600)

_SENT = "UPDATE alert_deliveries SET status = 'sent', detail = '', settled_at = now() WHERE id = %s"
_AGAIN = "UPDATE alert_deliveries SET detail = %s, due_at = now() + make_interval(secs => %s) WHERE id = %s"
_FAILED = "UPDATE alert_deliveries SET status = 'failed', detail = %s, settled_at = now() WHERE id = %s"
WORDS = {
    AlertMetric.WAITING: "callers waiting",
    AlertMetric.LONGEST_WAIT: "longest wait",
    AlertMetric.AVAILABLE: "agents available",
    AlertMetric.SERVICE_LEVEL: "service level today",
    AlertMetric.SERVICE_LEVEL_RECENT: "service level of the last half hour",
    AlertMetric.ABANDON_RATE: "abandon rate today",
    AlertMetric.ABANDONED: "abandoned today",
}


class Mail(Protocol):
    """What sends a letter to one. Raises NotSent."""

    async def send(self, letter: Letter) -> None: ...


class Deliveries:
    """Sends what is due."""

    def __init__(self, database: Database, webhooks: Webhooks, mail: Mail) -> None:
        self._database, self._webhooks, self._mail = database, webhooks, mail

    async def send(self) -> None:
        """All that is due, some at once."""
        while rows := await self._take():
            await asyncio.gather(*(self._deliver(row) for row in rows))

    async def forget(self) -> None:
        """Throw away what fired long ago."""
        async with self._database.tenantless() as connection:
            await connection.execute("SELECT forget_alerts(make_interval(days => %s))", [KEEP_DAYS])

    async def _take(self) -> list[dict[str, Any]]:
        async with self._database.tenantless() as connection:
            return await (
                await connection.execute("SELECT * FROM take_alert_deliveries(%s)", [MOST_AT_ONCE])
            ).fetchall()

    async def _deliver(self, row: dict[str, Any]) -> None:
        statement, values = await self._tried(row)
        async with self._database.seeing(row["tenant_id"]) as connection:
            await connection.execute(statement, [*values, row["id"]])

    async def _tried(self, row: dict[str, Any]) -> tuple[Any, list[Any]]:
        try:
            if row["kind"] == "webhook":
                await self._webhooks.send(row["target"], row["secret"], str(row["id"]), body_of(row))
            else:
                await self._mail.send(mail_of(row))
        except NotSent as error:
            left = AGAIN_S[row["tries"] - 1 :]
            return (_FAILED, [str(error)]) if error.is_final or not left else (_AGAIN, [str(error), left[0]])
        return _SENT, []


def body_of(row: dict[str, Any]) -> bytes:
    """What a webhook is sent."""
    rule = rule_of(row["rule"])
    alert = {"id": str(row["rule_id"])} | {
        name: msgspec.to_builtins(getattr(rule, name)) for name in ("name", "metric", "side", "limit", "queues")
    }
    told = {
        "id": str(row["id"]), "event": f"alert.{row['event']}", "tenant": row["tenant_id"], "alert": alert,
        "value": row["value"], "raisedAt": iso(row["raised_at"]),
        "clearedAt": iso(row["cleared_at"]) if row["event"] == "cleared" else None,
        "foundAt": None if row["found_at"] is None else iso(row["found_at"]),
    }  # fmt: skip
    return msgspec.json.encode(told)


def mail_of(row: dict[str, Any]) -> Letter:
    """What a mail says."""
    rule = rule_of(row["rule"])
    is_raised = row["event"] == "raised"
    queues = ", ".join(rule.queues) or "all queues"
    lines = [
        f"{WORDS[rule.metric]} of {queues}: {number(rule, row['value'])} at {iso(row['raised_at'])},",
        f"limit {'at least' if rule.side is Side.AT_LEAST else 'below'} {number(rule, rule.limit)}.",
        *([] if is_raised else [f"Over at {iso(row['cleared_at'])}."]),
        *(
            []
            if row["found_at"] is None
            else [f"Told late: nobody watched then, it was found at {iso(row['found_at'])}."]
        ),
    ]
    subject = f"{'Alert' if is_raised else 'Over'}: {rule.name}"
    return Letter(str(row["id"]), subject, (row["target"],), (" ".join(lines),))


def number(rule: AlertRule, value: float) -> str:
    """A value of the rule's metric as people read it."""
    if rule.metric in RATIOS:
        return f"{value * 100:.1f} %"
    return f"{value:.0f} s" if rule.metric is AlertMetric.LONGEST_WAIT else f"{value:.0f}"
