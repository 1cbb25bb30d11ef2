"""api/alerts/store.py on a real PostgreSQL: rules kept, changed and removed, with what they did."""

from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import psycopg
import pytest
from alert_parts import NOW, RULE
from api_parts import principal, queue
from api_rows import add_user, change, live_statements, write
from msgspec.structs import replace

from api.alerts.store import AlertStore, host_of
from api.alerts.words import AlertForm
from api.database import Database
from api.errors import BadRequest
from api.roles import Role
from api.tokens import Principal

FIRED = """
INSERT INTO alerts_fired (rule_id, raised_at, tenant_id, rule, value) SELECT id, %s, tenant_id, rule, 4 FROM alert_rules
"""
HOOK = "https://ana:pw@hooks.example.com/a-secret-path"


class Kept(NamedTuple):
    """The store, who acts, and the owner's URL."""

    store: AlertStore
    petra: Principal
    owner: str


@pytest.fixture
async def kept(database_as: Callable[..., str]) -> AsyncIterator[Kept]:
    write(database_as(), live_statements([], [queue(), queue("theirs", tenant="other")]))
    database = Database(database_as("trunkline_api"))
    await database.open()
    petra = replace(principal(Role.MANAGER), user_id=add_user(database_as(), "petra", "manager"))
    yield Kept(AlertStore(database, lambda: NOW), petra, database_as())
    await database.close()


def form(*queues: str, **more: Any) -> AlertForm:
    return msgspec.convert({"rule": RULE | {"queues": list(queues)}} | more, AlertForm)


def read(owner: str, statement: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(owner) as connection:
        return connection.execute(statement).fetchall()


async def test_a_rule_on_its_way(kept: Kept) -> None:
    store, petra, owner = kept
    made = await store.add(petra, form("pbx:support", webhook=HOOK, mail=["ana@lind.example"]))
    rule_id = UUID(made.id)
    change(owner, FIRED, NOW - 5000)
    (item,) = await store.rules("default")
    assert (item.secret, item.firing is not None, item.rule.queues) == (None, True, ["pbx:support"])
    ((fired,), total) = await store.fired("default", True, 10, 0)
    assert (fired.value, total, [(it.event, it.kind, it.target) for it in fired.deliveries]) == (
        4.0, 1, [("raised", "mail", "ana@lind.example"), ("raised", "webhook", "https://hooks.example.com")],
    )  # fmt: skip
    changed = await store.change(petra, rule_id, form(mail=["ana@lind.example"], isActive=False))
    assert changed is not None and (changed.is_active, changed.secret) == (False, None)
    assert await store.fired("default", True, 10, 0) == ([], 0)
    ((fired,), _) = await store.fired("default", False, 10, 0)
    assert [(it.event, it.kind) for it in fired.deliveries] == [
        ("raised", "mail"), ("raised", "webhook"), ("cleared", "mail"), ("cleared", "webhook"),
    ]  # fmt: skip
    assert await store.remove(petra, rule_id)
    assert not await store.remove(petra, rule_id)
    assert await store.change(petra, rule_id, form()) is None
    ((fired,), _) = await store.fired("default", False, 10, 0)
    assert {it.status for it in fired.deliveries} == {"failed"}
    audit = read(owner, "SELECT action, detail::text FROM audit_log ORDER BY id")
    assert [action for action, _ in audit] == ["alert.add", "alert.change", "alert.remove"]
    assert not any(word in detail for _, detail in audit for word in ("secret-path", made.secret or "-", "pw"))


async def test_a_secret_stays_until_a_new_one_is_asked_for(kept: Kept) -> None:
    store, petra, owner = kept
    made = await store.add(petra, form(webhook=HOOK))
    same = await store.change(petra, UUID(made.id), form(webhook=HOOK))
    fresh = await store.change(petra, UUID(made.id), form(webhook=HOOK, newSecret=True))
    assert same is not None and fresh is not None and same.secret is None
    assert fresh.secret not in (None, made.secret)
    assert read(owner, "SELECT secret, edition FROM alert_rules") == [(fresh.secret, 3)]


async def test_each_tenant_has_its_own_and_of_its_own_queues_only(kept: Kept) -> None:
    store, petra, _ = kept
    await store.add(petra, form())
    assert await store.rules("other") == []
    for place in ("pbx:theirs", "pbx:nowhere"):
        with pytest.raises(BadRequest, match=f"rule.queues: .*{place}"):
            await store.add(petra, form(place))


@pytest.mark.parametrize(
    ("address", "host"),
    [("", ""), (HOOK, "https://hooks.example.com"), ("http://10.0.0.1:80?x", "http://10.0.0.1:80")],
)
def test_of_an_address_only_the_host_is_told(address: str, host: str) -> None:
    assert host_of(address) == host
