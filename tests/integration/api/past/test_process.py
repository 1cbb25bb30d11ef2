"""api/past/process.py: the real process over a real log; and others that do not keep to what is asked of them."""

import asyncio
import sys
from pathlib import Path

import pytest
from past_logs import CAME, write_log

from api.errors import ApiError, NotFound, TooManyTries, Unavailable
from api.past.process import IDLE_S, MOST_WAITING, PastProcess

SAYS_LITTLE = 'import sys; sys.stdin.readline(); print(\'{"error": "failed", "detail": "secret"}\')'


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    write_log(data)
    return data


def saying(data: Path, script: str, patience_s: float = 20.0) -> PastProcess:
    """One whose process runs this Python instead."""
    return PastProcess(data, (sys.executable, "-I", "-c", script), patience_s)


async def refused(past: PastProcess) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await past.board("default", CAME)
    await past.close()
    return caught.value


async def test_boards_and_moments_come_from_the_log(data: Path) -> None:
    past = PastProcess(data)
    boards = await asyncio.gather(*(past.board("default", CAME + it) for it in (0, 1_000, 6_000)))
    assert [sum(len(queue.waiting) for queue in board.queues) for board in boards] == [1, 1, 0]
    moments = [it async for it in past.moments("default", CAME - 1, CAME + 30_000)]
    assert moments[0].at == CAME - 1
    assert {"ringing", "on_call", "available"} <= {agent.presence.state for it in moments for agent in it.shown.agents}
    with pytest.raises(NotFound):
        await past.board("default", 5)
    await past.close()


async def test_it_is_ended_when_nobody_asks_and_begun_anew(data: Path) -> None:
    now = 0.0
    past = PastProcess(data, clock=lambda: now)
    await past.rest()
    await past.board("default", CAME)
    await past.rest()
    now = IDLE_S + 1
    await past.rest()
    await past.board("default", CAME)
    await past.close()
    await past.close()


async def test_a_process_that_says_nothing_too_much_or_ends_is_no_answer(data: Path) -> None:
    floods = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    for script, patience in (("import time; time.sleep(600)", 0.3), (floods, 20.0), ("raise SystemExit(3)", 20.0)):
        assert isinstance(await refused(saying(data, script, patience)), Unavailable)
    assert isinstance(await refused(PastProcess(data, ("/nowhere/python",))), Unavailable)


async def test_what_is_wrong_with_the_log_is_not_told_to_whoever_asks(data: Path) -> None:
    error = await refused(saying(data, SAYS_LITTLE))
    assert (error.status, "secret" in error.detail) == (503, False)


async def test_only_so_many_wait(data: Path) -> None:
    past = saying(data, "import time; time.sleep(600)", 0.02)
    asked = await asyncio.gather(
        *(past.board("default", CAME) for _ in range(MOST_WAITING + 2)), return_exceptions=True
    )
    assert sum(isinstance(it, TooManyTries) for it in asked) == 2
    await past.close()


async def test_no_secret_is_in_its_environment(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_CANARY", "canary")
    tells = "import os, sys, json; sys.stdin.readline(); print(json.dumps({'agents': [], 'error': '', 'queues': []})) "
    script = f"{tells} if 'TRUNKLINE_CANARY' not in os.environ else sys.exit(1)"
    past = saying(data, script)
    assert (await past.board("default", CAME)).agents == []
    await past.close()
