"""What the marts' SELECTs read, under names of their own: all that is published, or what one report asks for.

A mart says `FROM cells`; whether that is every quarter of an hour or the asked queues' by month in local time is
decided here, so that views and reports share each mart's SQL. `$start`, `$end` and so on are values, `chosen`,
`chosen_agents` and `spine` frames that the asker registers. Text in, text out.
"""

import re
from collections.abc import Mapping

from calls.contacts import FCR_DAYS
from calls.spans import HANDLING, LEAVING, Rule
from calls.tally import COLUMNS
from warehouse.coarse import CONTACT_FACTS, CONVERSATIONS, TRUST, repeats

QUARTER_OF = "time_bucket(INTERVAL 15 MINUTE, {})"
_BUCKET = "interval_start"


def spanning(column: str) -> str:
    """The condition that an instant lies in the range asked for."""
    return f"{column} >= $start AND {column} < $end"


def of_quarter(column: str) -> str:
    """The JOIN that gives an instant its interval by way of its quarter of an hour."""
    return f"JOIN spine ON spine.quarter = {QUARTER_OF.format(column)}"


_LEGS = "SELECT * FROM legs WHERE talk_s IS NOT NULL"
_NAMED = "LEFT JOIN agents ON agents.pbx = found.pbx AND agents.agent_id = found.agent_id"
_AGENT_NAME = "coalesce(agents.name, found.agent_id) AS agent_name"

# Everything that is published; quarters of an hour in UTC.
ALL: dict[str, str] = {
    "cells": "SELECT q15.*, name FROM q15 JOIN queues USING (pbx, queue)",
    "agent_cells": "SELECT agent15.*, name FROM agent15 JOIN agents USING (pbx, agent_id)",
    "local_cells": "SELECT zone, weekday, hour, q15.* FROM q15 JOIN dim_interval USING (interval_start)",
    "local_hours": "SELECT zone, weekday, hour, count(*) / 4 AS hours FROM dim_interval"
    " WHERE interval_start BETWEEN (SELECT min(interval_start) FROM q15) AND (SELECT max(interval_start) FROM q15)"
    " GROUP BY zone, weekday, hour",
    "asked_stints": f"SELECT stints.*, name, {QUARTER_OF.format('entered_at')} AS interval_start"
    " FROM stints JOIN queues USING (pbx, queue)",
    "asked_legs": f"SELECT found.*, {_AGENT_NAME}, {QUARTER_OF.format('answered_at')} AS interval_start"
    f" FROM ({_LEGS}) AS found {_NAMED}",
    "conversation_cells": f"SELECT found.*, {_AGENT_NAME}, {QUARTER_OF.format('happened_at')} AS interval_start"
    f" FROM ({CONVERSATIONS.of()}) AS found {_NAMED}",
    "disposition_cells": f"SELECT DISTINCT {QUARTER_OF.format('answered_at')} AS interval_start, found.pbx,"
    f" found.agent_id, {_AGENT_NAME}, filed_as AS disposition, call_id, 1 AS calls FROM ({_LEGS}) AS found {_NAMED}",
    "trust_cells": f"SELECT *, {QUARTER_OF.format('happened_at')} AS interval_start FROM ({TRUST.of()})",
    "gap_parts": "SELECT id, pbx, interval_start,"
    " greatest(0, epoch_ms(least(until, interval_start + INTERVAL 15 MINUTE))"
    " - epoch_ms(greatest(started_at, interval_start))) / 1000 AS seconds"
    " FROM (SELECT id, pbx, started_at, coalesce(ended_at, (SELECT watermark FROM published)) AS until,"
    f" unnest(generate_series({QUARTER_OF.format('started_at')}, coalesce(ended_at, (SELECT watermark FROM published)),"
    " INTERVAL 15 MINUTE)) AS interval_start FROM gaps)",
    "asked_waits": "SELECT month::TIMESTAMPTZ AS since, pbx, queue, name, outcome, bin, n, longest_s"
    " FROM wait_month JOIN queues USING (pbx, queue)",
    "contact_cells": f"SELECT pbx, queue, name, {QUARTER_OF.format('arrived_at')} AS interval_start,"
    f" {FCR_DAYS} AS window_days, {CONTACT_FACTS}, {repeats(str(FCR_DAYS))} AS repeats"
    " FROM contacts JOIN queues USING (pbx, queue)",
    "timeline_states": "SELECT * FROM presence_intervals",
    "timeline_legs": "SELECT * FROM legs",
    "timeline_missed": "SELECT * FROM missed_rings",
    "traced_calls": "SELECT * FROM calls",
    "traced_stints": "SELECT * FROM stints",
    "traced_missed": "SELECT * FROM missed_rings",
    "traced_legs": "SELECT * FROM legs",
    "traced_recordings": "SELECT * FROM recordings",
}

CHOSEN = "JOIN chosen USING (pbx, queue)"
FROM_QUEUES = "($any_queue OR (found.pbx, found.queue) IN (SELECT (pbx, queue) FROM chosen))"

# What one report asks for: from $start until before $end, of `chosen` queues and agents, in the intervals of `spine`.
ASKED: dict[str, str] = {
    "cells": "SELECT spine.interval_start, ruled.* EXCLUDE (interval_start), name FROM ({ruled}) AS ruled"
    f" {CHOSEN} JOIN spine ON spine.quarter = ruled.interval_start WHERE {spanning('ruled.interval_start')}",
    "local_hours": "SELECT zone, weekday, hour, count(*) / 4 AS hours FROM spine GROUP BY zone, weekday, hour",
    "asked_stints": f"SELECT stints.*, name, spine.interval_start FROM stints {CHOSEN} {of_quarter('entered_at')}"
    f" WHERE {spanning('entered_at')}",
    "asked_legs": "SELECT found.*, chosen_agents.name AS agent_name, spine.interval_start FROM"
    f" ({_LEGS} AND {spanning('answered_at')}) AS found JOIN chosen_agents USING (pbx, agent_id)"
    f" {of_quarter('answered_at')} WHERE {FROM_QUEUES}",
    "gap_parts": "SELECT id, pbx, spine.interval_start, (epoch_ms(least(until, quarter + INTERVAL 15 MINUTE))"
    " - epoch_ms(greatest(started_at, quarter))) / 1000 AS seconds"
    " FROM (SELECT *, coalesce(ended_at, (SELECT watermark FROM published)) AS until FROM gaps) AS found"
    " JOIN spine ON started_at < quarter + INTERVAL 15 MINUTE AND until > quarter",
    "asked_waits": f"""
        SELECT $start AS since, pbx, queue, name, outcome, bin, n, longest_s FROM wait_month {CHOSEN}
        WHERE month >= $first_month AND month < $last_month
        UNION ALL
        SELECT $start, pbx, queue, name, outcome, bin, n, longest_s FROM wait_day {CHOSEN}
        WHERE day >= $first_day AND day < $last_day AND NOT (day >= $first_month AND day < $last_month)
        UNION ALL
        SELECT $start, pbx, queue, name,
          CASE WHEN outcome IN ('answered', 'abandoned') THEN outcome ELSE 'flow_out' END, bin, 1, wait_s
        FROM (
          SELECT *, least(wait_s, (SELECT max(up_to_s) FROM wait_bins)) AS binned FROM stints {CHOSEN}
          WHERE (entered_at >= $start AND entered_at < $days_start OR entered_at >= $days_end AND entered_at < $end)
            AND wait_s IS NOT NULL AND outcome NOT IN ('join_empty', 'full')
        ) ASOF JOIN wait_bins ON binned <= up_to_s
    """,
    "contact_cells": "SELECT pbx, queue, name, spine.interval_start, $days AS window_days,"
    f" {CONTACT_FACTS}, {repeats('$days')} AS repeats FROM contacts {CHOSEN} {of_quarter('arrived_at')}"
    f" WHERE {spanning('arrived_at')}",
}


def _counted_at(column: str, names: tuple[str, ...]) -> str:
    sums = ", ".join(names)
    quarter = QUARTER_OF.format(column)
    return f"SELECT pbx, queue, {quarter} AS interval_start, {sums} FROM stint_facts WHERE {spanning(column)}"


def _by_event() -> str:
    rings = (
        f"SELECT stints.pbx, stints.queue, {QUARTER_OF.format('rang_at')} AS interval_start, 1 AS missed"
        " FROM missed_rings"
        " JOIN stints ON stints.call_id = missed_rings.call_id AND stints.ordinal = missed_rings.stint"
        f" WHERE coalesce(outcome NOT IN ('join_empty', 'full'), true) AND {spanning('rang_at')}"
    )
    parts = (
        _counted_at("entered_at", ("offered", "refused")),
        _counted_at("left_at", LEAVING),
        rings,
        _counted_at("leg_ended_at", HANDLING),
    )
    columns = ", ".join(f"coalesce({name}, 0) AS {name}" for name in COLUMNS)
    return f"SELECT pbx, queue, interval_start, {columns} FROM ({' UNION ALL BY NAME '.join(parts)})"


# The facts of stints by quarter of an hour, by each rule that whole stints can be counted by.
RULED: dict[Rule, str] = {
    Rule.BY_ARRIVAL: "FROM q15",
    Rule.BY_EVENT: _by_event(),
    Rule.BY_DISCONNECT: _counted_at("call_ended_at", COLUMNS),
}


def scoped(select: str, relations: Mapping[str, str]) -> str:
    """The mart's SELECT with the relations that it reads before it."""
    read = [name for name in relations if re.search(rf"\b{name}\b", select)]
    before = ",\n".join(f"{name} AS ({relations[name]})" for name in read)
    rest = select.lstrip()
    if not before:
        return rest
    return f"WITH {before},\n{rest.removeprefix('WITH ')}" if rest.startswith("WITH ") else f"WITH {before}\n{rest}"


def asked_relations(rule: Rule) -> dict[str, str]:
    """ASKED with the stints' facts by this rule. `warehouse/summed.py` has quicker ones for some."""
    return ASKED | {"cells": ASKED["cells"].replace("{ruled}", RULED[rule])}
