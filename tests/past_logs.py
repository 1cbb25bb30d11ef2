"""A short log to look back into: two calls on a small floor."""

from collections.abc import Callable
from pathlib import Path

from made_year import PBX, Writer
from simulated import BEGIN_S, Lab

from asterisk.simulator import endings, script
from ingest.log import Log

# When the first caller comes in, ms since the epoch.
CAME = BEGIN_S * 1000 + 10_000
DAY_MS = 86_400_000


def write_log(data: Path, *, seconds_later: int = 0) -> None:
    """Alice logs in; 10 s later a caller comes, rings after 2 s, is answered after 3 more, and is gone after 20.

    Half an hour later another one comes, and gives up after 7 s.
    """
    lab = Lab()
    lab.pbx.advance(lab.pbx.now_us + seconds_later * 1_000_000)
    writer, member = Writer(Log(data / "log" / PBX)), lab.works(lab.alice, lab.q2001)
    writer.log_in(lab.pbx)

    def then(seconds: float, do: Callable[[], object]) -> None:
        lab.after(seconds)
        do()
        writer.write(lab.pbx.take().events, lab.pbx.now_us // 1000)

    calls = []
    then(10, lambda: calls.append(lab.calls(lab.q2001)))
    then(2, lambda: script.ring(lab.pbx, calls[0], member))
    then(3, lambda: script.connect(lab.pbx, calls[0]))
    then(20, lambda: endings.complete_by_caller(lab.pbx, calls[0]))
    then(1800, lambda: calls.append(lab.calls(lab.q2001)))
    then(7, lambda: endings.abandon(lab.pbx, calls[1]))
    writer.close()
