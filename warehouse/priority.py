"""The warehouse's process steps back where others want the machine: whoever waits for a page, or talks, goes first.

A load every few seconds takes all cores for a moment; it has time, and a browser has not.
"""

import os
from contextlib import suppress
from pathlib import Path

# Of 0 to 19, where 19 gets least: a third of what others get while they want all, so that reports stay fresh.
NICENESS = 5
# Linux shares the cores among sessions first, each of which has a niceness of its own. Not there elsewhere.
SESSION = Path("/proc/self/autogroup")


def step_back(niceness: int = NICENESS, session: Path = SESSION) -> None:
    """Let others go first from now on; what this process starts does so, too."""
    os.nice(max(0, niceness - os.nice(0)))
    with suppress(OSError):
        session.write_text(str(niceness))
