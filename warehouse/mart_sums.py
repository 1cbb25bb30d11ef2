"""Sums over a range out of one published file, as `calls.tally` and `calls.agent_tally` have them.

They add up: the API adds what PostgreSQL has beyond the marts, and gets the number that the marts will have. Ranges are
whole quarters of an hour.
"""

from datetime import datetime

from calls.agent_tally import AGENT_COLUMNS, AgentTally
from calls.tally import COLUMNS, Tally
from warehouse.mart_file import MartFile
from warehouse.mart_models import mart_model

_WITHIN = "interval_start >= $start AND interval_start < $end"
# What one agent took of the stints of a range. Legs begin after their stint.
_TAKEN = {
    "taken": "SELECT call_id, stint AS ordinal FROM main.legs"
    " WHERE interface = $interface AND stint IS NOT NULL AND answered_at >= $start",
    "stints": "SELECT * FROM main.stints WHERE entered_at >= $start AND entered_at < $end"
    " AND (call_id, ordinal) IN (FROM taken)",
    "legs": "SELECT * FROM main.legs WHERE answered_at >= $start AND call_id IN (SELECT call_id FROM taken)",
    "missed_rings": "SELECT * FROM main.missed_rings"
    " WHERE rang_at >= $start AND call_id IN (SELECT call_id FROM taken)",
}


def stint_sums(file: MartFile, start: datetime, end: datetime, interface: str | None = None) -> Tally:
    """The facts of stints that began in [start, end); with `interface` only of those that its agent answered."""
    if interface is None:
        found = file.ask(f"SELECT {_summed(COLUMNS)} FROM q15 WHERE {_WITHIN}", start=start, end=end)
    else:
        # The mart's own SQL, which reads these instead of the tables of the same names.
        before = ", ".join(f"{name} AS ({text})" for name, text in _TAKEN.items())
        query = f"WITH {before} SELECT {_summed(COLUMNS)} FROM ({mart_model('stint_facts').select()})"
        found = file.ask(query, start=start, end=end, interface=interface)
    return Tally(*found.row(0))


def agent_sums(file: MartFile, pbx: str, agent_id: str, start: datetime, end: datetime) -> AgentTally:
    """What the agent did in [start, end): time in states, and conversations by when they were answered."""
    query = f"SELECT {_summed(AGENT_COLUMNS)} FROM agent15 WHERE pbx = $pbx AND agent_id = $agent AND {_WITHIN}"
    return AgentTally(*file.ask(query, pbx=pbx, agent=agent_id, start=start, end=end).row(0))


def filed_calls(file: MartFile, pbx: str, agent_id: str, start: datetime, end: datetime) -> dict[str, int]:
    """How many of the calls that the agent came into in [start, end) were filed under each code."""
    query = """
        SELECT filed_as, count(DISTINCT call_id) FROM legs
        WHERE pbx = $pbx AND agent_id = $agent AND answered_at >= $start AND answered_at < $end
          AND filed_as IS NOT NULL
        GROUP BY filed_as
    """
    return dict(file.ask(query, pbx=pbx, agent=agent_id, start=start, end=end).iter_rows())


def _summed(columns: tuple[str, ...]) -> str:
    return ", ".join(
        f"coalesce(round(sum({name}), 3), 0)::DOUBLE"
        if name.endswith(("_s", "_sum"))
        else f"coalesce(sum({name}), 0)::BIGINT"
        for name in columns
    )
