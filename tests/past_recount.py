"""The wallboard counted by brute force from what really happened (tests/made_year.py): no code of the product.

Every note until the instant is gone through, each time from the first one on.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import attrgetter
from random import Random
from typing import Any

from made_year import AgentNote, QueueNote, Truth

DAY_MS = 86_400_000
COUNTED = ("offered", "answered", "abandoned", "in_time", "short")
IN_TIME_MS, SHORT_MS = 20_000, 5_000
LEFT = {"CONNECT": "answered", "ABANDON": "abandoned"}
STATES = {"INUSE": "on_call", "BUSY": "on_call", "ONHOLD": "on_hold", "RINGING": "ringing"}
# The words of a step stand within so many milliseconds of it: at an instant so near to one, either is right.
NEAR_MS = 25


class Recount:
    """Counts anew at each instant, ms since the epoch; a day begins at midnight UTC."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._steps = [sorted(it.at for it in truth.queues), sorted(it.at for it in truth.agents)]
        self._steps.append(sorted(it.free_at for it in truth.agents))

    def instants(self, count: int, start: int, end: int, seed: int = 1) -> list[int]:
        """So many random instants, none of them so near to a step that it might be before or behind it."""
        dice, found = Random(seed), list[int]()
        while len(found) < count:
            at = dice.randrange(start, end)
            if not any(bisect_left(each, at - NEAR_MS) < bisect_right(each, at + NEAR_MS) for each in self._steps):
                found.append(at)
        return found

    def board(self, at: int) -> dict[str, Any]:
        """What the wallboard is to show."""
        agents = _agents(_until(self._truth.agents, at), at)
        queues = _queues(_until(self._truth.queues, at), at - at % DAY_MS)
        for name, queue in queues.items():
            queue["agents"] = sum(name in it["queues"] for it in agents.values() if it["state"] != "offline")
        return {"agents": {name: (it["state"], it["reason"]) for name, it in agents.items()}, "queues": queues}

    def differences(self, at: int, shown: dict[str, Any]) -> list[str]:
        """Where a snapshot in its JSON form shows something else."""
        board, found = self.board(at), []
        for agent in shown["agents"]:
            reason = agent["reason"] if agent["state"] == "paused" else ""
            truth = board["agents"].pop(agent["agentId"], ("offline", ""))
            if truth != (agent["state"], reason):
                found.append(f"{at} {agent['agentId']}: {truth}, shown {agent['state']} {reason}")
        for queue in shown["queues"]:
            found += _differences(at, queue, board["queues"].pop(queue["queueId"], None))
        missing = [name for name, (state, _) in board["agents"].items() if state != "offline"]
        return found + [f"{at} {name} is not shown" for name in (*missing, *board["queues"])]


def _differences(at: int, queue: dict[str, Any], truth: dict[str, Any] | None) -> list[str]:
    shown = {"waiting": len(queue["waiters"]), "agents": queue["agents"]}
    shown |= {name: queue["today"][name] for name in ("offered", "answered", "abandoned")}
    shown["service_level"] = queue["today"]["serviceLevel"]
    if truth is None:
        # Nobody ever came: nothing may be counted.
        return [f"{at} {queue['queueId']}: {shown}"] if shown["offered"] or shown["waiting"] else []
    since = [it["since"] for it in queue["waiters"]]
    entered = truth.pop("entered")
    wrong = [name for name in shown if truth[name] != shown[name]]
    found = [f"{at} {queue['queueId']} {name}: {truth[name]}, shown {shown[name]}" for name in wrong]
    near = all(abs(mine - theirs) <= NEAR_MS for mine, theirs in zip(since, entered, strict=False))
    return found if near else [*found, f"{at} {queue['queueId']}: waiting since {entered}, shown {since}"]


def _until(notes: list[Any], at: int) -> list[Any]:
    return notes[: bisect_right(notes, at, key=attrgetter("at"))]


def _agents(notes: Iterable[AgentNote], at: int) -> dict[str, dict[str, Any]]:
    newest = {it.interface: it for it in notes}
    return {
        name: {"state": _state(it, at), "queues": it.queues, "reason": _reason(it, at)} for name, it in newest.items()
    }


def _state(note: AgentNote, at: int) -> str:
    if note.held:
        return "on_hold"
    if note.device in STATES:
        return STATES[note.device]
    if not note.queues:
        return "offline"
    if note.free_at > at:
        return "wrap_up"
    if note.paused:
        return "wrap_up" if note.reason == "After call" else "paused"
    return "available"


def _reason(note: AgentNote, at: int) -> str:
    return note.reason if _state(note, at) == "paused" else ""


def _queues(notes: Iterable[QueueNote], midnight: int) -> dict[str, dict[str, Any]]:
    entered: dict[tuple[str, str], int] = {}
    queues: dict[str, dict[str, Any]] = {}
    for note in notes:
        place = (note.queue, note.channel)
        queue = queues.setdefault(note.queue, dict.fromkeys(COUNTED, 0))
        if note.verb == "ENTERQUEUE":
            entered[place] = note.at
            queue["offered"] += note.at >= midnight
        elif (came := entered.pop(place, 0)) >= midnight and note.verb in LEFT:
            _leave(queue, LEFT[note.verb], note.at - came)
    for name, queue in queues.items():
        queue["entered"] = sorted(came for (where, _), came in entered.items() if where == name)
        queue["waiting"] = len(queue["entered"])
        in_time, short = queue.pop("in_time"), queue.pop("short")
        base = queue["answered"] + queue["abandoned"] - short
        queue["service_level"] = in_time / base if base else None
    return queues


def _leave(queue: dict[str, Any], how: str, wait: int) -> None:
    queue[how] += 1
    queue["in_time"] += how == "answered" and wait <= IN_TIME_MS
    queue["short"] += how == "abandoned" and wait <= SHORT_MS
