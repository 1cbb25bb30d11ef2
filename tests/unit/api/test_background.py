"""api/background.py: work that fails begins again, and ends with the process."""

import asyncio

from api.background import Work, beside, keep_doing


async def test_what_is_done_is_done_once() -> None:
    done: list[int] = []

    async def do() -> None:
        done.append(1)

    await keep_doing(Work("a test", do))
    assert done == [1]


async def test_what_fails_is_tried_again_until_it_is_done() -> None:
    tries: list[int] = []

    async def do() -> None:
        tries.append(1)
        if len(tries) < 2:
            raise OSError("not yet")

    await keep_doing(Work("a test", do), again_s=0.0)
    assert len(tries) == 2


async def test_work_that_swallows_a_cancellation_ends_all_the_same() -> None:
    begun, swallowed = asyncio.Event(), []

    async def stubborn() -> None:
        while len(swallowed) < 2:
            begun.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed.append(1)

    async with beside([Work("a test", stubborn)], cancel_again_s=0.01):
        await begun.wait()
    assert len(swallowed) == 2


async def test_repeated_work_goes_on_until_the_body_ends() -> None:
    times: list[int] = []
    enough = asyncio.Event()

    async def do() -> None:
        times.append(1)
        if len(times) == 3:
            enough.set()

    async with beside([Work("a test", do, every_s=0.0)]):
        await enough.wait()
    seen = len(times)
    await asyncio.sleep(0)
    assert len(times) == seen
