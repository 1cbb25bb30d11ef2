"""Filling the tables of sums (`warehouse/coarse.py`) in a published file that has its facts.

To be called with that file in use, as `USE mart` does, within its transaction.
"""

from datetime import UTC, datetime, timedelta

import duckdb

from warehouse.coarse import MIDDLE, SUBJECTS, WINDOWS, Range, Subject
from warehouse.duck import one, quoted

_TIMES = (("q15", "interval_start"), ("agent15", "interval_start"), ("calls", "started_at"), ("legs", "answered_at"),
          ("contacts", "arrived_at"), ("reconciliation", "started_at"))  # fmt: skip
_SPANS = "add up rows of one span only"
_TITLES = {
    "queue_sums": "q15 summed by queue and middle of a month, day or hour",
    "agent_sums": "agent15 summed by agent and middle of a month, day or edge hour",
    "conversation_sums": "Ended conversations summed by queue, agent and middle of a month, day or edge hour",
    "disposition_sums": "Calls of agents by how they were filed, by such spans; not those of is_again",
    "contact_sums": "contacts summed by the queue entered first and middle of a month, day or edge hour",
    "trust_sums": "What data_quality counts of calls, by the middle of a month, day or edge hour in which they began",
}
_MEANINGS = {
    "span": "middle (a month without its first and last day), day, hour, or edge hour (one of such a day)",
    "starts_at": "Start of that, in UTC; a middle begins on the second of the month",
    "pbx": "The PBX",
    "queue": "The queue; of conversations null for dialled calls and what was transferred",
    "agent_id": "The agent",
    "disposition": "The code; null where the call was not filed",
    "calls": "Calls; in trust_sums those that are over",
    "legs": "Conversations",
    "held": "Of them, with hold",
    "holds": "How often callers were held",
    "held_s": "Seconds on hold of those with hold",
    "longest_hold_s": "Most seconds on hold in one conversation",
    "measured": "Conversations with a MOS",
    "mos_sum": "Sum of their MOS",
    "worst_mos": "The lowest MOS",
    "below_4": "Conversations with a MOS below 4.0",
    "below_3_6": "Conversations with a MOS below 3.6",
    "contacts": "Contacts: calls let into a queue",
    "contact_stints": "Queues that they were let into",
    "contact_wait_s": "Seconds waited in queues, of those that are over",
    "contact_wall_wait_s": "Seconds from the first queue to the answer or the end, of those that are over",
    "contact_talk_s": "Seconds of conversation of contacts",
    "contact_hold_s": "Seconds on hold of contacts",
    "numbered": "Contacts with a number",
    "provisional": "Of calls, not yet confirmed by the PBX's own files",
    "corrected": "Calls that the files put right",
    "appeared": "Of them, calls that were not heard of at all",
    "compared": "Calls held against the PBX's files",
    "agree": "Of them, equal in every fact",
    "explained": "Of them, different by a named rule",
    "unexplained": "Of them, different and nothing says why",
    **{f"repeats_{days}": f"Of numbered: those who had called within {days} days before" for days in WINDOWS},
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def make_sums(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables and count everything, a month at a time: so it fits."""
    months = _months(connection)
    for subject in SUBJECTS:
        shape = subject.summed(subject.spans[-1], (_EPOCH, _EPOCH))
        connection.execute(f"CREATE TABLE {subject.table} AS FROM ({shape}) LIMIT 0")
        for span in subject.spans[1:]:
            for month in months:
                connection.execute(f"INSERT INTO {subject.table} {subject.summed(span, month)}")
        if months:
            whole = (months[0][0], months[-1][1])
            connection.execute(f"INSERT INTO {subject.table} {subject.summed(MIDDLE, whole)}")


def sum_days_again(connection: duckdb.DuckDBPyConnection, subject: Subject, days: list[datetime]) -> None:
    """Count these days anew (UTC midnights), and the middles that they lie in."""
    wholes = [(day, day + timedelta(days=1)) for day in days]
    months = sorted({month_of(day) for day in days})
    for span in (*subject.spans[1:], MIDDLE):
        for whole in months if span == MIDDLE else wholes:
            first, last = (it.isoformat() for it in whole)
            connection.execute(
                f"DELETE FROM {subject.table}"
                " WHERE span = ? AND starts_at >= ?::TIMESTAMPTZ AND starts_at < ?::TIMESTAMPTZ",
                [span, first, last],
            )
            connection.execute(f"INSERT INTO {subject.table} {subject.summed(span, whole)}")


def month_of(day: datetime) -> Range:
    """The month that a day lies in, in UTC."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _months(connection: duckdb.DuckDBPyConnection) -> list[Range]:
    times = " UNION ALL ".join(f"SELECT min({it}) AS first, max({it}) AS last FROM {table}" for table, it in _TIMES)
    first, last = one(connection, f"SELECT min(first), max(last) FROM ({times})")
    months: list[Range] = []
    if first is not None:
        month = month_of(first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
        while month[0] <= last:
            months.append(month)
            month = month_of(month[1])
    return months


def sums_explained() -> str:
    """The statements that say in the file what the tables and their columns mean."""
    said = []
    for subject in SUBJECTS:
        title = f"{_TITLES[subject.table]}: {_SPANS}"
        said.append(f"COMMENT ON TABLE mart.{subject.table} IS {quoted(title)};")
        for column in ("span", "starts_at", *subject.key, *subject.sums):
            meaning = _MEANINGS.get(column, f"Sum of {column.removeprefix('contacts_')}")
            said.append(f"COMMENT ON COLUMN mart.{subject.table}.{column} IS {quoted(meaning)};")
    return "\n".join(said)
