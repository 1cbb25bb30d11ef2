"""What PostgreSQL knows of freshness, gaps and certainty, asked now and then and kept, so that reading it never waits.

While the database is away the last answers stay; their own times say how old they are.
"""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from api.database import Database
from api.live.freshness import Applied, Certainty, Gap, LogEnds, PbxReport, report
from calls.topics import EVENTS

# Certainty changes slowly, and counting a day's calls is the dearest of the questions.
SELDOM_S = 10.0

# In a new cluster nothing of a partition may have been applied yet: it is then read from its beginning.
_APPLIED = """
SELECT health.pbx, applied_at, last_event_at, assigned.partition, coalesce(next_offset, 0) AS next_offset
FROM pbx_health AS health LEFT JOIN pbx_partitions AS assigned USING (pbx)
LEFT JOIN sink_offsets AS sink
ON (cluster, topic, sink.partition) = (%(cluster)s, %(topic)s, assigned.partition)
"""
_GAPS = "SELECT pbx, source, cause, started_at, ended_at FROM gaps WHERE started_at >= %(day)s OR ended_at IS NULL"
_CERTAINTY = """
SELECT count(*) FILTER (WHERE certainty = 'final') AS final, count(*) FILTER (WHERE certainty <> 'final') AS provisional
FROM call_sessions WHERE created_at >= %(day)s AND ended_at IS NOT NULL
"""


class PostgresPulse:
    """The hub's `Pulse`. `heard` tells when the live topics were last heard, ms since the epoch.

    `log` tells where the log of events ended when it was asked last.
    """

    def __init__(
        self,
        database: Database,
        heard: Callable[[], int],
        log: Callable[[], LogEnds],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._heard = heard
        self._log = log
        self._clock = clock
        self._reports: dict[str, PbxReport] = {}
        self._gaps: list[Gap] = []
        self._certainty: dict[str, Certainty] = {}
        self._asked: dict[str, float] = {}

    def reports(self) -> Iterable[PbxReport]:
        """The last report on each PBX."""
        return self._reports.values()

    def gaps(self) -> Iterable[Gap]:
        """Today's gaps."""
        return self._gaps

    def certainty(self, tenant: str) -> Certainty:
        """Today's ended calls by certainty."""
        return self._certainty.get(tenant, Certainty())

    def heard_at(self) -> int:
        """When the live topics were last heard."""
        return self._heard()

    async def refresh(self, tenants: Iterable[str], day: int) -> None:
        """Ask again what is due; the day began at `day`, ms since the epoch. Raises what psycopg raises."""
        began = datetime.fromtimestamp(day / 1000, UTC)
        # The ends first: asked the other way round, they would be beyond what was applied of a busy log.
        log = self._log()
        place = {"cluster": log.cluster, "topic": EVENTS.name}
        async with self._database.tenantless() as connection:
            for row in await (await connection.execute(_APPLIED, place)).fetchall():
                known = _applied(row)
                self._reports[known.pbx] = report(known, log, self._reports.get(known.pbx))
            rows = await (await connection.execute(_GAPS, {"day": began})).fetchall()
            self._gaps = [_gap(row) for row in rows]
        for tenant in tenants:
            if self._due(tenant):
                self._certainty[tenant] = await self._count(tenant, began)

    async def _count(self, tenant: str, began: datetime) -> Certainty:
        async with self._database.seeing(tenant) as connection:
            row = await (await connection.execute(_CERTAINTY, {"day": began})).fetchone()
        return Certainty(row["final"], row["provisional"]) if row else Certainty()

    def _due(self, what: str) -> bool:
        now = self._clock()
        if now - self._asked.get(what, float("-inf")) < SELDOM_S:
            return False
        self._asked[what] = now
        return True


def _applied(row: dict[str, Any]) -> Applied:
    applied, event = _ms(row["applied_at"]), _ms(row["last_event_at"])
    return Applied(row["pbx"], applied, event, row["partition"], row["next_offset"])


def _gap(row: dict[str, Any]) -> Gap:
    ended = row["ended_at"]
    return Gap(row["pbx"], row["source"], row["cause"], _ms(row["started_at"]), None if ended is None else _ms(ended))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
