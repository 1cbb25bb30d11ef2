"""api/analysts/process.py: the locked process with real marts; and others that do not keep to what is asked of them."""

import asyncio
import sys
from pathlib import Path

import pytest
from attacks import ENDLESS
from made_calls import START, queue_call
from made_lake import publish_calls

from api.analysts.process import AT_ONCE, AT_ONCE_OF_A_TENANT, LockedSql
from api.errors import ApiError, NotFound, TooManyTries, Unavailable


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    publish_calls(data, [queue_call(n, at=START + n * 1000) for n in range(3)])
    for tenant in ("a", "b", "c"):
        (data / "marts" / f"{tenant}.duckdb").write_bytes(b"")
    return data


def saying(data: Path, script: str, starts_within_s: float = 20.0) -> LockedSql:
    """One whose process runs this Python instead."""
    return LockedSql(data, (sys.executable, "-I", "-c", script), 0.2, starts_within_s)


async def refused(sql: LockedSql, statement: str = "SELECT 1") -> ApiError:
    with pytest.raises(ApiError) as caught:
        await sql.ask("default", statement, "UTC", 10)
    return caught.value


async def test_a_question_is_answered_and_a_bad_one_refused(data: Path) -> None:
    sql = LockedSql(data)
    answer = await sql.ask("default", "SELECT call_id, started_at FROM calls ORDER BY 1", "Asia/Tokyo", 2)
    assert (answer.columns, answer.cut) == (["call_id", "started_at"], True)
    assert answer.rows[0] == ["pbx1:l0", "2026-10-24T09:00:00+09:00"]
    assert {"rights", "files", "processes", "memory", "cpu"} <= set(answer.walls)
    assert "read_text" in (await refused(sql, "FROM read_text('/etc/passwd')")).detail


async def test_what_cannot_be_interrupted_ends_all_the_same(data: Path) -> None:
    error = await refused(LockedSql(data, seconds=0.2), ENDLESS)
    assert (error.status, "too much" in error.detail) == (400, True)


async def test_a_process_that_says_nothing_too_much_or_nonsense_is_no_answer(data: Path) -> None:
    hangs = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    floods = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    for script, patience in ((hangs, 0.5), (floods, 20.0), ("raise SystemExit(3)", 20.0)):
        assert (await refused(saying(data, script, patience))).status == 400
    with pytest.raises(Unavailable):
        await LockedSql(data, ("/nowhere/python",)).ask("default", "SELECT 1", "UTC", 1)


async def test_no_secret_is_in_its_environment(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_CANARY", "canary")
    told = "import json, os; print(json.dumps({'error': 'refused', 'detail': ' '.join(os.environ)}))"
    names = (await refused(saying(data, told))).detail.split()
    assert not [name for name in names if name.startswith(("TRUNKLINE", "PATH", "HOME"))]


async def test_so_many_at_once_of_a_tenant_and_in_all(data: Path) -> None:
    sql = LockedSql(data)
    with sql.seat("a"), sql.seat("a"):
        assert AT_ONCE_OF_A_TENANT == 2
        with pytest.raises(TooManyTries, match="at once"), sql.seat("a"):
            pass
        with sql.seat("b"):
            assert AT_ONCE == 3
            with pytest.raises(TooManyTries), sql.seat("c"):
                pass
        await asyncio.sleep(0)
    with sql.seat("a"), sql.seat("c"):
        pass


def test_before_anything_is_published_there_is_nothing_to_ask(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="publishes"), LockedSql(tmp_path).seat("default"):
        pass
