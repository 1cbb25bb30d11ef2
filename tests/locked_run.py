"""Many statements in one process that is locked as `python -m warehouse.locked` is: what came of each, as JSON lines.

    python -m locked_run FILE WALLS SECONDS < statements, a JSON list

WALLS: `all`; `connection`, with the statement not looked at before; `system`, with DuckDB not locked at all.
"""

import importlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from warehouse.locked import walls


def main(file: str, how: str, seconds: float) -> None:
    """Run the statements of the input; a line for each: its outcome, `answered` or `refused`, and what was said."""
    statements = json.load(sys.stdin)
    standing = walls.leave_network()
    analyst, duckdb = (importlib.import_module(name) for name in ("warehouse.analyst", "duckdb"))
    answering = importlib.import_module("warehouse.locked.answering")
    if how == "system":
        connection = duckdb.connect(file, read_only=True, config={"threads": "1", "memory_limit": "256MB"})
    else:
        connection = analyst.open_locked(Path(file), "Europe/Berlin", 1)
    connection.execute(answering.EVERY_TYPE).fetchall()
    # No thread can be begun later on.
    begun, over = threading.Event(), threading.Event()
    threading.Thread(target=interrupt, args=(connection, begun, over, seconds), daemon=True).start()
    standing += walls.shut(analyst.ADDRESS_SPACE, 60)
    for statement in statements:
        over.clear()
        begun.set()
        say(outcome(analyst, connection, how, statement, seconds))
        over.set()
    say({"standing": standing, "opened": opened(), "uid": os.getuid(), "answers": len(statements)})


def say(line: Any) -> None:
    """Write a line at once: the next statement may be the last."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def interrupt(connection: Any, begun: threading.Event, over: threading.Event, seconds: float) -> None:
    """Interrupt each statement that takes longer than it may."""
    while begun.wait():
        begun.clear()
        if not over.wait(seconds):
            connection.interrupt()


def outcome(analyst: Any, connection: Any, how: str, statement: str, seconds: float) -> tuple[str, str]:
    """What came of a statement."""
    try:
        if how == "all":
            return "answered", str(analyst.answer(connection, statement, seconds, 1000).rows)[:10_000]
        return "answered", str(connection.execute(statement).fetchmany(1000))[:10_000]
    except Exception as error:
        return type(error).__name__, str(error)


def opened() -> list[str]:
    """What this process can still open; nothing."""
    found = []
    for path in (sys.executable, "/etc/passwd", "/proc/self/status", "/"):
        try:
            os.close(os.open(path, os.O_RDONLY))
        except OSError:
            continue
        found.append(path)
    return found


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
