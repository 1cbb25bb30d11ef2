"""An independent recount: every figure of calls in their JSON form and of agents' states, by interval.

Shares no code with the product, so that an error would have to be made twice. `rules`: a queue's threshold, short
abandon and wrap-up in seconds.
"""

# ruff: noqa: E501, E701, E702
# fmt: off
from collections import defaultdict
from datetime import datetime

Q, OUT = 900, ("join_empty", "full")
ON, UP = ("on_call", "on_hold", "wrap_up"), ("available", "ringing", "on_call", "on_hold", "wrap_up", "paused")


def sec(text): return datetime.fromisoformat(text).timestamp()
def div(above, below): return above / below if below else None


def quarter(at): return int(at // Q * Q)


def queues(calls, rules, interval=quarter):
    cells = defaultdict(lambda: defaultdict(float))
    for call in calls:
        for n, stint in enumerate(call["stints"]):
            c, (limit, short, wrap), out, w = cells[stint["queue"], interval(sec(stint["entered_at"]))], rules[stint["queue"]], stint["outcome"], stint["wait_s"]
            if out in OUT: c["refused"] += 1; continue
            c["offered"] += 1; c["missed"] += sum(ring["stint"] == n for ring in call["missed"])
            for leg in [leg for leg in call["legs"] if leg["stint"] == n and leg["ended_at"]][:1]:
                c["h"] += 1; c["talk"] += leg["talk_s"]; c["hold"] += leg["hold_s"]; c["wrap"] += wrap
            if out is None or w is None: continue
            kind = out if out in ("answered", "abandoned") else "flow_out"
            c[kind] += 1; c["w"] += w; c["w_" + kind] += w; c[kind + "_in"] += w <= limit
            c["short_abandoned"] += kind == "abandoned" and w <= short
            c["left"] += out not in ("answered", "exit_key"); c["left_in"] += out not in ("answered", "exit_key") and w <= limit
    return {key: figures(c) for key, c in cells.items()}


def figures(c):
    a, b, s, f, o, m = (c[name] for name in ("answered", "abandoned", "short_abandoned", "flow_out", "offered", "answered_in"))
    plain = div(m, a)
    found = {name: c[name] for name in ("offered", "answered", "abandoned", "short_abandoned", "flow_out", "refused", "missed")}
    found |= {f"sl_genesys_{x}{y}{z}": div(m, a + z * (b - (1 - y) * s) + x * f) for x in (0, 1) for y in (0, 1) for z in (0, 1)}
    found |= {"service_level": div(m, a + b - s), "sl_offered": div(m, o), "sl_breakouts": div(m, a + b + f), "sl_asterisk": plain, "sl_wazo_qos": plain}
    found |= {"sl_ans_plus_late_abandon": div(m, a + b - c["abandoned_in"]), "sl_connect": div(m + c["abandoned_in"], o), "sl2_asterisk": div(m + c["left_in"], a + c["left"])}
    found |= {"abandon_rate": div(b, o), "abandon_rate_net": div(b - s, o - s), "asa": div(c["w_answered"], a), "awt": div(c["w"], a + b + f), "abandon_wait": div(c["w_abandoned"], b)}
    found |= {"aht": div(c["talk"] + c["hold"] + c["wrap"], c["h"]), "call_duration": div(c["talk"] + c["hold"], c["h"]), "non_response": div(c["missed"], c["missed"] + a)}
    return found | {"aht_realtime": found["call_duration"], "avg_talk": div(c["talk"], c["h"]), "avg_hold": div(c["hold"], c["h"]), "avg_wrap": div(c["wrap"], c["h"])}


def agents(calls, spans, extensions):
    cells = defaultdict(lambda: defaultdict(float))
    for agent, state, start, end in spans:
        for at in range(int(start // Q) * Q, int(-(-end // Q)) * Q, Q):
            if state != "offline": cells[agent, at][state] += min(end, at + Q) - max(start, at)
    for call in calls:
        for leg in [leg for leg in call["legs"] if leg["ended_at"]]:
            c, began = cells[leg["interface"], quarter(sec(leg["answered_at"]))], leg["answered_at"]
            c["handled"] += 1; c["talk"] += leg["talk_s"]; c["hold"] += leg["hold_s"]; c["held"] += leg["holds"] > 0
            c["from_queue"] += leg["stint"] is not None; c["dialled"] += leg["stint"] is None and leg["rang_at"] is None
            c["mos_n"] += leg["mos"] is not None; c["mos"] += leg["mos"] or 0
            if leg["transfer"]:
                entered, came = (min([it[key] for it in call[part] if it[key] > began], default=None) for part, key in (("stints", "entered_at"), ("legs", "answered_at")))
                c["queue" if entered and (not came or entered <= came) else "internal" if came or leg["transfer"]["to"] in extensions else "external"] += 1
        for ring in call["missed"]: cells[ring["interface"], quarter(sec(ring["rang_at"]))]["missed"] += 1
    return {key: performance(c) for key, c in cells.items()}


def performance(c):
    on, up, h, sent = sum(c[it] for it in ON), sum(c[it] for it in UP), c["handled"], c["queue"] + c["internal"] + c["external"]
    found = {f"transfer_rate_{kind}": div(c[kind], h) for kind in ("queue", "internal", "external")} | {name: c[name] for name in ("handled", "from_queue", "dialled", "missed")}
    found |= {"transferred": sent, "transfer_rate": div(sent, h), "online_s": up, "on_contact_s": on, "occupancy": div(on, on + c["available"]), "utilisation": div(on, up)}
    found |= {"availability": div(c["available"], up), "agent_non_response": div(c["missed"], c["missed"] + c["from_queue"]), "agent_aht": div(c["talk"] + c["hold"] + c["wrap_up"], h)}
    return found | {"agent_call_duration": div(c["talk"] + c["hold"], h), "agent_talk": div(c["talk"], h), "agent_hold": div(c["hold"], h), "agent_wrap": div(c["wrap_up"], h), "hold_rate": div(c["held"], h), "mos": div(c["mos"], c["mos_n"])}


def contacts(calls, days=7):
    cells, newest = defaultdict(lambda: defaultdict(float)), {}
    for call in sorted((it for it in calls if it["stints"] and not it["merged_into"]), key=lambda it: (it["stints"][0]["entered_at"], it["call_id"])):
        at, mine, who = sec(call["stints"][0]["entered_at"]), [it for it in call["stints"] if it["outcome"] not in OUT], call["from_number"]
        c, before = cells[call["stints"][0]["queue"], quarter(at)], newest.get(who); newest[who] = at
        if not mine: c["refused"] += 1; continue
        answers = [n for n, it in enumerate(mine) if it["outcome"] == "answered"]
        waited = mine[: answers[0] + 1] if answers else mine
        c["all"] += 1; c["stints"] += len(mine); c["numbered"] += bool(who); c["repeats"] += bool(who and before and at - before <= days * 86400)
        c["spent"] += sum((leg["talk_s"] or 0) + (leg["hold_s"] if leg["ended_at"] else 0) for leg in call["legs"])
        if waited[-1]["outcome"] is None or None in [it["wait_s"] for it in waited]: continue
        c[waited[-1]["outcome"] if waited[-1]["outcome"] in ("answered", "abandoned") else "other"] += 1
        c["wait"] += sum(it["wait_s"] for it in waited); c["wall"] += sec(waited[-1]["left_at"]) - sec(waited[0]["entered_at"])
    over = ("answered", "abandoned", "other")
    return {key: {"contacts": c["all"], "contacts_refused": c["refused"], "queues_per_contact": div(c["stints"], c["all"]), "contact_abandon_rate": div(c["abandoned"], c["all"]), "contact_wait": div(c["wait"], sum(c[it] for it in over)), "contact_wall_wait": div(c["wall"], sum(c[it] for it in over)), "contact_duration": div(c["spent"], c["answered"]), "fcr": div(c["numbered"] - c["repeats"], c["numbered"])} | {f"contacts_{it}": c[it] for it in over} for key, c in cells.items()}
