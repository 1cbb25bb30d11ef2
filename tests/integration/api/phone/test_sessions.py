"""api/phone/sessions.py: pages in PostgreSQL, and what Asterisk's own role sees of them: three views."""

from collections.abc import AsyncIterator, Callable
from typing import NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest
from api_parts import agent, queue
from api_rows import add_user, change, live_statements, write
from psycopg.errors import InsufficientPrivilege, ReadOnlySqlTransaction

from api.control.plan import Target
from api.control.store import PostgresCommands
from api.database import Database
from api.phone.sessions import PostgresPhones, Session
from api.roles import Role
from api.tokens import Principal

PAGE, LATER = "a" * 22, "b" * 22
FAR = 4_000_000_000


class Booth(NamedTuple):
    """A store, the database's URLs by role, Wendy with a page for a phone, and somebody of another tenant."""

    phones: PostgresPhones
    commands: PostgresCommands
    url: Callable[..., str]
    wendy: Principal
    stranger: Principal

    async def open(self, page: str = PAGE, secret: str = "s3cret") -> Session:
        """Wendy's page."""
        line = await self.phones.line(self.wendy)
        assert line is not None
        await self.phones.open(self.wendy, line, page, secret)
        session = await self.phones.session(self.wendy, page)
        assert session is not None
        return session

    def asterisk(self, statement: str, pbx: str = "pbx") -> list[tuple[object, ...]]:
        """What the PBX of this name is told."""
        with psycopg.connect(self.url("trunkline_asterisk"), application_name=pbx) as connection:
            return connection.execute(statement).fetchall()

    def secret(self) -> object:
        """What Wendy's phone may register with, by what Asterisk is told."""
        return self.asterisk("SELECT password FROM ps_auths WHERE id = '1101'")[0][0]


@pytest.fixture
async def booth(database_as: Callable[..., str]) -> AsyncIterator[Booth]:
    owner, database = database_as(), Database(database_as("trunkline_api"))
    ids = [add_user(owner, "wendy", "agent"), add_user(owner, "stranger", "agent", "other")]
    for number, (user, tenant) in enumerate(zip(ids, ("default", "other"), strict=True)):
        change(
            owner,
            "INSERT INTO extensions (tenant_id, user_id, pbx, interface, extension, is_web)"
            " VALUES (%s, %s, 'pbx', %s, %s, true)",
            *(tenant, user, f"PJSIP/110{number + 1}", f"110{number + 1}"),
        )
    change(owner, "UPDATE users SET name = 'Wendy \"W\"; <9>' WHERE username = 'wendy'")
    write(owner, live_statements([agent("Alice", extension="1001", interface="PJSIP/1001")], [queue()], 12.0))
    await database.open()
    people = [_signed_in(owner, user, tenant) for user, tenant in zip(ids, ("default", "other"), strict=True)]
    yield Booth(PostgresPhones(database, "outside", "9"), PostgresCommands(database), database_as, *people)
    await database.close()


def _signed_in(owner: str, user: str, tenant: str) -> Principal:
    session = str(uuid4())
    change(
        owner,
        "INSERT INTO sign_ins (id, tenant_id, user_id, refresh_hash, expires_at) VALUES (%s, %s, %s, %s, %s)",
        *(session, tenant, user, session.encode(), "2100-01-01"),
    )
    return Principal(user, "x", tenant, Role.AGENT, FAR, session)


async def test_a_page_has_a_secret_as_long_as_it_is_the_phone(booth: Booth) -> None:
    assert booth.secret() != booth.secret()
    await booth.open()
    assert booth.secret() == "s3cret"
    await booth.open(LATER, "an0ther")
    assert booth.secret() == "an0ther"
    assert await booth.phones.session(booth.wendy, PAGE) is None
    change(booth.url(), "UPDATE sign_ins SET revoked_at = now()")
    assert booth.secret() not in ("s3cret", "an0ther")


async def test_a_secret_goes_with_the_user_and_the_place(booth: Booth) -> None:
    await booth.open()
    change(booth.url(), "UPDATE extensions SET is_web = false WHERE extension = '1101'")
    assert booth.asterisk("SELECT * FROM ps_auths WHERE id = '1101'") == []
    change(booth.url(), "DELETE FROM extensions WHERE extension = '1101'")
    with psycopg.connect(booth.url()) as connection:
        assert connection.execute("SELECT count(*) FROM phone_sessions").fetchone() == (0,)


def test_asterisk_is_told_of_its_own_phones(booth: Booth) -> None:
    told = booth.asterisk("SELECT id, callerid, webrtc FROM ps_endpoints ORDER BY id")
    assert told == [("1101", '"Wendy W 9" <1101>', "yes"), ("1102", '"stranger" <1102>', "yes")]
    assert booth.asterisk("SELECT id, max_contacts FROM ps_aors ORDER BY id") == [("1101", "1"), ("1102", "1")]
    for view in ("ps_endpoints", "ps_auths", "ps_aors"):
        assert booth.asterisk(f"SELECT * FROM {view}", "another") == []


def test_asterisks_role_reads_three_views_and_nothing_else(booth: Booth) -> None:
    with psycopg.connect(booth.url()) as connection:
        readable = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
            " AND c.relkind IN ('r', 'v', 'm', 'p') AND has_table_privilege('trunkline_asterisk', c.oid, 'SELECT')"
        ).fetchall()
        writable = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
            " AND c.relkind IN ('r', 'v', 'm', 'p')"
            " AND has_table_privilege('trunkline_asterisk', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
        ).fetchall()
        callable_ = connection.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'"
            " AND p.prosecdef AND has_function_privilege('trunkline_asterisk', p.oid, 'EXECUTE')"
        ).fetchall()
    assert sorted(readable) == [("ps_aors",), ("ps_auths",), ("ps_endpoints",)]
    assert writable == callable_ == []
    with pytest.raises(InsufficientPrivilege):
        booth.asterisk("SELECT * FROM users")
    with pytest.raises((InsufficientPrivilege, ReadOnlySqlTransaction)):
        booth.asterisk("CREATE TABLE mine (x int)")


async def test_who_has_a_line_and_what_it_knows(booth: Booth) -> None:
    line = await booth.phones.line(booth.wendy)
    assert line is not None
    assert (line.endpoint, line.extension, line.agent_id, line.wrap_up_s) == ("1101", "1101", "PJSIP/1101", 0)
    change(booth.url(), "UPDATE extensions SET is_web = false")
    assert await booth.phones.line(booth.wendy) is None
    assert (await booth.phones.signed_in_at(booth.wendy) or 0) > 1_000_000_000_000
    assert await booth.phones.pause_reasons(booth.wendy) is None
    change(booth.url(), "INSERT INTO pause_reasons VALUES ('default', '{Tea}')")
    assert await booth.phones.pause_reasons(booth.wendy) == ["Tea"]
    assert await booth.phones.pause_reasons(booth.stranger) is None


async def test_a_page_is_there_while_its_process_is(booth: Booth) -> None:
    session, owner, socket = await booth.open(), uuid4(), uuid4()

    async def seen() -> list[bool]:
        return [each.is_there for each in await booth.phones.watched("pbx")]

    assert await seen() == [False]
    await booth.phones.connect(session, owner, socket)
    assert await seen() == [False]
    await booth.commands.lives(owner)
    assert await seen() == [True]
    # Another's goodbye, and a socket of before, say nothing of this one.
    await booth.phones.disconnect(session, uuid4())
    assert await seen() == [True]
    await booth.phones.disconnect(session, socket)
    assert await seen() == [False]
    assert await booth.phones.watched("other") == []


async def test_calls_of_an_earlier_page_are_fetched_once(booth: Booth) -> None:
    session = await booth.open()
    assert [await booth.phones.fetches(session) for _ in range(2)] == [True, False]
    later = await booth.open(LATER)
    assert [await booth.phones.fetches(session), await booth.phones.fetches(later)] == [False, True]


async def test_what_a_page_may_reach(booth: Booth) -> None:
    session = await booth.open()
    reached = {exten: await booth.phones.may_reach(session, exten) for exten in ("1001", "support", "1102", "90900")}
    assert reached == {"1001": True, "support": True, "1102": False, "90900": False}
    wendy = booth.wendy
    assert await booth.phones.number_for("default", wendy.user_id, "pbx", Target("inside", "1001")) == "1001"
    assert await booth.phones.number_for("default", wendy.user_id, "pbx", Target("outside", "0900")) == "90900"
    assert await booth.phones.may_reach(session, "90900")
    change(booth.url(), "UPDATE phone_leaves SET expires_at = now()")
    assert not await booth.phones.may_reach(session, "90900")


async def test_one_process_watches_over_a_pbx(booth: Booth) -> None:
    first, second = uuid4(), uuid4()
    assert [await booth.phones.take_guard("pbx", each, 60) for each in (first, second, first)] == [True, False, True]
    assert await booth.phones.take_guard("pbx2", second, 60)
    change(booth.url(), "UPDATE phone_guards SET until = now() - interval '1 second'")
    assert [await booth.phones.take_guard("pbx", each, 60) for each in (second, first)] == [True, False]


async def test_only_an_open_command_of_ones_own_phone_is_answered(booth: Booth) -> None:
    known = UUID(int=5)
    change(
        booth.url(),
        "INSERT INTO commands (id, tenant_id, user_id, name, arguments, status, pbx, interface, owner, due_at)"
        " VALUES (%s, 'default', %s, 'mute', '{}', 'sent', 'pbx', 'PJSIP/1101', %s, now())",
        *(known, booth.wendy.user_id, uuid4()),
    )
    asked = booth.phones.was_asked
    assert [await asked(booth.wendy, known), await asked(booth.stranger, known)] == [True, False]
    change(booth.url(), "UPDATE commands SET status = 'failed'")
    assert not await asked(booth.wendy, known)
