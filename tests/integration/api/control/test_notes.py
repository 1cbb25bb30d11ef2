"""api/control/notes.py: what agents have to say of their calls is kept, also when a call is written anew."""

from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

import psycopg
import pytest
from api_parts import agent, principal
from api_rows import add_user, call_statements, change, live_statements, write
from msgspec.structs import replace
from stories import told

from api.control.notes import Notebook
from api.database import Database
from api.errors import BadRequest, NotFound
from api.roles import Role
from api.tokens import Principal

ANSWERED = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 60 caller ends, 61 agent Alice leaves"


class Kept(NamedTuple):
    """A notebook by the API's role; Alice's user, another's, a supervisor; the owner's URL."""

    book: Notebook
    alice: Principal
    bob: Principal
    boss: Principal
    owner: str


@pytest.fixture
async def kept(database: str, database_as: Callable[..., str]) -> AsyncIterator[Kept]:
    """A call that Alice had."""
    call = replace(told(ANSWERED).call, linkedid="1", tenant="default")
    interface = call.legs[0].interface
    write(database, [*call_statements([call]), *live_statements([agent("Alice", interface=interface)], [])])
    users = [add_user(database, name, "agent") for name in ("ann", "bob", "sue")]
    change(database, "UPDATE agent_extensions SET user_id = %s", users[0])
    change(database, "INSERT INTO dispositions VALUES ('default', 'SOLD', 'Sold'), ('default', 'OLD', 'Old')")
    change(database, "UPDATE dispositions SET is_active = false WHERE code = 'OLD'")
    pool = Database(database_as("trunkline_api"))
    await pool.open()
    people = [replace(principal(Role.AGENT), user_id=each) for each in users[:2]]
    yield Kept(Notebook(pool), *people, replace(principal(Role.SUPERVISOR), user_id=users[2]), database)
    await pool.close()


async def test_notes_stay_and_the_warehouse_hears_of_them(kept: Kept) -> None:
    before = changed_at(kept.owner)
    told_ = await kept.book.write(kept.alice, "pbx:1", "wants a red one", "SOLD")
    assert (told_.notes, told_.disposition) == ("wants a red one", "SOLD")
    assert changed_at(kept.owner) > before
    again = await kept.book.write(kept.boss, "pbx:1", "wants a red one,\nor a blue one", None)
    assert (again.notes, again.disposition) == ("wants a red one,\nor a blue one", "SOLD")
    write(kept.owner, call_statements([replace(told(ANSWERED).call, linkedid="1", tenant="default", version=9_999)]))
    found = await kept.book.call(kept.alice, "pbx:1")
    assert (found.notes, found.disposition, found.status, found.muted, found.recording) == (
        *("wants a red one,\nor a blue one", "SOLD", "ENDED", False, False),
    )


def changed_at(owner: str) -> object:
    """When the row was changed last."""
    with psycopg.connect(owner) as connection:
        row = connection.execute("SELECT changed_at FROM call_sessions").fetchone()
    assert row is not None
    return row[0]


async def test_agents_write_of_their_own_calls_and_codes_must_be_offered(kept: Kept) -> None:
    strangers = (kept.bob, replace(kept.boss, tenant="other"))
    for who in strangers:
        with pytest.raises(NotFound, match="Call session not found"):
            await kept.book.write(who, "pbx:1", "x", None)
    with pytest.raises(NotFound):
        await kept.book.call(kept.boss, "pbx:1\n")
    for code in ("OLD", "NONE"):
        with pytest.raises(BadRequest, match="disposition"):
            await kept.book.write(kept.alice, "pbx:1", "x", code)
    assert [each.code for each in (await kept.book.dispositions(kept.alice)).dispositions] == ["SOLD"]
