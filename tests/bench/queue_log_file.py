"""A queue_log of a chosen size, the same each time: two years of a call centre with eight queues, made once and kept.

Calls wait, ring in vain, are answered, transferred to another queue, given up; agents pause; Asterisk starts anew each
month. One line in 20,000 is spoiled as real files are: torn, without its number, half of another character.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from infra.cache import cache_folder

FIRST_DAY = 1_700_006_400
DAY_S = 86_400
CALLS_A_DAY = 5_000
DAYS_A_BOOT = 30
SPOILED_EVERY = 20_000
QUEUES = ("support", "sales", "billing", "returns", "north", "south", "vip", "night")
AGENTS = tuple(f"PJSIP/{number}" for number in range(1001, 1121)) + tuple(f"Agent {number}" for number in range(40))
# Changes to what is made belong into a file of another name.
EDITION = 1

Line = tuple[int, int, str]


def queue_log_file(size: int) -> Path:
    """A file of at least `size` bytes, ending with a whole day."""
    path = cache_folder() / "bench" / f"queue_log-{EDITION}-{size}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            days = _days()
            while file.tell() < size:
                file.write(next(days))
        draft.replace(path)
    return path


def _days() -> Iterator[bytes]:
    dice = random.Random(7)
    day, written = 0, 0
    while True:
        start = FIRST_DAY + day * DAY_S
        lines = sorted(_day(dice, start, day))
        if day % DAYS_A_BOOT == 0:
            lines.insert(0, (start, 0, "NONE|NONE|NONE|QUEUESTART|"))
        texts = [f"{at}|{text}" for at, _, text in lines]
        for place in range(-written % SPOILED_EVERY, len(texts), SPOILED_EVERY):
            texts[place] = _spoiled(dice, texts[place])
        written += len(texts)
        yield "".join(f"{text}\n" for text in texts).encode("latin-1")
        day += 1


def _spoiled(dice: random.Random, text: str) -> str:
    kind = dice.randrange(4)
    if kind == 0:
        return text[: dice.randrange(1, len(text))].rpartition("|")[0]
    if kind == 1:
        return text.replace("|", "|\xfc", 1) + "|x"
    return text + text if kind == 2 else ""


def _day(dice: random.Random, start: int, day: int) -> Iterator[Line]:
    for number in range(CALLS_A_DAY):
        at = start + int(dice.triangular(0, DAY_S - 7200, 40_000))
        yield from _call(dice, f"pbx1-{at}.{day * CALLS_A_DAY + number}", at, number << 8)
    for number, agent in enumerate(AGENTS):
        for place in range(4):
            at = start + 28_800 + place * 7000 + dice.randrange(3000)
            verb, reason = ("PAUSE", dice.choice(("lunch", "break", "a|b"))) if place % 2 == 0 else ("UNPAUSE", "")
            yield at, (number << 4) + place, f"NONE|{QUEUES[number % 8]}|{agent}|{verb}|{reason}"


def _call(dice: random.Random, callid: str, at: int, order: int) -> Iterator[Line]:
    """A call's lines. `order`: where its lines stand among others of the same second."""
    queue = dice.randrange(8)
    caller = "" if dice.random() < 0.03 else f"0{dice.randrange(10**9, 10**10)}"
    yield at, order, f"{callid}|{QUEUES[queue]}|NONE|DID|{dice.randrange(100, 999)}"
    for _ in range(3):
        order += 1
        yield at, order, f"{callid}|{QUEUES[queue]}|NONE|ENTERQUEUE||{caller}|{dice.randrange(1, 6)}"
        entered = at
        while dice.random() < 0.25:
            at, order = at + 15, order + 1
            yield at, order, f"{callid}|{QUEUES[queue]}|{dice.choice(AGENTS)}|RINGNOANSWER|15000"
        at, order = at + int(dice.expovariate(1 / 20)), order + 1
        fate, waited = dice.random(), at - entered
        if fate < 0.09:
            yield at, order, f"{callid}|{QUEUES[queue]}|NONE|ABANDON|1|2|{waited}"
            return
        if fate < 0.11:
            yield at, order, f"{callid}|{QUEUES[queue]}|NONE|EXITWITHTIMEOUT|1|2|{waited}"
        elif fate < 0.12:
            yield at, order, f"{callid}|{QUEUES[queue]}|NONE|EXITWITHKEY|1|1|2|{waited}"
        else:
            agent, ring = dice.choice(AGENTS), dice.randrange(1, 9)
            yield at, order, f"{callid}|{QUEUES[queue]}|{agent}|CONNECT|{waited}|pbx1-{at}.{order}|{ring}"
            talk = int(dice.lognormvariate(5, 0.8))
            at, order = at + talk, order + 1
            if dice.random() >= 0.04:
                verb = dice.choice(("COMPLETECALLER", "COMPLETEAGENT"))
                yield at, order, f"{callid}|{QUEUES[queue]}|{agent}|{verb}|{waited}|{talk}|1"
                return
            yield at, order, f"{callid}|{QUEUES[queue]}|{agent}|BLINDTRANSFER|60{queue}|agents|{waited}|{talk}|1"
        queue = (queue + 1) % 8
