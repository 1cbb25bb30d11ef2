"""Processes that work on an installation until they are killed, each there at once."""

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from made_installation import Installation

# A child of a process that has imported everything already needs no second to begin.
PARENT = """
import os, sys
from pathlib import Path
{imports}
catalog, source, data = sys.argv[1], sys.argv[2], Path(sys.argv[3])
print("ready", flush=True)
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
{work}
    print(child, flush=True)
    os.waitpid(child, 0)
"""


@contextmanager
def forked_workers(installation: Installation, imports: str, work: str) -> Iterator[Callable[[], int]]:
    """What starts a process that does `work` (Python, which knows `catalog`, `source` and `data`) for ever; its id.

    The one before must have been killed by then.
    """
    inside = textwrap.indent(textwrap.dedent(work).strip("\n"), " " * 8)
    program = PARENT.format(imports=textwrap.dedent(imports).strip("\n"), work=inside)
    command = [sys.executable, "-c", program, installation.catalog, installation.source, str(installation.data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdin is not None and parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"

        def start() -> int:
            assert parent.stdin is not None and parent.stdout is not None
            print("go", file=parent.stdin, flush=True)
            return int(parent.stdout.readline())

        yield start
        parent.stdin.close()
