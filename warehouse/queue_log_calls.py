"""From lines of queue_log to calls, in DuckDB: the set-based form of `calls.queue_log_story`.

Property tests hold the two equal, so the rules stand there and not here. Lines in, tables out: `call_sessions`,
`stints`, `legs` and `missed_rings` with the columns of PostgreSQL's tables of the same names, `refused` (line, reason)
and `carried`, the lines that must be told again together with those that follow. It touches neither files of the PBX
nor PostgreSQL.

Times are milliseconds since 1970 and spans milliseconds until the last step. A stay is named by the number of the line
that opened it, a call by that of its first line.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import polars as pl

from asterisk.errors import LineError
from asterisk.fields import clean
from asterisk.queue_log import parse_queue_log
from calls.settings import Settings
from warehouse.duck import Frame, quoted
from warehouse.queue_log_lines import Piece
from warehouse.queue_log_steps import LINES, MACROS, NUMBER, STEPS, TEXT

TABLES = ("call_sessions", "stints", "legs", "missed_rings")
ODD = {
    "n": pl.Int64, "t": pl.Int64, "callid": pl.String, "queue": pl.String, "agent": pl.String, "verb": pl.String,
    "number": pl.Int32, "text": pl.String,
}  # fmt: skip


class Bad(NamedTuple):
    """A line that tells nothing: where it begins in its file, why, and the line itself."""

    offset: int
    reason: str
    raw: bytes


class Names(NamedTuple):
    """What must be known beyond the file: the PBX's name, its settings, and the interface of members with a name."""

    pbx: str
    settings: Settings
    interfaces: Mapping[str, str]


def prepare(connection: duckdb.DuckDBPyConnection, names: Names) -> None:
    """Tell the connection, once, what the steps must know of this PBX."""
    settings = names.settings
    tables = {
        "tenants": {queue: settings.queue(queue).tenant for queue in settings.queues},
        "agent_ids": {interface: settings.agent(interface).agent_id for interface in settings.agents},
        "interfaces": names.interfaces,
    }
    for table, pairs in tables.items():
        frame = pl.DataFrame({"known": list(pairs), "it": list(pairs.values())}, {"known": pl.String, "it": pl.String})
        connection.register(table, Frame(frame))
    for name, value in (("pbx", names.pbx), ("default_tenant", settings.default_tenant)):
        connection.execute(f"SET VARIABLE {name} = {quoted(value)}")
    connection.execute(MACROS)


def tell(connection: duckdb.DuckDBPyConnection, piece: Piece, scratch: Path, last: bool) -> list[Bad]:
    """Make the tables of what `piece` tells; the lines that could not be read, in their order.

    `scratch` is a file that may be written. `last`: nothing follows for now, so calls that may go on are told, too.
    """
    bad = _read(connection, piece, scratch)
    connection.execute(f"SET VARIABLE last = {last}")
    for step in STEPS:
        connection.execute(step)
    return bad


def refused(connection: duckdb.DuckDBPyConnection, piece: Piece) -> list[Bad]:
    """The lines that were read but tell what cannot be, in their order."""
    reasons = dict(connection.execute("SELECT n, reason FROM refused ORDER BY n").fetchall())
    return [Bad(offset, f"is refused: {reasons[number]}", raw) for number, offset, raw in piece.lines(reasons)]


def carried(connection: duckdb.DuckDBPyConnection, piece: Piece) -> bytes:
    """The lines that have to be told again with those that follow: their calls may go on."""
    numbers = [number for (number,) in connection.execute("SELECT n FROM carried ORDER BY n").fetchall()]
    return b"".join(raw + b"\n" for _, _, raw in piece.lines(numbers))


def _read(connection: duckdb.DuckDBPyConnection, piece: Piece, scratch: Path) -> list[Bad]:
    """The tables `line`, of all plain lines, and `odd`, of the others that are good."""
    try:
        _scan(connection, piece, scratch, wary=False)
    except duckdb.InvalidInputException:
        _scan(connection, piece, scratch, wary=True)
    numbers = [number for (number,) in connection.execute("SELECT n FROM line WHERE NOT plain ORDER BY n").fetchall()]
    rows: list[tuple[Any, ...]] = []
    bad: list[Bad] = []
    for number, offset, raw in piece.lines(numbers):
        try:
            rows.append((number, *_told(raw)))
        except LineError as error:
            bad.append(Bad(offset, error.reason, raw))
    connection.register("odd", Frame(pl.DataFrame(rows, ODD, orient="row")))
    return bad


def _scan(connection: duckdb.DuckDBPyConnection, piece: Piece, scratch: Path, wary: bool) -> None:
    with scratch.open("wb") as file:
        file.writelines(piece.text(wary))
    connection.execute(LINES, [str(scratch)])


def _told(raw: bytes) -> tuple[Any, ...]:
    """A line as a row of `odd`, without its number. Raises LineError."""
    it = parse_queue_log(raw)
    number = it.number(NUMBER[it.verb]) if it.verb in NUMBER else None
    text = clean(it.text(TEXT[it.verb])) if it.verb in TEXT else None
    return it.at, clean(it.callid), clean(it.queue), clean(it.agent), clean(it.verb), number, text
