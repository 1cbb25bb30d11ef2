"""What is known of whom an agent talks to: the contact, how often they called, and their last calls with the notes.

A number is read in all its forms, as a PBX shows it differently from trunk to trunk. Colleagues are no customers.
"""

from datetime import datetime
from typing import Any, LiteralString, Protocol

from api.contacts.book import CallerStore, readings
from api.control.legs import NO_CALL
from api.database import Database
from api.dialling.permits import rules_of
from api.errors import NotFound
from api.phone.forms import CustomerForm, EarlierCall
from api.roles import Role
from api.tokens import Principal

# What a desk shows, and beyond how many calls nobody counts.
LAST, COUNTED = 5, 1000

# The other party of a call that the caller is or was on, or that rings there; others of the tenant see every call.
_NUMBER = """
SELECT CASE s.direction WHEN 'outbound' THEN s.to_number WHEN 'inbound' THEN s.from_number END AS number, s.started_at
FROM call_sessions s WHERE s.call_id = %(call)s AND (%(all)s OR EXISTS (
  SELECT FROM agent_extensions a WHERE a.user_id = %(user)s AND a.pbx = s.pbx AND (a.call_id = s.call_id
    OR a.agent_id = s.agent_id
    OR EXISTS (SELECT FROM legs l WHERE l.call_id = s.call_id AND l.interface = a.interface)
    OR EXISTS (SELECT FROM missed_rings m WHERE m.call_id = s.call_id AND m.interface = a.interface))))
"""
_EARLIER: LiteralString = """
WITH theirs AS (
  (SELECT call_id FROM call_sessions WHERE tenant_id = %(tenant)s AND from_number = ANY(%(numbers)s)
    AND direction = 'inbound' AND started_at < %(before)s ORDER BY started_at DESC LIMIT %(counted)s)
  UNION ALL
  (SELECT call_id FROM call_sessions WHERE tenant_id = %(tenant)s AND to_number = ANY(%(numbers)s)
    AND direction = 'outbound' AND started_at < %(before)s ORDER BY started_at DESC LIMIT %(counted)s)
)
SELECT c.call_id, c.started_at, c.direction, c.notes, coalesce(nullif(d.title, ''), c.disposition) AS result,
  count(*) OVER () AS calls, min(c.started_at) OVER () AS first_at,
  (SELECT s.queue FROM stints s WHERE s.call_id = c.call_id ORDER BY s.ordinal DESC LIMIT 1) AS queue,
  (SELECT coalesce(a.name, l.agent) FROM legs l
    LEFT JOIN agent_extensions a ON a.pbx = c.pbx AND a.interface = l.interface
    WHERE l.call_id = c.call_id ORDER BY l.ordinal DESC LIMIT 1) AS agent,
  (SELECT coalesce(sum(l.talk_s), 0) FROM legs l WHERE l.call_id = c.call_id) AS talk_s
FROM theirs JOIN call_sessions c USING (call_id)
  LEFT JOIN dispositions d ON d.tenant_id = c.tenant_id AND d.code = c.disposition
ORDER BY c.started_at DESC LIMIT %(last)s
"""


class Customers(Protocol):
    """Where it is known."""

    async def of(self, principal: Principal, call_id: str) -> CustomerForm:
        """The other party of a call. Raises NotFound for a call that is not the caller's to see."""
        ...


class PostgresCustomers:
    """`Customers` on the tables of calls and contacts. `country` is that of tenants who have said none."""

    def __init__(self, database: Database, callers: CallerStore, country: str) -> None:
        self._database = database
        self._callers = callers
        self._country = country

    async def of(self, principal: Principal, call_id: str) -> CustomerForm:
        """The other party of a call."""
        if not call_id.isprintable():
            raise NotFound(NO_CALL)
        asked = {"call": call_id, "all": principal.role is not Role.AGENT, "user": principal.user_id}
        async with self._database.seeing(principal.tenant) as connection:
            row = await (await connection.execute(_NUMBER, asked)).fetchone()
            if row is None:
                raise NotFound(NO_CALL)
            number = row["number"]
            if not number:
                return CustomerForm(number=None, contact=None, calls=0, first_at=None, last=[])
            country = (await rules_of(connection)).country or self._country
            values = {
                **{"tenant": principal.tenant, "numbers": [number, *readings(number, country)]},
                **{"before": row["started_at"], "counted": COUNTED, "last": LAST},
            }
            earlier = await (await connection.execute(_EARLIER, values)).fetchall()
        found = await self._callers.find(principal.tenant, [number])
        return CustomerForm(
            number=number,
            contact=found.get(number),
            calls=earlier[0]["calls"] if earlier else 0,
            first_at=_told(earlier[0]["first_at"]) if earlier else None,
            last=[_earlier(each) for each in earlier],
        )


def _earlier(row: dict[str, Any]) -> EarlierCall:
    return EarlierCall(
        call_id=row["call_id"],
        at=_told(row["started_at"]),
        direction=row["direction"],
        queue=row["queue"],
        agent=row["agent"],
        talk_s=round(float(row["talk_s"]), 3),
        result=row["result"],
        notes=row["notes"],
    )


def _told(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
