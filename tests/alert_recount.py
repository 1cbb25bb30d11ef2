"""When an alert fired, recounted by brute force from a queue_log, with nothing of the product.

`alert_recount.py QUEUE_LOG METRIC SIDE LIMIT FOR_S [QUEUE]…` prints a line for each firing, when it was raised and when
it was over in ms since the epoch; `-` where it never was. At each instant at which anything can change everything is
counted anew from the first line on. Days are of UTC, callers in time within 20 s, given up too soon within 5 s.
"""

import sys
from pathlib import Path
from typing import Any

NEVER, DAY_MS, IN_TIME_MS, SHORT_MS = 1 << 60, 86_400_000, 20_000, 5_000
LEFT = ("CONNECT", "ABANDON", "EXITWITHTIMEOUT", "EXITWITHKEY", "EXITEMPTY")


def stays(file: str, queues: list[str]) -> list[list[Any]]:
    """Every caller's stay in a queue: when it began, when it ended, how."""
    found, waiting = [], {}
    for line in Path(file).read_text().splitlines():
        at, channel, queue, _, verb = line.split("|")[:5]
        when = round(float(at) * 1000)
        if verb == "ENTERQUEUE" and (not queues or queue in queues):
            waiting[queue, channel] = [when, NEVER, ""]
            found.append(waiting[queue, channel])
        elif verb in LEFT and (queue, channel) in waiting:
            waiting.pop((queue, channel))[1:] = [when, verb]
    return found


def value(metric: str, known: list[list[Any]], at: int) -> float | None:
    """The metric at an instant."""
    inside = [came for came, left, _ in known if came <= at < left]
    if metric in ("waiting", "longest_wait"):
        return len(inside) if metric == "waiting" else (at - min(inside, default=at)) / 1000
    today = [(left - came, how) for came, left, how in known if at - at % DAY_MS <= came and left <= at]
    lost = [wait for wait, how in today if how == "ABANDON"]
    if metric == "service_level":
        taken = [wait for wait, how in today if how == "CONNECT"]
        base = len(taken) + sum(wait > SHORT_MS for wait in lost)
        return sum(wait <= IN_TIME_MS for wait in taken) / base if base else None
    offered = sum(at - at % DAY_MS <= came <= at for came, _, _ in known)
    return len(lost) if metric == "abandoned" else (len(lost) / offered if offered else None)


def main(file: str, metric: str, side: str, limit: float, hold_ms: int, queues: list[str]) -> None:
    """Print all firings."""
    known, since = stays(file, queues), None
    steps = {at + late for stay in known for at in stay[:2] for late in (0, round(limit * 1000))}
    for at in sorted({NEVER} | steps | {at - at % DAY_MS + DAY_MS for at in steps if at < NEVER}):
        now = value(metric, known, at)
        bad = at < NEVER and now is not None and (now >= limit if side == "at_least" else now < limit)
        if since is not None and not bad and at > since + hold_ms:
            sys.stdout.write(f"{since + hold_ms} {at if at < NEVER else '-'}\n")
        since = None if not bad else at if since is None else since


if __name__ == "__main__":
    log, what, where, *rest = sys.argv[1:]
    main(log, what, where, float(rest[0]), round(float(rest[1]) * 1000), rest[2:])
