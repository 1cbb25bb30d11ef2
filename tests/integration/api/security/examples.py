"""What the walks over routes and messages put into them: a value for each parameter and each field, by its name.

A name that says what something is has three: one of ours, one of another tenant's, one that is nowhere. A route or a
message with a name that is not here fails the walk: whoever adds one says here whether it names something.
"""

import json
import uuid
from pathlib import Path
from typing import Any, NamedTuple

from api_parts import NOON, agent, queue
from api_rows import add_user, call_statements, change, live_statements, write
from made_store import make_store
from msgspec.structs import replace
from stories import told

from calls.live import AgentCall

OURS, THEIRS, NOWHERE = "default", "theirs", "nowhere"


class Named(NamedTuple):
    """Ids of one kind."""

    ours: Any
    foreign: Any
    missing: Any


# Of paths and queries, what names nothing; a value that the route takes.
PLAIN: dict[str, Any] = {
    "startDate": "2026-11-22",
    "endDate": "2026-11-22",
    "from": "2026-11-22",
    "to": "2026-11-22",
    "at": "2026-11-22T11:00:00Z",
    "since": "2026-11-22T11:00:00Z",
    "until": "2026-11-22T11:10:00Z",
    "step": 250,
    "open": True,
    "limit": 10,
    "offset": 0,
    "search": "Ana",
    "find": "Ana",
    # Of the description itself, where the framework answers that there is nothing.
    "path": "nothing",
    "Idempotency-Key": "a-key",
    "download": True,
    # Of searches for calls.
    "show": "offered",
    "kind": "csv",
    "queue": "support",
    "of": "agents",
    "number": "12345",
    "disposition": "SALE",
    "pbx": "pbx",
    "hour": 9,
    "minute": 15,
    "weekday": 1,
    "clock": "Europe/Berlin",
    "minSeconds": 0,
    "maxSeconds": 100,
    "after": "2026-11-22T12:00:00.000000Z~0~pbx:1",
    "before": "2026-11-22T12:00:00.000000Z~0~pbx:1",
}
# Of paths and queries, what names something.
NAMES = frozenset(
    {
        *("agentId", "callId", "tenant", "tenant_id", "user_id", "extension_id", "queue_id", "code", "recording_id"),
        *("call_id", "command_id", "contact_id", "schedule_id", "alert_id", "request_id"),
    }
)
# Of bodies, what names nothing. A new thing's own name is none of another's.
FIELDS: dict[str, Any] = {
    "id": "new-tenant",
    "username": "somebody.new",
    "name": "Somebody",
    "role": "agent",
    "password": "correct horse battery",
    "isActive": True,
    "pbx": "pbx",
    "interface": "PJSIP/9999",
    "extension": "9999",
    "code": "new",
    "title": "New",
    "serviceLevelSeconds": 20,
    "shortAbandonSeconds": 5,
    "wrapUpSeconds": 0,
    "target": 0.8,
    "waitAmberSeconds": 60,
    "waitRedSeconds": 120,
    "waitingAmber": 3,
    "waitingRed": 6,
    "levelRed": 0.6,
    "statement": "SHOW TABLES",
    "timezone": "Europe/Berlin",
    "maxRows": 10,
    # The call is that of the address; a body may say so too.
    "callId": None,
    "status": "AWAY",
    "reason": "lunch",
    "phoneNumber": "15551234567",
    "contactId": None,
    "hold": True,
    "muted": True,
    "type": "blind",
    "disposition": None,
    "penalty": 0,
    "paused": False,
    "keepDays": 30,
    # Phones in browsers.
    "isWeb": False,
    "pageId": "a" * 22,
    "to": "1002",
    "mos": 4.1,
    "lossRatio": 0.0,
    "jitterMs": 3.0,
    "rttMs": None,
    "method": "e_model_getstats",
    "done": True,
    "why": "",
    "mode": "listen",
    "reasons": ["Tea"],
    "agentsListen": True,
    "number": "+12025550147",
    "company": "Lind AG",
    "email": "ana@lind.example",
    "notes": "Calls on Mondays.",
    "country": "DE",
    "countries": ["AT"],
    "kinds": ["fixed_line", "mobile"],
    "prefixes": ["+1555"],
    "blockedPrefixes": ["+4915"],
    "emergencyNumbers": ["112"],
    "dialForm": "plus",
    "hours": {"days": [1], "start": "08:00", "end": "18:00"},
    "timeZone": "Europe/Berlin",
    "agentPerMinute": 5,
    "agentPerHour": 50,
    "agentAtOnce": 1,
    "tenantPerMinute": 10,
    "tenantPerHour": 100,
    "tenantAtOnce": 10,
    "defaultPrice": 1,
    "prices": [{"prefix": "+49", "perMinute": 1}],
    "assumedMinutes": 5,
    "spendPerHour": 100,
    # Reports by mail.
    "page": "queues",
    "query": "range=yesterday",
    "kind": "csv",
    "recipients": ["ann@example.com"],
    "every": "week",
    "days": [1],
    "dayOfMonth": 1,
    "at": "07:00",
    # Alerts.
    "rule": {"name": "Many wait", "metric": "waiting", "side": "at_least", "limit": 3},
    "webhook": "",
    "mail": ["ana@lind.example"],
    "newSecret": False,
    "from": "2026-11-21",
    # Privacy.
    "confirm": "+12025550147",
    "forgetCallersDays": 365,
}
# Where a name means something else than elsewhere.
OF_ROUTE: dict[str, dict[str, Any]] = {
    **{f"/api/pbx/calls/{{call_id}}/{name}": {"target": "1002"} for name in ("transfer", "redirect", "conference")},
    "/api/pbx/calls/bridge": {"callId": "pbx:1"},
}
ADD_ALERT = """
INSERT INTO alert_rules (id, tenant_id, rule, is_active, webhook, secret, mail) VALUES (%s, %s, %s, true, '', '', '{}')
"""
ADD_ERASURE = """
INSERT INTO privacy_requests (id, tenant_id, user_id, people, status, certificate, finished_at)
VALUES (%s, %s, %s, 1, 'done', '{"figures": {"unchanged": true}, "hash": ""}', now())
"""
NAMED_FIELDS = frozenset({"userId", "agentId", "otherCallId"})
# For operators of the whole installation alone, who may see every tenant.
OPERATORS_FIELDS = frozenset({"tenant", "isOperator"})
# Of messages on sockets.
MESSAGE_FIELDS: dict[str, Any] = {
    "status": "AWAY",
    "hold": True,
    "mute": True,
    "target": "1002",
    "type": "blind",
    "phoneNumber": "+4930123456",
    "extension": None,
    "contactId": None,
}
NAMED_MESSAGE_FIELDS = frozenset({"rooms", "agentId", "callId"})


ADD_EXTENSION = """
INSERT INTO extensions (id, tenant_id, user_id, pbx, interface, extension) VALUES (%s, %s, %s, 'pbx', %s, %s)
"""
ADD_SCHEDULE = """
INSERT INTO report_schedules (id, tenant_id, user_id, page, query, kind, recipients, every, days, day_of_month, at_time,
  time_zone, next_at)
VALUES (%s, %s, %s, 'queues', '', 'csv', '{}', 'day', '{}', 1, '07:00', 'UTC', now() + interval '1 day')
"""
ADD_CONTACT = "INSERT INTO contacts (id, tenant_id, number, name) VALUES (%s, %s, '+12025550111', %s)"
ADD_DISPOSITION = "INSERT INTO dispositions (tenant_id, code, title) VALUES (%s, %s, '')"


ADD_COMMAND = """
INSERT INTO commands (id, tenant_id, user_id, name, arguments, pbx, owner, due_at)
SELECT %s, tenant_id, id, 'hangup', '{}', 'pbx', id, now() FROM users WHERE username = %s
"""
SEAT = "UPDATE agent_extensions SET user_id = (SELECT id FROM users WHERE username = %s) WHERE agent_id = 'PJSIP/Ours'"


def make_acting(database: str, ours: str) -> None:
    """Let our agent sit at our phone and have asked for something; another tenant's call and command are there too."""
    calls = [
        replace(told("0 arrives, 1 joins support").call, linkedid=linkedid, pbx="pbx", tenant=tenant)
        for linkedid, tenant in (("1", OURS), ("9", THEIRS))
    ]
    write(database, call_statements(calls))
    change(database, SEAT, ours)
    for number, user in ((1, ours), (2, f"{THEIRS}-user")):
        change(database, ADD_COMMAND, uuid.UUID(int=number), user)


def make_both(database: str, folder: Path) -> dict[str, Named]:
    """Make each kind of thing for us and for another tenant; their ids, by the name under which they are asked for.

    Recordings are put into `folder` (tests/made_store.py).
    """
    users = [add_user(database, f"{tenant}-user", "agent", tenant) for tenant in (OURS, THEIRS)]
    extensions, schedules = [str(uuid.uuid4()) for _ in users], [str(uuid.uuid4()) for _ in users]
    theirs = agent("Theirs", tenant=THEIRS, queues=["theirs"], call=AgentCall("pbx:9", "theirs", "1", None, NOON))
    mine = agent("Ours", call=AgentCall("pbx:1", "support", "1", None, NOON))
    write(database, live_statements([mine, theirs], [queue(), queue("theirs", tenant=THEIRS)]))
    contacts, alerts = ([str(uuid.uuid4()) for _ in users] for _ in range(2))
    for each, tenant in zip(contacts, (OURS, THEIRS), strict=True):
        change(database, ADD_CONTACT, each, tenant, tenant)
    for each, tenant, user in zip(extensions, (OURS, THEIRS), users, strict=True):
        change(database, ADD_EXTENSION, each, tenant, user, f"PJSIP/{tenant}", tenant)
        change(database, ADD_DISPOSITION, tenant, f"{tenant}-code")
    for each, tenant, user in zip(schedules, (OURS, THEIRS), users, strict=True):
        change(database, ADD_SCHEDULE, each, tenant, user)
    for each, tenant in zip(alerts, (OURS, THEIRS), strict=True):
        change(database, ADD_ALERT, each, tenant, json.dumps(FIELDS["rule"]))
    erasures = [str(uuid.uuid4()) for _ in users]
    for each, tenant, user in zip(erasures, (OURS, THEIRS), users, strict=True):
        change(database, ADD_ERASURE, each, tenant, user)
    nobody = str(uuid.UUID(int=7))
    recordings = make_store(database, folder, (OURS, THEIRS), ("pbx:1", "pbx:9"))
    return {
        "agentId": Named("PJSIP/Ours", "PJSIP/Theirs", "PJSIP/Nobody"),
        "tenant": Named(OURS, THEIRS, NOWHERE),
        "tenant_id": Named(OURS, THEIRS, NOWHERE),
        "user_id": Named(*users, nobody),
        "userId": Named(*users, nobody),
        "extension_id": Named(*extensions, nobody),
        "queue_id": Named("pbx:support", "pbx:theirs", "pbx:nowhere"),
        "code": Named(f"{OURS}-code", f"{THEIRS}-code", "nowhere"),
        "recording_id": Named(*recordings, nobody),
        "contact_id": Named(*contacts, nobody),
        "schedule_id": Named(*schedules, nobody),
        "alert_id": Named(*alerts, nobody),
        "request_id": Named(*erasures, nobody),
        "callId": Named("pbx:1", "pbx:9", "pbx:7"),
        "call_id": Named("pbx:1", "pbx:9", "pbx:7"),
        "otherCallId": Named("pbx:1", "pbx:9", "pbx:7"),
        "command_id": Named(*(str(uuid.UUID(int=number)) for number in (1, 2)), nobody),
        "rooms": Named(["queue:pbx:support"], ["queue:pbx:theirs"], ["queue:pbx:nowhere"]),
    }
