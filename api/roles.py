"""Who may do what: the roles, and the groups that routes name. Pure."""

from enum import StrEnum


class Role(StrEnum):
    """A user's role. The words are those of the table `users`."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


EVERYBODY = frozenset(Role)
# Who sees the work of others: live figures, reports, the dashboard.
WATCHERS = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ANALYST, Role.ADMINISTRATOR})
# Who may ask the marts whatever they like: numbers of callers are in there.
ANALYSTS = frozenset({Role.MANAGER, Role.ANALYST, Role.ADMINISTRATOR})
# Who acts on calls: agents on their own, the others on those of the whole tenant.
ACTORS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR})
LEADERS = ACTORS - {Role.AGENT}
# Who answers for the installation.
MANAGERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
# Who gives others their rights.
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
