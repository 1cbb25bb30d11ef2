"""Watches the rules live, in one API process at a time: the one that holds a lock in PostgreSQL.

Everything is written on the connection that holds the lock, so whoever has lost it writes nothing. What a rule
remembers is written together with what fired: the next one goes on from there, and a firing is there once. Of the time
in which nobody watched it asks the log first.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import groupby
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row

from api.alerts.hindsight import SHORTEST_MS, Hindsight, Silence
from api.alerts.lookout import Lookout, Outcome, Watched
from api.alerts.store import rule_of
from api.alerts.tap import Tap
from api.errors import ApiError
from calls.alerts import Firing, Watch

# As late as a page may hear of what fired; the instant itself is worked out.
TICK_S = 0.5
# How soon a changed rule holds, and how soon another process goes on where one has died.
READ_EVERY_S, TURN_EVERY_S = 2.0, 2.0
# While it looks back nothing live is watched; what there is no time for is not found any more.
LOOK_BACK_S = 60.0
# A server that hears nothing of us lets the lock go within so many seconds, three times asked.
KEEPALIVES = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3 -c statement_timeout=15s"

_LOCK: LiteralString = "SELECT pg_try_advisory_lock(hashtext('trunkline.alerts')) AS ours"
_REMEMBER: LiteralString = """
UPDATE alert_rules SET since_at = %s, last_at = %s, watched_until = %s WHERE id = %s AND edition = %s AND is_active
"""
_FIRED: LiteralString = """
INSERT INTO alerts_fired (rule_id, raised_at, tenant_id, rule, value, found_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
_OVER: LiteralString = (
    "UPDATE alerts_fired SET cleared_at = %s WHERE rule_id = %s AND raised_at = %s AND cleared_at IS NULL"
)
_SILENT: LiteralString = """
SELECT pbx, started_at, ended_at FROM gaps
WHERE source = 'ami' AND (ended_at IS NULL OR ended_at >= to_timestamp(%s / 1000.0))
"""
Line = AsyncConnection[DictRow]
log = logging.getLogger(__name__)


class Watchman:
    """Watches. `is_heard` says whether the live topics are; while they are not nothing is known, and nothing fires."""

    def __init__(self, url: str, tap: Tap, is_heard: Callable[[], bool], hindsight: Hindsight) -> None:
        self._url, self._tap, self._is_heard, self._hindsight = url, tap, is_heard, hindsight
        self.is_watching = False

    async def run(self) -> None:
        """Wait for the lock and watch, until the connection breaks."""
        connecting: Any = AsyncConnection.connect(self._url, autocommit=True, row_factory=dict_row, options=KEEPALIVES)
        async with await connecting as line:
            await _until(lambda: _is_ours(line), TURN_EVERY_S)
            try:
                self.is_watching = True
                while True:
                    await self._watch(line)
            finally:
                self.is_watching = False
                self._tap.close()

    async def _is_ready(self) -> bool:
        return self._is_heard()

    async def _watch(self, line: Line) -> None:
        """From when the topics are heard until they are not, or until it finds that it was not let run for a while."""
        await _until(self._is_ready, TICK_S)
        await self._look_back(line)
        self._tap.open()
        board, clock = self._tap.board, self._tap.clock
        lookout = Lookout(board.agents.values(), board.queues.values(), clock(), self._hindsight.zone)
        read_at = said_at = 0
        while self._is_heard() and (now := clock()) - lookout.at < SHORTEST_MS:
            if now - read_at >= READ_EVERY_S * 1000:
                lookout.adopt(await _rules(line))
                read_at = now
            outcomes = lookout.advance(self._tap.take(), clock())
            for tenant, some in groupby(sorted(outcomes, key=_tenant), key=_tenant):
                await _write(line, tenant, list(some))
            if now - said_at >= SHORTEST_MS:
                await line.execute("SELECT alerts_watched(%s)", [lookout.at])
                said_at = now
            lookout.keep({(it.pbx, it.agent_id) for it in board.agents.values()}, board.queues.keys())
            await asyncio.sleep(TICK_S)

    async def _look_back(self, line: Line) -> None:
        """Find what fired while nobody watched, and tell it."""
        try:
            async with asyncio.timeout(LOOK_BACK_S):
                for watched in await _rules(line):
                    now = self._tap.clock()
                    silences = await _silences(line, watched.until or now)
                    if outcome := await self._hindsight.look(watched, silences, now):
                        await _write(line, watched.tenant, [outcome], self._tap.clock())
        # Where there is no log, or too much of it, what was is not known; what is has to be watched all the same.
        except (ApiError, TimeoutError) as error:
            log.warning("what alerts missed was not looked for", extra={"reason": str(error) or "it took too long"})


async def _until(check: Callable[[], Awaitable[bool]], every_s: float) -> None:
    while True:
        if await check():
            return
        await asyncio.sleep(every_s)


def _tenant(outcome: Outcome) -> str:
    return outcome.watched.tenant


async def _is_ours(line: Line) -> bool:
    row = await (await line.execute(_LOCK)).fetchone()
    return row is not None and bool(row["ours"])


async def _rules(line: Line) -> list[Watched]:
    rows = await (await line.execute("SELECT * FROM watched_alerts()")).fetchall()
    return [_watched(row) for row in rows]


async def _silences(line: Line, since: int) -> list[Silence]:
    rows = await (await line.execute(_SILENT, [since])).fetchall()
    return [Silence(row["pbx"], _ms(row["started_at"]), row["ended_at"] and _ms(row["ended_at"])) for row in rows]


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _watched(row: DictRow) -> Watched:
    firing = None if row["raised_at"] is None else Firing(row["raised_at"], row["value"])
    watch = Watch(row["since_at"], firing, row["last_at"])
    return Watched(row["id"], row["tenant_id"], rule_of(row["rule"]), row["edition"], watch, row["watched_until"])


async def _write(line: Line, tenant: str, outcomes: list[Outcome], found_at: int | None = None) -> None:
    """Write it down; `found_at`: when it was found, of what fired while nobody watched."""
    async with line.transaction():
        await line.execute("SELECT set_config('trunkline.tenant', %s, true)", [tenant])
        for outcome in outcomes:
            it, watch = outcome.watched, outcome.watched.watch
            kept = await line.execute(_REMEMBER, [watch.since, watch.last, it.until, it.id, it.edition])
            # Somebody has changed or removed it meanwhile: it is read again in a moment.
            if not kept.rowcount:
                continue
            for firing in outcome.told:
                if firing.cleared_at is not None:
                    await line.execute(_OVER, [firing.cleared_at, it.id, firing.raised_at])
                else:
                    rule = msgspec.json.encode(it.rule).decode()
                    await line.execute(_FIRED, [it.id, firing.raised_at, tenant, rule, firing.value, found_at])
