"""Permits to dial: a number is judged by its tenant's rules, then counted in PostgreSQL, where no race passes a limit.

    permit = await desk.permit(principal, "+4930123456", "dial")   raises BadRequest, NotAllowed, TooManyTries
    await desk.bind(principal, permit, call_id)                    the call that came of it
    await desk.give_back(principal, permit)                        it never was dialled

Every refusal is kept in `dial_refusals`, as many a minute of one user as somebody may want to read. Without PostgreSQL
nothing is permitted.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from api.control.permits import Permit, Purpose
from api.database import Connection, Database
from api.dialling.judgement import Allowed, Reason, Refused, judge
from api.dialling.rules import Rules
from api.errors import ApiError, BadRequest, NotAllowed, TooManyTries
from api.tokens import Principal

# Permits and refusals that are of no use any more are thrown away this often.
FORGET_DIALLED_EVERY_S = 3600.0
# As much of what was typed as is kept.
SHOWN = 64
LIMITS = {
    "agent_minute": "You have dialled as often as one may in a minute.",
    "agent_hour": "You have dialled as often as one may in an hour.",
    "agent_open": "You have as many calls to the outside as one may have at once.",
    "tenant_minute": "There were as many calls to the outside as there may be in a minute.",
    "tenant_hour": "There were as many calls to the outside as there may be in an hour.",
    "tenant_open": "There are as many calls to the outside as there may be at once.",
    "spend": "What calls to the outside may cost in an hour is used up.",
}
# More of one user's are counted and not kept.
KEPT_A_MINUTE = 60
_NOTE = """
INSERT INTO dial_refusals (tenant_id, user_id, number, purpose, reason, detail) SELECT %s, %s, %s, %s, %s, %s
WHERE (SELECT count(*) FROM dial_refusals WHERE tenant_id = %s AND user_id = %s
  AND refused_at > now() - interval '1 minute') < %s
"""
_RULES = "SELECT rules::text AS rules FROM dial_policies WHERE tenant_id = current_tenant()"
_TAKE = "SELECT permit, hit, wait FROM take_dial_permit(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"

decode_rules = msgspec.json.Decoder(Rules).decode
log = logging.getLogger("api.dialling")


class DialDesk:
    """Permits of all tenants. `country` and `zone` are those of tenants who have said none."""

    def __init__(
        self, database: Database, country: str, zone: ZoneInfo, clock: Callable[[], datetime] | None = None
    ) -> None:
        self.country = country
        self.zone = zone
        self._database = database
        self._clock = clock or (lambda: datetime.now(UTC))
        self._permitted = 0
        self._refused: Counter[Reason] = Counter()

    async def permit(self, principal: Principal, number: str, purpose: Purpose) -> Permit:
        """Leave to dial this number. Raises BadRequest, NotAllowed or TooManyTries with what to say."""
        async with self._database.seeing(principal.tenant) as connection:
            outcome = await self._decide(connection, principal, number, purpose)
        # Raised when what was written about it is written for good.
        if isinstance(outcome, ApiError):
            raise outcome
        self._permitted += 1
        return outcome

    async def bind(self, principal: Principal, permit: Permit, call_id: str) -> None:
        """Say which call it became: it counts as one until that has ended."""
        await self._change(principal, permit, "UPDATE dial_permits SET call_id = %s WHERE id = %s", call_id)

    async def give_back(self, principal: Principal, permit: Permit) -> None:
        """Say that the number was not dialled after all: it counts no more."""
        await self._change(principal, permit, "UPDATE dial_permits SET given_back_at = now() WHERE id = %s")

    async def forget(self) -> None:
        """Throw away what is of no use any more."""
        async with self._database.tenantless() as connection:
            await connection.execute("SELECT forget_dialled()")

    def figures(self) -> dict[str, tuple[str, float]]:
        """What /metrics tells."""
        refused: dict[str, tuple[str, float]] = {
            f"trunkline_api_dials_refused_{reason}_total": (f"Numbers refused: {reason}", self._refused[reason])
            for reason in Reason
        }
        return {"trunkline_api_dials_permitted_total": ("Numbers permitted to be dialled", self._permitted)} | refused

    async def _change(self, principal: Principal, permit: Permit, statement: LiteralString, *values: str) -> None:
        if permit.id is not None:
            async with self._database.seeing(principal.tenant) as connection:
                await connection.execute(statement, [*values, UUID(permit.id)])

    async def _decide(
        self, connection: Connection, principal: Principal, number: str, purpose: Purpose
    ) -> Permit | ApiError:
        rules = await rules_of(connection)
        try:
            allowed = judge(rules, number, self._clock(), self.country, self.zone)
            return await _taken(connection, principal, rules, allowed, purpose)
        except Refused as refused:
            await self._note(connection, principal, number, purpose, refused.reason, refused.detail)
            return (BadRequest if refused.reason is Reason.NUMBER else NotAllowed)(refused.detail)
        except TooManyTries as limit:
            await self._note(connection, principal, number, purpose, Reason.LIMIT, limit.detail)
            return limit

    async def _note(
        self, connection: Connection, who: Principal, number: str, purpose: Purpose, reason: Reason, detail: str
    ) -> None:
        self._refused[reason] += 1
        log.warning("a number was refused", extra={"reason": reason.value, "user_id": who.user_id})
        # It may be anything that somebody sent.
        shown = ascii(number)[1:-1][:SHOWN]
        values = [who.tenant, who.user_id, shown, purpose, reason.value, detail, who.tenant, who.user_id, KEPT_A_MINUTE]
        await connection.execute(_NOTE, values)


async def rules_of(connection: Connection) -> Rules:
    """The rules of the tenant that a transaction sees."""
    row = await (await connection.execute(_RULES)).fetchone()
    return Rules() if row is None else decode_rules(row["rules"])


async def _taken(connection: Connection, who: Principal, rules: Rules, allowed: Allowed, purpose: Purpose) -> Permit:
    """The permit, counted. Raises TooManyTries."""
    cost = allowed.price * rules.assumed_minutes
    if allowed.is_emergency:
        found = await connection.execute(
            "INSERT INTO dial_permits (tenant_id, user_id, number, purpose, price, minutes, counts, taken_at)"
            " VALUES (%s, %s, %s, %s, 0, 0, false, clock_timestamp()) RETURNING id AS permit, NULL AS hit, 0 AS wait",
            [who.tenant, who.user_id, allowed.e164, purpose],
        )
    else:
        what = (who.user_id, allowed.e164, purpose, allowed.price, rules.assumed_minutes)
        of_agent = (rules.agent_per_minute, rules.agent_per_hour, rules.agent_at_once)
        of_tenant = (rules.tenant_per_minute, rules.tenant_per_hour, rules.tenant_at_once, rules.spend_per_hour)
        found = await connection.execute(_TAKE, [*what, *of_agent, *of_tenant])
    row = await found.fetchone()
    assert row is not None
    if row["hit"] is not None:
        raise TooManyTries(row["wait"], LIMITS[row["hit"]])
    return Permit(allowed.dial, allowed.e164, cost, str(row["permit"]))
