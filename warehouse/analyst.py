"""`trunkline sql`: any question in SQL about the published marts of one tenant, and nothing else.

Three walls. The statement must be one SELECT that calls only harmless table functions, as DuckDB itself parses it.
The connection is to the published copy, read-only, cut off from files, network, extensions and Python, and locked.
Time, memory and rows are limited. Meant for a process of its own, which `limit_process` gives the system's own limit.
"""

import json
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from warehouse.errors import MartsMissing, QueryRefused, QueryStopped
from warehouse.quoting import quoted

# Those that only make rows of their arguments or describe the tables. Others read files or switch things on: with
# enable_logging a question could even abort the process.
TABLE_FUNCTIONS = frozenset(
    {
        "duckdb_columns", "duckdb_tables", "duckdb_views", "generate_series", "icu_calendar_names", "json_each",
        "json_tree", "pg_timezone_names", "pragma_table_info", "range", "repeat", "unnest",
    }
)  # fmt: skip
# Sorting and grouping a few million rows; what needs more is a case for a copy of the file.
MEMORY_LIMIT = "256MB"
# DuckDB's own limit does not count everything: a hundred thousand long texts took 20 GB. The system's counts all.
ADDRESS_SPACE = 2 << 30
SECONDS = 30.0
# What a person or a spreadsheet can use.
MOST_ROWS = 100_000


class Answer(NamedTuple):
    """`rows` of Python values under `columns` of DuckDB's `types`; `cut` says that there would be more rows."""

    columns: list[str]
    types: list[str]
    rows: list[tuple[Any, ...]]
    cut: bool


def ask(
    path: Path, statement: str, timezone: str = "UTC", seconds: float = SECONDS, most_rows: int = MOST_ROWS
) -> Answer:
    """The answer of the marts in the file at `path` to one SELECT; instants are shown in `timezone`.

    Raises MartsMissing, QueryRefused (not one SELECT, or not understood), QueryStopped (over a limit).
    """
    with open_locked(path, timezone) as connection, stopping(connection, seconds):
        return answer(connection, statement, seconds, most_rows)


@contextmanager
def stopping(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """What the connection does within is interrupted after so many seconds."""
    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def answer(connection: duckdb.DuckDBPyConnection, statement: str, seconds: float, most_rows: int) -> Answer:
    """The answer of a connection as of `open_locked`, which is stopped after `seconds`. Raises as `ask` does."""
    try:
        return _answer(connection, statement, most_rows)
    except duckdb.InterruptException as error:
        raise QueryStopped(f"Stopped after {seconds:g} s. Narrow the range of time, or group by less.") from error
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        raise QueryStopped("It needs too much memory. Ask for fewer rows or columns.") from error
    except duckdb.Error as error:
        raise QueryRefused(str(error)) from error
    except RecursionError as error:
        raise QueryRefused("The statement is nested too deeply.") from error
    except (ValueError, OverflowError) as error:
        raise QueryRefused(f"The answer has a value that cannot be shown ({error}): cast it to VARCHAR.") from error


def open_locked(path: Path, timezone: str = "UTC", threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A connection to the file that can read it and do nothing else, whatever it is told. Raises MartsMissing.

    `threads`: on so many cores; all if None.
    """
    if not path.exists():
        raise MartsMissing("Nothing is published yet: the warehouse does so after a load. `trunkline up` runs it.")
    connection = duckdb.connect(
        str(path),
        read_only=True,
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
            "memory_limit": MEMORY_LIMIT,
            "max_temp_directory_size": "0KiB",
            **({} if threads is None else {"threads": str(threads)}),
        },
    )
    try:
        connection.execute(f"SET TimeZone = {quoted(timezone)}")
    except duckdb.Error as error:
        connection.close()
        raise QueryRefused(f"No time zone {timezone!r}: write it like Europe/Berlin or UTC.") from error
    # The order matters: after the last one nothing can be set any more.
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def limit_process() -> None:
    """Let the system refuse memory beyond ADDRESS_SPACE to this process, for the rest of its life."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


def _answer(connection: duckdb.DuckDBPyConnection, statement: str, most_rows: int) -> Answer:
    found = connection.extract_statements(statement)
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise QueryRefused("Only one SELECT at a time: the marts can be read, not changed. SHOW TABLES lists them.")
    told = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [found[0].query]).fetchone()
    tree = json.loads(told[0]) if told else {"error": True}
    if tree["error"]:
        raise QueryRefused("It cannot be told what this statement reads. Write it as a plain SELECT.")
    strange = sorted(set(_table_functions(tree)) - TABLE_FUNCTIONS)
    if strange:
        raise QueryRefused(f"Not here: {', '.join(strange)}. There are the published tables; SHOW TABLES lists them.")
    relation = connection.sql(found[0].query)
    rows = relation.limit(most_rows + 1).fetchall()
    return Answer(relation.columns, [str(kind) for kind in relation.types], rows[:most_rows], len(rows) > most_rows)


def _table_functions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "TABLE_FUNCTION":
            yield node["function"]["function_name"]
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from _table_functions(part)
