"""What the walks over routes and messages put into them: a value for each parameter and each field, by its name.

A name that says what something is has three: one of ours, one of another tenant's, one that is nowhere. A route or a
message with a name that is not here fails the walk: whoever adds one says here whether it names something.
"""

import uuid
from typing import Any, NamedTuple

from api_parts import NOON, agent, queue
from api_rows import add_user, change, live_statements, write

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
    "limit": 10,
    "offset": 0,
    "search": "Ana",
    # Of the description itself, where the framework answers that there is nothing.
    "path": "nothing",
}
# Of paths and queries, what names something.
NAMES = frozenset({"agentId", "tenant", "tenant_id", "user_id", "extension_id", "queue_id", "code", "contact_id"})
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
}
NAMED_FIELDS = frozenset({"userId"})
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
ADD_CONTACT = "INSERT INTO contacts (id, tenant_id, number, name) VALUES (%s, %s, '+12025550111', %s)"
ADD_DISPOSITION = "INSERT INTO dispositions (tenant_id, code, title) VALUES (%s, %s, '')"


def make_both(database: str) -> dict[str, Named]:
    """Make each kind of thing for us and for another tenant; their ids, by the name under which they are asked for."""
    users = [add_user(database, f"{tenant}-user", "agent", tenant) for tenant in (OURS, THEIRS)]
    extensions = [str(uuid.uuid4()) for _ in users]
    theirs = agent("Theirs", tenant=THEIRS, queues=["theirs"], call=AgentCall("pbx:9", "theirs", "1", None, NOON))
    write(database, live_statements([agent("Ours"), theirs], [queue(), queue("theirs", tenant=THEIRS)]))
    contacts = [str(uuid.uuid4()) for _ in users]
    for each, tenant in zip(contacts, (OURS, THEIRS), strict=True):
        change(database, ADD_CONTACT, each, tenant, tenant)
    for each, tenant, user in zip(extensions, (OURS, THEIRS), users, strict=True):
        change(database, ADD_EXTENSION, each, tenant, user, f"PJSIP/{tenant}", tenant)
        change(database, ADD_DISPOSITION, tenant, f"{tenant}-code")
    nobody = str(uuid.UUID(int=7))
    return {
        "agentId": Named("PJSIP/Ours", "PJSIP/Theirs", "PJSIP/Nobody"),
        "tenant": Named(OURS, THEIRS, NOWHERE),
        "tenant_id": Named(OURS, THEIRS, NOWHERE),
        "user_id": Named(*users, nobody),
        "userId": Named(*users, nobody),
        "extension_id": Named(*extensions, nobody),
        "queue_id": Named("pbx:support", "pbx:theirs", "pbx:nowhere"),
        "code": Named(f"{OURS}-code", f"{THEIRS}-code", "nowhere"),
        "contact_id": Named(*contacts, nobody),
        "callId": Named("pbx:1", "pbx:9", "pbx:7"),
        "rooms": Named(["queue:pbx:support"], ["queue:pbx:theirs"], ["queue:pbx:nowhere"]),
    }
