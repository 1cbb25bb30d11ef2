"""What the part `marts` asks of each mart, over two years as one: of facts, of sums, and which columns those are.

The SQL is in words that DuckDB and PostgreSQL share; `{stints}` and the like stand for a table wherever it lies. A list
(`abandoned_calls`, `transfers`) is asked of one day, and has no sums.
"""

from typing import NamedTuple

BERLIN = "Europe/Berlin"
DAY = ("2026-09-15 00:00:00+00", "2026-09-16 00:00:00+00")
FACTS = (
    "call_sessions",
    "stints",
    "legs",
    "missed_rings",
    "presence_intervals",
    "corrections",
    "reconciliations",
    "agents",
)
SUMS = (
    "queue_sums", "agent_sums", "conversation_sums", "disposition_sums", "contact_sums", "trust_sums", "wait_month",
    "wait_bins",
)  # fmt: skip
# Upper ends of bins, by number: 0.5, 2, 5, 20, 60 and 180 s, about.
BINS = (0, 35, 59, 94, 122, 150)


class Question(NamedTuple):
    """`columns` of the report are what `facts` and `sums` select, the first `keys` of them naming a row."""

    columns: tuple[str, ...]
    keys: int
    facts: str
    sums: str | None
    near: float = 1e-9


_LET_IN = "(outcome IS NULL OR outcome NOT IN ('join_empty', 'full'))"
_COUNTS = """count(*), count(*) FILTER (WHERE outcome = 'answered'), count(*) FILTER (WHERE outcome = 'abandoned'),
  count(*) FILTER (WHERE outcome = 'answered' AND wait_s <= 20) * 1.0
  / nullif(count(*) FILTER (WHERE outcome = 'answered' OR outcome = 'abandoned' AND wait_s > 5), 0)"""
_SUMMED = """sum(offered), sum(answered), sum(abandoned),
  sum(answered_in_sl) * 1.0 / nullif(sum(answered) + sum(abandoned) - sum(short_abandoned), 0)"""
# Both years: middles of months with the days before and after them.
_WHOLE = """(span = 'middle' OR span = 'day' AND (extract(day FROM starts_at) = 1
  OR extract(day FROM starts_at + INTERVAL '1 day') = 1))"""
_NAMED = "{legs} AS leg JOIN {agents} AS agent ON agent.pbx = 'pbx1' AND agent.interface = leg.interface"
_OF_QUEUE = f"""{_NAMED} LEFT JOIN {{stints}} AS stint ON stint.call_id = leg.call_id AND stint.ordinal = leg.stint
  WHERE talk_s IS NOT NULL GROUP BY 1, 2"""

QUESTIONS: dict[str, Question] = {
    "service_level": Question(
        ("queue", "offered", "answered", "abandoned", "service_level"), 1,
        f"SELECT queue, {_COUNTS} FROM {{stints}} WHERE {_LET_IN} GROUP BY 1",
        f"SELECT queue, {_SUMMED} FROM {{queue_sums}} WHERE {_WHOLE} GROUP BY 1",
    ),
    "queue_summary": Question(
        ("queue", "offered", "asa", "aht"), 1,
        f"""SELECT stint.queue, count(*), sum(wait_s) FILTER (WHERE outcome = 'answered')
            / count(*) FILTER (WHERE outcome = 'answered'), sum(talk_s + hold_s + 10) / count(talk_s)
          FROM {{stints}} AS stint
            LEFT JOIN {{legs}} AS leg ON leg.call_id = stint.call_id AND leg.stint = stint.ordinal
          WHERE {_LET_IN} GROUP BY 1""",
        f"""SELECT queue, sum(offered), sum(wait_answered_s) / sum(answered),
            sum(talk_s + hold_s + wrap_s) / sum(handled) FROM {{queue_sums}} WHERE {_WHOLE} GROUP BY 1""",
    ),
    "contact_summary": Question(
        ("queue", "contacts", "contacts_answered", "contacts_abandoned", "contact_wait"), 1,
        f"""WITH mine AS (
            SELECT call_id, coalesce(min(ordinal) FILTER (WHERE outcome = 'answered'), max(ordinal)) AS until_in
            FROM {{stints}} WHERE {_LET_IN} GROUP BY call_id
          ), waited AS (
            SELECT stint.call_id, sum(wait_s) AS wait_s, max(CASE WHEN ordinal = until_in THEN outcome END) AS became
            FROM {{stints}} AS stint JOIN mine ON mine.call_id = stint.call_id AND ordinal <= until_in
            WHERE {_LET_IN} GROUP BY stint.call_id
          )
          SELECT entry.queue, count(*), count(*) FILTER (WHERE became = 'answered'),
            count(*) FILTER (WHERE became = 'abandoned'), sum(waited.wait_s) / count(*)
          FROM {{stints}} AS entry JOIN waited ON waited.call_id = entry.call_id
            JOIN {{call_sessions}} AS call ON call.call_id = entry.call_id
          WHERE entry.ordinal = 0 AND call.merged_into IS NULL GROUP BY 1""",
        f"""SELECT queue, sum(contacts), sum(contacts_answered), sum(contacts_abandoned), sum(contact_wait_s)
            / sum(contacts_answered + contacts_abandoned + contacts_other)
          FROM {{contact_sums}} WHERE {_WHOLE} GROUP BY 1""",
    ),
    "agent_performance": Question(
        ("agent_id", "handled", "agent_talk", "missed", "on_call_s"), 1,
        f"""SELECT agent_id, sum(handled), sum(talk_s) / nullif(sum(handled), 0), sum(missed), sum(on_call_s) FROM (
            SELECT agent_id, 1 AS handled, talk_s, 0 AS missed, 0 AS on_call_s FROM {_NAMED} WHERE talk_s IS NOT NULL
            UNION ALL
            SELECT agent_id, 0, 0, 1, 0
            FROM {{missed_rings}} AS ring JOIN {{agents}} AS agent ON agent.interface = ring.interface
            UNION ALL
            SELECT agent_id, 0, 0, 0,
              CASE WHEN state = 'on_call' THEN extract(epoch FROM ended_at - started_at) ELSE 0 END
            FROM {{presence_intervals}} WHERE state <> 'offline'
          ) AS done GROUP BY 1""",
        f"""SELECT agent_id, sum(handled), sum(talk_s) / nullif(sum(handled), 0), sum(missed), sum(on_call_s)
          FROM {{agent_sums}} WHERE {_WHOLE} GROUP BY 1""",
    ),
    "agent_dispositions": Question(
        ("agent_id", "disposition", "calls"), 2,
        f"""SELECT agent.agent_id, disposition, count(DISTINCT leg.call_id) FROM {_NAMED}
            JOIN {{call_sessions}} AS call ON call.call_id = leg.call_id WHERE talk_s IS NOT NULL GROUP BY 1, 2""",
        f"SELECT agent_id, disposition, sum(calls) FROM {{disposition_sums}} WHERE {_WHOLE} GROUP BY 1, 2",
    ),
    "abandoned_calls": Question(
        ("call_id", "queue", "wait_s"), 1,
        f"""SELECT call_id, queue, wait_s FROM {{stints}} WHERE outcome = 'abandoned'
            AND entered_at >= '{DAY[0]}' AND entered_at < '{DAY[1]}'""",
        None,
    ),
    "wait_distribution": Question(
        ("queue", *(f"up_to_{number}" for number in BINS)), 1,
        "SELECT queue, "
        + ", ".join(
            f"count(*) FILTER (WHERE wait_s <= (SELECT up_to_s FROM {{wait_bins}} WHERE bin = {number}))"
            for number in BINS
        )
        + f" FROM {{stints}} WHERE wait_s IS NOT NULL AND {_LET_IN} GROUP BY 1",
        f"SELECT queue, {', '.join(f'sum(n) FILTER (WHERE bin <= {number})' for number in BINS)}"
        " FROM {wait_month} GROUP BY 1",
    ),
    # A bin stands for the waits in it; its value is off by half its width at most.
    "wait_percentiles": Question(
        ("queue", "wait_p90"), 1,
        f"""SELECT queue, percentile_disc(0.9) WITHIN GROUP (ORDER BY wait_s) FROM {{stints}}
            WHERE wait_s IS NOT NULL AND {_LET_IN} GROUP BY 1""",
        """SELECT queue, min(value_s) FROM (
            SELECT queue, bin, sum(sum(n)) OVER (PARTITION BY queue ORDER BY bin) AS below,
              sum(sum(n)) OVER (PARTITION BY queue) AS total
            FROM {wait_month} GROUP BY queue, bin) AS seen
          JOIN {wait_bins} AS bins ON bins.bin = seen.bin WHERE below >= total * 0.9 GROUP BY 1""",
        near=0.021,
    ),
    "heat_map": Question(
        ("weekday", "hour", "offered", "answered", "abandoned", "service_level"), 2,
        f"""SELECT extract(isodow FROM entered_at AT TIME ZONE '{BERLIN}'), extract(hour FROM entered_at
            AT TIME ZONE '{BERLIN}'), {_COUNTS} FROM {{stints}} WHERE {_LET_IN} GROUP BY 1, 2""",
        f"""SELECT extract(isodow FROM starts_at AT TIME ZONE '{BERLIN}'), extract(hour FROM starts_at
            AT TIME ZONE '{BERLIN}'), {_SUMMED} FROM {{queue_sums}} WHERE span = 'hour' GROUP BY 1, 2""",
    ),
    "transfers": Question(
        ("call_id", "to_number", "talk_s"), 1,
        f"""SELECT call_id, transfer_to, talk_s FROM {{legs}} WHERE transfer_to IS NOT NULL AND talk_s IS NOT NULL
            AND answered_at >= '{DAY[0]}' AND answered_at < '{DAY[1]}'""",
        None,
    ),
    "hold": Question(
        ("queue", "agent_id", "legs", "held", "hold_s", "longest_hold_s"), 2,
        f"""SELECT stint.queue, agent.agent_id, count(*), count(*) FILTER (WHERE holds > 0), sum(hold_s), max(hold_s)
          FROM {_OF_QUEUE}""",
        f"""SELECT queue, agent_id, sum(legs), sum(held), sum(hold_s), max(longest_hold_s) FROM {{conversation_sums}}
          WHERE {_WHOLE} GROUP BY 1, 2""",
    ),
    "quality": Question(
        ("queue", "agent_id", "legs", "measured", "avg_mos", "below_4"), 2,
        f"""SELECT stint.queue, agent.agent_id, count(*), count(mos), avg(mos), count(*) FILTER (WHERE mos < 4.0)
          FROM {_OF_QUEUE}""",
        f"""SELECT queue, agent_id, sum(legs), sum(measured), sum(mos_sum) / nullif(sum(measured), 0), sum(below_4)
          FROM {{conversation_sums}} WHERE {_WHOLE} GROUP BY 1, 2""",
        near=1e-4,
    ),
    "data_quality": Question(
        ("pbx", "calls", "provisional", "corrected", "compared", "unexplained"), 1,
        """SELECT pbx, sum(calls), sum(provisional), sum(corrected), sum(compared), sum(unexplained) FROM (
            SELECT pbx, count(ended_at) AS calls,
              count(ended_at) FILTER (WHERE certainty = 'provisional') AS provisional,
              0 AS corrected, 0 AS compared, 0 AS unexplained FROM {call_sessions} GROUP BY 1
            UNION ALL
            SELECT call.pbx, 0, 0, count(DISTINCT call.call_id), 0, 0
            FROM {corrections} AS right_ JOIN {call_sessions} AS call ON call.call_id = right_.call_id GROUP BY 1
            UNION ALL
            SELECT pbx, 0, 0, 0, count(*), count(*) FILTER (WHERE verdict = 'unexplained')
            FROM {reconciliations} GROUP BY 1
          ) AS found GROUP BY 1""",
        f"""SELECT pbx, sum(calls), sum(provisional), sum(corrected), sum(compared), sum(unexplained)
          FROM {{trust_sums}} WHERE {_WHOLE} GROUP BY 1""",
    ),
}  # fmt: skip
