"""No call is lost: reload, a tab that dies, a second tab, the backend killed; in mid-call, with the time it took."""

import os
import signal
import subprocess
import sys
import time

from e2e.phone.conftest import Place
from e2e.phone.desk_page import Bench, DeskPage
from e2e.phone.hearing import humming, until_heard
from e2e.phone.test_calls import AGENT, CUSTOMER, finish, taken
from installation import Installation
from phones.call import Call
from phones.people import Trunk


async def both_hear(desk: DeskPage, customer: Call, since: float, what: str) -> None:
    """Wait until both hear each other again, and print how long that took."""
    await desk.until_phase("talking")
    await desk.until_hears(CUSTOMER)
    await until_heard(customer, AGENT)
    sys.stdout.write(f"\n{what}: both hear each other again after {time.monotonic() - since:.1f} s\n")
    assert not customer.ended.is_set()


async def test_a_page_that_is_loaded_again_or_dies_has_its_call_back(place: Place) -> None:
    whole, asterisk = place
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        wendy = await bench.agent("wendy", AGENT)
        await wendy.goes_available()
        customer = await taken(wendy, trunk)
        await wendy.until_hears(CUSTOMER)
        await wendy.key("Alt+n")
        await wendy.page.keyboard.type("half a sent")
        began = time.monotonic()
        await wendy.page.reload()
        await both_hear(wendy, customer, began, "reload")
        await wendy.until("state.notes.text === 'half a sent'")
        # The tab dies as with a crash, and is opened anew.
        began = time.monotonic()
        await wendy.page.close()
        again = await bench.tab(wendy)
        await both_hear(again, customer, began, "tab killed and opened")
        assert await again.state("state.own.currentCall.callId") == await again.state("state.notes.callId")
        await finish(again)
        await customer.until_ended()


async def test_one_tab_leads_and_the_next_takes_over(place: Place) -> None:
    whole, asterisk = place
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        wendy = await bench.agent("wendy", AGENT)
        await wendy.goes_available()
        second = await bench.tab(wendy)
        await second.until("state.who && state.phone.line === 'ready'")
        assert "another tab" in await second.text(".notices")
        customer = trunk.dial("2002", number="5550123")
        # It rings in both, sounds in one; what is pressed in the second is done by the first.
        await second.until_phase("ringing")
        await second.key("Alt+a")
        await wendy.until_phase("talking")
        await second.until_phase("talking")
        await wendy.until_hears(CUSTOMER)
        assert await second.page.locator("audio[data-call]").count() == 0
        began = time.monotonic()
        await wendy.page.close()
        await both_hear(second, customer, began, "the tab that led is closed, the second takes over")
        await finish(second)


async def test_a_call_outlives_the_backend(place: Place) -> None:
    whole, asterisk = place
    async with Bench(whole) as bench, Trunk(asterisk, media=humming(CUSTOMER)) as trunk:
        wendy = await bench.agent("wendy", AGENT)
        await wendy.goes_available()
        customer = await taken(wendy, trunk)
        await wendy.until_hears(CUSTOMER)
        began = time.monotonic()
        os.kill(api_of(whole), signal.SIGKILL)
        await wendy.until("state.phone.line === 'lost' && !state.linked")
        # Nobody notices by ear.
        await wendy.until_hears(CUSTOMER, seconds=1)
        await until_heard(customer, AGENT, seconds=1)
        await wendy.until("state.phone.line === 'ready' && state.linked", seconds=60)
        sys.stdout.write(
            f"\nbackend killed: signalling is back after {time.monotonic() - began:.1f} s, sound was never away\n"
        )
        await wendy.key("Alt+o")
        await wendy.until_phase("held")
        await wendy.key("Alt+o")
        await both_hear(wendy, customer, time.monotonic(), "hold and resume afterwards")
        await finish(wendy)
        await customer.until_ended()


def api_of(whole: Installation) -> int:
    """The process that serves the page."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    (pid,) = [int(pid) for pid, parent, args in rows if int(parent) == whole.process.pid and "api" in args.split()[-1]]
    return pid
