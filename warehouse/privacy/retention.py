"""Callers who have not called for as long as their tenant keeps them: one request asks that they be forgotten.

Whole callers go, not old rows: only so do all figures stay, also those that know one caller from another. Whoever was
heard of meanwhile, by any way of writing the number, stays; extensions, queues and the tenant's own numbers are
nobody's. Raises LakeUnavailable.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import phonenumbers
import psycopg

from calls.erasure import SHORTEST, Person, national_of, person_of
from calls.errors import NoCaller
from warehouse.privacy.requests import RETENTION, connected

EVERY_SECONDS = 3600.0
# People of one request, and numbers that are looked at in one go.
MOST, BATCH = 2_000, 1_000
# A number, and the digits of whom it is with the country's code.
Found = tuple[str, tuple[int, str]]


class Retention:
    """One installation's. `country` is that of tenants who have said none, such as DE; `clock` tells the time."""

    def __init__(
        self, source: str, country: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC), most: int = MOST
    ) -> None:
        self._source, self._country, self._clock, self._most = source, country, clock, most
        self._due = 0.0

    def ask_if_due(self) -> int:
        """Look once an hour; for how many people that asks."""
        if time.monotonic() < self._due:
            return 0
        self._due = time.monotonic() + EVERY_SECONDS
        return self.ask()

    def ask(self) -> int:
        """Ask for each tenant that keeps callers for some days only, unless one such request of theirs runs."""
        with connected(self._source) as connection:
            tenants = connection.execute(
                "SELECT tenant_id, forget_callers_days FROM privacy_retention kept"
                " WHERE forget_callers_days IS NOT NULL AND NOT EXISTS ("
                " SELECT FROM privacy_requests asked WHERE asked.tenant_id = kept.tenant_id"
                " AND asked.kind = %s AND asked.status = 'running') ORDER BY tenant_id",
                [RETENTION],
            ).fetchall()
        return sum(self._ask(tenant, self._clock() - timedelta(days=days)) for tenant, days in tenants)

    def _ask(self, tenant: str, before: datetime) -> int:
        with connected(self._source) as connection:
            home = self._home(connection, tenant)
            found = _forgotten(connection, tenant, before, home, self._most)
            return _request(connection, tenant, found, home)

    def _home(self, connection: psycopg.Connection, tenant: str) -> int:
        (own,) = connection.execute("SELECT privacy_country(%s)", [tenant]).fetchone() or (None,)
        return phonenumbers.country_code_for_region(own or self._country)


def is_country(name: str) -> bool:
    """Whether a country of this name has a numbering plan."""
    return name in phonenumbers.SUPPORTED_REGIONS


def _forgotten(connection: psycopg.Connection, tenant: str, before: datetime, home: int, most: int) -> list[str]:
    """A number each of as many people: the longest ago first."""
    own = {who for _, who in _people(_column(connection, "SELECT privacy_own(%s)", [tenant]), home)}
    known, chosen = set(own), list[str]()
    with connection.cursor("idle") as idle:
        idle.execute("SELECT number FROM privacy_idle(%s, %s)", [tenant, before])
        while len(chosen) < most and (rows := idle.fetchmany(BATCH)):
            people = [it for it in _people((number for (number,) in rows), home) if it[1] not in known]
            tails = sorted({who[1][-SHORTEST:] for _, who in people})
            heard = _column(connection, "SELECT privacy_heard(%s, %s, %s)", [tenant, before, tails])
            known |= {who for _, who in _people(heard, home)}
            for number, who in people:
                if who not in known and len(chosen) < most:
                    known.add(who)
                    chosen.append(number)
    return chosen


def _people(numbers: Iterable[str], home: int) -> list[Found]:
    """Those of the numbers that are of somebody."""
    found = list[Found]()
    for number in numbers:
        try:
            found.append((number, national_of(number, home)))
        except NoCaller:
            continue
    return found


def _request(connection: psycopg.Connection, tenant: str, numbers: Sequence[str], home: int) -> int:
    """All of them in one request: how many. The key is nowhere but here."""
    key, drawn, people = secrets.token_bytes(32), set[str](), list[tuple[str, Person]]()

    def taken(digits: str) -> bool:
        return digits in drawn or _column(connection, "SELECT privacy_taken(%s, %s)", [tenant, digits]) == [True]

    for number in numbers:
        try:
            person = person_of(number, home, key, taken)
        except NoCaller:
            # No stand-in of that length is left.
            continue
        drawn.add(person.stand_in)
        people.append((number, person))
    if not people:
        return 0
    (request,) = _column(
        connection,
        "INSERT INTO privacy_requests (tenant_id, kind, people) VALUES (%s, %s, %s) RETURNING id",
        [tenant, RETENTION, len(people)],
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO privacy_people (request_id, tenant_id, person, number, national, stand_in, pattern)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [(request, tenant, it.word, number, it.national, it.stand_in, it.pattern) for number, it in people],
        )
    return len(people)


def _column(connection: psycopg.Connection, query: str, values: Sequence[Any]) -> list[Any]:
    return [row[0] for row in connection.execute(query.encode(), values).fetchall()]
