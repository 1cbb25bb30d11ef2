"""api/control/store.py: PostgreSQL decides who may send, and the same key is the same command, in any process."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

import psycopg
import pytest
from api_parts import principal
from api_rows import add_user, call_statements, change, write
from msgspec.structs import replace
from stories import told

from api.control.commands import CommandStatus, Verdict
from api.control.store import Ask, CallEnd, PostgresCommands, Wish
from api.database import Database
from api.errors import BadRequest, Conflict
from api.roles import Role
from api.tokens import Principal

ANSWERED = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 60 caller ends, 61 agent Alice leaves"


class Kept(NamedTuple):
    """A store by the API's role, who asks, and the owner's URL."""

    store: PostgresCommands
    me: Principal
    owner: str

    def ask(self, key: str | None = None, body: bytes | None = None, process: int = 1) -> Ask:
        return Ask(self.me, uuid.UUID(int=process), key, body)


@pytest.fixture
async def kept(database: str, database_as: Callable[..., str]) -> AsyncIterator[Kept]:
    """An empty table and an agent."""
    user = add_user(database, "ann", "agent")
    pool = Database(database_as("trunkline_api"))
    await pool.open()
    yield Kept(PostgresCommands(pool), replace(principal(Role.AGENT), user_id=user), database)
    await pool.close()


def wish(name: str = "dial", interface: str = "PJSIP/1001", **changes: object) -> Wish:
    """A command to be written down."""
    number = uuid.uuid4()
    plain = Wish(number, name, {"muted": True}, "pbx", f"pbx:tl-{number}", interface, f"tl-{number}", 10.0)
    return replace(plain, **changes)


async def test_each_step_is_taken_once(kept: Kept) -> None:
    made, is_new = await kept.store.accept(kept.ask(), wish())
    assert is_new and made.status is CommandStatus.ACCEPTED and made.arguments == {"muted": True}
    assert await kept.store.settle(made, Verdict(True)) is None, "nothing is confirmed that was not sent"
    assert sorted(await asyncio.gather(*(kept.store.take(made) for _ in range(5)))) == [False] * 4 + [True]
    assert await kept.store.settle(made, Verdict(False, "x"), unsent=True) is None
    settled = await kept.store.settle(made, Verdict(False, "why"))
    assert settled is not None and (settled.status, settled.detail) == (CommandStatus.FAILED, "why")
    assert await kept.store.settle(made, Verdict(True)) is None
    assert not await kept.store.take(made)
    assert await kept.store.find("default", made.id) == settled
    assert await kept.store.last_transfer("default", made.channel or "") is None
    moved, _ = await kept.store.accept(kept.ask(), wish("transfer", channel="u1"))
    await kept.store.take(moved)
    await kept.store.settle(moved, Verdict(True))
    last = await kept.store.last_transfer("default", "u1")
    assert last is not None and last.id == moved.id
    assert await kept.store.find("other", made.id) is None


async def test_one_call_at_a_time_is_made_for_an_agent(kept: Kept) -> None:
    asked = [kept.store.accept(kept.ask(), wish()) for _ in range(8)]
    told = await asyncio.gather(*asked, return_exceptions=True)
    made = [each for each in told if not isinstance(each, BaseException)]
    assert len(made) == 1 and {str(each) for each in told if isinstance(each, BadRequest)} == {
        "Agent is already on a call"
    }
    await kept.store.accept(kept.ask(), wish(interface="PJSIP/1002"))
    await kept.store.accept(kept.ask(), wish("hangup"))
    first = made[0][0]
    await kept.store.take(first)
    await kept.store.settle(first, Verdict(True))
    with pytest.raises(BadRequest):
        await kept.store.accept(kept.ask(), wish())
    change(kept.owner, "UPDATE commands SET settled_at = settled_at - interval '1 minute'")
    await kept.store.accept(kept.ask(), wish())


async def test_the_same_key_is_the_same_command_whoever_is_first(kept: Kept) -> None:
    asked = [kept.store.accept(kept.ask("key", b"body", process), wish()) for process in range(8)]
    told = await asyncio.gather(*asked)
    assert len({made.id for made, _ in told}) == 1
    assert sorted(is_new for _, is_new in told) == [False] * 7 + [True]
    with pytest.raises(Conflict):
        await kept.store.earlier(kept.ask("key", b"other"))
    change(kept.owner, "UPDATE commands SET created_at = created_at - interval '25 hours', status = 'failed'")
    assert await kept.store.earlier(kept.ask("key", b"other")) is None
    assert (await kept.store.accept(kept.ask("key", b"other"), wish()))[1]


async def test_what_nobody_settles_is_claimed_once(kept: Kept) -> None:
    mine, _ = await kept.store.accept(kept.ask(process=1), wish())
    theirs, _ = await kept.store.accept(kept.ask(process=2), wish("hangup"))
    await kept.store.lives(uuid.UUID(int=1))
    (left,) = await kept.store.left(10)
    assert (left.id, left.tenant, left.owner) == (theirs.id, "default", uuid.UUID(int=2))
    change(kept.owner, "UPDATE commands SET due_at = now() - interval '1 second' WHERE id = %s", mine.id)
    assert len(await kept.store.left(10)) == 2
    claims = [kept.store.claim(left, uuid.UUID(int=process), 10.0) for process in (1, 3)]
    assert len([each for each in await asyncio.gather(*claims) if each]) == 1
    await kept.store.lives(uuid.UUID(int=1))


async def test_what_was_settled_long_ago_is_forgotten(kept: Kept) -> None:
    made, _ = await kept.store.accept(kept.ask(), wish("hangup"))
    await kept.store.settle(made, Verdict(False))
    await kept.store.forget()
    assert await kept.store.find("default", made.id) is not None
    change(kept.owner, "UPDATE commands SET settled_at = now() - interval '91 days'")
    await kept.store.forget()
    assert await kept.store.find("default", made.id) is None


async def test_calls_and_what_was_given_up(kept: Kept) -> None:
    write(kept.owner, call_statements([replace(told(ANSWERED).call, linkedid="1")]))
    assert await kept.store.call_end("default", "pbx:1") == CallEnd(answered=True, over=True)
    assert await kept.store.call_end("default", "pbx:2") is None
    made, _ = await kept.store.accept(kept.ask(), wish())
    assert await kept.store.given_up([made.id]) == set()
    await kept.store.settle(made, Verdict(False))
    assert await kept.store.given_up([made.id, uuid.uuid4()]) == {made.id}


async def test_the_contact_that_was_dialled_is_the_calls(kept: Kept) -> None:
    with psycopg.connect(kept.owner) as connection:
        found = connection.execute(
            "INSERT INTO contacts (tenant_id, number, name) VALUES ('default', '+49301', 'Ana') RETURNING id"
        ).fetchone()
    assert found is not None
    wanted = wish(arguments={"contact_id": str(found[0])})
    made, _ = await kept.store.accept(kept.ask(), wanted)
    call = replace(told(ANSWERED).call, linkedid=made.channel or "", tenant="default")
    write(kept.owner, call_statements([call]))
    with psycopg.connect(kept.owner) as connection:
        assert connection.execute("SELECT contact_id FROM call_sessions").fetchone() == found


@pytest.mark.parametrize("contact", [str(uuid.UUID(int=7)), "urn:uuid:00000000-0000-0000-0000-000000000007"])
async def test_a_contact_that_is_gone_or_none_keeps_no_call_from_being_written(kept: Kept, contact: str) -> None:
    made, _ = await kept.store.accept(kept.ask(), wish(arguments={"contact_id": contact}))
    write(kept.owner, call_statements([replace(told(ANSWERED).call, linkedid=made.channel or "", tenant="default")]))
    with psycopg.connect(kept.owner) as connection:
        assert connection.execute("SELECT contact_id FROM call_sessions").fetchone() == (None,)
