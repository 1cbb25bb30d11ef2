"""What phones of tests hear of each other: waits until a tone is there, or gone."""

import asyncio
import time
from collections.abc import Callable

from phones.call import Call
from phones.voice import Voice

PATIENCE_S = 30.0
LOOK_S = 0.05
# A page's microphone comes through the browser's own filters, so that little of its tone is left after seconds.
LOUD, QUIET = 0.03, 0.015


def humming(hz: int) -> Callable[[str], Voice]:
    """For a phone that hums so."""
    return lambda host: Voice(host, hz)


def voice(call: Call) -> Voice:
    """What this call sounds like."""
    assert isinstance(call.media, Voice)
    return call.media


async def until_heard(call: Call, hz: int, seconds: float = PATIENCE_S) -> None:
    """Wait until the phone hears this tone in its call."""
    await _until(lambda: voice(call).hears(hz) > LOUD, lambda: f"{hz} Hz is {voice(call).hears(hz):.4f}", seconds)


async def until_unheard(call: Call, hz: int, seconds: float = PATIENCE_S) -> None:
    """Wait until it does not."""
    await _until(lambda: voice(call).hears(hz) < QUIET, lambda: f"{hz} Hz is {voice(call).hears(hz):.4f}", seconds)


async def until_pressed(call: Call, keys: str) -> None:
    """Wait until these keys, and no others, were pressed on the other side."""
    await _until(lambda: voice(call).keys == keys, lambda: f"pressed: {voice(call).keys}", PATIENCE_S)


async def _until(met: Callable[[], bool], otherwise: Callable[[], str], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, otherwise()
        await asyncio.sleep(LOOK_S)
