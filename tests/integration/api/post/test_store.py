"""api/post/store.py: schedules in PostgreSQL, each tenant its own, every change in the audit log."""

from collections.abc import Callable
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import psycopg
from api_parts import principal
from api_rows import add_user
from msgspec.structs import replace
from schedule_parts import FORM, NOW

from api.database import Database
from api.post.forms import NewSchedule, recipients_of, timing_of
from api.post.store import MOST_SCHEDULES, Draft, PostgresSchedules
from api.roles import Role

BERLIN = ZoneInfo("Europe/Berlin")


def draft(**changes: object) -> Draft:
    """What a form comes to."""
    form = msgspec.convert(FORM | changes, NewSchedule)
    return Draft(form, recipients_of(form, frozenset({"example.com"})), BERLIN, timing_of(form, BERLIN).after(NOW))


async def test_each_tenant_has_its_own(database_as: Callable[..., str]) -> None:
    database = Database(database_as("trunkline_api"))
    await database.open()
    store = PostgresSchedules(database)
    ours, theirs = (
        replace(principal(Role.MANAGER, tenant), user_id=add_user(database_as(), f"m-{tenant}", "manager", tenant))
        for tenant in ("default", "theirs")
    )
    made = await store.add(ours, draft(every="week", days=[5, 1, 5], query="range=7d&queue=a"))
    assert made is not None
    assert (made.days, made.at, made.time_zone, made.next_at) == ([1, 5], "07:00", "Europe/Berlin", draft().next_at)
    assert (made.owner, made.last, made.is_active) == ("m-default", None, True)
    key = UUID(made.id)
    assert await store.one("theirs", key) is None and await store.all("theirs") == []
    assert await store.change(theirs, key, draft()) is None
    assert await store.send(theirs, key, NOW) is None and not await store.remove(theirs, key)
    stopped = await store.change(ours, key, draft(isActive=False))
    assert stopped is not None and (stopped.next_at, stopped.every) == (None, "day")
    sent = await store.send(ours, key, NOW)
    (shown,) = await store.all("default")
    assert sent is not None and shown.last == sent and await store.sendings("default", key, 1, 0) == ([sent], 1)
    assert await store.remove(ours, key) and await store.sendings("default", key, 1, 0) == ([], 0)
    for _ in range(MOST_SCHEDULES):
        assert await store.add(theirs, draft())
    assert await store.add(theirs, draft()) is None
    await database.close()
    with psycopg.connect(database_as()) as connection:
        noted = connection.execute(
            "SELECT action, detail ->> 'query' FROM audit_log WHERE tenant_id = 'default' ORDER BY id"
        ).fetchall()
    assert noted == [
        ("report_schedule.add", "range=7d&queue=a"),
        ("report_schedule.change", ""),
        ("report_schedule.send", None),
        ("report_schedule.remove", None),
    ]
