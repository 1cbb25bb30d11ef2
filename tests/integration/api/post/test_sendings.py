"""api/post/sendings.py: a step that is another process's to do is none of ours."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from api_rows import add_user, change
from schedule_parts import NOW

from api.database import Database
from api.post.forms import Status
from api.post.outcomes import Outcome
from api.post.sendings import MAKING, SENDING, PostgresSendings

SCHEDULE = UUID(int=1)
ADD = """
INSERT INTO report_schedules (id, tenant_id, user_id, page, query, kind, recipients, every, days, day_of_month, at_time,
  time_zone, next_at) VALUES (%s, 'default', %s, 'queues', '', 'csv', ARRAY['ann@example.com'], 'month', '{}', 31,
  '07:00', 'Europe/Berlin', %s)
"""


async def test_who_comes_second_does_nothing(database_as: Callable[..., str]) -> None:
    user = add_user(database_as(), "petra", "manager")
    change(database_as(), ADD, SCHEDULE, user, NOW)
    database = Database(database_as("trunkline_api"))
    await database.open()
    store = PostgresSendings(database)
    assert await store.tasks(NOW - timedelta(seconds=1), 10) == []
    (due,) = await store.tasks(NOW, 10)
    for _ in range(2):
        await store.enqueue(due, NOW)
    (waiting,) = await store.tasks(NOW, 10)
    assert (due.what, waiting.what) == ("due", "waiting")
    slow = await store.take(waiting, NOW)
    assert slow is not None and await store.take(waiting, NOW) is None
    # It took too long over the file: another one has it, and the slow one may not begin.
    later = NOW + MAKING
    quick = await store.take(waiting, later)
    assert quick is not None
    assert await store.begin(slow, "a.csv", ["ann@example.com"], later) is None
    await store.close(slow, Outcome(Status.FAILED, "slow"), later)
    begun = await store.begin(quick, "a.csv", ["ann@example.com"], later)
    assert begun is not None and await store.begin(quick, "a.csv", [], later) is None
    assert await store.take(waiting, later + MAKING) is None
    gone = later + SENDING
    (forsaken,) = await store.tasks(gone, 10)
    assert forsaken.what == "forsaken"
    await store.forsake(forsaken, gone - timedelta(seconds=1))
    await store.close(begun, Outcome(Status.SENT, taken=("ann@example.com",)), gone)
    await store.forsake(forsaken, gone)
    assert await store.tasks(gone, 10) == []
    async with database.seeing("default") as connection:
        rows = await (await connection.execute("SELECT status, taken, tries FROM report_sendings")).fetchall()
        assert rows == [{"status": "sent", "taken": ["ann@example.com"], "tries": 1}]
        await connection.execute("UPDATE report_sendings SET settled_at = now() - interval '401 days'")
    await store.forget()
    async with database.seeing("default") as connection:
        assert await (await connection.execute("SELECT FROM report_sendings")).fetchall() == []
    await database.close()
