"""Made-up states of an agent's desk, as the page's own data (api/softphone/src/state.ts), to look at each view with."""

import copy
from datetime import UTC, datetime
from typing import Any

State = dict[str, Any]

PEOPLE = [
    ("Jonas Weber", "1009", "available", 0, ""),
    ("Mei Lin", "1011", "available", 0, ""),
    ("Lucia Conti", "1005", "on_call", 130, ""),
    ("Tomas Berg", "1002", "on_call", 1060, ""),
    ("Ines Moreau", "1001", "paused", 1500, "Lunch"),
    ("Maximiliana-Alexandra von Hohenfels-Trautenberg zu Aschaffenburg", "1013", "offline", 0, ""),
]
QUEUES = [("2003", "Billing", 6, 134), ("2001", "Support", 2, 38), ("2002", "Sales", 0, 0)]
RESULTS = ["Resolved", "Call back", "Passed on", "Wrong number", "Complaint"]
PAST = [
    (29, "Hal Ortega", "5550149921", "2001", 380, "Resolved", False),
    (40, None, "5550107731", "2001", 125, "Passed on", False),
    (47, "Dora Quist", "5550101200", "2001", 0, None, True),
    (58, "Nadia Brandt", "5550144410", "2001", 588, "Call back", False),
]


def stamp(ms: int) -> str:
    """A moment as the server writes it."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


def code(title: str) -> str:
    """The code of a result."""
    return title.upper().replace(" ", "_")


def empty() -> State:
    """What the page begins with, so that nothing is left of the state before."""
    return {
        "who": None,
        "problem": None,
        "out": False,
        "phone": {"line": "off", "calls": []},
        "own": None,
        "ahead": 0,
        "linked": True,
        "waiting": [],
        "facts": None,
        "contact": None,
        "queue": None,
        "customer": None,
        "dispositions": [],
        "history": [],
        "notes": {"callId": None, "text": "", "result": None, "savedAt": None, "state": "kept"},
        "directory": {"people": [], "queues": []},
        "quality": None,
        "notice": None,
        "dialling": None,
        "microphone": None,
        "devices": None,
    }


def at_rest(now: int) -> State:
    """Available, no call; `now` in ms."""
    return empty() | {
        "who": who(now),
        "phone": {"line": "ready", "calls": []},
        "own": presence("available", now - 75_000),
        "waiting": [waiting(now, *each) for each in QUEUES],
        "dispositions": [{"code": code(title), "title": title} for title in RESULTS],
        "history": [past(now, *each) for each in PAST],
        "directory": directory(now),
        "devices": {
            "microphones": [{"id": "a", "label": "Jabra Evolve 40"}],
            "outputs": [{"id": "b", "label": "Jabra Evolve 40"}, {"id": "c", "label": "Monitor"}],
            "chosen": {"microphone": "a", "speaker": "b", "ringer": "c"},
            "outputsChosen": True,
        },
    }


def who(now: int) -> State:
    """The agent at the desk."""
    return {
        "agentId": "PJSIP/1004",
        "name": "Samir Haddad",
        "extension": "1004",
        "pbx": "pbx1",
        "gatherMs": 500,
        "recoverMs": 10000,
        "wrapUpS": 30,
        "pauseReasons": ["Break", "Lunch", "Training"],
        "echoExtension": "600",
        "tenantName": "Costa",
        "signedInAt": now - 3 * 3600_000,
    }


def directory(now: int) -> State:
    """Colleagues, each in another state, and queues."""
    people = [
        {"name": name, "agentId": f"PJSIP/{ext}", "extension": ext, "state": state}
        | {"since": now - seconds * 1000, "reason": why}
        for name, ext, state, seconds, why in PEOPLE
    ]
    queues = [{"queueId": q, "name": name, "waiting": n, "longestWait": s} for q, name, n, s in QUEUES]
    return {"people": people, "queues": queues}


def waiting(now: int, queue: str, name: str, count: int, seconds: int) -> State:
    """Who waits in a queue of the agent's."""
    waiters = [{"callId": f"pbx1:{place}", "since": now - seconds * 1000} for place in range(count)]
    return {"queueId": queue, "name": name, "pbx": "pbx1", "waiting": count, "waiters": waiters}


def presence(state: str, since: int, **more: Any) -> State:
    """The agent's own state."""
    return {
        "agentId": "PJSIP/1004",
        "pbx": "pbx1",
        "extension": "1004",
        "name": "Samir Haddad",
        "state": state,
        "since": since,
        "reason": "",
        "until": None,
        "then": None,
        "thenReason": "",
        "currentCall": None,
        **more,
    }


def past(
    now: int, minutes: int, name: str | None, number: str, queue: str, talk: int, title: str | None, missed: bool
) -> State:
    """A call of today."""
    return {
        "callId": f"pbx1:{minutes}",
        "at": stamp(now - minutes * 60_000),
        "direction": "inbound",
        "number": number,
        "name": name,
        "queue": queue,
        "talkS": talk,
        "disposition": code(title) if title else None,
        "missed": missed,
    }


def call(phase: str, since: int, **more: Any) -> State:
    """A call on the phone."""
    return {
        "id": "c1",
        "direction": "in",
        "phase": phase,
        "number": "15550140040",
        "name": "",
        "muted": False,
        "pending": None,
        "since": since,
        "consults": None,
        "test": False,
        **more,
    }


DAY_MS = 24 * 3600 * 1000
BEFORE = [
    (9, "Lucia Conti", 400, "Resolved", "Invoice copy sent."),
    (31, "Mei Lin", 95, "Passed on", "Asks for the terms of delivery to Norway.\nPassed on to Billing."),
    (64, None, 0, None, None),
]


def earlier(now: int, days: int, agent: str | None, talk: int, title: str | None, notes: str | None) -> State:
    """A call that the customer had before."""
    return {
        "callId": f"pbx1:b{days}",
        "at": stamp(now - days * DAY_MS),
        "direction": "inbound",
        "queue": "2001",
        "agent": agent,
        "talkS": talk,
        "result": title,
        "notes": notes,
    }


def customer(now: int) -> State:
    """Whom the call is with, and what was before."""
    last = [earlier(now, *each) for each in BEFORE]
    contact = {
        "name": "Mira Costa",
        "number": "+15550140040",
        "company": "Costa Imports",
        "email": "mira@costa.example",
    }
    return {
        "number": "15550140040",
        "contact": contact | {"notes": "Orders on the first of a month. Speaks Portuguese."},
        "calls": 41,
        "firstAt": stamp(now - 990 * DAY_MS),
        "last": last,
    }


def talking(now: int) -> State:
    """In a call from a queue."""
    state = at_rest(now)
    since = now - 291_000
    current = {
        "callId": "pbx1:7",
        "contactName": "Mira Costa",
        "since": since,
        "queue": "2001",
        "number": "15550140040",
    }
    metadata = {
        "fromNumber": "15550140040",
        "fromName": "Mira Costa",
        "toNumber": "2001",
        "direction": "inbound",
        "startedAt": since,
        "stints": [{"queue": "2001", "enteredAt": "", "waitS": 18.0}],
    }
    return state | {
        "phone": {"line": "ready", "calls": [call("talking", since)]},
        "own": presence("on_call", since, currentCall=current),
        "contact": "Mira Costa",
        "queue": "2001",
        "facts": {"callId": "pbx1:7", "status": "CONNECTED", "metadata": metadata},
        "customer": customer(now),
        "notes": {
            "callId": "pbx1:7",
            "text": "Delivery 88213 stuck at customs since Friday.\nWants a call back before 17:00.",
            "result": "RESOLVED",
            "savedAt": now - 2000,
            "state": "kept",
        },
        "quality": {"mos": 4.31, "lossRatio": 0.0, "jitterMs": 4.0, "rttMs": 22.0, "word": "good"},
    }


def ringing(now: int) -> State:
    """A call from a queue rings."""
    state = at_rest(now)
    current = {
        "callId": "pbx1:7",
        "contactName": "Mira Costa",
        "since": now - 4000,
        "queue": "2001",
        "number": "15550140040",
    }
    return state | {
        "phone": {"line": "ready", "calls": [call("ringing", now - 4000)]},
        "own": presence("ringing", now - 4000, currentCall=current),
        "contact": "Mira Costa",
        "queue": "2001",
        "customer": customer(now),
        "notes": {"callId": "pbx1:7", "text": "", "result": None, "savedAt": None, "state": "kept"},
    }


def on_hold(now: int) -> State:
    """The caller is on hold, the line was poor, and the agent muted."""
    state = talking(now)
    state["phone"]["calls"] = [call("held", now - 291_000, muted=True)]
    state["own"]["state"] = "on_hold"
    state["quality"] = {"mos": 3.4, "lossRatio": 0.062, "jitterMs": 31.0, "rttMs": 240.0, "word": "poor"}
    return state


def consulting(now: int) -> State:
    """Asking a colleague before a transfer."""
    state = talking(now)
    asked = call("talking", now - 20_000, id="c2", direction="out", number="1005", name="Lucia Conti", consults="c1")
    state["phone"]["calls"] = [call("held", now - 291_000), asked]
    return state


def wrapping_up(now: int) -> State:
    """After the call, for thirty seconds."""
    state = talking(now)
    state["phone"]["calls"] = []
    state["own"] = presence("wrap_up", now - 9_000, until=now + 21_000, then="available")
    state["quality"] = None
    return state


def wrapping_up_longer(now: int) -> State:
    """The agent asked for more time after the call."""
    return wrapping_up(now) | {"own": presence("wrap_up", now - 42_000, reason="wrap-up")}


def in_trouble(now: int) -> State:
    """Everything that may be said at once: lost sockets, no microphone, a failed transfer, notes not kept."""
    state = copy.deepcopy(talking(now))
    state["phone"]["line"] = "lost"
    state["linked"] = False
    state["microphone"] = "denied"
    state["notice"] = {"text": "The transfer to Lucia Conti failed. The caller is still with you.", "colour": "bad"}
    state["notes"]["state"] = "failed"
    return state


def newcomer(now: int) -> State:
    """Nothing has happened yet: no calls, no colleagues, no queues, no results."""
    return at_rest(now) | {
        "waiting": [],
        "history": [],
        "directory": {"people": [], "queues": []},
        "dispositions": [],
        "own": presence("offline", now - 5000),
    }


def refused(_: int) -> State:
    """A user without a phone."""
    return {"problem": "You have no phone in the browser. Ask an administrator to give you one."}
