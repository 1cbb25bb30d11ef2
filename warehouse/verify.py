"""`trunkline warehouse verify`: every rollup against a recount of everything from the lake's own rows, and every
published file against the lake. Changes nothing; runs beside loads, each rollup in one snapshot.
"""

from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from calls.agent_tally import AGENT_COLUMNS
from calls.tally import COLUMNS
from warehouse.duck import one, quoted, transaction
from warehouse.lake import unavailable
from warehouse.load import ROLLUPS
from warehouse.published import marts_path, read_published
from warehouse.recount import Difference, Say, differences, quiet

# Those that a published file has copies of, by the name there.
COPIED = {
    "call_sessions": "calls",
    "stints": "stints",
    "legs": "legs",
    "missed_rings": "missed_rings",
    "recordings": "recordings",
    "corrections": "corrections",
    "presence_intervals": "presence_intervals",
    "q15": "q15",
    "agent15": "agent15",
    "wait_day": "wait_day",
    "wait_month": "wait_month",
}


# What is counted; every other column says what it is counted of.
_COUNTED = frozenset({*COLUMNS, *AGENT_COLUMNS, "n", "longest_s"})


class Verified(NamedTuple):
    """`rows` differ between a rollup and its recount; `files` says, in words, what is wrong with published files."""

    rows: list[Difference]
    files: list[str]


def in_words(rows: list[Difference]) -> list[str]:
    """A line for each cell that differs: whose it is, and each number of it as it is stored and as it was counted."""
    cells: dict[tuple[str, ...], dict[bool, dict[str, Any]]] = {}
    for table, stored, row in rows:
        whose = (table, *(str(value) for name, value in row.items() if name not in _COUNTED))
        cells.setdefault(whose, {})[stored] = row
    return [
        f"{' '.join(whose)}: {_differing(both.get(True), both.get(False))}" for whose, both in sorted(cells.items())
    ]


def _differing(stored: dict[str, Any] | None, counted: dict[str, Any] | None) -> str:
    if stored is None or counted is None:
        return "is missing" if stored is None else "is stored, and there is nothing to count"
    named = (name for name in stored if stored[name] != counted[name])
    return ", ".join(f"{name} is {stored[name]}, counted anew {counted[name]}" for name in named)


def verify(connection: duckdb.DuckDBPyConnection, data: Path, say: Say = quiet) -> Verified:
    """Recount everything. Raises LakeUnavailable when the lake cannot be read."""
    try:
        rows = []
        for rollup in ROLLUPS:
            with transaction(connection):
                rows += differences(connection, rollup, say)
        return Verified(rows, _files(connection, data, say))
    except duckdb.Error as error:
        raise unavailable("The lake cannot be read", error) from error


def _files(connection: duckdb.DuckDBPyConnection, data: Path, say: Say) -> list[str]:
    wrong = []
    for tenant, load_id in read_published(data).loads.items():
        say(f"verifying what is published for {tenant}")
        newer = "SELECT count(*) FROM lake.load_audit WHERE load_id > ? AND list_contains(tenants, ?)"
        if one(connection, newer, [load_id, tenant])[0]:
            wrong.append(f"{tenant}: loads after {load_id} are not published yet")
            continue
        connection.execute(f"ATTACH {quoted(str(marts_path(data, tenant)))} AS mart (READ_ONLY)")
        try:
            for table, name in COPIED.items():
                mine, theirs = (
                    one(connection, f"SELECT count(*) FROM {source}")[0]
                    for source in (f"mart.{name}", f"lake.{table} WHERE tenant = {quoted(tenant)}")
                )
                if mine != theirs:
                    wrong.append(f"{tenant}: {name} has {mine:,} rows, the lake {theirs:,}")
        finally:
            connection.execute("DETACH mart")
    return wrong
