"""The facts of stints as calls/tally.py counts them, summed by PostgreSQL over a range of time of one tenant.

Interval rule `by_arrival`: a stint belongs to the instant its caller entered the queue, so that in every range offered
= answered + abandoned + flow-out + still waiting. Thresholds are each queue's own, as they are now, else those of its
import, else the defaults, as the warehouse has it. A test holds this equal to `stint_tally`.
"""

from datetime import datetime
from typing import Any

from api.database import Connection
from calls.call import StintOutcome
from calls.settings import Settings
from calls.tally import COLUMNS, PBX_ABANDONED, REFUSED, Tally

_FACTS = """
WITH found AS (
  SELECT
    stint.outcome = ANY(%(refused)s) IS TRUE AS refused,
    CASE WHEN stint.outcome = ANY(%(refused)s) THEN NULL ELSE stint.outcome END AS outcome,
    stint.wait_s AS wait,
    coalesce(queue.service_level_s, imported.service_level_s, %(service_level_s)s) AS service_level,
    coalesce(queue.short_abandon_s, imported.short_abandon_s, %(short_abandon_s)s) AS short,
    coalesce(queue.wrapup_s, imported.wrapup_s, %(wrapup_s)s) AS wrapup,
    leg.talk_s AS talk,
    leg.hold_s AS hold,
    (SELECT count(*) FROM missed_rings ring WHERE ring.call_id = stint.call_id AND ring.stint = stint.ordinal) AS missed
  FROM stints stint
  JOIN call_sessions call ON call.call_id = stint.call_id
  LEFT JOIN queues queue ON queue.pbx = call.pbx AND queue.queue_id = stint.queue
  LEFT JOIN imported_queues imported ON imported.pbx = call.pbx AND imported.queue_id = stint.queue
  LEFT JOIN LATERAL (
    SELECT talk_s, hold_s FROM legs
    WHERE legs.call_id = stint.call_id AND legs.stint = stint.ordinal AND legs.ended_at IS NOT NULL
    ORDER BY legs.ordinal LIMIT 1
  ) leg ON NOT stint.outcome = ANY(%(refused)s) IS TRUE
  WHERE stint.entered_at >= %(start)s AND stint.entered_at < %(end)s
    AND (%(interface)s::text IS NULL OR EXISTS (
      SELECT FROM legs WHERE legs.call_id = stint.call_id AND legs.stint = stint.ordinal
        AND legs.interface = %(interface)s))
), waited AS (
  SELECT *, CASE WHEN outcome IS NOT NULL AND wait IS NOT NULL THEN outcome END AS left_by FROM found
)
SELECT
  count(*) FILTER (WHERE NOT refused) AS offered,
  count(*) FILTER (WHERE left_by = %(answered)s) AS answered,
  count(*) FILTER (WHERE left_by = %(abandoned)s) AS abandoned,
  count(*) FILTER (WHERE left_by = %(abandoned)s AND wait <= short) AS short_abandoned,
  count(*) FILTER (WHERE left_by NOT IN (%(answered)s, %(abandoned)s)) AS flow_out,
  count(*) FILTER (WHERE refused) AS refused,
  count(*) FILTER (WHERE left_by = %(answered)s AND wait <= service_level) AS answered_in_sl,
  count(*) FILTER (WHERE left_by = %(abandoned)s AND wait <= service_level) AS abandoned_in_sl,
  count(*) FILTER (WHERE left_by = ANY(%(pbx_abandoned)s)) AS pbx_abandoned,
  count(*) FILTER (WHERE left_by = ANY(%(pbx_abandoned)s) AND wait <= service_level) AS pbx_abandoned_in_sl,
  coalesce(sum(wait) FILTER (WHERE left_by = %(answered)s), 0) AS wait_answered_s,
  coalesce(sum(wait) FILTER (WHERE left_by = %(abandoned)s), 0) AS wait_abandoned_s,
  coalesce(sum(wait) FILTER (WHERE left_by IS NOT NULL), 0) AS wait_s,
  coalesce(sum(missed) FILTER (WHERE NOT refused), 0)::bigint AS missed,
  count(talk) AS handled,
  coalesce(sum(talk), 0) AS talk_s,
  coalesce(sum(hold) FILTER (WHERE talk IS NOT NULL), 0) AS hold_s,
  coalesce(sum(wrapup) FILTER (WHERE talk IS NOT NULL), 0) AS wrap_s
FROM waited
"""


async def read_tally(connection: Connection, start: datetime, end: datetime, interface: str | None) -> Tally:
    """The facts of all stints that began in [start, end); with `interface` only of those that its agent answered."""
    defaults = Settings()
    wanted: dict[str, Any] = {
        **{name: getattr(defaults, name) for name in ("service_level_s", "short_abandon_s", "wrapup_s")},
        "start": start,
        "end": end,
        "interface": interface,
        "refused": sorted(outcome.value for outcome in REFUSED),
        "pbx_abandoned": sorted(outcome.value for outcome in PBX_ABANDONED),
        "answered": StintOutcome.ANSWERED.value,
        "abandoned": StintOutcome.ABANDONED.value,
    }
    row = await (await connection.execute(_FACTS, wanted)).fetchone()
    assert row is not None  # a sum without groups always has one row
    # Waits and talks are whole milliseconds; sums of doubles leave dust behind them.
    return Tally(*(round(row[name], 3) if name.endswith("_s") else row[name] for name in COLUMNS))
