"""The obvious way to read a queue_log: line by line, with a dictionary of calls. It shares no code with the import.

The same rules, so that both come to equal rows of the four tables: one call a callid, refused lines counted, what
Asterisk's start cut off, and what is open at the end left out.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

DAY = 86_400
LEFT = {
    "ABANDON": "abandoned", "EXITWITHTIMEOUT": "timeout", "EXITEMPTY": "exit_empty", "EXITWITHKEY": "exit_key",
    "WITHDRAW": "withdrawn",
}  # fmt: skip
ENDED = {"COMPLETECALLER": "caller", "COMPLETEAGENT": "agent", "BLINDTRANSFER": "transfer"}
# How many fields a line has at least, and where its numbers are.
SHAPES: dict[str, tuple[int, tuple[int, ...]]] = {
    "ENTERQUEUE": (8, (-1,)), "CONNECT": (8, (5, 7)), "RINGNOANSWER": (6, (5,)), "COMPLETECALLER": (8, (5, 6, 7)),
    "COMPLETEAGENT": (8, (5, 6, 7)), "BLINDTRANSFER": (10, (-3, -2, -1)), "ABANDON": (8, (5, 6, 7)),
    "EXITWITHTIMEOUT": (8, (5, 6, 7)), "EXITEMPTY": (8, (5, 6, 7)), "EXITWITHKEY": (9, (6, 7, 8)),
    "WITHDRAW": (10, (5, 6, 7)), "PAUSE": (6, ()), "UNPAUSE": (6, ()), "QUEUESTART": (6, ()),
}  # fmt: skip

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Call = dict[str, Any]
Rows = dict[str, list[tuple[Any, ...]]]


def import_plainly(path: Path) -> tuple[Rows, int, int]:
    """The rows of a file; how many lines it has, and how many were rejected."""
    calls: dict[str, Call] = {}
    over: dict[str, Call] = {}
    lines = rejected = newest = 0
    with path.open("rb") as file:
        for raw in file:
            lines += 1
            fields = raw[:-1].decode("utf-8", "surrogateescape").split("|")
            verb = fields[4] if len(fields) > 4 else ""
            if not verb or not _is_good(fields, verb):
                rejected += 1
            else:
                at = int(fields[0])
                newest = max(newest, at)
                if verb == "QUEUESTART":
                    _cut_off(calls, at)
                    over.update(calls)
                    calls = {}
                elif not _tell(calls, over, at, fields, verb):
                    rejected += 1
    told = {callid: call for callid, call in over.items() if call["ended"]}
    for callid, call in calls.items():
        if not call["open"]:
            _close(call, call["ends"])
        elif newest - call["heard"] >= DAY:
            _silence(call)
        if call["ended"]:
            told[callid] = call
    return _rows("lab1", told), lines, rejected


def _rows(pbx: str, told: dict[str, Call]) -> Rows:
    """All calls as rows, in the columns that PostgreSQL has."""
    calls, stints, legs, rings = [], [], [], []
    for callid, call in told.items():
        call_id = f"{pbx}:{callid}"
        began, agent, talked = _instant(call["started"]), None, None
        for place, talk in enumerate(call["talks"]):
            agent, span = talk["agent"], talk["ended"] - talk["answered"]
            talked = (talked or 0) + span
            kind = "blind" if talk["by"] == "transfer" else None
            legs.append((
                call_id, place, "default", talk["stay"], agent, agent, _instant(talk["rang"]),
                _instant(talk["answered"]), _instant(talk["ended"]), span, 0, 0, talk["by"], kind, talk["to"], None,
                None,
            ))  # fmt: skip
        calls.append((
            str(uuid5(NAMESPACE_URL, call_id)), call_id, pbx, "default", "inbound", call["caller"] or None, None, None,
            "ENDED", "final", None, began, _instant(call["answered"]), _instant(call["ended"]), None, call["outcome"],
            agent, talked, began, 0,
        ))  # fmt: skip
        for place, stay in enumerate(call["stays"]):
            stints.append((
                call_id, place, "default", callid, stay["queue"], _instant(stay["entered"]), _instant(stay["left"]),
                stay["position"], stay["outcome"], stay["left"] - stay["entered"], stay["agent"],
            ))  # fmt: skip
        for place, (ordinal, who, rang, ring) in enumerate(call["missed"]):
            at = EPOCH + timedelta(milliseconds=rang)
            rings.append((call_id, place, "default", ordinal, who, who, at, ring / 1000))
    return {"call_sessions": calls, "stints": stints, "legs": legs, "missed_rings": rings}


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else EPOCH + timedelta(seconds=seconds)


def _is_good(fields: list[str], verb: str) -> bool:
    time = fields[0]
    if len(time) != 10 or not time.isdigit() or not time.isascii():
        return False
    shape = SHAPES.get(verb)
    if shape is None:
        return True
    least, numbers = shape
    if len(fields) < least:
        return False
    for place in numbers:
        value = fields[place]
        if len(value) > 9 or not value.isdigit():
            return False
    return True


def _tell(calls: dict[str, Call], over: dict[str, Call], at: int, fields: list[str], verb: str) -> bool:
    """Take a line in; False where it is refused."""
    callid, queue = fields[1], fields[2]
    if verb not in SHAPES or verb in ("PAUSE", "UNPAUSE") or callid == "NONE":
        return True
    call = calls.get(callid)
    if callid in over or (call is not None and at - call["heard"] >= DAY):
        return False
    if verb == "ENTERQUEUE":
        if call is None:
            call = calls[callid] = {
                "caller": "|".join(fields[6:-1]), "started": at, "answered": None, "heard": at, "ends": at,
                "ended": None, "outcome": None, "open": 0, "stays": [], "talks": [], "missed": [],
            }  # fmt: skip
        call["heard"] = call["ends"] = max(at, call["ends"])
        call["open"] += 1
        call["stays"].append({
            "queue": queue, "entered": at, "left": None, "outcome": None, "agent": None, "talk": None,
            "position": int(fields[-1]) or None,
        })  # fmt: skip
        return True
    if call is None:
        return False
    call["heard"] = max(at, call["heard"])
    stays = call["stays"]
    for ordinal in range(len(stays) - 1, -1, -1):
        if stays[ordinal]["queue"] == queue:
            break
    else:
        return False
    stay = stays[ordinal]
    if verb == "RINGNOANSWER":
        ring = int(fields[5])
        call["missed"].append((ordinal if stay["left"] is None else None, fields[3], at * 1000 - ring, ring))
    elif verb in ENDED:
        if not _hang_up(call, stay["talk"], fields, verb):
            return False
    elif stay["left"] is not None or ordinal != len(stays) - 1:
        return False
    else:
        _leave(call, stay, ordinal, at, fields, verb)
    call["ends"] = max(at, call["ends"])
    return True


def _leave(call: Call, stay: Call, ordinal: int, at: int, fields: list[str], verb: str) -> None:
    stay["left"] = at
    if verb != "CONNECT":
        stay["outcome"] = LEFT[verb]
        call["open"] -= 1
        return
    agent = fields[3]
    stay["outcome"], stay["agent"] = "answered", agent
    stay["talk"] = {
        "stay": ordinal, "agent": agent, "rang": at - int(fields[7]), "answered": at, "ended": None, "by": None,
        "to": None,
    }  # fmt: skip
    call["talks"].append(stay["talk"])
    if call["answered"] is None:
        call["answered"] = at


def _hang_up(call: Call, talk: Call | None, fields: list[str], verb: str) -> bool:
    if talk is None or talk["ended"] is not None:
        return False
    talk["ended"] = talk["answered"] + int(fields[-2] if verb == "BLINDTRANSFER" else fields[6])
    talk["by"] = ENDED[verb]
    if verb == "BLINDTRANSFER":
        talk["to"] = "|".join(fields[5:-4])
    call["ends"] = max(call["ends"], talk["ended"])
    call["open"] -= 1
    return True


def _close(call: Call, at: int) -> None:
    """The call is over: `at`, in seconds."""
    last = call["stays"][-1]["outcome"]
    call["ended"] = at
    call["outcome"] = (
        "answered" if call["answered"] is not None else last if last in ("abandoned", "timeout") else "other"
    )
    for stay in call["stays"]:
        if stay["left"] is None:
            stay["left"] = at
    for talk in call["talks"]:
        if talk["ended"] is None:
            talk["ended"], talk["by"] = max(at, talk["answered"]), "system"


def _silence(call: Call) -> None:
    _close(call, call["ends"])


def _cut_off(calls: dict[str, Call], at: int) -> None:
    """Asterisk came up: what was open has failed."""
    for call in calls.values():
        if not call["open"]:
            _close(call, call["ends"])
        elif at - call["heard"] >= DAY:
            _silence(call)
        else:
            _close(call, max(at, call["started"]))
            call["outcome"] = "failed"
