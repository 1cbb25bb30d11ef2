"""A made day of a contact centre: calls through several queues, transfers, hold, sound, presence; all from a seed.

Shares nothing with what it tests but the language of calls. Everything is within two local days of Berlin, the second
of which has 25 hours.
"""

import random
from typing import Any

from calls.call import Call, Leg, MissedRing, Outcome, Status, Stint, StintOutcome, Transfer
from calls.form import iso
from calls.presence import Interval, PresenceState

HOUR_MS = 3_600_000
# Midnight in Berlin of Saturday, 24 October 2026; the clocks go back in the night after it.
DAYS_START = 1_792_792_800_000
DAYS_END = DAYS_START + 49 * HOUR_MS
QUEUES = ("support", "sales", "billing")
AGENTS = tuple(f"PJSIP/{1001 + n}" for n in range(8))
EXTENSIONS = tuple(interface.removeprefix("PJSIP/") for interface in AGENTS)
LOST = (StintOutcome.ABANDONED, StintOutcome.ABANDONED, StintOutcome.TIMEOUT, StintOutcome.EXIT_KEY)


def made_calls(count: int, seed: int = 7, tenant: str = "default") -> list[Call]:
    """So many queue calls over the two days, many of them transferred, some joined to another, some still going on."""
    dice = random.Random(seed)
    return [_call(dice, n, tenant) for n in range(count)]


def _call(dice: random.Random, n: int, tenant: str) -> Call:
    started = DAYS_START + dice.randrange(DAYS_END - DAYS_START - 2 * HOUR_MS)
    stints: list[Stint] = []
    legs: list[Leg] = []
    missed: list[MissedRing] = []
    at = started + dice.randrange(9_000)
    for hop in range(dice.choice((1, 1, 1, 2, 3))):
        queue, wait = dice.choice(QUEUES), _wait(dice)
        if dice.random() < 0.03:
            stints.append(Stint(f"u{n}", queue, at, left_at=at, outcome=StintOutcome.FULL))
            break
        rings = dice.randrange(3) if wait > 20_000 else 0
        missed += [MissedRing(hop, who := dice.choice(AGENTS), who, at + 5_000 * it, 4_000) for it in range(rings)]
        if dice.random() < 0.25:
            stints.append(Stint(f"u{n}", queue, at, hop + 1, at + wait, dice.choice(LOST)))
            at += wait + 500
            continue
        agent = dice.choice(AGENTS)
        stints.append(Stint(f"u{n}", queue, at, hop + 1, at + wait, StintOutcome.ANSWERED, agent))
        legs.append(_leg(dice, hop, agent, at + wait))
        at = (legs[-1].ended_at or at) + 700
        if legs[-1].transfer is None:
            break
        if dice.random() < 0.4:
            legs.append(_leg(dice, None, dice.choice(AGENTS), at + 2_000, transfers=False))
            at = (legs[-1].ended_at or at) + 100
            break
    is_open = n % 97 == 0
    return Call(
        f"l{n}", "pbx1", started, tenant, version=1, from_number=f"+4930{dice.randrange(400):05d}" if n % 11 else "",
        status=Status.CONNECTED if is_open else Status.ENDED, ended_at=None if is_open else at + 10,
        outcome=None if is_open else Outcome.ANSWERED, certainty="provisional" if n % 13 == 0 else "final",
        merged_into="pbx1:l1" if n % 89 == 5 else None, stints=tuple(stints), legs=tuple(legs), missed=tuple(missed),
    )  # fmt: skip


def _wait(dice: random.Random) -> int:
    return dice.choice((0, 5_000, 20_000, 20_001, round(dice.expovariate(1 / 25_000))))


def _leg(dice: random.Random, stint: int | None, agent: str, answered: int, transfers: bool = True) -> Leg:
    hold = dice.choice((0, 0, dice.randrange(40_000)))
    is_sent = transfers and dice.random() < 0.3
    to = dice.choice((*EXTENSIONS, "700", "+49891234"))
    return Leg(
        stint, agent, agent, f"a{answered}", answered - 3_000, answered, answered + hold + dice.randrange(300_000),
        hold_ms=hold, holds=int(hold > 0), ended_by="transfer" if is_sent else "caller",
        transfer=Transfer(dice.choice(("blind", "attended")), to) if is_sent else None,
        mos=dice.choice((None, 4.41, 3.12)), mos_method="e_model_rtcp",
    )  # fmt: skip


def made_presence(seed: int = 7) -> dict[str, list[Interval]]:
    """What each agent was doing over the two days, one state after the other without a hole."""
    dice = random.Random(seed)
    found: dict[str, list[Interval]] = {}
    for agent in AGENTS:
        at, spans = DAYS_START, []
        while at < DAYS_END:
            until = min(DAYS_END, at + dice.randrange(1, 4_000_000))
            spans.append(Interval(dice.choice(list(PresenceState)), at, until))
            at = until
        found[agent] = spans
    return found


def agent_rows(tenant: str = "default") -> list[dict[str, Any]]:
    """The agents as the lake has them; the last one is an agent by interface only."""
    return [
        {
            "pbx": "pbx1", "agent_id": f"agent-{n}", "tenant": tenant, "name": f"Agent {n}", "interface": interface,
            "extension": EXTENSIONS[n],
        }
        for n, interface in enumerate(AGENTS[:-1])
    ]  # fmt: skip


def agent_of(interface: str) -> str:
    """The agent whom an interface is of."""
    return next((row["agent_id"] for row in agent_rows() if row["interface"] == interface), interface)


def presence_rows(spans: dict[str, list[Interval]], tenant: str = "default") -> list[dict[str, Any]]:
    """The spans as the lake has them."""
    return [
        {
            "pbx": "pbx1", "agent_id": agent_of(interface), "tenant": tenant, "state": span.state.value, "reason": "",
            "started_at": iso(span.start), "ended_at": iso(span.end), "changed_at": iso(span.end),
        }
        for interface, mine in spans.items()
        for span in mine
    ]  # fmt: skip
