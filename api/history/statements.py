"""The SQL of a search: which rows, a page of them at a time, how many in all, and what is shown of each. Pure.

Every statement is made of the pieces here and of values beside it, never of what was sent. Row-level security cuts it
to the tenant. Pages follow an index by the time of what is counted, so the thousandth costs what the first does.
"""

from typing import LiteralString

from msgspec import Struct

from api.history.search import Search
from api.history.shows import Unit, show_of


class Source(Struct, frozen=True):
    """Where a unit's rows come from. `at`: the moment that decides the range and the order; `key`: the row's own id."""

    tables: LiteralString
    at: LiteralString
    call: LiteralString
    ordinal: LiteralString
    pbx: LiteralString
    # Where it has a queue, an agent.
    queue: LiteralString
    agent: LiteralString


_SEATS: LiteralString = "(SELECT * FROM unnest(%(seat_pbxs)s::text[], %(seats)s::text[]))"


def _in_queue(column: LiteralString) -> LiteralString:
    return (
        f"{column} = ANY(%(queue_ids)s) AND ({column} = ANY(%(queues)s) OR c.pbx || ':' || {column} = ANY(%(queues)s))"
    )


_OF_CALL_QUEUE: LiteralString = f"EXISTS (SELECT FROM stints s WHERE s.call_id = c.call_id AND {_in_queue('s.queue')})"
_OF_CALL_AGENT: LiteralString = (
    f"(EXISTS (SELECT FROM legs l WHERE l.call_id = c.call_id AND (c.pbx, l.interface) IN {_SEATS})"
    f" OR EXISTS (SELECT FROM missed_rings r WHERE r.call_id = c.call_id AND (c.pbx, r.interface) IN {_SEATS}))"
)
_STAYS: LiteralString = (
    "stints s JOIN call_sessions c ON c.call_id = s.call_id"
    " LEFT JOIN queues q ON q.pbx = c.pbx AND q.queue_id = s.queue"
)
_SOURCES: dict[Unit, Source] = {
    Unit.CALL: Source(
        "call_sessions c", "c.started_at", "c.call_id", "0", "c.pbx", _OF_CALL_QUEUE, _OF_CALL_AGENT
    ),
    Unit.STAY: Source(
        _STAYS, "s.entered_at", "s.call_id", "s.ordinal", "c.pbx", _in_queue("s.queue"),
        "EXISTS (SELECT FROM legs l WHERE l.call_id = s.call_id AND l.stint = s.ordinal"
        f" AND (c.pbx, l.interface) IN {_SEATS})",
    ),
    Unit.RING: Source(
        f"{_STAYS} JOIN missed_rings r ON r.call_id = s.call_id AND r.stint = s.ordinal",
        "s.entered_at", "s.call_id", "r.ordinal", "c.pbx", _in_queue("s.queue"), f"(c.pbx, r.interface) IN {_SEATS}",
    ),
    Unit.PART: Source(
        "legs l JOIN call_sessions c ON c.call_id = l.call_id", "l.answered_at", "l.call_id", "l.ordinal", "c.pbx",
        "EXISTS (SELECT FROM stints s WHERE s.call_id = l.call_id AND s.ordinal = l.stint"
        f" AND {_in_queue('s.queue')})",
        f"(c.pbx, l.interface) IN {_SEATS}",
    ),
    Unit.LEDGER: Source(
        "reconciliations b LEFT JOIN call_sessions c ON c.call_id = b.call_id", "b.started_at", "b.call_id", "0",
        "b.pbx", _OF_CALL_QUEUE, _OF_CALL_AGENT,
    ),
}  # fmt: skip
# By the moment of the ring itself, in a queue or not.
_AGENTS_RINGS = Source(
    "missed_rings r JOIN call_sessions c ON c.call_id = r.call_id", "r.rang_at", "r.call_id", "r.ordinal", "c.pbx",
    f"EXISTS (SELECT FROM stints s WHERE s.call_id = r.call_id AND s.ordinal = r.stint AND {_in_queue('s.queue')})",
    f"(c.pbx, r.interface) IN {_SEATS}",
)  # fmt: skip


def source_of(search: Search) -> Source:
    """Where the rows of a search come from."""
    unit = show_of(search.show, of_agents=search.of_agents).unit
    return _AGENTS_RINGS if unit is Unit.RING and search.of_agents else _SOURCES[unit]


def _conditions(search: Search, seated: bool) -> LiteralString:
    """All that the search asks for. `seated`: only what concerns the seats."""
    source = source_of(search)
    wanted: list[LiteralString] = [
        f"{source.at} >= %(start)s AND {source.at} < %(end)s",
        show_of(search.show, of_agents=search.of_agents).condition,
    ]
    local: LiteralString = f"{source.at} AT TIME ZONE %(zone)s"
    asked: tuple[tuple[bool, LiteralString], ...] = (
        (bool(search.queues), source.queue),
        (seated, source.agent),
        (search.pbx is not None, f"{source.pbx} = %(pbx)s"),
        (bool(search.number), "c.call_id IN (SELECT numbered_calls(%(number)s, %(start)s, %(end)s))"),
        (bool(search.dispositions), "c.disposition = ANY(%(dispositions)s) OR c.disposition IS NULL AND %(unfiled)s"),
        (search.hour is not None, f"extract(hour FROM {local}) = %(hour)s"),
        (search.minute is not None, f"floor(extract(minute FROM {local}) / 15) * 15 = %(minute)s"),
        (search.weekday is not None, f"extract(isodow FROM {local}) = %(weekday)s"),
        (search.min_seconds is not None, "c.duration >= %(min_seconds)s"),
        (search.max_seconds is not None, "c.duration <= %(max_seconds)s"),
    )
    wanted += [condition for is_asked, condition in asked if is_asked]
    return " AND ".join(f"({each})" for each in wanted)


def page_sql(search: Search, *, seated: bool, after: bool, before: bool) -> LiteralString:
    """The keys of a page, newest first; of the rows after a cursor, or of those before it (these oldest first)."""
    source = source_of(search)
    order: LiteralString = "ASC" if before else "DESC"
    conditions = _conditions(search, seated)
    if after or before:
        sign: LiteralString = ">" if before else "<"
        # The first comparison is the second's own, in a form that an index takes under row-level security too.
        conditions += (
            f" AND {source.at} {sign}= %(at)s"
            f" AND ({source.at}, {source.call}, {source.ordinal}) {sign} (%(at)s, %(call)s, %(ordinal)s)"
        )
    return (
        f"SELECT {source.call} AS call_id, {source.at} AS at, {source.ordinal} AS ordinal FROM {source.tables}"
        f" WHERE {conditions} ORDER BY 2 {order}, 1 {order}, 3 {order} LIMIT %(limit)s"
    )


def count_sql(search: Search, *, seated: bool) -> LiteralString:
    """How many rows there are in all."""
    return f"SELECT count(*) AS total FROM {source_of(search).tables} WHERE {_conditions(search, seated)}"


_STINTS: LiteralString = """
LEFT JOIN LATERAL (
  SELECT array_agg(DISTINCT coalesce(q.name, s.queue)) AS queues, sum(s.wait_s) AS wait_s, count(*) AS stays
  FROM stints s LEFT JOIN queues q ON q.pbx = c.pbx AND q.queue_id = s.queue WHERE s.call_id = c.call_id {stay}
) waited ON true
"""
_LEGS: LiteralString = """
LEFT JOIN LATERAL (
  SELECT array_agg(DISTINCT l.agent) AS agents, sum(l.talk_s) AS talk_s, sum(l.hold_s) AS hold_s, min(l.mos) AS mos,
    count(l.transfer_to) AS transfers, max(l.transfer_to) AS transfer_to
  FROM legs l WHERE l.call_id = c.call_id {part}
) talked ON true
"""
_RINGS: LiteralString = """
LEFT JOIN LATERAL (
  SELECT count(*) AS rings, array_agg(DISTINCT r.agent) AS agents, sum(r.ring_s) AS ring_s
  FROM missed_rings r WHERE r.call_id = c.call_id {ring}
) rang ON true
"""
# Of which stays, parts and rings a row tells, by what it is.
_OWN: dict[Unit, dict[str, LiteralString]] = {
    Unit.CALL: {},
    Unit.LEDGER: {},
    Unit.STAY: {
        "stay": "AND s.ordinal = key.ordinal",
        "part": "AND l.stint = key.ordinal",
        "ring": "AND r.stint = key.ordinal",
    },
    Unit.PART: {
        "stay": "AND s.ordinal = (SELECT own.stint FROM legs own"
        " WHERE own.call_id = c.call_id AND own.ordinal = key.ordinal)",
        "part": "AND l.ordinal = key.ordinal",
        "ring": "AND false",
    },
    Unit.RING: {
        "stay": "AND s.ordinal = (SELECT own.stint FROM missed_rings own"
        " WHERE own.call_id = c.call_id AND own.ordinal = key.ordinal)",
        "part": "AND false",
        "ring": "AND r.ordinal = key.ordinal",
    },
}
_STAY_OUTCOME: LiteralString = (
    "(SELECT s.outcome FROM stints s WHERE s.call_id = c.call_id AND s.ordinal = key.ordinal)"
)
_OUTCOMES: dict[Unit, LiteralString] = {
    **dict.fromkeys(Unit, "c.outcome"),
    Unit.STAY: _STAY_OUTCOME,
    Unit.RING: "'missed'",
}


def details_sql(unit: Unit) -> LiteralString:
    """What is shown of the rows with the keys `calls`, `ordinals` and `moments`, in their order."""
    own = _OWN[unit]
    return f"""
SELECT key.call_id, key.ordinal, key.at, c.call_id IS NOT NULL AS is_known, c.direction, c.from_number, c.from_name,
  c.to_number, k.name AS contact, c.status, {_OUTCOMES[unit]} AS outcome, c.certainty, c.started_at, c.ended_at,
  c.duration, c.disposition, d.title AS disposition_title, c.notes <> '' AS has_notes, c.merged_into, waited.queues,
  waited.wait_s, waited.stays, coalesce(talked.agents, rang.agents) AS agents, talked.talk_s, talked.hold_s, talked.mos,
  talked.transfers, talked.transfer_to, rang.rings, rang.ring_s,
  (SELECT count(*) FROM stored_recordings o WHERE o.call_id = c.call_id AND o.deleted_at IS NULL) AS recordings,
  (SELECT b.verdict FROM reconciliations b WHERE b.call_id = key.call_id) AS verdict
FROM unnest(%(calls)s::text[], %(ordinals)s::integer[], %(moments)s::timestamptz[])
    WITH ORDINALITY AS key (call_id, ordinal, at, n)
  LEFT JOIN call_sessions c ON c.call_id = key.call_id
  LEFT JOIN contacts k ON k.id = c.contact_id
  LEFT JOIN dispositions d ON d.tenant_id = c.tenant_id AND d.code = c.disposition
  {_STINTS.replace("{stay}", own.get("stay", ""))}
  {_LEGS.replace("{part}", own.get("part", ""))}
  {_RINGS.replace("{ring}", own.get("ring", ""))}
ORDER BY key.n
"""
