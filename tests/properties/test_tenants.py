"""No frame of a socket is ever about another tenant: a million of them are looked at."""

from api_parts import queue
from two_tenants import MARKS, TwoTenants

FRAMES = 1_000_000


async def test_nothing_crosses_over_in_a_million_frames() -> None:
    run = TwoTenants(seed=7)
    await run.run(FRAMES)
    assert run.crossed == []
    assert set(run.frames) == set(MARKS) and min(run.frames.values()) > FRAMES // 10


async def test_what_crosses_over_is_seen() -> None:
    run = TwoTenants(seed=7)
    run.board.put_queue(queue(f"{MARKS['omega']}-q9", tenant="alpha"))
    await run.run(FRAMES // 1_000)
    assert run.crossed
