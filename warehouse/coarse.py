"""Sums of published facts over hours, days and the middles of months: what makes a report over years quick.

A middle is a month (UTC) without its first and last day, so that the same month of any zone has all of it in it. Each
`Subject` says once, in SQL, what a row of facts adds; tables of sums, edges of ranges and views are all made of that.
Text in, text out.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from calls.agent_tally import AGENT_COLUMNS
from calls.contacts import CONTACT_COLUMNS
from calls.tally import COLUMNS
from warehouse.quoting import quoted

# An edge hour is an hour of the first or last day of a month, where months of other zones begin within a day.
MIDDLE, DAY, HOUR, EDGE_HOUR = "middle", "day", "hour", "edge hour"
# Windows of fcr, in days, that are counted beforehand; any other one is counted when it is asked for.
WINDOWS = (1, 7, 30)
# Each range is a scan of its own, which skips what lies outside; more than that are read as one.
MOST_RANGES = 200
Range = tuple[datetime, datetime]
_UNITS = {EDGE_HOUR: HOUR}
_DAY = timedelta(days=1)
_DURING = re.compile(r"\bduring\((\w+)\)")


class Subject(NamedTuple):
    """What is summed, in `table`. `facts` selects `happened_at`, `key` and `sums`, where `during(column)` holds.

    `spans` from long to short: middles, which are summed from days, come first.
    """

    table: str
    key: tuple[str, ...]
    sums: tuple[str, ...]
    facts: str
    spans: tuple[str, ...] = (MIDDLE, DAY, EDGE_HOUR)

    def of(self, ranges: Sequence[Range] | None = None) -> str:
        """The facts of everything, or of ranges in order that do not overlap."""
        if ranges is None:
            return _DURING.sub("true", self.facts)
        return _union(self.facts, ranges)

    def summed(self, span: str, whole: Range) -> str:
        """The rows of `table` of one span, counted anew for a range; those of middles from those of days."""
        ranges = _edges(whole) if span == EDGE_HOUR else [whole]
        source, starts_at = f"({self.of(ranges)})", f"date_trunc('{_UNITS.get(span, span)}', happened_at)"
        if span == MIDDLE:
            days = f"SELECT * FROM {self.table} WHERE span = '{DAY}' AND during(starts_at)"
            source = f"({_union(days, [whole])}) WHERE day(starts_at) > 1 AND starts_at::DATE < last_day(starts_at)"
            starts_at = "date_trunc('month', starts_at) + INTERVAL 1 DAY"
        key = ", ".join(self.key)
        totals = ", ".join(f"{total(name)} AS {name}" for name in self.sums)
        return (
            f"SELECT '{span}' AS span, {starts_at} AS starts_at, {key}, {totals} FROM {source}"
            f" GROUP BY {starts_at}, {key} ORDER BY {starts_at}, {key}"
        )

    def rows(self, span: str, whole: Range) -> str:
        """Those of `table` of that span that start in a range."""
        return _union(f"SELECT * FROM {self.table} WHERE span = '{span}' AND during(starts_at)", [whole])


def total(column: str) -> str:
    """The column summed over rows; of `longest…` and `worst…` the extreme."""
    if column.startswith(("longest", "worst")):
        return f"{'max' if column.startswith('longest') else 'min'}({column})"
    if column.endswith("_sum"):
        return f"sum({column})"
    return f"round(sum({column}), 3)" if column.endswith("_s") else f"sum({column})::BIGINT"


def _edges(whole: Range) -> list[Range]:
    """The first and last days of months in a range of whole days; an empty one where there are none."""
    days = [whole[0] + n * _DAY for n in range((whole[1] - whole[0]) // _DAY)]
    return [(day, day + _DAY) for day in days if day.day == 1 or (day + _DAY).day == 1] or [(whole[0], whole[0])]


def _union(select: str, ranges: Sequence[Range]) -> str:
    found = list(ranges)
    if len(found) > MOST_RANGES:
        found = [(found[0][0], found[-1][1])]
    return " UNION ALL ".join(
        "(" + _DURING.sub(lambda it, one=one: _between(it[1], one), select) + ")"  # type: ignore[misc]
        for one in found
    )


def _between(column: str, one: Range) -> str:
    first, last = (f"TIMESTAMPTZ {quoted(it.isoformat())}" for it in one)
    return f"({column} >= {first} AND {column} < {last})"


def repeats(days: str) -> str:
    """Whether a contact's number had called within so many days before."""
    return (
        "coalesce((outcome IS DISTINCT FROM 'refused' AND previous_at >= arrived_at"
        f" - to_days({days}::INTEGER))::INTEGER, 0)"
    )


_CONTACT = {
    "contacts": "outcome IS DISTINCT FROM 'refused'",
    "contacts_answered": "outcome = 'answered' AND wait_s IS NOT NULL",
    "contacts_abandoned": "outcome = 'abandoned' AND wait_s IS NOT NULL",
    "contacts_other": "outcome = 'other' AND wait_s IS NOT NULL",
    "contacts_refused": "outcome = 'refused'",
    "contact_stints": "stints",
    "contact_wait_s": "CASE WHEN outcome IS NOT NULL THEN wait_s END",
    "contact_wall_wait_s": "CASE WHEN outcome IS NOT NULL THEN wall_wait_s END",
    "contact_talk_s": "CASE WHEN outcome IS DISTINCT FROM 'refused' THEN talk_s END",
    "contact_hold_s": "CASE WHEN outcome IS DISTINCT FROM 'refused' THEN hold_s END",
    "numbered": "outcome IS DISTINCT FROM 'refused' AND number IS NOT NULL",
}
assert (*_CONTACT, "repeats") == CONTACT_COLUMNS
# What one contact adds; which window of fcr is asked for decides what `repeats` is.
CONTACT_FACTS = ", ".join(
    f"coalesce({text}, 0) AS {name}" if name.endswith("_s") else f"coalesce(({text})::INTEGER, 0) AS {name}"
    for name, text in _CONTACT.items()
)
_LEG = {
    "legs": "1",
    "held": "(holds > 0)::INTEGER",
    "holds": "holds",
    "hold_s": "hold_s",
    "held_s": "CASE WHEN holds > 0 THEN hold_s ELSE 0 END",
    "talk_s": "talk_s",
    "longest_hold_s": "hold_s",
    "measured": "(mos IS NOT NULL)::INTEGER",
    "mos_sum": "coalesce(mos, 0)",
    "worst_mos": "mos",
    "below_4": "coalesce((mos < 4.0)::INTEGER, 0)",
    "below_3_6": "coalesce((mos < 3.6)::INTEGER, 0)",
}
_QUALITY = ("calls", "provisional", "corrected", "appeared", "compared", "agree", "explained", "unexplained")
_REPEATS = {f"repeats_{days}": repeats(str(days)) for days in WINDOWS}

QUEUES = Subject(
    "queue_sums", ("pbx", "queue"), COLUMNS,
    "SELECT * EXCLUDE (interval_start), interval_start AS happened_at FROM q15 WHERE during(interval_start)",
    (MIDDLE, DAY, HOUR),
)  # fmt: skip
AGENTS = Subject(
    "agent_sums", ("pbx", "agent_id"), AGENT_COLUMNS,
    "SELECT * EXCLUDE (interval_start), interval_start AS happened_at FROM agent15 WHERE during(interval_start)",
)  # fmt: skip
CONVERSATIONS = Subject(
    "conversation_sums", ("pbx", "queue", "agent_id"), tuple(_LEG),
    "SELECT answered_at AS happened_at, pbx, queue, agent_id,"
    f" {', '.join(f'{text} AS {name}' for name, text in _LEG.items())}"
    " FROM legs WHERE talk_s IS NOT NULL AND during(answered_at)",
)  # fmt: skip
# A call is counted once for an agent, however often they spoke: the few who did so at different times are left to be
# counted one by one.
DISPOSITIONS = Subject(
    "disposition_sums", ("pbx", "agent_id", "disposition"), ("calls",),
    "SELECT DISTINCT time_bucket(INTERVAL 15 MINUTE, answered_at) AS happened_at, pbx, agent_id,"
    " filed_as AS disposition, call_id, 1 AS calls FROM legs"
    " WHERE talk_s IS NOT NULL AND NOT is_again AND during(answered_at)",
)  # fmt: skip
CONTACTS = Subject(
    "contact_sums", ("pbx", "queue"), (*_CONTACT, *_REPEATS),
    f"SELECT arrived_at AS happened_at, pbx, queue, previous_at, {CONTACT_FACTS},"
    f" {', '.join(f'{text} AS {name}' for name, text in _REPEATS.items())} FROM contacts WHERE during(arrived_at)",
)  # fmt: skip
TRUST = Subject(
    "trust_sums", ("pbx",), _QUALITY,
    f"""
    SELECT happened_at, pbx, {', '.join(f'coalesce({name}, 0) AS {name}' for name in _QUALITY)} FROM (
      SELECT started_at AS happened_at, pbx, (ended_at IS NOT NULL)::INTEGER AS calls,
        (ended_at IS NOT NULL AND certainty = 'provisional')::INTEGER AS provisional
      FROM calls WHERE during(started_at)
      UNION ALL BY NAME
      SELECT started_at AS happened_at, pbx, 1 AS corrected, appeared::INTEGER AS appeared
      FROM calls JOIN (SELECT call_id, bool_or(appeared) AS appeared FROM corrections GROUP BY call_id) USING (call_id)
      WHERE during(started_at)
      UNION ALL BY NAME
      SELECT started_at AS happened_at, pbx, 1 AS compared, (verdict = 'agree')::INTEGER AS agree,
        (verdict = 'explained')::INTEGER AS explained, (verdict = 'unexplained')::INTEGER AS unexplained
      FROM reconciliation WHERE during(started_at)
    )
    """,
)  # fmt: skip
SUBJECTS = (QUEUES, AGENTS, CONVERSATIONS, DISPOSITIONS, CONTACTS, TRUST)
