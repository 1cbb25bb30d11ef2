"""The independent check: what Asterisk's own queue_log says of each stint, held against the calls that we rebuilt.

It shares no code with the reducer or the parsers: plain lines in, plain dictionaries compared. queue_log has whole
seconds, so a duration agrees within 1.5 s; everything else must be equal. Callers who were not let in are left out on
both sides.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TOLERANCE_S = 1.5
UNANSWERED = {
    "ABANDON": ("abandoned", 2),
    "EXITWITHTIMEOUT": ("timeout", 2),
    "EXITWITHKEY": ("exit_key", 3),
    "EXITEMPTY": ("exit_empty", 2),
    "WITHDRAW": ("withdrawn", 2),
    "SYSCOMPAT": ("system", 2),
}
ENDED_BY = {"COMPLETECALLER": "caller", "COMPLETEAGENT": "agent"}

# A stint by the waiting channel, the queue and how often the channel had been there.
Key = tuple[str, str, int]
Stint = dict[str, Any]


def told_by_queue_log(path: Path) -> dict[Key, Stint]:
    """Every stint of a queue_log."""
    stints: dict[Key, Stint] = {}
    latest: dict[tuple[str, str], Stint] = {}
    visits: dict[tuple[str, str], int] = defaultdict(int)
    for line in path.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        _, callid, queue, agent, verb, *data = line.split("|")
        where = (callid, queue)
        if verb == "ENTERQUEUE":
            visits[where] += 1
            latest[where] = stints[(*where, visits[where])] = _blank()
        elif where in latest:
            _tell(latest[where], verb, agent, data)
    return stints


def _blank() -> Stint:
    return {
        "outcome": None,
        "agent": None,
        "wait": None,
        "ended_by": None,
        "transfer": None,
        "talk": None,
        "missed": [],
    }


def _tell(stint: Stint, verb: str, agent: str, data: list[str]) -> None:
    if verb == "RINGNOANSWER":
        stint["missed"].append(agent)
    elif verb == "CONNECT":
        stint.update(outcome="answered", agent=agent, wait=int(data[0]))
    elif verb in ENDED_BY:
        stint.update(ended_by=ENDED_BY[verb], talk=int(data[1]))
    elif verb == "BLINDTRANSFER":
        stint.update(ended_by="transfer", transfer="blind", talk=int(data[3]))
    elif verb == "ATTENDEDTRANSFER":
        stint.update(ended_by="transfer", transfer="attended", talk=int(data[4 if data[0] == "LINK" else 3]))
    elif verb in UNANSWERED and stint["outcome"] is None:
        outcome, place = UNANSWERED[verb]
        stint.update(outcome=outcome, wait=int(data[place]))


def told_by_calls(calls: Iterable[dict[str, Any]]) -> dict[Key, Stint]:
    """Every stint of calls in their public form."""
    stints: dict[Key, Stint] = {}
    visits: dict[tuple[str, str], int] = defaultdict(int)
    for call in calls:
        for index, stint in enumerate(call["stints"]):
            if stint["outcome"] in ("join_empty", "full"):
                continue
            where = (stint["uniqueid"], stint["queue"])
            visits[where] += 1
            leg = next((leg for leg in call["legs"] if leg["stint"] == index), None)
            stints[(*where, visits[where])] = {
                "outcome": stint["outcome"],
                "agent": stint["agent"],
                "wait": stint["wait_s"],
                "ended_by": leg and leg["ended_by"],
                "transfer": leg and leg["transfer"] and leg["transfer"]["kind"],
                "talk": leg["talk_s"] + leg["hold_s"] if leg and leg["talk_s"] is not None else None,
                "missed": [ring["agent"] for ring in call["missed"] if ring["stint"] == index],
            }
    return stints


def disagreements(truth: dict[Key, Stint], ours: dict[Key, Stint]) -> list[str]:
    """Every difference, in words; empty when all agree."""
    found = [f"{key}: in queue_log only" for key in truth.keys() - ours.keys()]
    found += [f"{key}: rebuilt only" for key in ours.keys() - truth.keys()]
    for key in truth.keys() & ours.keys():
        for field, theirs in truth[key].items():
            if not _agree(field, theirs, ours[key][field]):
                found.append(f"{key}: {field}: queue_log says {theirs!r}, rebuilt {ours[key][field]!r}")
    return sorted(found)


def _agree(field: str, theirs: Any, mine: Any) -> bool:
    if field == "missed":
        return sorted(theirs) == sorted(mine)
    if field in ("wait", "talk"):
        return theirs is None or (mine is not None and abs(theirs - mine) <= TOLERANCE_S)
    return theirs == mine or (field == "ended_by" and theirs is None)
