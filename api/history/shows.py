"""What a number on a report counts, so that the list behind it has as many rows. Pure.

A row is what is counted: a call, a stay in a queue, a ring, an agent's part, or a ledger. The conditions are those of
the marts (`stint_facts`, `asked_legs`, `data_quality` in warehouse/models and warehouse/scopes.py); a test holds every
one of them equal. A queue that is not known has the thresholds of calls/settings.py, as in the marts.
"""

from enum import StrEnum
from typing import LiteralString

from msgspec import Struct


class Unit(StrEnum):
    """What a row of the list is."""

    CALL = "call"
    STAY = "stay"
    RING = "ring"
    PART = "part"
    LEDGER = "ledger"


class Show(Struct, frozen=True):
    """One thing to list. `condition` is SQL over the names of its unit's source below; empty: all."""

    unit: Unit
    condition: LiteralString = "true"


_LET_IN: LiteralString = "coalesce(s.outcome NOT IN ('join_empty', 'full'), true)"
_LEFT: LiteralString = f"{_LET_IN} AND s.wait_s IS NOT NULL AND s.outcome"
_LIMIT: LiteralString = "coalesce(q.service_level_s, %(service_level_s)s)"
_SHORT: LiteralString = "coalesce(q.short_abandon_s, %(short_abandon_s)s)"
_TALKED: LiteralString = (
    "EXISTS (SELECT FROM legs t WHERE t.call_id = s.call_id AND t.stint = s.ordinal AND t.talk_s IS NOT NULL)"
)
# A line below which many are dissatisfied (`quality`'s below_3_6).
_BAD: LiteralString = "l.mos < 3.6"
# The first of an agent's parts in a call within the range: so the agent's calls are counted (`agent_dispositions`).
_FIRST: LiteralString = (
    "NOT EXISTS (SELECT FROM legs e WHERE e.call_id = l.call_id AND e.interface = l.interface AND e.talk_s IS NOT NULL"
    " AND e.answered_at >= %(start)s AND e.ordinal < l.ordinal)"
)

_CALLS: dict[str, LiteralString] = {
    "calls": "c.merged_into IS NULL",
    "over": "c.ended_at IS NOT NULL",
    "provisional": "c.ended_at IS NOT NULL AND c.certainty = 'provisional'",
    "corrected": "EXISTS (SELECT FROM corrections k WHERE k.call_id = c.call_id)",
    "appeared": "EXISTS (SELECT FROM corrections k WHERE k.call_id = c.call_id AND k.appeared)",
    "recorded": "EXISTS (SELECT FROM recordings k WHERE k.call_id = c.call_id)",
}
_STAYS: dict[str, LiteralString] = {
    "offered": _LET_IN,
    "answered": f"{_LEFT} = 'answered'",
    "in_time": f"{_LEFT} = 'answered' AND s.wait_s <= {_LIMIT}",
    "later": f"{_LEFT} = 'answered' AND s.wait_s > {_LIMIT}",
    "abandoned": f"{_LEFT} = 'abandoned'",
    "short_abandoned": f"{_LEFT} = 'abandoned' AND s.wait_s <= {_SHORT}",
    "flow_out": f"{_LEFT} NOT IN ('answered', 'abandoned')",
    "refused": f"NOT {_LET_IN}",
    "handled": f"{_LET_IN} AND {_TALKED}",
}
_PARTS: dict[str, LiteralString] = {
    "handled": "l.talk_s IS NOT NULL",
    "from_queue": "l.talk_s IS NOT NULL AND l.stint IS NOT NULL",
    "filed": f"l.talk_s IS NOT NULL AND {_FIRST}",
    "transferred": "l.talk_s IS NOT NULL AND l.transfer_to IS NOT NULL",
    "held": "l.talk_s IS NOT NULL AND l.holds > 0",
    "bad_quality": f"l.talk_s IS NOT NULL AND {_BAD}",
}
_LEDGERS: dict[str, LiteralString] = {
    "compared": "true",
    "agree": "b.verdict = 'agree'",
    "explained": "b.verdict = 'explained'",
    "unexplained": "b.verdict = 'unexplained'",
}

# What queues count. Parts belong to agents, but for their queue they can be asked as well.
OF_QUEUES: dict[str, Show] = {
    **{name: Show(Unit.PART, condition) for name, condition in _PARTS.items()},
    **{name: Show(Unit.CALL, condition) for name, condition in _CALLS.items()},
    **{name: Show(Unit.STAY, condition) for name, condition in _STAYS.items()},
    **{name: Show(Unit.LEDGER, condition) for name, condition in _LEDGERS.items()},
    "missed": Show(Unit.RING, _LET_IN),
}
# What agents count under the same names: their own parts and rings, by the moment of these.
OF_AGENTS: dict[str, Show] = {"handled": Show(Unit.PART, _PARTS["handled"]), "missed": Show(Unit.RING)}
SHOWS = tuple(OF_QUEUES)


def show_of(name: str, *, of_agents: bool) -> Show:
    """What stands behind the name; KeyError for one that is none of SHOWS."""
    return OF_AGENTS.get(name, OF_QUEUES[name]) if of_agents else OF_QUEUES[name]
