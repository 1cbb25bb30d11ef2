"""What queue_log tells of stays in queues, stint by stint. Read from its lines alone, without the reducer."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct, field

from calls.file_events import QueueLogged
from calls.ledger.rules import WHOLE_MS

UNANSWERED = {
    "ABANDON": "abandoned",
    "EXITWITHTIMEOUT": "timeout",
    "EXITWITHKEY": "exit_key",
    "EXITEMPTY": "exit_empty",
    "WITHDRAW": "withdrawn",
    "SYSCOMPAT": "system",
}
ENDED_BY = {
    "COMPLETECALLER": "caller",
    "COMPLETEAGENT": "agent",
    "BLINDTRANSFER": "transfer",
    "ATTENDEDTRANSFER": "transfer",
}
TRANSFERS = {"BLINDTRANSFER": "blind", "ATTENDEDTRANSFER": "attended"}


class ToldStint(Struct):
    """One stay in one queue as the file tells it: times in ms, spans in its own whole seconds.

    `under` is another channel's Uniqueid where the file tells the rest under that one; `missed` the agents who did not
    answer, a name for each ring.
    """

    uniqueid: str
    queue: str
    visit: int
    entered_at: int
    outcome: str | None = None
    agent: str | None = None
    agent_uniqueid: str = ""
    wait_s: int | None = None
    left_at: int | None = None
    talk_s: int | None = None
    ended_at: int | None = None
    ended_by: str | None = None
    transfer: str | None = None
    under: str | None = None
    missed: list[str] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether the file tells the end of all of it."""
        return self.ended_at is not None or (self.left_at is not None and self.outcome != "answered")


def told_stints(lines: Iterable[QueueLogged]) -> tuple[list[ToldStint], list[QueueLogged]]:
    """Every stint in the order entered, and the ends whose beginning is not told under any channel."""
    stints: list[ToldStint] = []
    latest: dict[tuple[str, str], ToldStint] = {}
    visits: dict[tuple[str, str], int] = defaultdict(int)
    strays: list[QueueLogged] = []
    for line in lines:
        where = line.callid, line.queue
        stint = latest.get(where)
        if line.verb == "ENTERQUEUE":
            visits[where] += 1
            latest[where] = ToldStint(line.callid, line.queue, visits[where], line.at)
            stints.append(latest[where])
        elif stint is not None:
            _tell(stint, line)
        elif line.verb == "CONNECT" or line.verb in UNANSWERED or line.verb in ENDED_BY:
            stint = _began_as(line, stints)
            if stint is None:
                strays.append(line)
            else:
                stint.under = line.callid
                latest[where] = stint
                _tell(stint, line)
    return stints, strays


def _began_as(line: QueueLogged, stints: list[ToldStint]) -> ToldStint | None:
    """The stint that this line goes on with, though under another channel: same queue, open, and the times add up."""
    began = line.at - 1000 * (_seconds(line, "wait_s") + _seconds(line, "talk_s"))
    for stint in reversed(stints):
        if stint.entered_at < began - WHOLE_MS:
            return None
        same = stint.queue == line.queue and not stint.is_over and stint.agent in (None, line.agent)
        if same and stint.entered_at <= began + WHOLE_MS:
            return stint
    return None


def _tell(stint: ToldStint, line: QueueLogged) -> None:
    if line.verb == "RINGNOANSWER":
        stint.missed.append(line.agent)
    elif line.verb == "CONNECT":
        stint.outcome, stint.agent, stint.left_at = "answered", line.agent, line.at
        stint.wait_s, stint.agent_uniqueid = _seconds(line, "wait_s"), line.values.get("agent_uniqueid", "")
    elif line.verb in ENDED_BY:
        stint.ended_by, stint.transfer = ENDED_BY[line.verb], TRANSFERS.get(line.verb)
        stint.talk_s, stint.ended_at = _seconds(line, "talk_s"), line.at
    elif line.verb in UNANSWERED and stint.outcome is None:
        stint.outcome, stint.wait_s, stint.left_at = UNANSWERED[line.verb], _wait(line), line.at


def _wait(line: QueueLogged) -> int | None:
    return _seconds(line, "wait_s") if "wait_s" in line.values else None


def _seconds(line: QueueLogged, name: str) -> int:
    try:
        return int(line.values.get(name, "0"))
    except ValueError:
        return 0
