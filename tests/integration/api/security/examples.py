"""What the walk over the routes puts into them: for each parameter and each field of a body one value, by its name.

A name that says what something is has the id of another tenant's and one that is nowhere. A route with a name that is
not here fails the walk: whoever adds one says here whether it names something.
"""

import uuid
from typing import Any, NamedTuple

from api_parts import agent, queue
from api_rows import add_user, live_statements, write

OURS, THEIRS = "default", "theirs"
NOWHERE = str(uuid.UUID(int=7))


class Named(NamedTuple):
    """An id of another tenant, and one that is nowhere."""

    foreign: Any
    missing: Any


# What names nothing; a value that the route takes.
PLAIN: dict[str, Any] = {
    "startDate": "2026-11-22",
    "endDate": "2026-11-22",
    "username": "somebody",
    "password": "correct horse battery",
    # Of the description itself, where the framework answers that there is nothing.
    "path": "nothing",
}


# Names of things, as `names_in` makes them.
NAMES = frozenset({"agentId"})


def names_in(database: str) -> dict[str, Named]:
    """Another tenant's things, made now, by the name under which routes ask for them."""
    add_user(database, "theirs", "agent", THEIRS)
    write(database, live_statements([agent("Theirs", tenant=THEIRS)], [queue("theirs", tenant=THEIRS)]))
    return {"agentId": Named("PJSIP/Theirs", "PJSIP/Nobody")}
