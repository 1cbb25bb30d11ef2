"""Shows the user what is coming up and what it waits for: a live table on a terminal, plain lines elsewhere.

Once everything is up, only what changes is told, a line each. A failure is always told in full.
"""

import threading
import time

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from infra.service import Phase

STYLES = {Phase.UP: "green", Phase.DOWN: "red", Phase.WAITING: "dim", Phase.STOPPED: "dim"}
BUSY = (Phase.PREPARING, Phase.STARTING)
# The seconds that are shown change once a second, and a download reports 45 files; more would only flicker.
REFRESHES_PER_SECOND = 5
# Without a table, who waits is heard of again after this long.
REPEAT_SECONDS = 5.0


class ProgressBoard:
    """A board for the supervisor; `names` are shown in their order."""

    def __init__(self, console: Console, names: tuple[str, ...], repeat: float = REPEAT_SECONDS) -> None:
        self._console = console
        self._repeat = repeat
        self._told: dict[str, float] = {}
        self._lock = threading.Lock()
        self._rows = {name: (Phase.WAITING, "", time.monotonic()) for name in names}
        self._live = Live(get_renderable=self._table, console=console, refresh_per_second=REFRESHES_PER_SECOND)
        self._is_live = console.is_terminal
        if self._is_live:
            self._live.start()

    def show(self, name: str, phase: Phase, text: str) -> None:
        """Take over the news. A failure is written at once; where there is no table, every new phase is, too."""
        now = time.monotonic()
        with self._lock:
            before, _, since = self._rows[name]
            is_new = before is not phase
            self._rows[name] = (phase, text, now if is_new else since)
            is_line = is_new or now - self._told.get(name, now) >= self._repeat
            if is_line:
                self._told[name] = now
        if phase is Phase.DOWN:
            self._console.print(Text(text), soft_wrap=True)
        elif is_line and not self._is_live:
            self._console.print(Text(f"{name}: {phase} {text}".rstrip()), soft_wrap=True)

    def close(self) -> None:
        """Leave the table as it is; news are lines from now on. May be called twice."""
        if self._is_live:
            self._is_live = False
            self._live.stop()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        with self._lock:
            rows = list(self._rows.items())
        for name, (phase, text, since) in rows:
            first_line = text.partition("\n")[0]
            seconds = f"{time.monotonic() - since:.0f} s" if phase in BUSY else ""
            table.add_row(name, Text(phase, style=STYLES.get(phase, "yellow")), Text(f"{first_line} {seconds}".strip()))
        return table
