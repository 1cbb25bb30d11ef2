"""api/roles.py: the groups of roles."""

from api.roles import EVERYBODY, MANAGERS, WATCHERS, Role


def test_agents_do_not_watch_others() -> None:
    assert {Role.AGENT} == EVERYBODY - WATCHERS


def test_managers_watch() -> None:
    assert MANAGERS < WATCHERS
