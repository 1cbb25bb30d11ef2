"""An independent recount of each figure of recount.txt from calls as JSON and spans of agents' states, by whose it is and interval.

Shares no code with the product: an error would have to be made twice. `rules`: threshold, short abandon, wrap-up of a queue, seconds.
"""

# ruff: noqa: E501, E701, E702
# fmt: off
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

PARTS = [part.split("\n") for part in Path(__file__).with_suffix(".txt").read_text().strip().split("\n\n")[1:]]
FORMULAS = {part[0]: dict(line.replace(" ", "").split("=") for line in part[1:]) for part in PARTS}


def sec(text): return datetime.fromisoformat(text).timestamp()
def quarter(at, step=900): return int(at // step * step)
def let_in(stints): return [stint for stint in stints if stint["outcome"] not in ("join_empty", "full")]
def total(cell, terms): return sum(cell[it.strip("-")] * (-1 if it[0] == "-" else 1) for it in terms.replace("-", "+-").split("+"))
def kind_of(outcome, other): return outcome if outcome in ("answered", "abandoned") else other


def figures(kind, cells):
    return {key: {name: figure(cell, *formula.split("/")) for name, formula in FORMULAS[kind].items()} for key, cell in cells.items()}


def figure(cell, above, below=None):
    return total(cell, above) if below is None else total(cell, above) / total(cell, below) if total(cell, below) else None


def queues(calls, rules, interval=quarter):
    cells = defaultdict(Counter)
    for call, n, stint in [(it, n, stint) for it in calls for n, stint in enumerate(it["stints"])]:
        cell, (limit, short, wrap) = cells[stint["queue"], interval(sec(stint["entered_at"]))], rules[stint["queue"]]
        legs = [leg for leg in call["legs"] if leg["stint"] == n and leg["ended_at"]]
        out, wait, left = stint["outcome"], stint["wait_s"], stint["outcome"] not in ("answered", "exit_key")
        if not let_in([stint]): cell.update(refused=1); continue
        cell.update(offered=1, missed=sum(ring["stint"] == n for ring in call["missed"]))
        if legs: cell.update(handled=1, talk=legs[0]["talk_s"], hold=legs[0]["hold_s"], wrap=wrap)
        if out and wait is not None:
            cell.update({(kind := kind_of(out, "flow_out")): 1, f"{kind}_in": wait <= limit, f"{kind}_wait": wait})
            cell.update(wait=wait, left=left, left_in=left and wait <= limit, short_abandoned=kind == "abandoned" and wait <= short)
    return figures("queues", cells)


def agents(calls, spans, extensions, step=900):
    cells = defaultdict(Counter)
    for agent, state, start, end in (span for span in spans if span[1] != "offline"):
        for at in range(quarter(start, step), -quarter(-end, step), step):
            cells[agent, at].update({state: min(end, at + step) - max(start, at)})
    for call, leg in [(it, leg) for it in calls for leg in it["legs"] if leg["ended_at"]]:
        cell, began, lone = cells[leg["interface"], quarter(sec(leg["answered_at"]), step)], leg["answered_at"], leg["stint"] is None
        cell.update(handled=1, talk=leg["talk_s"], hold=leg["hold_s"], held=leg["holds"] > 0, from_queue=not lone, dialled=lone and not leg["rang_at"])
        cell.update(mos=leg["mos"] or 0, mos_legs=leg["mos"] is not None)
        entered = min((it["entered_at"] for it in call["stints"] if it["entered_at"] > began), default=None)
        came = min((it["answered_at"] for it in call["legs"] if it["answered_at"] > began), default=None)
        if leg["transfer"]:
            cell["queue" if entered and (not came or entered <= came) else "internal" if came or leg["transfer"]["to"] in extensions else "external"] += 1
    for ring in (ring for call in calls for ring in call["missed"]): cells[ring["interface"], quarter(sec(ring["rang_at"]), step)]["missed"] += 1
    return figures("agents", cells)


def contacts(calls, days=7):
    cells, newest = defaultdict(Counter), {}
    for call in sorted((it for it in calls if it["stints"] and not it["merged_into"]), key=lambda it: (it["stints"][0]["entered_at"], it["call_id"])):
        first, mine, number, at = call["stints"][0], let_in(call["stints"]), call["from_number"], sec(call["stints"][0]["entered_at"])
        cell, again = cells[first["queue"], quarter(at)], number in newest and at - newest[number] <= days * 86400
        newest[number] = at
        if not mine: cell.update(refused=1); continue
        until = next((n for n, it in enumerate(mine) if it["outcome"] == "answered"), len(mine) - 1)
        waited, talks = mine[: until + 1], [leg["talk_s"] + leg["hold_s"] for leg in call["legs"] if leg["ended_at"]]
        cell.update(contacts=1, stints=len(mine), spent=sum(talks), numbered=bool(number), repeats=bool(number and again))
        if waited[-1]["outcome"] and None not in [it["wait_s"] for it in waited]:
            cell.update({kind_of(waited[-1]["outcome"], "other"): 1, "wait": sum(it["wait_s"] for it in waited), "clock": sec(waited[-1]["left_at"]) - sec(waited[0]["entered_at"])})
    return figures("contacts", cells)
