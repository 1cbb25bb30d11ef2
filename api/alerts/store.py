"""Rules and firings in PostgreSQL, as managers see and change them; every change is in the audit log, no secret is."""

import json
import secrets
from collections.abc import Callable
from typing import Any, LiteralString
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from api.alerts.words import AlertForm, AlertItem, DeliveryForm, FiredItem, FiringForm, firing_form
from api.database import Connection, Database
from api.errors import BadRequest, Conflict
from api.tokens import Principal
from calls.alerts import AlertRule, Firing
from calls.form import iso

# Each is looked at with every change of the board.
MOST_RULES = 100
SECRET_BYTES = 32

_RULES: LiteralString = """
SELECT r.id, r.rule, r.webhook, r.mail, r.is_active, f.raised_at, f.value
FROM alert_rules r LEFT JOIN alerts_fired f ON f.rule_id = r.id AND f.cleared_at IS NULL
"""
_CLEAR: LiteralString = (
    "UPDATE alerts_fired SET cleared_at = greatest(raised_at, %s) WHERE rule_id = %s AND cleared_at IS NULL"
)
_FIRED: LiteralString = """
SELECT rule_id, rule, raised_at, value, cleared_at, found_at FROM alerts_fired
WHERE (NOT %s OR cleared_at IS NULL) ORDER BY raised_at DESC, rule_id LIMIT %s OFFSET %s
"""
_DELIVERIES: LiteralString = """
SELECT rule_id, raised_at, event, kind, target, status, tries, detail, settled_at FROM alert_deliveries
WHERE (rule_id, raised_at) IN (SELECT * FROM unnest(%s::uuid[], %s::bigint[])) ORDER BY event DESC, kind, target
"""
Row = dict[str, Any]


class AlertStore:
    """A tenant's rules and what they did. `clock` is in ms since the epoch."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock

    async def rules(self, tenant: str) -> list[AlertItem]:
        """All of them, by name."""
        async with self._database.seeing(tenant) as connection:
            rows = await (await connection.execute(f"{_RULES} ORDER BY r.rule->>'name', r.id")).fetchall()
        return [_item(row) for row in rows]

    async def rule(self, tenant: str, rule_id: UUID) -> AlertItem | None:
        """One of them."""
        async with self._database.seeing(tenant) as connection:
            return await _find(connection, rule_id)

    async def add(self, principal: Principal, form: AlertForm) -> AlertItem:
        """Keep a new one. Raises Conflict where there are too many, BadRequest for queues that are not the tenant's."""
        secret = _new_secret() if form.webhook else ""
        async with self._database.seeing(principal.tenant) as connection:
            await _check_queues(connection, form.rule)
            found = await connection.execute(
                "INSERT INTO alert_rules (tenant_id, rule, is_active, webhook, secret, mail, watched_until)"
                " SELECT %s, %s, %s, %s, %s, %s, %s WHERE (SELECT count(*) FROM alert_rules) < %s RETURNING id",
                [principal.tenant, _json(form.rule), form.is_active, form.webhook, secret, form.mail,
                 self._clock(), MOST_RULES],
            )  # fmt: skip
            row = await found.fetchone()
            if row is None:
                raise Conflict(f"There are {MOST_RULES} alerts already: remove one first.")
            await _audit(connection, principal, "alert.add", row["id"], form)
        return AlertItem(str(row["id"]), form.rule, form.webhook, form.mail, form.is_active, secret=secret or None)

    async def change(self, principal: Principal, rule_id: UUID, form: AlertForm) -> AlertItem | None:
        """Set all of one, None where it is not there. It begins anew: what it had raised is over."""
        async with self._database.seeing(principal.tenant) as connection:
            found = await connection.execute("SELECT secret FROM alert_rules WHERE id = %s FOR UPDATE", [rule_id])
            if (row := await found.fetchone()) is None:
                return None
            await _check_queues(connection, form.rule)
            fresh = _new_secret() if form.webhook and (form.new_secret or not row["secret"]) else ""
            secret = (fresh or row["secret"]) if form.webhook else ""
            # First of all, so that those who were told of it are told this too.
            now = self._clock()
            await connection.execute(_CLEAR, [now, rule_id])
            await connection.execute(
                "UPDATE alert_rules SET rule = %s, is_active = %s, webhook = %s, secret = %s, mail = %s,"
                " watched_until = %s, since_at = NULL, last_at = NULL, edition = edition + 1 WHERE id = %s",
                [_json(form.rule), form.is_active, form.webhook, secret, form.mail, now, rule_id],
            )
            await _audit(connection, principal, "alert.change", rule_id, form)
        return AlertItem(str(rule_id), form.rule, form.webhook, form.mail, form.is_active, secret=fresh or None)

    async def remove(self, principal: Principal, rule_id: UUID) -> bool:
        """Take one away; what it did stays, what was still to be sent is given up. False where it is not there."""
        async with self._database.seeing(principal.tenant) as connection:
            item = await _find(connection, rule_id)
            if item is None:
                return False
            await connection.execute("DELETE FROM alert_rules WHERE id = %s", [rule_id])
            await connection.execute(_CLEAR, [self._clock(), rule_id])
            await connection.execute(
                "UPDATE alert_deliveries SET status = 'failed', detail = 'the alert was removed', settled_at = now()"
                " WHERE rule_id = %s AND status = 'waiting'",
                [rule_id],
            )
            gone = AlertForm(item.rule, item.webhook, item.mail, item.is_active)
            await _audit(connection, principal, "alert.remove", rule_id, gone)
        return True

    async def fired(self, tenant: str, only_open: bool, limit: int, offset: int) -> tuple[list[FiredItem], int]:
        """What fired, the newest first, each with what became of its deliveries; and how many there are in all."""
        async with self._database.seeing(tenant) as connection:
            rows = await (await connection.execute(_FIRED, [only_open, limit, offset])).fetchall()
            names = [row["rule_id"] for row in rows], [row["raised_at"] for row in rows]
            sent = await (await connection.execute(_DELIVERIES, names)).fetchall()
            total = await connection.execute(
                "SELECT count(*) AS total FROM alerts_fired WHERE NOT %s OR cleared_at IS NULL", [only_open]
            )
            count = await total.fetchone()
        return [_fired(row, sent) for row in rows], count["total"] if count else 0


def rule_of(value: Any) -> AlertRule:
    """A rule as the column has it."""
    return msgspec.convert(value, AlertRule)


async def _find(connection: Connection, rule_id: UUID) -> AlertItem | None:
    row = await (await connection.execute(f"{_RULES} WHERE r.id = %s", [rule_id])).fetchone()
    return None if row is None else _item(row)


async def _check_queues(connection: Connection, rule: AlertRule) -> None:
    rows = await (await connection.execute("SELECT pbx || ':' || queue_id AS place FROM queues")).fetchall()
    if unknown := set(rule.queues) - {row["place"] for row in rows}:
        raise BadRequest(f"rule.queues: there is no queue {min(unknown)}.")


async def _audit(connection: Connection, principal: Principal, action: str, rule_id: UUID, form: AlertForm) -> None:
    # A webhook's address may be a secret of its own, so only its beginning is told.
    said = msgspec.to_builtins(form.rule) | {
        "webhook": host_of(form.webhook),
        "mail": form.mail,
        "active": form.is_active,
    }
    await connection.execute(
        "SELECT append_audit(%s, %s, %s, %s)", [principal.user_id, action, str(rule_id), json.dumps(said)]
    )


def host_of(address: str) -> str:
    """`https://host` of an address: its path often lets in whoever knows it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else ""


def _new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def _json(rule: AlertRule) -> str:
    return msgspec.json.encode(rule).decode()


def _item(row: Row) -> AlertItem:
    open_now = None if row["raised_at"] is None else firing_form(Firing(row["raised_at"], row["value"]))
    return AlertItem(str(row["id"]), rule_of(row["rule"]), row["webhook"], row["mail"], row["is_active"], open_now)


def _fired(row: Row, sent: list[Row]) -> FiredItem:
    told: FiringForm = firing_form(Firing(row["raised_at"], row["value"], row["cleared_at"]))
    own = [it for it in sent if (it["rule_id"], it["raised_at"]) == (row["rule_id"], row["raised_at"])]
    return FiredItem(
        str(row["rule_id"]), rule_of(row["rule"]), told.raised_at, told.value, told.cleared_at,
        [_delivery(it) for it in own], None if row["found_at"] is None else iso(row["found_at"]),
    )  # fmt: skip


def _delivery(row: Row) -> DeliveryForm:
    settled = None if row["settled_at"] is None else iso(round(row["settled_at"].timestamp() * 1000))
    target = host_of(row["target"]) if row["kind"] == "webhook" else row["target"]
    return DeliveryForm(row["event"], row["kind"], target, row["status"], row["tries"], row["detail"], settled)
