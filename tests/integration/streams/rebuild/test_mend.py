"""Calls held against a real PostgreSQL, with the rights of the stream worker's role."""

import asyncio
from collections.abc import Callable, Iterable, Iterator

import psycopg
import pytest
from msgspec.structs import replace

from calls.call import Call, Leg, Outcome, Status
from streams.database import Database
from streams.rebuild.differences import Finding, Verdict
from streams.rebuild.mend import BATCH, PAGE, Mend, Missing
from streams.rebuild.spool import Derived, Span, Spool

# Long ago.
START = 1_700_000_000_000
DAY = Span(START, START + 24 * 3600 * 1000)


def derived(number: int, **more: object) -> Derived:
    at = START + number
    call = Call(f"c{number}", "pbx", at, "default", version=9, status=Status.ENDED, ended_at=at, outcome=Outcome.OTHER)
    return Derived(replace(call, **more), None, at, [])


@pytest.fixture
def database(database_as: Callable[..., str]) -> Iterator[Database]:
    database = Database(database_as("trunkline_streams"))
    yield database
    database.drop()


@pytest.fixture
def owner(database_as: Callable[..., str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_as(), autocommit=True) as connection:
        yield connection


def found(database: Database, calls: Iterable[Derived], rehearsal: bool = False) -> list[Finding]:
    async def run() -> list[Finding]:
        mend = Mend(database, rehearsal)
        try:
            return [finding async for batch in mend.calls(calls) for _, finding in batch]
        finally:
            database.drop()

    return asyncio.run(run())


def count(owner: psycopg.Connection) -> int:
    ((number,),) = owner.execute("SELECT count(*) FROM call_sessions").fetchall()
    return int(number)


def test_more_calls_than_a_batch_are_written_a_batch_a_transaction(
    database: Database, owner: psycopg.Connection
) -> None:
    calls = [derived(number) for number in range(BATCH + 1)]
    assert [it.verdict for it in found(database, calls, rehearsal=True)] == [Verdict.NEW] * len(calls)
    assert count(owner) == 0

    async def interrupted() -> None:
        async for _ in Mend(database, rehearsal=False).calls(calls):
            break
        database.drop()

    asyncio.run(interrupted())
    assert count(owner) == BATCH
    assert [it.verdict for it in found(database, calls)] == [Verdict.SAME] * BATCH + [Verdict.NEW]
    assert count(owner) == BATCH + 1


def test_a_call_that_the_live_state_has_open_is_left_alone(database: Database, owner: psycopg.Connection) -> None:
    owner.execute(
        "INSERT INTO pbx_state (pbx, kind, key, body) VALUES ('pbx', 'call', 'c1', ''), ('p', 'call', 'c2', '')"
    )
    assert [it.reason for it in found(database, [derived(1), derived(2)])] == ["still open", ""]


def test_what_postgresql_refuses_does_not_take_the_others_with_it(
    database: Database, owner: psycopg.Connection
) -> None:
    beyond = Leg(None, "Alice", "PJSIP/1", "1.2", None, answered_at=START, ended_at=START, holds=2**40)
    findings = found(database, [derived(1), derived(2, legs=(beyond,)), derived(3)])
    assert [it.verdict for it in findings] == [Verdict.NEW, Verdict.LEFT, Verdict.NEW]
    assert findings[1].reason.startswith("PostgreSQL refuses it") and count(owner) == 2


def test_what_the_live_path_says_later_is_newer(database: Database, owner: psycopg.Connection) -> None:
    found(database, [derived(1)])
    owner.execute("UPDATE call_sessions SET version = 70, outcome = 'answered'")
    found(database, [derived(1)])
    assert owner.execute("SELECT version, outcome FROM call_sessions").fetchall() == [(70, "other")]


def test_missing_calls_are_found_page_by_page_and_only_of_the_pbx_that_is_meant(
    database: Database, owner: psycopg.Connection
) -> None:
    owner.execute(
        "INSERT INTO call_sessions (id, call_id, pbx, tenant_id, direction, status, certainty, started_at, created_at,"
        " version) SELECT gen_random_uuid(), pbx || ':c' || n, pbx, 'default', 'inbound', 'ENDED', 'final', at, at, 0"
        " FROM generate_series(1, %s) AS n, unnest(ARRAY['pbx', 'other']) AS pbx,"
        " LATERAL (SELECT to_timestamp((%s + n %% 7) / 1000.0) AS at) AS it",
        [PAGE, START],
    )

    async def missing(*pbxs: str) -> list[Missing]:
        with Spool() as spool:
            spool.put(derived(7))
            mend = Mend(database, rehearsal=True)
            pages = [page async for page in mend.missing(DAY, pbxs, spool)]
        database.drop()
        return [it for page in pages for it in page]

    everywhere = asyncio.run(missing())
    assert len(everywhere) == len(set(everywhere)) == 2 * PAGE - 1
    here = asyncio.run(missing("pbx"))
    assert len(here) == PAGE - 1 and "pbx:c7" not in {it.call_id for it in here}
    assert here[0].started_at == "2023-11-14 22:13:20+00"
